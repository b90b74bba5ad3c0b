"""A plan on its way: approved, ordered, installed, tested, in service; what it cost, what is late, what stands where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.intake import may_write
from cameras.keeping import KeepingError, add, change_many
from cameras.models import Camera, District, Plan, PlanItem, PlanStep
from cameras.models.change import PLAN
from seoulcctv.roles import Role, role_of

from .beside import is_made
from .wanted import PlanError, Wanted

State = PlanItem.State
ORDER = [State.PLANNED, State.APPROVED, State.ORDERED, State.INSTALLED, State.TESTED, State.IN_SERVICE]
MOST_AT_ONCE = 2000
MOST_WON = 10**12


@transaction.atomic
def approve(plan: Plan, by: Any) -> Plan:
    """A supervisor other than who made it, as with searches; districts follow it from then on. PlanError."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if role_of(by) != Role.SUPERVISOR:
        raise PlanError(_("Supervisors approve plans."))
    if plan.status != Plan.Status.DRAFT:
        raise PlanError(_("Only a draft can be approved."))
    if plan.by_id == by.pk:
        raise PlanError(_("Somebody else than who made the plan has to approve it."))
    plan.status, plan.approved_by, plan.approved_at = Plan.Status.APPROVED, by, timezone.now()
    plan.save(update_fields=["status", "approved_by", "approved_at"])
    plan.items.update(state=State.APPROVED)
    return plan


