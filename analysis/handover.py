"""What the next shift needs to know of a case, in one page; and passing the case on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases import notes
from cases.access import log
from cases.forms import HandoverForm
from cases.models import AccessLog, Case, CaseEvent, Note, ShareLink, Sighting
from cases.models.case import CaseError
from cases.views import case_or_404
from seoulcctv.roles import CASE_WORKERS, role_required

from .models import Candidate
from .progress import Progress, coverage_of, progress_of
from .routes import Route, route_of
from .views import number_in

SHIFT = timedelta(hours=12)
PERIODS = (4, 8, 12, 24)  # hours, to choose from
MOST_EVENTS = 300
Kind = CaseEvent.Kind
#: Counted, not listed: there are hundreds.
MANY = (Kind.SCAN_FINISHED, Kind.SCAN_FAILED, Kind.CANDIDATE_REJECTED, Kind.CANDIDATE_REOPENED)
DECISIONS = (Kind.SIGHTING_CONFIRMED, Kind.SIGHTING_PERHAPS, Kind.CANDIDATE_REJECTED)


@dataclass(frozen=True, slots=True)
class Summary:
    """since: from when on; counts: events by kind; decided: decisions by whom, the most first; told: the route as it is
    now; coverage: percent, None where nothing can be said; best: likelihood in percent of the likeliest undecided
    candidate."""

    since: datetime
    told: Route
    progress: Progress | None
    coverage: int | None
    counts: Counter[str]
    decided: list[tuple[str, int]]
    events: Sequence[CaseEvent]
    sightings: Sequence[Sighting]
    to_do: Sequence[Note]
    written: Sequence[Note]
    links: Sequence[ShareLink]
    undecided: int
    best: int | None

    @property
    def scanned(self) -> int:
        """Recordings searched since."""
        return self.counts[Kind.SCAN_FINISHED]

    @property
    def failed(self) -> int:
        """Recordings that could not be searched since."""
        return self.counts[Kind.SCAN_FAILED]

    @property
    def rejected(self) -> int:
        return self.counts[Kind.CANDIDATE_REJECTED]


def usual_since(case: Case, now: datetime) -> datetime:
    """Since the case was last taken over; before that, one shift at most."""
    latest = case.handovers.filter(taken_at__isnull=False).first()
    return latest.at if latest else max(case.opened_at, now - SHIFT)


def summary(case: Case, since: datetime, user: Any) -> Summary:
    """What happened since, where things stand, what is to be done. ``user``: as whom candidates are looked at."""
    events = case.events.filter(at__gte=since).select_related("by")
    counts = Counter(events.values_list("kind", flat=True))
    decided = Counter(str(event.by) for event in events.filter(kind__in=DECISIONS, by__isnull=False))
    search = case.searches.first()
    candidates = Candidate.objects.visible_to(user).filter(case=case).shown()
    undecided = candidates.filter(decision=Candidate.Decision.OPEN)
    likeliest = undecided.aggregate(most=Max("score"))["most"]
    return Summary(
        since=since,
        told=route_of(case),
        progress=progress_of(search) if search else None,
        coverage=coverage_of(search) if search else None,
        counts=counts,
        decided=decided.most_common(),
        events=list(events.exclude(kind__in=MANY)[:MOST_EVENTS]),
        sightings=list(
            case.sightings.standing().filter(confirmed_at__gte=since).select_related("camera", "confirmed_by")
        ),
        to_do=list(case.notes.to_do().select_related("by")),
        written=list(case.notes.filter(at__gte=since, is_task=False).select_related("by")),
        links=list(case.links.usable()),
        undecided=undecided.count(),
        best=None if likeliest is None else round(100 * likeliest),
    )


def colleagues(user: Any) -> Any:
    """Who could take the case over."""
    users = get_user_model().objects.filter(is_active=True, role__in=CASE_WORKERS).exclude(pk=user.pk)
    return users.order_by("role", "username")


@require_http_methods(["GET", "POST"])
@role_required(*CASE_WORKERS)
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """The summary; a POST passes the case on with it."""
    case, now = case_or_404(request.user, number), timezone.now()
    since = _since(request, case, now)
    form = HandoverForm(colleagues(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            notes.hand_over(case, request.user, to, form.cleaned_data["text"], since)
        except CaseError as error:
            form.add_error(None, str(error))
        else:
            log(request, AccessLog.Action.CASE_CHANGED, case, f"handed over to {to}")
            return redirect("workspace", number=number)
    else:
        log(request, AccessLog.Action.CASE_VIEWED, case, "handover")
    context = {
        "case": case,
        "told": summary(case, since, request.user),
        "latest": case.handovers.select_related("by", "to").first(),
        "form": form,
        "periods": PERIODS,
        "now": now,
    }
    response = render(request, "analysis/handover.html", context, status=400 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _since(request: HttpRequest, case: Case, now: datetime) -> datetime:
    """``hours`` of the address back; the usual for anything else."""
    hours = number_in(request, "hours", 0)
    if hours in PERIODS:
        return max(case.opened_at, now - timedelta(hours=hours))
    return usual_since(case, now)
