"""A case on paper: description, route as a map and as a table; pictures show the person alone.

Printed by the browser, or made a PDF here. Like everything that leaves the workspace it is logged, and says whose copy it is.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cameras.models import District
from cases.access import log
from cases.models import AccessLog, Case
from cases.views import case_or_404
from seoulcctv.paper import pdf, pdf_response
from seoulcctv.paper_map import Projection, as_points
from seoulcctv.roles import CASE_WORKERS, role_required

from .models import Candidate
from .routes import Route, RouteStop, route_of
from .shared_picture import shared_picture

WIDTH, HEIGHT, MARGIN = 720.0, 380.0, 46.0
LEAST_DEGREES = 0.006  # of latitude that the map shows


@dataclass(frozen=True, slots=True)
class Drawing:
    """In the units of the map's own picture: outlines of districts, their names, the route and its stops."""

    outlines: list[str]
    names: list[tuple[float, float, str]]
    way: str
    stops: list[tuple[float, float, str]]


@require_GET
@role_required(*CASE_WORKERS)
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """One page or two for the folder and for the shift that follows."""
    case = case_or_404(request.user, number)
    log(request, AccessLog.Action.EXPORTED, case, "case sheet")
    response = render(request, "analysis/sheet.html", _told(request, case))
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@role_required(*CASE_WORKERS)
def sheet_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The same as PDF."""
    case = case_or_404(request.user, number)
    log(request, AccessLog.Action.EXPORTED, case, "case sheet as PDF")
    return pdf_response(f"{case.number}.pdf", pdf("analysis/sheet.html", _told(request, case), request))


def _told(request: HttpRequest, case: Case) -> dict[str, Any]:
    told = route_of(case)
    mark = f"{case.number} {request.user.username} {timezone.localtime():%Y-%m-%d %H:%M}"
    return {
        "case": case,
        "told": told,
        "stops": [(stop, _picture(stop, request.user, mark)) for stop in told.stops],
        "drawing": drawing(case, told),
        "width": WIDTH,
        "height": HEIGHT,
        "now": timezone.now(),
    }


def _picture(stop: RouteStop, user: Any, mark: str) -> str:
    """As a data address; empty where there is none, or where results are withheld."""
    visible = Candidate.objects.visible_to(user).select_related("tracklet__recording")
    candidate = visible.filter(pk=stop.candidate).first()
    if candidate is None:
        return ""
    content = shared_picture(candidate.tracklet, mark)
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode('ascii')}"


def drawing(case: Case, told: Route) -> Drawing:
    """The part of the city in which the route lies."""
    points = [(case.last_seen_point.x, case.last_seen_point.y)]
    points += [(stop.sighting.point.x, stop.sighting.point.y) for stop in told.stops]
    place = Projection(np.array(points), WIDTH, HEIGHT, MARGIN, LEAST_DEGREES)
    (left, top), (right, bottom) = place.corners
    shown = Polygon.from_bbox((left, bottom, right, top))
    outlines, names = [], []
    for district in District.objects.filter(boundary__intersects=shown):
        seen = district.boundary.intersection(shown)
        for polygon in seen if seen.geom_type == "MultiPolygon" else [seen]:
            outlines.append(as_points(place(np.array(polygon.coords[0])[:, :2])))
        ((x, y),) = place(np.array([seen.point_on_surface.coords]))
        names.append((round(x, 1), round(y, 1), str(district)))
    on_paper = place(np.array(points))
    way = as_points(on_paper)
    labels = ["", *(str(stop.number) for stop in told.stops)]
    return Drawing(
        outlines, names, way, [(round(x, 1), round(y, 1), t) for (x, y), t in zip(on_paper, labels, strict=True)]
    )
