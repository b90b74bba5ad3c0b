"""The roll-out: how far each district is, how its cameras and machines do, the city at a glance; on a page and on paper."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cameras.keeping import cameras_kept
from cameras.models import Camera, District, Recording
from seoulcctv.paper import pdf, pdf_response
from seoulcctv.paper_map import Projection, as_points
from seoulcctv.roles import Role, role_of, role_required

from .models import Machine

READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR)
WIDTH, HEIGHT, MARGIN = 720.0, 560.0, 12.0
FIRST_YEAR, LAST_YEAR = 2022, 2026


@dataclass(frozen=True, slots=True)
class Outline:
    """Of a district, in the drawing's units."""

    district: District
    points: list[str]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Row:
    """One district. poles: rows of the inventory; cameras: what stands on them; machines: "answers", "silent" or "" where
    none is told; last: when its latest recording ends."""

    district: District
    poles: int = 0
    cameras: int = 0
    intelligent: int = 0
    faulty: int = 0
    found: int = 0
    machines: str = ""
    last: datetime | None = None

    @property
    def percent(self) -> int:
        """Intelligent, of all."""
        return round(100 * self.intelligent / self.cameras) if self.cameras else 0


@require_http_methods(["GET", "POST"])
@role_required(*READERS)
def rollout(request: HttpRequest) -> HttpResponse:
    """The page; a POST says how far a district is (``district``, ``stage``), supervisors only."""
    if request.method == "POST":
        if role_of(request.user) != Role.SUPERVISOR:
            raise PermissionDenied
        stage = request.POST.get("stage", "")
        code = request.POST.get("district", "")
        district = (
            District.objects.filter(pk=code).first() if len(code) == 5 and code.isascii() and code.isdigit() else None
        )
        if district is None or stage not in District.Stage.values:
            messages.error(request, _("There is no such district or state."))
        else:
            District.objects.filter(pk=district.pk).update(stage=stage)
            cameras_kept.send(District, request=request, subject=f"{district.pk} {district.stage} to {stage}")
            messages.success(request, _("Saved."))
        return redirect("rollout")
    return render(request, "analysis/rollout.html", {**_told(), "stages": District.Stage.choices})


@require_GET
@role_required(*READERS)
def rollout_pdf(request: HttpRequest) -> HttpResponse:
    """The same on a sheet."""
    name = f"rollout-{timezone.localdate():%Y-%m-%d}.pdf"
    return pdf_response(name, pdf("analysis/rollout_sheet.html", _told(), request))


def rows() -> list[Row]:
    """Of every district, by year of joining; those whose year is not known last."""
    there = ~Q(status=Camera.Status.RETIRED)
    intelligent, faulty = Q(kind=Camera.Kind.INTELLIGENT), Q(status=Camera.Status.FAULTY)
    counted = {
        told.pop("district"): told
        for told in Camera.objects.filter(there)
        .order_by()
        .values("district")
        .annotate(
            poles=Count("pk"),
            cameras=Sum("count"),
            intelligent=Sum("count", filter=intelligent, default=0),
            faulty=Sum("count", filter=faulty, default=0),
            found=Count("pk", filter=Q(health__findings__len__gt=0)),
        )
    }
    recorded = dict(
        Recording.objects.order_by()
        .values("camera__district")
        .annotate(last=Max("end"))
        .values_list("camera__district", "last")
    )
    machines = _machines()
    districts = sorted(District.objects.all(), key=lambda d: (d.joined_year or LAST_YEAR + 1, d.name_en))
    return [
        Row(d, machines=machines.get(d.pk, machines.get("", "")), last=recorded.get(d.pk), **counted.get(d.pk, {}))
        for d in districts
    ]


def _machines() -> dict[str, str]:
    """By district; "": of the machines that take all districts which have none of their own."""
    answering = set(Machine.objects.answering().values_list("pk", flat=True))
    told: dict[str, str] = {}
    for machine in Machine.objects.all():
        for code in machine.districts or [""]:
            if told.get(code) != "answers":
                told[code] = "answers" if machine.pk in answering else "silent"
    return told


def _told() -> dict[str, Any]:
    every = rows()
    cameras, intelligent = sum(row.cameras for row in every), sum(row.intelligent for row in every)
    stages = Counter(row.district.stage for row in every)
    years = [
        (year, [row for row in every if row.district.joined_year == year]) for year in range(FIRST_YEAR, LAST_YEAR + 1)
    ]
    return {
        "rows": every,
        "years": years,
        "unknown": [row for row in every if row.district.joined_year is None],
        "poles": sum(row.poles for row in every),
        "cameras": cameras,
        "intelligent": intelligent,
        "percent": round(100 * intelligent / cameras, 1) if cameras else 0,
        "faulty": sum(row.faulty for row in every),
        "live": stages[District.Stage.LIVE],
        "answering": sum(row.machines == "answers" for row in every),
        "outlines": outlines([row.district for row in every]),
        "stage_names": District.Stage.choices,
        "width": WIDTH,
        "height": HEIGHT,
        "now": timezone.now(),
    }


def outlines(districts: list[District]) -> list[Outline]:
    """The city as a drawing."""
    rings = {d.pk: [np.array(polygon.coords[0])[:, :2] for polygon in d.boundary] for d in districts}
    place = Projection(np.concatenate([ring for several in rings.values() for ring in several]), WIDTH, HEIGHT, MARGIN)
    told = []
    for district in districts:
        ((x, y),) = place(np.array([district.boundary.point_on_surface.coords]))
        told.append(
            Outline(district, [as_points(place(ring)) for ring in rings[district.pk]], round(x, 1), round(y, 1))
        )
    return told
