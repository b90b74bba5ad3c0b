"""The workspace of a case: map, search, candidates, route.

The page is drawn once; ``state`` gives its living parts anew (HTML panels and what the map
shows), and the socket says when to ask.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cameras.models import Camera, CameraHealth
from cases.access import log
from cases.forms import EndForm, LinkForm, NoteForm, PlaceForm, ReportForm
from cases.links import MOST_LINKS, with_openings
from cases.models import AccessLog, Case, Sighting
from cases.notes import read_mentions
from cases.views import case_or_404
from seoulcctv.roles import CASE_READERS, CASE_WORKERS, Role, role_of, role_required
from seoulcctv.tables import csv_response

from .about_camera import about_camera
from .alarms import alerts_on_map
from .candidates import factors_of, strongest
from .looking import look, looked_at
from .matching import knowns_of, seconds
from .models import Candidate, Search
from .progress import camera_states, coverage_of, progress_of
from .routes import Route, mark_on_map, route_of, stop_on_map
from .search.field import field
from .search.plan import LeftOut
from .statistics import statistics
from .watching.showing import Watching, watching_of

SHOWN_AT_ONCE = 60
MOST_SHOWN = 600  # in one list: further down nobody looks, and decisions bring others up
MOST_NOTES_SHOWN = 100
LONGEST_LOOK_S = 30 * 86_400.0  # after the person was last seen


#: Living parts of the workspace by the id of their place; some are for those alone who work on cases.
PANELS = {
    "status-panel": "analysis/_status.html",
    "search-panel": "analysis/_search.html",
    "route-panel": "analysis/_route.html",
}
WORKERS_PANELS = {
    "watch-panel": "analysis/_watch.html",
    "places-panel": "analysis/_places.html",
    "links-panel": "analysis/_link_list.html",
    "notes-panel": "analysis/_note_list.html",
    "references-panel": "analysis/_references.html",
    "candidates-panel": "analysis/_candidates.html",
}
MOST_LEFT_OUT = 500  # cameras named one by one, for each reason


@require_GET
@role_required(*CASE_READERS)
def workspace(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one case; every opening is logged."""
    case = case_or_404(request.user, number)
    log(request, AccessLog.Action.CASE_VIEWED, case)
    read_mentions(case, request.user)
    return render(
        request,
        "analysis/workspace.html",
        {
            **_living(request, case),
            "colleagues": _colleagues(request, case),
            "place": PlaceForm(),
            "link": LinkForm(),
            "note": NoteForm(),
            "report": ReportForm(initial={"time": timezone.localtime()}),
        },
    )


