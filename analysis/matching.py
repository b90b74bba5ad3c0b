"""Between rows and the pure matcher: what is wanted, what was seen, what is known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import F
from numpy.typing import NDArray

from cases.models import Case

from .camera_looks import CameraLooks
from .models import Candidate, Reference, Tracklet
from .pipeline.types import Estimate
from .search.belief import beliefs
from .search.match import SHOWN, Seen, Wanted, match
from .search.reach import LastKnown

AIDS = ("stick", "walker", "wheelchair")
UNSURE_FACTORS = {
    "upper_colour": "upper", "lower_colour": "lower", "bag": "things", "aid": "things", "height": "height",
}  # fmt: skip
DECIDED = 60  # latest decisions that are compared with


def seconds(moment: datetime) -> float:
    """The common clock of the search: seconds since 1970, UTC."""
    return moment.timestamp()


def wanted_of(case: Case, cameras: Cameras) -> Wanted:
    """The description, and the looks of confirmed and rejected candidates."""
    description = case.description
    looks: dict[str, list] = {}
    unlike: dict[str, list] = {}
    for candidate in cameras.decided:
        shelf = looks if candidate.decision == Candidate.Decision.CONFIRMED else unlike
        space, look = cameras.look(candidate.tracklet)
        shelf.setdefault(space, []).append(look)
    references: dict[str, list] = {}
    for reference in cameras.references:
        space, look = cameras.reference_look(reference)
        references.setdefault(space, []).append(look)
    return Wanted(
        upper=description.upper_colour,
        lower=description.lower_colour,
        height_min=description.height_min / 100 if description.height_min else None,
        height_max=description.height_max / 100 if description.height_max else None,
        has=tuple(thing for thing in (description.bag, description.aid) if thing not in ("", "none")),
        has_not=(("backpack", "bag") if description.bag == "none" else ())
        + (AIDS if description.aid == "none" else ()),
        looks=looks,
        unlike=unlike,
        references=references,
        upper_second=description.upper_second_colour,
        lower_second=description.lower_second_colour,
        unsure=frozenset(UNSURE_FACTORS[name] for name in description.unsure),
    )


class Cameras:
    """The looks of a case's decided candidates and of others, each without its camera's share."""

    def __init__(self, case: Case, tracklets: Iterable[Tracklet]) -> None:
        told = (Candidate.Decision.CONFIRMED, Candidate.Decision.REJECTED)  # who perhaps is the person teaches nothing
        decided = case.candidates.filter(decision__in=told).order_by("-decided_at")
        self.decided = list(decided.select_related("tracklet__recording__camera")[:DECIDED])
        self.references = list(case.references.standing().filter(state=Reference.State.PERSON).defer("picture"))
        shown: dict[str, set[int]] = {reference.embedding_model: set() for reference in self.references}
        for tracklet in (*tracklets, *(candidate.tracklet for candidate in self.decided)):
            shown.setdefault(tracklet.embedding_model, set()).add(tracklet.recording.camera_id)
        # Likeness counts only where something is to be compared with; else the cameras' means are not needed.
        compared = self.decided or self.references
        self.models = {model: CameraLooks(model, several) for model, several in shown.items()} if compared else {}

    def look(self, tracklet: Tracklet) -> tuple[str, NDArray[np.float32]]:
        """The space that the vector lies in, and the vector."""
        model = self.models.get(tracklet.embedding_model)
        if model is None:
            return tracklet.embedding_model, tracklet.embedding
        return model.space, model.seen(tracklet.embedding, tracklet.recording.camera_id)

    def reference_look(self, reference: Reference) -> tuple[str, NDArray[np.float32]]:
        """Likewise, of a picture that none of the cameras took."""
        model = self.models[reference.embedding_model]
        return model.space, model.elsewhere(reference.embedding)


def knowns_of(case: Case) -> list[LastKnown]:
    """The last seen report and the sightings, sure or not, in order of time; ``key``: the sighting's, 0 for the report."""
    begin, origin = seconds(case.last_seen_at), case.last_seen_point
    places = tuple((place.point.x, place.point.y) for place in case.places.standing())
    knowns = [LastKnown(origin.x, origin.y, begin, case.direction, case.mobility, places=places)]
    for sighting in case.sightings.standing():
        place, moment = sighting.point, seconds(sighting.time)
        knowns.append(
            LastKnown(
                place.x, place.y, moment, sighting.heading, case.mobility, sighting.certainty, sighting.pk, places
            )
        )
    return sorted(knowns, key=lambda known: known.time)


def seen_of(tracklet: Tracklet, cameras: Cameras) -> Seen:
    """A stored tracklet as the matcher sees it."""
    point = tracklet.recording.camera.location
    space, look = cameras.look(tracklet)
    return Seen(
        upper=tracklet.upper,
        lower=tracklet.lower,
        height=_estimate(tracklet.height_m, tracklet.height_sd),
        heading=_estimate(tracklet.heading, tracklet.heading_sd),
        embedding=look,
        embedding_model=space,
        lon=point.x,
        lat=point.y,
        time=seconds(tracklet.start),
        things=tracklet.things,
    )


def _estimate(value: float | None, sd: float | None) -> Estimate | None:
    return None if value is None or sd is None else Estimate(value, sd)


def match_tracklets(case: Case, tracklets: Iterable[Tracklet]) -> None:
    """Makes candidates of those who fit, and weighs again those who are; doing it twice changes nothing."""
    tracklets = list(tracklets)
    cameras = Cameras(case, tracklets)
    wanted, stories = wanted_of(case, cameras), beliefs(knowns_of(case))
    standing = set(case.candidates.filter(decision=Candidate.Decision.OPEN).values_list("tracklet_id", flat=True))
    rows = []
    for tracklet in tracklets:
        found = match(wanted, seen_of(tracklet, cameras), stories)
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
