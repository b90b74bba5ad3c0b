"""The planning page: weights are moved, the map answers; a plan is asked for."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from cameras.keeping import cameras_kept
from cameras.models import AreaSet, Plan
from seoulcctv.asked import key_in
from seoulcctv.roles import KEEPERS, Role, role_of, role_required

from .areas import CELLS, dongs, grid
from .beside import is_measured, make_soon, measure_soon
from .catalogue import USUAL_WEIGHTS
from .judging import by_pairs, judgement_of
from .wanted import BOUNDS, METHOD_NAMES, PlanError, Wanted, labels

SHOWN = 60  # areas in the list
PLANNERS = (Role.SUPERVISOR,)
MOST_WEIGHT = 100.0
NUMBER = "number"


class WantedForm(forms.Form):
    """What ``Wanted`` takes beside weights."""

    name = forms.CharField(label=gettext_lazy("Name of the plan"), max_length=80)
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    budget = forms.IntegerField(label=gettext_lazy("Budget (won)"), required=False, min_value=0, max_value=10**15)
    method = forms.ChoiceField(label=gettext_lazy("Normalised by"), choices=METHOD_NAMES.items())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names, usual = labels(), Wanted()
        for field, (least, most) in BOUNDS.items():
            name = NUMBER if field == "areas" else field  # ``areas`` is the set that is judged
            kind = forms.FloatField if isinstance(getattr(usual, field), float) else forms.IntegerField
            self.fields[name] = kind(label=names[field], min_value=least, max_value=most, initial=getattr(usual, field))

    def clean_first(self) -> str:
        return str(self.cleaned_data["first"].isoformat())


def usual_form() -> WantedForm:
    year = timezone.localdate().year + 1
    return WantedForm(initial={"name": _("Plan %(year)s") % {"year": year}, "first": date(year, 1, 1), "method": "z"})


@require_GET
@role_required(*KEEPERS)
def planning(request: HttpRequest) -> HttpResponse:
    """Weights, map, ranking; district administrators go on to the plans that were approved."""
    if role_of(request.user) == Role.DISTRICT_ADMIN:
        return redirect("plans")
    return page(request, usual_form())


def page(request: HttpRequest, form: WantedForm, told: dict[str, float] | None = None) -> HttpResponse:
    """told: weights that were tried."""
    area_set = _areas(request)
    if area_set.measured_at is None:
        measure_soon(area_set)
        area_set.refresh_from_db()
    judged = judgement_of(area_set, "z")
    weights = told or weights_of(request.GET) or USUAL_WEIGHTS
    context = {
        "area_set": area_set,
        "sets": _sets(),
        "token": token_of(area_set),
        "measuring": is_measured(area_set),
        "sliders": [{"column": column, "weight": weights.get(column.key, 0)} for column in judged.matrix.columns],
        "lacking": judged.matrix.lacking,
        "methods": METHOD_NAMES.items(),
        "form": form,
        "number": judged.matrix.values.shape[0],
        "plans": Plan.objects.visible_to(request.user)[:6],
    }
    return render(request, "cameras/planning.html", context, status=400 if form.errors else 200)


@require_GET
@role_required(*PLANNERS)
@cache_control(private=True, max_age=3600)
def shapes(request: HttpRequest) -> JsonResponse:
    """The boundaries of a set's areas, in their order: ``[[[[lon, lat], ...], ...], ...]``: areas, polygons, outer rings."""
    area_set = _areas(request)
    rows = area_set.areas.order_by("code").values_list("boundary", flat=True)
    told = [
        [[[round(x, 5), round(y, 5)] for x, y in polygon.exterior_ring.coords] for polygon in boundary]
        for boundary in rows
    ]
    return JsonResponse({"shapes": told})


@require_GET
@role_required(*PLANNERS)
def values(request: HttpRequest) -> JsonResponse:
    """The index for the weights of the address (``w.KEY``); ``area``: one area in full; ``stability``: how firm it is, for so
    many ``chosen`` areas."""
    area_set, weights = _areas(request), weights_of(request.GET)
    try:
        judged = judgement_of(area_set, request.GET.get("method", "z"))
        if "area" in request.GET:
            number = _whole(request.GET["area"], 0, len(judged.names) - 1)
            return JsonResponse(judged.area(weights, number))
        if "chosen" in request.GET:
            chosen = _whole(request.GET["chosen"], 0, 20_000)
            return JsonResponse(judged.stability(weights, chosen, _shake(request)))
        return JsonResponse(judged.told(weights, SHOWN))
    except PlanError as error:
        return JsonResponse({"detail": str(error)}, status=400)


