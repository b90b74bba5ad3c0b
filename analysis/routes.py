"""The route of a case as people read it: the likeliest story, the next likely one, and what would decide between them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from cameras.models import Camera, District, Recording
from cases.models import Case, Sighting
from seoulcctv.hints import keep, kept

from .matching import knowns_of, seconds
from .models import Candidate
from .search.belief import Belief, beliefs, certainty_of, decider
from .search.clocks import suspects
from .search.route import SAME_PASSAGE_S, Leg, Stop, legs

WORTH_TELLING = 0.15  # likelihood of another story
DECIDER_KEPT_S = 3600


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A passage by one camera, or a report, with the leg that led to it. ``sighting``: the first of the passage;
    certainty: 0 to 1, all that is known weighed."""

    sighting: Sighting
    number: int
    leg: Leg | None
    district: District | None
    certainty: float
    candidate: int | None  # whose picture shows it
    clock_s: float | None  # by which the camera's clock may be wrong, where that would explain what cannot be

    @property
    def percent(self) -> int:
        return round(100 * self.certainty)

    @property
    def clock_off(self) -> timedelta | None:
        """How far the camera's clock may be off, without its sign."""
        return None if self.clock_s is None else timedelta(seconds=abs(self.clock_s))


@dataclass(frozen=True, slots=True)
class Telling:
    """A camera and a moment that would tell two stories apart; percent: the chance to see the person there about then,
    in the first and in the other."""

    camera: Camera
    time: datetime
    first: int
    other: int


@dataclass(frozen=True, slots=True)
class Other:
    """The next likely story: what it takes for right and wrong against the first, and its way as lon, lat."""

    percent: int
    adds: list[Sighting]
    drops: list[Sighting]
    way: list[tuple[float, float]]
    telling: Telling | None


@dataclass(frozen=True, slots=True)
class Route:
    """stops of the likeliest story, in order of time; percent: how likely it is; doubted: sightings that it leaves out,
    with their certainty in percent."""

    stops: list[RouteStop]
    percent: int
    doubted: list[tuple[Sighting, int]]
    other: Other | None


def passages(sightings: list[Sighting]) -> list[list[Sighting]]:
    """Sightings in order of time, those of one passage by a camera together."""
    groups: list[list[Sighting]] = []
    for sighting in sightings:
        last = groups[-1][-1] if groups else None
        if last and sighting.camera_id and last.camera_id == sighting.camera_id and _soon(last, sighting):
            groups[-1].append(sighting)
        else:
            groups.append([sighting])
    return groups


def _soon(last: Sighting, following: Sighting) -> bool:
    return following.time - last.end < timedelta(seconds=SAME_PASSAGE_S)


def route_of(case: Case) -> Route:
    """Standing sightings, from the last seen report on."""
    stories = beliefs(knowns_of(case))
    standing = list(case.sightings.standing().select_related("camera__district"))
    districts = {s.pk: s.camera.district if s.camera else _district(s.point) for s in standing}
    best = stories[0]
    believed = [sighting for sighting in standing if sighting.pk in best.keys]
    return Route(
        _stops(case, believed, districts, stories),
        round(100 * best.probability),
        [(s, round(100 * certainty_of(s.pk, stories))) for s in standing if s.pk not in best.keys],
        _other(case, stories, standing),
    )


def _stops(
    case: Case, believed: list[Sighting], districts: dict[int, District | None], stories: list[Belief]
) -> list[RouteStop]:
    start = seconds(case.last_seen_at)
    first = _district(case.last_seen_point)
    origin = Stop(0, case.last_seen_point.x, case.last_seen_point.y, start, start, first.code if first else "")
    groups = passages(believed)
    stops = []
    for group in groups:
        district, point = districts[group[0].pk], group[0].point
        code = district.code if district else ""
        stops.append(Stop(group[0].pk, point.x, point.y, seconds(group[0].time), seconds(group[-1].end), code))
    clocks = {one.key: one.offset_s for one in reversed(suspects([origin, *stops], case.mobility))}
    pictured = dict(Candidate.objects.filter(case=case, sighting__in=believed).values_list("sighting", "pk"))
    by_end = {leg.end.key: leg for leg in legs([origin, *stops], case.mobility)}
    return [
        RouteStop(
            sighting,
            number,
            by_end.get(pk),
            districts[pk],
            certainty_of(pk, stories),
            pictured.get(pk),
            clocks.get(pk) if sighting.camera_id else None,
        )
        for number, sighting in enumerate((group[0] for group in groups), start=1)
        for pk in [sighting.pk]
    ]


def mark_on_map(sighting: Sighting, percent: int, title: str) -> dict[str, Any]:
    """As ``static/js/case-map.js`` draws it. percent: how likely it is; title: for who points at it."""
    place = sighting.point
    return {"id": sighting.pk, "lon": place.x, "lat": place.y, "title": title, "percent": percent}


def stop_on_map(stop: RouteStop, title: str) -> dict[str, Any]:
    """Likewise, of a stop of the route."""
    more = {"number": stop.number, "at": seconds(stop.sighting.time), "heading": stop.sighting.heading}
    return mark_on_map(stop.sighting, stop.percent, title) | more


def _district(point: object) -> District | None:
    return District.objects.filter(boundary__covers=point).defer("boundary").first()


def _other(case: Case, stories: list[Belief], standing: list[Sighting]) -> Other | None:
    if len(stories) < 2 or stories[1].probability < WORTH_TELLING:
        return None
    best, second = stories[:2]
    return Other(
        round(100 * second.probability),
        [s for s in standing if s.pk in second.keys - best.keys],
        [s for s in standing if s.pk in best.keys - second.keys],
        [(known.lon, known.lat) for known in second.knowns],
        _telling(case, best, second),
    )


def _telling(case: Case, best: Belief, second: Belief) -> Telling | None:
    """Among cameras that have footage of the time; looked for anew when something happened in the case."""
    key = f"telling:{case.pk}:{case.last_event}"
    if before := kept([key]):
        found: Telling | None = before[key]
        return found
    apart = best.keys ^ second.keys
    differing = [known.time for known in itertools.chain(best.knowns, second.knowns) if known.key in apart]
    start, until = min(differing), seconds(case.ended_at or timezone.now())
    filmed = Recording.objects.between(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(until, UTC))
    doubted = Sighting.objects.filter(pk__in=apart).values("camera")  # these have told what they can
    others = Camera.objects.filter(status=Camera.Status.WORKING, pk__in=filmed.values("camera"))
    cameras = list(others.exclude(pk__in=doubted.exclude(camera=None)).defer("district"))
    places = np.array([(camera.location.x, camera.location.y) for camera in cameras]).reshape(-1, 2)
    told = decider(best, second, places, start, until)
    telling = told and Telling(
        cameras[told.camera], datetime.fromtimestamp(told.time, UTC), round(100 * told.first), round(100 * told.second)
    )
    keep({key: telling}, DECIDER_KEPT_S)
    return telling
