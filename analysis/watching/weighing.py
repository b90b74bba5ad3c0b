"""How well those who walk past fit the cases that look out for them: what it takes is read once, until something happens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analysis.live.threshold import ALERT_SCORE, FOLLOWED_SCORE
from analysis.matching import Cameras, knowns_of, seen_of, wanted_of
from analysis.models import Tracklet
from analysis.pipeline.types import Tracklet as Found
from analysis.search.belief import Belief, beliefs
from analysis.search.match import Wanted, match
from analysis.storing import fill
from cameras.models import Camera, Recording
from cases.models import Case

KEPT_S = 0.5  # for which it is not asked again which cases look out


def threshold_of(case: Case) -> float:
    """The score from which somebody who walks past is told."""
    followed = case.sightings.standing().filter(camera__isnull=False, certainty=1.0).exists()
    return FOLLOWED_SCORE if followed else ALERT_SCORE


@dataclass(frozen=True, slots=True)
class Scale:
    """A case as it stands after an event, for one camera."""

    case: Case
    cameras: Cameras
    wanted: Wanted
    stories: list[Belief]
    threshold: float

    def score(self, row: Tracklet) -> float:
        """As for candidates of a search."""
        return match(self.wanted, seen_of(row, self.cameras), self.stories).score


class Weighing:
    """By one thread."""

    def __init__(self) -> None:
        self._cases: dict[int, tuple[float, list[Case]]] = {}  # by camera
        self._scales: dict[tuple[int, int], tuple[int, Scale]] = {}  # by case and camera, of an event

    def cases(self, camera: Camera) -> list[Case]:
        """Those that look out through it, and may."""
        at, cases = self._cases.get(camera.pk, (-1e9, []))
        if time.monotonic() - at > KEPT_S:
            watched = Case.objects.filter(watches__camera=camera, watches__active=True).select_related("description")
            cases = [case for case in watched if case.may_search()]
            self._cases[camera.pk] = time.monotonic(), cases
        return cases

    def fits(self, case: Case, camera: Camera, start: datetime, found: Found, version: str) -> bool:
        """Whether somebody who was seen live is to be told. start: of the segment's times."""
        row = unsaved(camera, start, found, version)
        scale = self._scale(case, camera, row)
        return scale.score(row) >= scale.threshold

    def _scale(self, case: Case, camera: Camera, row: Tracklet) -> Scale:
        event, scale = self._scales.get((case.pk, camera.pk), (-1, None))
        if scale is None or event != case.last_event:
            cameras = Cameras(case, [row])
            wanted: Any = wanted_of(case, cameras)
            scale = Scale(case, cameras, wanted, list(beliefs(knowns_of(case))), threshold_of(case))
            self._scales[case.pk, camera.pk] = case.last_event, scale
        return scale

    def forget(self, camera: Camera) -> None:
        """It is not watched any longer."""
        self._cases.pop(camera.pk, None)
        self._scales = {key: told for key, told in self._scales.items() if key[1] != camera.pk}


def unsaved(camera: Camera, start: datetime, found: Found, version: str) -> Tracklet:
    """As a row, without one."""
    row = Tracklet(recording=Recording(camera=camera, start=start), number=0)
    fill(row, found, version)
    return row
