"""Live watch on the simulated city: who is told while they walk past, how soon, and how many are told who are not the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..live.threshold import ALERT_SCORE, FOLLOWED_SCORE
from ..pipeline.types import Tracklet
from ..search.belief import beliefs
from ..search.match import match
from ..search.route import SAME_PASSAGE_S
from ..simulation.footage import Truth
from ..simulation.scenario import Scenario
from .detection import SEEN
from .found import Found, last_seen_of, wanted_of
from .hunt import known_from, with_look
from .report import Figures

CLEAR_PX = 60  # of a person's height, from which they can be told
RECALL = 0.9  # at which false alerts are counted
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98)


@dataclass(frozen=True, slots=True)
class Told:
    """A report of an eye. at: seconds since the person was last seen, by the camera's clock, when it was known; key: the same for
    one person of one passage."""

    at: float
    camera: int
    key: tuple[float, float]
    tracklet: Tracklet


@dataclass(frozen=True, slots=True)
class Watched:
    """A scenario, the truth of its files, and everything that the eyes told, in order of time."""

    scenario: Scenario
    truths: tuple[Truth, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Alerts:
    """passed: cameras that had the person in view; heard: those of them that alerted; delays: seconds from the person's first
    clear frame to the alert; false_ones: alerts of somebody else or of nobody."""

    passed: frozenset[str]
    heard: frozenset[str]
    delays: tuple[float, ...]
    false_ones: int


def alerts(watched: Watched, followed: float = FOLLOWED_SCORE) -> Alerts:
    """As operators live it: an alert at the first report above the threshold (``followed``: once a camera saw the person for sure),
    one a person and passage, decided at once by the truth; whoever is confirmed moves the search on, whoever is rejected teaches
    what the person does not look like. A camera that saw the person for sure does not alert again within the same passage."""
    scenario, target = watched.scenario, watched.scenario.target.key
    wanted, knowns = wanted_of(scenario), [last_seen_of(scenario)]
    stories = beliefs(knowns)
    passed = {truth.camera.name for truth in watched.truths if truth.visible(target) is not None}
    heard: set[str] = set()
    rung: set[tuple[int, tuple[float, float]]] = set()
    seen_until: dict[int, float] = {}  # by camera, the person, for sure
    delays, false_ones = [], 0
    for told in watched.told:
        passage = (told.camera, told.key)
        truth = watched.truths[told.camera]
        found = Found(told.tracklet, truth.camera, None)
        if passage in rung or found.time < seen_until.get(told.camera, -np.inf) + SAME_PASSAGE_S:
            continue
        threshold = followed if seen_until else ALERT_SCORE
        if match(wanted, found.seen(), stories).score < threshold:
            continue
        rung.add(passage)
        track = told.tracklet.track
        right = truth.person_at(track.times.tolist(), track.boxes.tolist()) == target
        wanted = with_look(wanted, found, alike=right)
        if not right:
            false_ones += 1
            continue
        if truth.camera.name not in heard:
            clear = _first_clear(truth, target)
            delays += [] if clear is None else [told.at - truth.camera.start - truth.camera.clock_offset - clear]
        heard.add(truth.camera.name)
        seen_until[told.camera] = max(seen_until.get(told.camera, -np.inf), found.time + track.end - track.start)
        knowns = sorted([*knowns, known_from(found, scenario)], key=lambda one: one.time)
        stories = beliefs(knowns)
    return Alerts(frozenset(passed), frozenset(heard), tuple(delays), false_ones)


def _first_clear(truth: Truth, person: str) -> float | None:
    clear = (
        box.time
        for box in truth.boxes
        if box.person == person and box.visible >= SEEN and box.box[3] - box.box[1] >= CLEAR_PX
    )
    return min(clear, default=None)


def live_figures(several: Sequence[Watched]) -> Figures:
    """Over the seeds of a scenario. hours: of the watch, from when the person was last seen; camera_hours: of the streams."""
    hours = sum(one.scenario.duration for one in several) / 3600
    camera_hours = sum(truth.camera.duration for one in several for truth in one.truths) / 3600
    usual = [alerts(one) for one in several]
    delays = [delay for one in usual for delay in one.delays]
    strict = _strictest(several)
    return {
        "passes": sum(len(one.passed) for one in usual),
        "recall": _recall(usual),
        "false_an_hour": sum(one.false_ones for one in usual) / hours,
        "false_a_camera_hour": sum(one.false_ones for one in usual) / camera_hours,
        "delay_median_s": float(np.median(delays)) if delays else None,
        "delay_95_s": float(np.quantile(delays, 0.95)) if delays else None,
        "hours": hours,
        "camera_hours": camera_hours,
        "threshold_at_recall": strict and strict[0],
        "false_an_hour_at_recall": strict and sum(one.false_ones for one in strict[1]) / hours,
        "false_a_camera_hour_at_recall": strict and sum(one.false_ones for one in strict[1]) / camera_hours,
    }


def _strictest(several: Sequence[Watched]) -> tuple[float, list[Alerts]] | None:
    """The highest threshold at which ``RECALL`` of the passes are still told."""
    for threshold in reversed(THRESHOLDS):
        found = [alerts(one, threshold) for one in several]
        if _recall(found) >= RECALL:
            return threshold, found
    return None


def _recall(several: Sequence[Alerts]) -> float:
    return sum(len(one.heard) for one in several) / max(1, sum(len(one.passed) for one in several))