@transaction.atomic
def remove(plan: Plan, by: Any) -> None:
    """A draft, or one that could not be made, or that nobody makes any longer. PlanError for others: what was approved stays on
    record."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    abandoned = plan.status == Plan.Status.MAKING and not is_made(plan)
    removable = abandoned or plan.status in (Plan.Status.DRAFT, Plan.Status.FAILED)
    if role_of(by) != Role.SUPERVISOR or not removable:
        raise PlanError(_("Only a draft can be removed."))
    plan.delete()


@transaction.atomic
def step(
    items: Sequence[PlanItem], by: Any, state: str, text: str = "", spent: int | None = None, at: Point | None = None
) -> int:
    """All of them or none go on to ``state``, or are dropped; how many moved. spent: won, of all together, shared by what was
    planned; at: where a single new camera came to stand, if elsewhere than planned. Installed, a new camera is in the
    inventory and a converted one is intelligent there. PlanError where one cannot go there, or belongs to another district."""
    locked = list(
        PlanItem.objects.select_for_update(of=("self",)).select_related("plan", "district").defer("district__boundary")
        .filter(pk__in=[one.pk for one in items]).order_by("plan", "number")
    )  # fmt: skip
    _check(locked, by, state, spent)
    if at is not None and (len(locked) != 1 or locked[0].kind != PlanItem.Kind.NEW):
        raise PlanError(_("A place can be told of one new camera at a time."))
    shares = _shared(spent, locked)
    if state in PlanItem.STANDING:
        _install([item for item in locked if item.state not in PlanItem.STANDING], by, at)
    for item, share in zip(locked, shares, strict=True):
        item.state, item.spent = state, item.spent + share
        item.save(update_fields=["state", "spent", "camera", "stands_since"])
    PlanStep.objects.bulk_create(
        [
            PlanStep(item=item, state=state, text=text[:400], spent=share, by=by)
            for item, share in zip(locked, shares, strict=True)
        ]
    )
    for plan in {item.plan for item in locked}:
        over = not plan.items.exclude(state__in=[State.IN_SERVICE, State.DROPPED]).exists()
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.CLOSED if over else Plan.Status.APPROVED)
    return len(locked)


def _check(items: Sequence[PlanItem], by: Any, state: str, spent: int | None) -> None:
    if not items:
        raise PlanError(_("Nothing is chosen."))
    if len(items) > MOST_AT_ONCE:
        raise PlanError(_("That is more than %(most)s at once.") % {"most": MOST_AT_ONCE})
    if state not in {*ORDER[2:], State.DROPPED}:
        raise PlanError(_("There is no such state."))
    if spent is not None and not 0 <= spent <= MOST_WON:
        raise PlanError(_("That is no sum."))
    for item in items:
        if not may_write(by, item.district):
            raise PlanError(_("This account cannot write the inventory of that district."))
        if item.plan.status not in Plan.APPROVED_ONES:
            raise PlanError(_("The plan is not approved yet."))
        if item.state == State.DROPPED or (
            item.state in ORDER and state in ORDER and ORDER.index(state) <= ORDER.index(item.state)
        ):
            raise PlanError(_("%(item)s is %(state)s already.") % {"item": item, "state": item.get_state_display()})
        if state == State.DROPPED and item.state in PlanItem.STANDING:
            raise PlanError(_("%(item)s stands already: retire the camera instead.") % {"item": item})


def _shared(spent: int | None, items: Sequence[PlanItem]) -> list[int]:
    """Whole won, of the sum exactly ``spent``."""
    if not spent:
        return [0] * len(items)
    whole = sum(item.cost for item in items) or len(items)
    parts = [spent * (item.cost or 1) // whole for item in items]
    parts[0] += spent - sum(parts)
    return parts


def _install(items: Sequence[PlanItem], by: Any, at: Point | None) -> None:
    """They stand from today on, and are in the inventory."""
    try:
        for plan, several in groupby(items, key=attrgetter("plan")):
            _into_inventory(list(several), Wanted.from_json(plan.asked), by, at)
    except KeepingError as error:
        raise PlanError(str(error)) from error
    except ValidationError as error:
        raise PlanError("; ".join(error.messages)) from error


def _into_inventory(items: Sequence[PlanItem], wanted: Wanted, by: Any, at: Point | None) -> None:
    """items: of one plan."""
    via, today = f"{PLAN}{items[0].plan_id}", timezone.localdate()
    converted = [item.camera_id for item in items if item.kind == PlanItem.Kind.CONVERT]
    if converted:
        change_many(Camera.objects.filter(pk__in=converted), by, {"kind": Camera.Kind.INTELLIGENT}, via)
    for item in items:
        item.stands_since = today
        if item.kind == PlanItem.Kind.NEW:
            item.camera = add(
                by,
                Camera(district_id=item.district_id, asset_number=f"P{item.plan_id}-{item.number:05d}",
                       location=at or item.location, kind=Camera.Kind.INTELLIGENT, purpose=Camera.Purpose.MULTI,
                       heading=item.heading, field_of_view=wanted.field_deg, range_m=wanted.range_m, installed=today),
                via,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headway:
    """How far a part of a plan is. counts: items by state; late: whose day has passed; cost: won, planned for
    all that were not dropped; due_cost: planned for those that something was spent on; spent: won."""

    district: District | None
    counts: dict[str, int]
    late: int
    cost: int
    due_cost: int
    spent: int

    @property
    def whole(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Percent in service, of what was not dropped."""
        rest = self.whole - self.counts.get(State.DROPPED, 0)
        return round(100 * self.counts.get(State.IN_SERVICE, 0) / rest) if rest else 0

    @property
    def over(self) -> int:
        """Won spent beyond what the items that were paid for were to cost; less than nothing where it was cheaper."""
        return self.spent - self.due_cost


def headway_of(items: Any) -> list[Headway]:
    """items: a queryset. By district, in the order of their codes, the whole last."""
    districts = {one.pk: one for one in District.objects.defer("boundary")}
    today = timezone.localdate()
    rows = items.order_by().values("district", "state").annotate(
        n=Count("pk"), planned=Sum("cost"), paid=Sum("spent"), paid_for=Sum("cost", filter=Q(spent__gt=0), default=0),
        passed=Count("pk", filter=Q(due__lt=today)),
    )  # fmt: skip
    told: dict[Any, dict[str, Any]] = {}
    for row in rows:
        for key in (row["district"], None):
            one = told.setdefault(key, {"counts": {}, "late": 0, "cost": 0, "due_cost": 0, "spent": 0})
            state = row["state"]
            one["counts"][state] = one["counts"].get(state, 0) + row["n"]
            if state not in (State.IN_SERVICE, State.DROPPED):
                one["late"] += row["passed"]
            if state != State.DROPPED:
                one["cost"] += row["planned"]
            one["due_cost"] += row["paid_for"]
            one["spent"] += row["paid"]
    return [Headway(districts.get(key), **told[key]) for key in sorted(told, key=lambda key: key or "99999")]
