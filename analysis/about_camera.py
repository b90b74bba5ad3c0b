"""What a search has to say of one camera: why it was looked at, waits or was left out, and when the person may pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils import timezone

from cameras.models import Camera, CameraHealth
from cases.models import Case
from seoulcctv.roles import CASE_WORKERS, role_of

from .matching import knowns_of, seconds
from .models import Candidate, ScanTask, Search
from .search.belief import STEP_S, beliefs, passing
from .search.plan import LeftOut
from .watching.choosing import usable_streams


@dataclass(frozen=True, slots=True)
class AboutCamera:
    """state: of ``progress.CameraState``, or "idle" before any search. ahead: tasks that are scanned sooner; candidates:
    those of this camera who are shown, None for who sees none. likeliest: the moment about which the person passes, with the chance in percent;
    None where they can hardly come there by now."""

    camera: Camera
    state: str
    tasks: list[ScanTask] = field(default_factory=list)
    ahead: int = 0
    candidates: int | None = None
    likeliest: datetime | None = None
    percent: int = 0
    may_watch: bool = False
    wish: str = ""

    @property
    def health(self) -> CameraHealth | None:
        """What its latest pictures showed, where they were looked at."""
        return CameraHealth.objects.filter(camera=self.camera).first()

    @property
    def of_another_case(self) -> bool:
        """All its footage was scanned before."""
        return bool(self.tasks) and all(task.reused for task in self.tasks)


STATES = {"running": "running", "waiting": "waiting", "cancelled": "stopped", "failed": "failed", "done": "scanned"}


def about_camera(case: Case, camera: Camera, by: Any) -> AboutCamera:
    """As things stand, for an account: candidates are counted as far as it may see them."""
    search = case.searches.first()
    tasks = (
        list(search.tasks.filter(camera=camera).select_related("recording").order_by("recording__start"))
        if search
        else []
    )
    shown = Candidate.objects.visible_to(by).filter(case=case, tracklet__recording__camera=camera).shown()
    likeliest, percent = _passes(case, camera, search)
    return AboutCamera(
        camera,
        _state(search, camera, tasks),
        tasks,
        _ahead(search, tasks),
        shown.count() if role_of(by) in CASE_WORKERS else None,
        likeliest,
        percent,
        role_of(by) in CASE_WORKERS and case.may_search() and usable_streams().filter(camera=camera).exists(),
        case.watches.filter(camera=camera).values_list("wish", flat=True).first() or "",
    )


def _state(search: Search | None, camera: Camera, tasks: list[ScanTask]) -> str:
    if search is None:
        return "idle"
    statuses = {task.status for task in tasks}
    known = next((word for status, word in STATES.items() if status in statuses), None)
    return known or search.left_out.get(str(camera.pk), LeftOut.OUT_OF_REACH)


def _ahead(search: Search | None, tasks: list[ScanTask]) -> int:
    waiting = [task.priority for task in tasks if task.status == ScanTask.Status.WAITING]
    if search is None or not waiting:
        return 0
    return search.tasks.filter(status=ScanTask.Status.WAITING, priority__gt=max(waiting)).count()


def _passes(case: Case, camera: Camera, search: Search | None) -> tuple[datetime | None, int]:
    begin = seconds(case.last_seen_at)
    until = seconds(search.window_end if search else case.ended_at or timezone.now())
    moments = np.arange(begin, max(until, begin + STEP_S), STEP_S)
    place = np.array([(camera.location.x, camera.location.y)])
    chance = sum(
        belief.probability * passing(list(belief.knowns), place, moments)[0] for belief in beliefs(knowns_of(case))
    )
    percent = round(100 * min(float(np.sum(chance)), 1.0))
    if not percent:
        return None, 0
    return datetime.fromtimestamp(float(moments[int(np.argmax(chance))]) + STEP_S / 2, UTC), percent
