"""From description to person to route, as an operator lives it, with the truth as the operator's eyes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..search import geo
from ..search.match import SHOWN, Wanted, match
from ..search.plan import Footage, plan
from ..search.reach import LastKnown
from .found import Found, Scanned

ACCEPTED = 0.5  # score from which a route drawn without an operator takes a candidate


@dataclass(frozen=True, slots=True)
class Ranking:
    """rank of the person's best tracklet among all, by the description alone; None: never found."""

    rank: int | None

    @property
    def reciprocal(self) -> float:
        """1 / rank, 0 when never found."""
        return 1 / self.rank if self.rank else 0.0


@dataclass(frozen=True, slots=True)
class Hunt:
    """complete_after: decisions until the whole true route is confirmed; None: never. confirmed, true:
    cameras. decisions: taken in all. auto_precision, auto_recall: of the route without an operator."""

    complete_after: int | None
    confirmed: int
    true: int
    decisions: int
    auto_precision: float | None
    auto_recall: float | None


@dataclass(frozen=True, slots=True)
class Order:
    """Hours of footage scanned until the first true sighting, by way of ordering; None: never."""

    planned: float | None
    by_time: float | None
    by_distance: float | None


def ranking(scanned: Scanned) -> Ranking:
    """By the description and the last known point, before any decision."""
    scored = _scored(list(scanned.found), scanned.wanted(), [scanned.last_seen()])
    return Ranking(next((place for place, (_, found) in enumerate(scored, start=1) if scanned.is_target(found)), None))


def hunt(scanned: Scanned, most: int = 60) -> Hunt:
    """Takes the likeliest shown candidate, decides by the truth, weighs everybody again, and so on."""
    waiting, wanted, knowns = list(scanned.found), scanned.wanted(), [scanned.last_seen()]
    true, confirmed = scanned.true_cameras, set()
    auto = [found for score, found in _scored(waiting, wanted, knowns) if score >= ACCEPTED]
    complete, decisions = None, 0
    while decisions < most:
        scored = _scored(waiting, wanted, knowns)
        if not scored or scored[0][0] < SHOWN:
            break
        chosen = scored[0][1]
        waiting.remove(chosen)
        decisions += 1
        if scanned.is_target(chosen):
            confirmed.add(chosen.camera.name)
            knowns = sorted([*knowns, _known(chosen, scanned)], key=lambda known: known.time)
            wanted = _with_look(wanted, chosen, alike=True)
        else:
            wanted = _with_look(wanted, chosen, alike=False)
        if complete is None and confirmed >= true:
            complete = decisions
    hits = {found.camera.name for found in auto if scanned.is_target(found)}
    return Hunt(
        complete, len(confirmed & true), len(true), decisions,
        len([f for f in auto if scanned.is_target(f)]) / len(auto) if auto else None,
        len(hits & true) / len(true) if true else None,
    )  # fmt: skip


def order(scanned: Scanned) -> Order:
    """How much footage lies before the first one in which the person is found."""
    s = scanned.scenario
    holds = {found.camera.name for found in scanned.found if scanned.is_target(found)}
    cameras = [truth.camera for truth in scanned.truths]
    footage = [
        Footage(n, n, c.lon, c.lat, c.start + c.clock_offset, c.start + c.clock_offset + c.duration)
        for n, c in enumerate(cameras)
    ]
    planned, _out = plan([scanned.last_seen()], footage, s.duration + 600)
    distance = geo.distance_m(s.lon, s.lat, [c.lon for c in cameras], [c.lat for c in cameras])
    ways = (
        [p.recording for p in planned],
        sorted(range(len(cameras)), key=lambda n: cameras[n].start),
        sorted(range(len(cameras)), key=lambda n: float(distance[n])),
    )
    return Order(
        *(_hours_until([cameras[n].duration for n in way], [cameras[n].name in holds for n in way]) for way in ways)
    )


def _hours_until(durations: list[float], holds: list[bool]) -> float | None:
    if True not in holds:
        return None
    return float(np.sum(durations[: holds.index(True) + 1])) / 3600


def _scored(several: list[Found], wanted: Wanted, knowns: list[LastKnown]) -> list[tuple[float, Found]]:
    rows = [(match(wanted, found.seen(), knowns).score, found) for found in several]
    return sorted(rows, key=lambda row: -row[0])


def _known(found: Found, scanned: Scanned) -> LastKnown:
    heading = found.tracklet.appearance.heading
    return LastKnown(
        found.camera.lon, found.camera.lat, found.time, heading.value if heading else None, scanned.scenario.mobility
    )


def _with_look(wanted: Wanted, found: Found, alike: bool) -> Wanted:
    """The matcher's memory of confirmed and rejected looks, with one more."""
    looks = found.tracklet.appearance
    shelf = {model: list(vectors) for model, vectors in (wanted.looks if alike else wanted.unlike).items()}
    shelf.setdefault(looks.embedding_model, []).append(looks.embedding)
    return replace(wanted, looks=shelf) if alike else replace(wanted, unlike=shelf)
