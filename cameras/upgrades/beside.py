"""Areas are measured and plans made in a process of its own; one at a time, others wait."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cameras.models import AreaSet, Plan
from seoulcctv.beside import alive, signs_of_life, slot, start

from .making import make
from .measures import measure
from .wanted import PlanError, Wanted

logger = logging.getLogger(__name__)
SLOT_KEY = 0x1A7B


def make_soon(name: str, area_set: AreaSet, wanted: Wanted, by: Any) -> Plan:
    """A plan that is being made from now on. PlanError for one without a name."""
    if not (name := " ".join(name.replace("\x00", "").split())[:80]):
        raise PlanError(_("Give the plan a name."))
    told = {**wanted.as_json(), "language": translation.get_language()}
    plan = Plan.objects.create(name=name, area_set=area_set, asked=told, by=by, beat_at=timezone.now())
    transaction.on_commit(lambda: start("work_on_plan", "--plan", str(plan.pk)))
    return plan


def measure_soon(area_set: AreaSet) -> None:
    """Unless it is under way."""
    if not alive(area_set.beat_at) or area_set.progress >= 100:
        AreaSet.objects.filter(pk=area_set.pk).update(progress=0, beat_at=timezone.now())
        transaction.on_commit(lambda: start("work_on_plan", "--areas", str(area_set.pk)))


def is_made(plan: Plan) -> bool:
    """Somebody makes it."""
    return plan.status == Plan.Status.MAKING and alive(plan.beat_at)


def is_measured(area_set: AreaSet) -> bool:
    """Somebody measures it."""
    return area_set.progress < 100 and alive(area_set.beat_at)


def make_here(pk: int) -> None:
    """What that process does with a plan."""
    plan, rows = Plan.objects.select_related("area_set").get(pk=pk), Plan.objects.filter(pk=pk)
    with signs_of_life(rows), slot(SLOT_KEY, 1), translation.override(plan.asked.get("language", "ko")):
        try:
            make(plan, lambda percent: rows.update(progress=percent))
        except PlanError as error:
            rows.update(status=Plan.Status.FAILED, problem=str(error)[:300])
        except Exception:
            rows.update(
                status=Plan.Status.FAILED,
                problem=_("Making it broke off; whoever keeps the machines finds the reason in their log."),
            )
            raise


def measure_here(pk: int) -> None:
    """What that process does with areas."""
    rows = AreaSet.objects.filter(pk=pk)
    with signs_of_life(rows), slot(SLOT_KEY, 1):
        try:
            measure(rows.get(), lambda percent: rows.update(progress=percent))
        finally:
            rows.update(progress=100)
