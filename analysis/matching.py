"""Between rows and the pure matcher: what is wanted, what was seen, what is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from cases.models import Case, Sighting

from .models import Candidate, Tracklet
from .pipeline.types import Estimate
from .search.match import SHOWN, Seen, Wanted, match
from .search.reach import LastKnown


def seconds(moment: datetime) -> float:
    """The common clock of the search: seconds since 1970, UTC."""
    return moment.timestamp()


def wanted_of(case: Case) -> Wanted:
    """The description, and the looks of confirmed and rejected candidates."""
    description = case.description
    looks: dict[str, list] = {}
    unlike: dict[str, list] = {}
    decided = case.candidates.exclude(decision=Candidate.Decision.OPEN).select_related("tracklet")
    for candidate in decided.order_by("-decided_at")[:60]:
        shelf = looks if candidate.decision == Candidate.Decision.CONFIRMED else unlike
        shelf.setdefault(candidate.tracklet.embedding_model, []).append(candidate.tracklet.embedding)
    return Wanted(
        upper=description.upper_colour,
        lower=description.lower_colour,
        height_min=description.height_min / 100 if description.height_min else None,
        height_max=description.height_max / 100 if description.height_max else None,
        looks=looks,
        unlike=unlike,
    )


def knowns_of(case: Case, without: Sighting | None = None) -> list[LastKnown]:
    """The last seen report and the confirmed sightings, in order of time."""
    knowns = [
        LastKnown(
            case.last_seen_point.x, case.last_seen_point.y, seconds(case.last_seen_at), case.direction, case.mobility
        )
    ]
    for sighting in case.sightings.standing():
        if without is None or sighting.pk != without.pk:
            knowns.append(
                LastKnown(sighting.point.x, sighting.point.y, seconds(sighting.time), sighting.heading, case.mobility)
            )
    return sorted(knowns, key=lambda known: known.time)


def seen_of(tracklet: Tracklet) -> Seen:
    """A stored tracklet as the matcher sees it."""
    point = tracklet.recording.camera.location
    return Seen(
        upper=tracklet.upper,
        lower=tracklet.lower,
        height=_estimate(tracklet.height_m, tracklet.height_sd),
        heading=_estimate(tracklet.heading, tracklet.heading_sd),
        embedding=tracklet.embedding,
        embedding_model=tracklet.embedding_model,
        lon=point.x,
        lat=point.y,
        time=seconds(tracklet.start),
    )


def _estimate(value: float | None, sd: float | None) -> Estimate | None:
    return None if value is None or sd is None else Estimate(value, sd)


def match_tracklets(case: Case, tracklets: Iterable[Tracklet]) -> None:
    """Makes candidates of those who fit, and weighs again those who are; doing it twice changes nothing."""
    wanted, knowns = wanted_of(case), knowns_of(case)
    standing = set(case.candidates.filter(decision=Candidate.Decision.OPEN).values_list("tracklet_id", flat=True))
    rows = []
    for tracklet in tracklets:
        found = match(wanted, seen_of(tracklet), knowns)
        if found.score >= SHOWN or tracklet.pk in standing:
            rows.append(Candidate(case=case, tracklet=tracklet, score=found.score, factors=found.factors))
    Candidate.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["case", "tracklet"],
        update_fields=["score", "factors"],
    )


@transaction.atomic
def rematch(case: Case) -> None:
    """After a decision: weighs again everybody seen in the footage of the case's searches."""
    decided = case.candidates.exclude(decision=Candidate.Decision.OPEN).values("tracklet_id")
    tracklets = (
        Tracklet.objects.filter(recording__scan_tasks__search__case=case, recording__scan_tasks__status="done")
        .filter(start__gte=case.last_seen_at, model=F("recording__scanned_model"))
        .exclude(pk__in=decided)
        .select_related("recording__camera")
        .defer("picture", "times", "boxes")
        .distinct()
    )
    match_tracklets(case, tracklets)
