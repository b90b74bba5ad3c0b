"""One plan: what it is, what it buys, how far it is; approved, followed, compared."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cameras.keeping import cameras_kept
from cameras.models import District, Plan, PlanArea, PlanItem
from cameras.models.plan import only_district
from seoulcctv.asked import key_in
from seoulcctv.roles import KEEPERS, Role, role_of, role_required

from .beside import is_made
from .following import MOST_AT_ONCE, ORDER, approve, headway_of, remove, step
from .told import (
    asked_rows,
    bought,
    cut_of,
    faster,
    indicator_names,
    indicators_of,
    named_drivers,
    phase_bars,
    shares_of,
)
from .wanted import PlanError, Wanted

PAGE = 50
RANKED = 60
STEPS = [*ORDER[2:], PlanItem.State.DROPPED]


@require_GET
@role_required(*KEEPERS)
def plans(request: HttpRequest) -> HttpResponse:
    """All that the account may know of."""
    found = Plan.objects.visible_to(request.user).select_related("by", "approved_by", "area_set")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    made = [plan for plan in page if plan.result]
    return render(request, "cameras/plans.html", {"page": page, "made": made, "planner": _plans(request.user)})


@require_GET
@role_required(*KEEPERS)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one."""
    one = plan_of(request, pk)
    areas = PlanArea.objects.visible_to(request.user).filter(plan=one).select_related("area__district")
    areas = areas.defer("area__boundary", "area__district__boundary")
    items = PlanItem.objects.visible_to(request.user).filter(plan=one)
    context = {
        "plan": one,
        "planner": _plans(request.user),
        "may_approve": _plans(request.user) and one.by_id != request.user.pk,
        "making": is_made(one),
        "whole_city": only_district(request.user) is None,
    }
    if one.result:
        wanted, rows, names = Wanted.from_json(one.asked), bought(one), indicator_names(one)
        context |= {
            "bought": rows,
            "ranked": [(area, named_drivers(names, area)) for area in areas.filter(chosen=True)[:RANKED]],
            "phases": phase_bars(items),
            "headway": headway_of(items),
            "asked": asked_rows(wanted),
            "indicators": indicators_of(one),
            "share": next(row for row in rows if row.better),
            "faster": faster(one),
            "cost": one.result["cost"] / 1e8,
            "cut": cut_of(one),
            "shares": shares_of(one, only_district(request.user)),
        }
    return render(request, "cameras/plan.html", context)


@require_GET
@role_required(*KEEPERS)
def plan_progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far making it is."""
    one = plan_of(request, pk)
    return JsonResponse({"status": one.status, "percent": one.progress, "working": is_made(one)})


@require_GET
@role_required(*KEEPERS)
def plan_points(request: HttpRequest, pk: int) -> JsonResponse:
    """What the map shows: chosen areas with index and stability, items with kind and state, where cameras came to stand."""
    one = plan_of(request, pk)
    areas = PlanArea.objects.visible_to(request.user).filter(plan=one, chosen=True).select_related("area__district")
    items = PlanItem.objects.visible_to(request.user).filter(plan=one).select_related("camera")
    return JsonResponse({
        "areas": [
            {"rank": area.rank, "name": str(area.area), "value": area.value, "stability": area.stability,
             "covered": area.covered, "then": area.covered_then,
             "rings": [[[round(x, 5), round(y, 5)] for x, y in polygon.exterior_ring.coords] for polygon in area.area.boundary]}
            for area in areas
        ],
        "items": [
            [item.number, item.kind, item.state, round(item.location.x, 6), round(item.location.y, 6), item.heading, item.phase,
             [round(item.camera.location.x, 6), round(item.camera.location.y, 6)] if item.kind == "new" and item.camera else None]
            for item in items
        ],
    })  # fmt: skip


@require_POST
@role_required(*KEEPERS)
def plan_approve(request: HttpRequest, pk: int) -> HttpResponse:
    one = plan_of(request, pk)
    try:
        approve(one, request.user)
    except PlanError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Plan, request=request, subject=f"plan {one.pk} approved: {one}")
        messages.success(request, _("Approved. The districts see it now."))
    return redirect("plan", pk=pk)


@require_POST
@role_required(*KEEPERS)
def plan_remove(request: HttpRequest, pk: int) -> HttpResponse:
    one = plan_of(request, pk)
    try:
        remove(one, request.user)
    except PlanError as error:
        messages.error(request, str(error))
        return redirect("plan", pk=pk)
    cameras_kept.send(Plan, request=request, subject=f"plan {pk} removed: {one}")
    messages.success(request, _("Removed."))
    return redirect("plans")


@require_GET
@role_required(*KEEPERS)
def items(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done, one by one: ``state``, ``kind``, ``district``, ``phase``, ``late``."""
    return _items(request, plan_of(request, pk))


