"""From description to person to route, as an operator lives it, with the truth as the operator's eyes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..search import geo
from ..search.belief import beliefs
from ..search.match import SHOWN, Wanted, match
from ..search.plan import Footage, plan
from ..search.reach import LastKnown
from ..search.route import SAME_PASSAGE_S
from ..simulation.scenario import Scenario, SimulatedCamera
from .found import Found, Scanned

BLOCK_S = 300.0  # what a search takes up at once
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
    """Until the first true sighting is scanned, by way of ordering: hours of footage, and in ``work`` the
    seconds of one core; None: never. Blocks that a way cannot tell apart come in any order: the mean of it."""

    planned: float | None
    by_time: float | None
    by_distance: float | None
    planned_work: float | None
    by_time_work: float | None
    by_distance_work: float | None


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
            knowns = sorted([*knowns, known_from(chosen, scanned.scenario)], key=lambda known: known.time)
            wanted = with_look(wanted, chosen, alike=True)
            waiting = [found for found in waiting if not _same_passage(found, chosen)]  # they tell nothing new
        else:
            wanted = with_look(wanted, chosen, alike=False)
        if complete is None and confirmed >= true:
            complete = decisions
    hits = {found.camera.name for found in auto if scanned.is_target(found)}
    return Hunt(
        complete, len(confirmed & true), len(true), decisions,
        len([f for f in auto if scanned.is_target(f)]) / len(auto) if auto else None,
        len(hits & true) / len(true) if true else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of a recording; holds: the person is found in it; work: seconds of one core to scan it."""

    camera: SimulatedCamera
    start: float
    end: float
    holds: bool
    work: float


def order(scanned: Scanned) -> Order:
    """How much footage lies before the first block in which the person is found, block by block."""
    s, blocks = scanned.scenario, _blocks(scanned)
    footage = [Footage(n, n, b.camera.lon, b.camera.lat, b.start, b.end) for n, b in enumerate(blocks)]
    planned, _out = plan([scanned.last_seen()], footage, s.duration + 600)
    rank: dict[int, tuple[float, ...]] = {p.recording: (float(n),) for n, p in enumerate(planned)}
    distance = geo.distance_m(s.lon, s.lat, [b.camera.lon for b in blocks], [b.camera.lat for b in blocks])
    ways: list[dict[int, tuple[float, ...]]] = [
        rank,
        {n: (b.start,) for n, b in enumerate(blocks)},
        {n: (round(float(distance[n])), b.start) for n, b in enumerate(blocks)},
    ]
    costs = [_until_found(blocks, way) for way in ways]
    return Order(*(hours for hours, _ in costs), *(work for _, work in costs))


def _blocks(scanned: Scanned) -> list[_Block]:
    result = []
    for n, truth in enumerate(scanned.truths):
        camera = truth.camera
        begin, length = camera.start + camera.clock_offset, camera.duration
        spells = [
            (f.time, f.time + f.tracklet.track.end - f.tracklet.track.start)
            for f in scanned.found
            if f.camera.name == camera.name and scanned.is_target(f)
        ]
        work = scanned.work[n] if scanned.work else 0.0
        for first in np.arange(0.0, length, BLOCK_S):
            start, end = begin + first, begin + min(first + BLOCK_S, length)
            holds = any(a < end and b > start for a, b in spells)
            result.append(_Block(camera, start, end, holds, work * (end - start) / length))
    return result


def _until_found(blocks: list[_Block], way: dict[int, tuple[float, ...]]) -> tuple[float | None, float | None]:
    """Hours of footage and seconds of work. way: the place of each block in the order; absent: not scanned."""
    ranks = [way[n] for n in way if blocks[n].holds]
    if not ranks:
        return None, None
    first = min(ranks)
    before = [blocks[n] for n in way if way[n] < first]
    equal = [blocks[n] for n in way if way[n] == first]
    holding = sum(block.holds for block in equal)
    share = (len(equal) + 1) / (holding + 1) / len(equal)  # expected part of the equal ones until a holding one
    hours = sum(b.end - b.start for b in before) + share * sum(b.end - b.start for b in equal)
    return hours / 3600, sum(b.work for b in before) + share * sum(b.work for b in equal)


def _same_passage(one: Found, other: Found) -> bool:
    (start, end), (first, last) = (
        (found.time, found.time + found.tracklet.track.end - found.tracklet.track.start) for found in (one, other)
    )
    return one.camera.name == other.camera.name and start < last + SAME_PASSAGE_S and end > first - SAME_PASSAGE_S


def _scored(several: list[Found], wanted: Wanted, knowns: list[LastKnown]) -> list[tuple[float, Found]]:
    stories = beliefs(knowns)
    rows = [(match(wanted, found.seen(), stories).score, found) for found in several]
    return sorted(rows, key=lambda row: -row[0])


def known_from(found: Found, scenario: Scenario) -> LastKnown:
    """What a confirmed sighting tells the search."""
    heading = found.tracklet.appearance.heading
    return LastKnown(
        found.camera.lon, found.camera.lat, found.time, heading.value if heading else None, scenario.mobility
    )


def with_look(wanted: Wanted, found: Found, alike: bool) -> Wanted:
    """The matcher's memory of confirmed and rejected looks, with one more."""
    looks = found.tracklet.appearance
    shelf = {model: list(vectors) for model, vectors in (wanted.looks if alike else wanted.unlike).items()}
    shelf.setdefault(looks.embedding_model, []).append(looks.embedding)
    return replace(wanted, looks=shelf) if alike else replace(wanted, unlike=shelf)
