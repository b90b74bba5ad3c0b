"""How far a search is, what it did not look at, and where its cameras stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

import numpy as np
from django.contrib.gis.geos import MultiPoint
from django.db.models import F, QuerySet
from django.utils import timezone

from cameras.models import Camera, District
from cases.models import Case
from seoulcctv.hints import keep, kept

from .health import seen_by
from .matching import knowns_of, seconds
from .models import Machine, ScanTask, Search
from .search.plan import Footage, coverage

NEAR_KM = 4.0  # left-out cameras further from every known point than this are not drawn one by one
MOST_DRAWN = 4000
MOST_WEIGHED = 5000  # cameras that stand for all in reach
COVERAGE_KM, COVERAGE_KEPT_S = 8.0, 5  # cameras further away hardly count; seconds until it is counted anew


@dataclass(slots=True)
class DistrictProgress:
    """Recordings of one district."""

    district: District
    done: int = 0
    total: int = 0
    failed: int = 0
    silent: bool = False  # there is work, and the district's machine does not answer

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(slots=True)
class Progress:
    """share: 0 to 1 of the footage; speed: footage time over wall time since the search began."""

    search: Search
    total: int = 0
    done: int = 0
    failed: int = 0
    footage: timedelta = timedelta()
    scanned: timedelta = timedelta()
    reused: timedelta = timedelta()
    elapsed: timedelta = timedelta()
    districts: list[DistrictProgress] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.scanned / self.footage if self.footage else 1.0 if self.search.finished_at else 0.0

    @property
    def percent(self) -> int:
        return int(100 * self.share + 1e-6)

    @property
    def speed(self) -> float | None:
        """Times real time; None until there is something to tell."""
        fresh = self.scanned - self.reused
        return fresh / self.elapsed if fresh and self.elapsed > timedelta(seconds=1) else None

    @property
    def remaining(self) -> timedelta | None:
        """Wall time still to go; None while it cannot be told, or when nothing runs."""
        if self.search.status != Search.Status.RUNNING or not self.speed:
            return None
        return (self.footage - self.scanned) / self.speed

    @property
    def left_out_count(self) -> int:
        return sum(self.left_out.values())


def progress_of(search: Search) -> Progress:
    """Adds up the search's tasks."""
    end = search.finished_at or timezone.now()
    result = Progress(search, elapsed=end - search.started_at, left_out=Counter(search.left_out.values()))
    tasks = search.tasks.select_related("recording", "camera__district").defer("camera__district__boundary")
    districts: dict[str, DistrictProgress] = {}
    for task in tasks:
        duration = task.recording.duration
        row = districts.setdefault(task.camera.district_id, DistrictProgress(task.camera.district))
        result.total += 1
        row.total += 1
        result.footage += duration
        result.scanned += duration * task.progress
        if task.status in (ScanTask.Status.DONE, ScanTask.Status.FAILED):
            result.done += 1
            row.done += 1
        if task.status == ScanTask.Status.FAILED:
            result.failed += 1
            row.failed += 1
            result.scanned += duration * (1 - task.progress)  # no more will be seen of it
        if task.reused:
            result.reused += duration
    if result.done < result.total:
        lost = Machine.objects.districts() - Machine.objects.answering().districts()
        for code in lost & districts.keys():
            districts[code].silent = districts[code].done < districts[code].total
    result.districts = sorted(districts.values(), key=lambda row: row.district.code)
    return result


def coverage_of(search: Search) -> int | None:
    """Percent of where the person may have passed a camera that was looked at; counted anew every few seconds."""
    key = f"coverage:{search.pk}"
    if before := kept([key]):
        percent: int | None = before[key]
        return percent
    knowns = knowns_of(search.case)
    begin, until = seconds(search.window_start), seconds(search.window_end)
    cameras = _cameras_about(search.case, COVERAGE_KM)
    every = max(1, ceil(cameras.count() / MOST_WEIGHED))
    some = cameras.annotate(turn=F("pk") % every).filter(turn=0) if every > 1 else cameras
    places = np.array([point.coords for point in some.values_list("location", flat=True)]).reshape(-1, 2)
    done = search.tasks.filter(status=ScanTask.Status.DONE).select_related("recording__camera")
    sees = seen_by(done.values_list("camera", flat=True))
    scanned = [
        Footage(
            t.recording_id,
            t.camera_id,
            point.x,
            point.y,
            seconds(t.recording.start),
            seconds(t.recording.end),
            sees.get(t.camera_id, 1.0),
        )
        for t in done
        for point in [t.recording.camera.location]
    ]
    share = coverage(knowns, places, scanned, begin, until, every)
    percent = None if share is None else int(100 * share + 1e-6)
    keep({key: percent}, COVERAGE_KEPT_S)
    return percent


@dataclass(frozen=True, slots=True)
class CameraState:
    """state: scanned, running, waiting, failed, or a reason of ``search.plan.LeftOut``."""

    camera: Camera
    state: str


TASK_STATES = {
    ScanTask.Status.DONE: "scanned",
    ScanTask.Status.RUNNING: "running",
    ScanTask.Status.WAITING: "waiting",
    ScanTask.Status.FAILED: "failed",
    ScanTask.Status.CANCELLED: "waiting",
}
ORDER = ("running", "waiting", "failed", "scanned")  # what a camera of several recordings is shown as


def camera_states(case: Case, search: Search | None) -> list[CameraState]:
    """Cameras of the search and those left out nearby, nearest matters first."""
    if search is None:
        return [CameraState(camera, "idle") for camera in _near(case, set())]
    states: dict[int, str] = {}
    for camera, status in search.tasks.values_list("camera_id", "status"):
        state = TASK_STATES[ScanTask.Status(status)]
        if camera not in states or ORDER.index(state) < ORDER.index(states[camera]):
            states[camera] = state
    left_out = {int(pk): reason for pk, reason in search.left_out.items() if int(pk) not in states}
    found = Camera.objects.filter(pk__in=states).select_related("district").defer("district__boundary")
    result = [CameraState(camera, states[camera.pk]) for camera in found]
    result += [CameraState(camera, left_out.get(camera.pk, "out_of_reach")) for camera in _near(case, set(states))]
    return result


def _near(case: Case, without: set[int]) -> list[Camera]:
    nearby = _cameras_about(case, NEAR_KM).exclude(pk__in=without).select_related("district")
    return list(nearby.defer("district__boundary")[:MOST_DRAWN])


def _cameras_about(case: Case, km: float) -> QuerySet[Camera]:
    """Those that stand within a distance of the known points, or between them."""
    points = MultiPoint(
        case.last_seen_point, *(s.point for s in case.sightings.standing()), srid=case.last_seen_point.srid
    )
    degrees = km / 88.0  # of longitude at Seoul; rounds up for latitude
    cameras = Camera.objects.exclude(status=Camera.Status.RETIRED)
    return cameras.filter(location__within=points.convex_hull.buffer(degrees))