@require_POST
@role_required(*PLANNERS)
def weigh(request: HttpRequest) -> JsonResponse:
    """Weights by ``how``: ``entropy`` or ``pairs`` (``judgements``: JSON), for the indicators ``key``."""
    keys = [key[:40] for key in request.POST.getlist("key")][:60]
    try:
        if request.POST.get("how") == "entropy":
            return JsonResponse({"weights": judgement_of(_areas(request), "z").by_entropy(keys)})
        return JsonResponse(by_pairs(keys, _judgements(request.POST.get("judgements", ""))))
    except PlanError as error:
        return JsonResponse({"detail": str(error)}, status=400)


@require_POST
@role_required(*PLANNERS)
def ask(request: HttpRequest) -> HttpResponse:
    """A plan by the weights ``w.KEY`` and the fields of the form."""
    form, weights = WantedForm(request.POST), weights_of(request.POST)
    if form.is_valid():
        told = {name: value for name, value in form.cleaned_data.items() if name != "name"}
        told["areas"] = told.pop(NUMBER)
        try:
            wanted = Wanted.from_json({**told, "weights": weights})
            plan = make_soon(form.cleaned_data["name"], _areas(request), wanted, request.user)
        except PlanError as error:
            form.add_error(None, str(error))
        else:
            cameras_kept.send(Plan, request=request, subject=f"plan {plan.pk} asked for: {plan}")
            return redirect("plan", pk=plan.pk)
    return page(request, form, weights)


@require_POST
@role_required(*PLANNERS)
def remeasure(request: HttpRequest) -> HttpResponse:
    """What the inventory tells of each area, anew."""
    area_set = _areas(request)
    measure_soon(area_set)
    messages.success(request, _("The areas are being measured."))
    return redirect(f"{reverse('planning')}?areas={token_of(area_set)}")


@require_GET
@role_required(*PLANNERS)
def measuring(request: HttpRequest) -> JsonResponse:
    """How far it is: percent, and whether somebody works on it."""
    area_set = _areas(request)
    return JsonResponse({"percent": area_set.progress, "working": is_measured(area_set)})


def weights_of(told: Any) -> dict[str, float]:
    """``w.KEY``; what is no number from 0 to 100 counts as nothing."""
    weights = {}
    for name, value in told.items():
        if name.startswith("w.") and len(weights) < 100:
            try:
                number = float(value)
            except ValueError:
                number = 0.0
            weights[name[2:42]] = number if 0 <= number <= MOST_WEIGHT else 0.0
    return weights


def _areas(request: HttpRequest) -> AreaSet:
    """``areas``: a set's key, or a size of squares that is made when it is first asked for; squares of 500 m otherwise."""
    told = request.GET.get("areas") or request.POST.get("areas") or "grid-500"
    if told == "dongs":
        return dongs()
    if told.startswith("grid-") and told[5:] in {str(size) for size in CELLS}:
        return grid(int(told[5:]))
    found: AreaSet = get_object_or_404(AreaSet, pk=key_in(told))
    return found


def token_of(area_set: AreaSet) -> str:
    """By which an address asks for the set."""
    if area_set.kind == AreaSet.Kind.GRID:
        return f"grid-{area_set.cell_m}"
    return "dongs" if area_set.kind == AreaSet.Kind.DONG else str(area_set.pk)


def _sets() -> list[tuple[str, str]]:
    squares = [(f"grid-{size}", str(_("Squares of %(metres)s m")) % {"metres": size}) for size in CELLS]
    own = [(str(one.pk), one.name) for one in AreaSet.objects.filter(kind=AreaSet.Kind.OWN)]
    return [("dongs", _("Administrative dongs")), *squares, *own]


def _whole(told: str, least: int, most: int) -> int:
    if not (told.isascii() and told.isdigit() and len(told) < 8 and least <= int(told) <= most):
        raise PlanError(_("There is no such area."))
    return int(told)


def _shake(request: HttpRequest) -> float:
    try:
        shake = float(request.GET.get("shake", "0.5"))
    except ValueError:
        return 0.5
    return shake if 0 <= shake <= 1 else 0.5


def _judgements(text: str) -> dict[str, float]:
    try:
        told = json.loads(text[:20_000] or "{}")
        return {str(pair): float(value) for pair, value in told.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise PlanError(_("The comparisons cannot be read.")) from error