@require_POST
@role_required(*KEEPERS)
def plan_step(request: HttpRequest, pk: int) -> HttpResponse:
    """``state``; ``item``: numbers of items, or ``which=all``: all that ``asked`` finds; ``spent``, ``text``; ``lat``, ``lon``:
    where a single new camera came to stand."""
    one = plan_of(request, pk)
    asked = request.POST.get("asked", "")[:500]
    try:
        meant = _meant(request, one, asked)
        state = request.POST.get("state", "")
        number = step(meant, request.user, state, _text(request), _won(request.POST.get("spent", "")), _place(request))
    except PlanError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Plan, request=request, subject=f"plan {one.pk}: {number} items {state}")
        text = ngettext("%(n)s item moved on.", "%(n)s items moved on.", number) % {"n": number}
        messages.success(request, text)
    return redirect(f"{reverse('plan-items', args=[pk])}?{_query(asked).urlencode()}")


@require_GET
@role_required(*KEEPERS)
def compare(request: HttpRequest) -> HttpResponse:
    """Two plans side by side: ``a``, ``b``."""
    made = Plan.objects.visible_to(request.user).exclude(result={})
    chosen = [
        made.filter(pk=key_in(request.GET.get(name, ""))).select_related("area_set").first() for name in ("a", "b")
    ]
    context: dict[str, Any] = {"plans": made, "chosen": chosen}
    if all(chosen):
        first, second = (bought(one) for one in chosen)
        context["rows"] = [
            (row, other, difference, difference is not None and difference * row.better > 0)
            for row, other in zip(first, second, strict=True)
            for difference in [None if row.then is None or other.then is None else round(other.then - row.then, 1)]
        ]
        context["both"] = _both(*chosen)
    return render(request, "cameras/plan_compare.html", context)


def _both(first: Any, second: Any) -> dict[str, int] | None:
    """How many areas both choose; None where they judge different areas."""
    if first.area_set_id != second.area_set_id:
        return None
    one, other = (set(plan.areas.filter(chosen=True).values_list("area", flat=True)) for plan in (first, second))
    return {"both": len(one & other), "first": len(one - other), "second": len(other - one)}


def _items(request: HttpRequest, one: Plan) -> HttpResponse:
    asked = _query(request.GET.urlencode())
    found = _found(request.user, one, asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": one,
        "page": page,
        "asked": asked.urlencode(),
        "filters": asked,
        "states": PlanItem.State.choices,
        "kinds": PlanItem.Kind.choices,
        "districts": District.objects.defer("boundary") if only_district(request.user) is None else [],
        "phase_numbers": range(1, Wanted.from_json(one.asked).phases + 1),
        "steps": [(state, PlanItem.State(state).label) for state in STEPS],
        "headway": headway_of(PlanItem.objects.visible_to(request.user).filter(plan=one))[-1:],
    }
    return render(request, "cameras/plan_items.html", context)


def _found(user: Any, one: Plan, asked: Any) -> Any:
    items = PlanItem.objects.visible_to(user).filter(plan=one).select_related("area", "district", "camera")
    items = items.defer("area__boundary", "district__boundary").prefetch_related("steps__by")
    for name in ("state", "kind", "district"):
        if value := asked.get(name):
            items = items.filter(**{name: value})
    if phase := asked.get("phase"):
        items = items.filter(phase=key_in(phase))
    if asked.get("late"):
        over = [PlanItem.State.IN_SERVICE, PlanItem.State.DROPPED]
        items = items.filter(due__lt=timezone.localdate()).exclude(state__in=over)
    return items


def _meant(request: HttpRequest, one: Plan, asked: str) -> list[PlanItem]:
    found = _found(request.user, one, _query(asked))
    if request.POST.get("which") == "all":
        if str(found.count()) != request.POST.get("expected"):
            raise PlanError(_("The list has changed since you saw it. Look at it again."))
        return list(found[: MOST_AT_ONCE + 1])
    numbers = [key_in(number) for number in request.POST.getlist("item")]
    return list(PlanItem.objects.visible_to(request.user).filter(plan=one, number__in=numbers))


def _query(text: str) -> Any:
    """The filters of an address, those that mean something."""
    told, kept = QueryDict(text.replace("\x00", "")), QueryDict(mutable=True)
    allowed = {"state": PlanItem.State.values, "kind": PlanItem.Kind.values, "late": ["1"]}
    for name in ("state", "kind", "district", "phase", "late"):
        value = told.get(name, "")
        if value and len(value) < 13 and value.isprintable() and (name not in allowed or value in allowed[name]):
            kept[name] = value
    return kept


def plan_of(request: HttpRequest, pk: int) -> Plan:
    """One that the account may know of; 404 otherwise."""
    found: Plan = get_object_or_404(
        Plan.objects.visible_to(request.user).select_related("by", "approved_by", "area_set"), pk=pk
    )
    return found


def _plans(user: Any) -> bool:
    return role_of(user) == Role.SUPERVISOR


def _text(request: HttpRequest) -> str:
    return " ".join(request.POST.get("text", "").replace("\x00", "").split())


def _won(told: str) -> int | None:
    told = told.replace(",", "").strip()
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise PlanError(_("That is no sum."))
    return int(told)


def _place(request: HttpRequest) -> Point | None:
    told = [request.POST.get(name, "").strip() for name in ("lon", "lat")]
    if not any(told):
        return None
    try:
        lon, lat = (float(value) for value in told)
    except ValueError as error:
        raise PlanError(_("That is no place.")) from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise PlanError(_("That is no place."))
    return Point(lon, lat, srid=4326)