@require_GET
@role_required(*CASE_READERS)
def state(request: HttpRequest, number: str) -> JsonResponse:
    """``{"event": n, "panels": {id: html}, "map": {...}}``; ``event`` is the latest one it includes."""
    case = case_or_404(request.user, number)
    if "seen" in request.GET:  # not behind other windows
        read_mentions(case, request.user)
    context = _living(request, case)
    panels = PANELS | (WORKERS_PANELS if context["may_work"] else {})
    html = {name: render_to_string(template, context, request) for name, template in panels.items()}
    running = context["search"] is not None and context["search"].status == Search.Status.RUNNING
    response = JsonResponse(
        {"event": case.last_event, "running": running, "panels": html, "map": _map_of(case, context)}
    )
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@role_required(*CASE_READERS)
def where(request: HttpRequest, number: str) -> JsonResponse:
    """Where the person may be at a moment (``at``: seconds since 1970): ``{"bounds": [west, south, east, north], "side":
    cells, "share": [...]}``, rows from north to south, 0 to 100 of the likeliest cell."""
    case = case_or_404(request.user, number)
    try:
        at = float(request.GET.get("at", ""))
    except ValueError:
        at = math.nan
    begin = seconds(case.last_seen_at)
    if not begin <= at <= begin + LONGEST_LOOK_S:
        return JsonResponse({"problem": _("This moment lies outside the case.")}, status=400)
    found = field(knowns_of(case), at)
    if found is None:  # the case begins with what is known, so there is something
        raise Http404
    response = JsonResponse(
        {
            "bounds": [found.west, found.south, found.east, found.north],
            "side": len(found.share),
            "share": np.rint(100 * found.share).astype(int).ravel().tolist(),
        }
    )
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@role_required(*CASE_WORKERS)
def candidate(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The candidate beside the latest confirmed picture, with the reasons."""
    case = case_or_404(request.user, number)
    one = get_object_or_404(_candidates(request, case), pk=pk)
    return render(
        request, "analysis/_candidate.html", {"case": case, "one": _shown(one), "confirmed": _latest(case, one)}
    )


@require_GET
@role_required(*CASE_READERS)
def left_out(request: HttpRequest, number: str) -> HttpResponse:
    """Cameras that the search did not look at, by reason."""
    case = case_or_404(request.user, number)
    search = case.searches.first()
    keys: dict[str, list[int]] = {reason: [] for reason in LeftOut}
    for pk, reason in (search.left_out if search else {}).items():
        keys.setdefault(reason, []).append(int(pk))
    shown = Camera.objects.in_bulk([pk for several in keys.values() for pk in several[:MOST_LEFT_OUT]])
    groups = {
        reason: ([shown[pk] for pk in several[:MOST_LEFT_OUT] if pk in shown], len(several))
        for reason, several in keys.items()
        if several
    }
    looked_at = search.tasks.filter(status="done").values("camera") if search else []
    badly = CameraHealth.objects.filter(camera__in=looked_at, sees__lt=1.0).select_related("camera").order_by("sees")
    failed = search.tasks.filter(status="failed").select_related("camera") if search else []
    return render(
        request,
        "analysis/left_out.html",
        {"case": case, "groups": groups, "failed": failed, "badly": badly[:MOST_LEFT_OUT]},
    )


@require_GET
@role_required(*CASE_READERS)
def camera(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What the search has to say of one camera."""
    case = case_or_404(request.user, number)
    one = get_object_or_404(Camera.objects.exclude(status=Camera.Status.RETIRED).select_related("district"), pk=pk)
    response = render(request, "analysis/_camera.html", {"case": case, "about": about_camera(case, one, request.user)})
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_GET
def transparency(request: HttpRequest) -> HttpResponseBase:
    """Counts for everybody; ``?csv=months`` and ``?csv=districts`` as files."""
    told = statistics()
    if request.GET.get("csv") == "months":
        head = ["month", "cases", "found", "helped", "emergencies", "searches", "hours", "deleted"]
        rows = [
            [r.name, r.cases, r.found, r.helped, r.emergencies, r.searches, round(r.hours, 1), r.deleted]
            for r in told.months
        ]
        return csv_response("months.csv", head, rows)
    if request.GET.get("csv") == "districts":
        lines = [[r.name, r.cases, r.found, r.helped] if r.told else [r.name, "<3", "", ""] for r in told.districts]
        return csv_response("districts.csv", ["district", "cases", "found", "helped"], lines)
    outcomes = [(Case.Outcome(name).label, told.outcomes[name]) for name in Case.Outcome.values]
    context = {"months": told.months, "districts": told.districts, "outcomes": outcomes}
    return render(request, "analysis/transparency.html", context)


def _living(request: HttpRequest, case: Case) -> dict[str, Any]:
    search = case.searches.first()
    may_work = role_of(request.user) in CASE_WORKERS
    most = min(max(number_in(request, "most", SHOWN_AT_ONCE), SHOWN_AT_ONCE), MOST_SHOWN)
    if may_work and "looking" in request.GET:
        look(case, request.user, number_in(request, "looking", 0) or None)
    others = looked_at(case, request.user) if may_work else {}
    repeats = number_in(request, "repeats", 0) == 1
    candidates = _candidates(request, case).shown(repeats) if may_work else Candidate.objects.none()
    listed = candidates[:most]
    shown = [_shown(one) | {"other": others.get(one.pk)} for one in listed]
    count = candidates.count()
    told = route_of(case)
    return {
        "case": case,
        "search": search,
        "progress": progress_of(search) if search else None,
        "coverage": coverage_of(search) if search else None,
        "told": told,
        "route": told.stops,
        "references": case.references.standing().defer("picture") if may_work else case.references.none(),
        "links": with_openings(case.links.all()[:MOST_LINKS]) if may_work else [],
        "places": case.places.standing() if may_work else case.places.none(),
        "candidates": shown,
        "open_count": candidates.filter(decision=Candidate.Decision.OPEN).count(),
        "more_count": min(count - len(shown), SHOWN_AT_ONCE) if len(shown) < min(count, MOST_SHOWN) else 0,
        "repeats": repeats,
        "repeat_count": case.candidates.shown(repeats=True).repeats().count() if may_work else 0,
        "next_most": most + SHOWN_AT_ONCE,
        "notes": case.notes.in_order().select_related("by", "done_by")[:MOST_NOTES_SHOWN] if may_work else [],
        "watching": watching_of(case) if may_work else None,
        "handover": case.handovers.waiting().select_related("by", "to").first() if may_work else None,
        "may_work": may_work,
        "may_search": case.may_search(),
        "emergency": case.emergency_running(),
        "end_form": EndForm(),
        "now": timezone.now(),
    }


def number_in(request: HttpRequest, name: str, usual: int) -> int:
    """A whole number of the address; ``usual`` for anything else."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else usual


def _candidates(request: HttpRequest, case: Case) -> Any:
    """Undecided first, the likeliest first; then the decided, in order of time."""
    visible = Candidate.objects.visible_to(request.user).filter(case=case)
    return (
        visible.select_related("tracklet__recording__camera__district", "case", "sighting", "alert")
        .defer("tracklet__picture", "tracklet__times", "tracklet__boxes", "tracklet__embedding_bytes",
               "tracklet__recording__camera__district__boundary")
        .order_by(*Candidate.triage_order())
    )  # fmt: skip


def _shown(one: Candidate) -> dict[str, Any]:
    return {"candidate": one, "factors": factors_of(one), "strongest": strongest(one)}


def _latest(case: Case, beside: Candidate) -> Candidate | None:
    """The confirmed candidate seen last, other than the one it is compared with."""
    confirmed = case.candidates.filter(decision=Candidate.Decision.CONFIRMED, sighting__isnull=False)
    return (
        confirmed.exclude(pk=beside.pk)
        .select_related("tracklet")
        .defer("tracklet__picture")
        .order_by("-sighting__time")
        .first()
    )


def _map_of(case: Case, context: dict[str, Any]) -> dict[str, Any]:
    told: Route = context["told"]
    return {
        "last_seen": [case.last_seen_point.x, case.last_seen_point.y],
        "begin": seconds(case.last_seen_at),
        "end": seconds(case.ended_at or timezone.now()),
        "direction": case.direction,
        "cameras": [
            [s.camera.pk, s.camera.location.x, s.camera.location.y, s.state, s.camera.asset_number]
            for s in camera_states(case, context["search"])
        ],
        "candidates": [
            {
                "id": one["candidate"].pk,
                "lon": one["candidate"].tracklet.recording.camera.location.x,
                "lat": one["candidate"].tracklet.recording.camera.location.y,
                "score": one["candidate"].score,
            }
            for one in context["candidates"]
            if one["candidate"].decision == Candidate.Decision.OPEN
        ],
        "route": [stop_on_map(stop, title=_title(stop.sighting)) for stop in told.stops],
        "places": [[place.point.x, place.point.y, place.name] for place in context["places"]],
        **_watch_on_map(context["watching"]),
        "doubted": [mark_on_map(s, percent, _title(s)) for s, percent in told.doubted],
        "other": told.other.way if told.other else [],
    }


def _watch_on_map(watching: Watching | None) -> dict[str, Any]:
    """Cameras that look out, and alerts that nobody has answered."""
    if watching is None:
        return {"watched": [], "alerts": []}
    ringing = [alert for alert in watching.alerts if alert.acknowledged_at is None]
    return {"watched": [row.watch.camera.location.coords for row in watching.watched], "alerts": alerts_on_map(ringing)}


def _title(sighting: Sighting) -> str:
    return f"{timezone.localtime(sighting.time):%H:%M:%S} {sighting.seen_by}"


def _colleagues(request: HttpRequest, case: Case) -> Any:
    """Whom the case can be shared with."""
    if role_of(request.user) not in CASE_WORKERS:
        return []
    following = [case.opened_by_id, *case.members.values_list("pk", flat=True)]
    users = get_user_model().objects.filter(is_active=True, role__in=[Role.OPERATOR, Role.LIAISON])
    return users.exclude(pk__in=following).order_by("role", "username")
