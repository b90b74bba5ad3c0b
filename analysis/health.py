"""How well cameras see, from recordings that are there already; what is found lowers what a search can see.

Looking at a camera's condition is no search: nobody is detected, nothing of anybody is kept (see ``pipeline.condition``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from cameras.models import Camera, CameraHealth, Recording

from .models import Machine, ScanTask
from .models.machine import queue_of
from .pipeline.condition import COVERED, DARK, ELSEWHERE, MOVED, UNSHARP, Condition, condition_of, sees, shift_of
from .pipeline.types import PipelineError

logger = logging.getLogger(__name__)

Finding = CameraHealth.Finding
SILENT_AFTER = timedelta(days=7)
CLOCK_S = 60.0  # of offset, from which the clock is told to be off
AGAIN_AFTER = timedelta(hours=20)  # a camera is looked at about once a day
SOME = 100  # cameras in one go, at most


def check(camera: Camera, anew: bool = False) -> CameraHealth:
    """Looks at its latest recording. anew: what it shows now is how it is to be (after it was turned on purpose)."""
    health, _new = CameraHealth.objects.get_or_create(camera=camera)
    latest = camera.recordings.filter(status=Recording.Status.READY).order_by("-end").first()
    last = camera.recordings.aggregate(last=Max("end"))["last"]
    found: list[str] = []
    if last and last < timezone.now() - SILENT_AFTER:
        found.append(Finding.SILENT)
    if abs(camera.clock_offset_s) >= CLOCK_S:
        found.append(Finding.CLOCK)
    condition = _condition(latest)
    health.sees = 1.0
    if condition is not None and latest is not None:
        if anew:
            health.reference = None
        found += _look(health, condition)
        health.recording = latest
    health.findings, health.last_end, health.checked_at = found, last, timezone.now()
    health.save()
    return health


def due(now: Any = None) -> Any:
    """Cameras that have recorded since they were looked at, those waiting longest first."""
    now = now or timezone.now()
    recorded = Recording.objects.filter(camera=OuterRef("pk"), status=Recording.Status.READY)
    latest = recorded.order_by("-end").values("end")[:1]
    return (
        Camera.objects.exclude(status=Camera.Status.RETIRED)
        .filter(Exists(recorded))
        .filter(Q(health=None) | Q(health__checked_at__lt=now - AGAIN_AFTER))
        .annotate(recorded_until=Subquery(latest))
        .filter(
            Q(health__last_end=None)
            | ~Q(health__last_end=F("recorded_until"))
            | Q(health__last_end__lt=now - SILENT_AFTER)
        )
        .order_by(F("health__checked_at").asc(nulls_first=True), "pk")
    )


def check_some(
    cameras: Iterable[Camera],
    told: Callable[[Camera, CameraHealth], None] = lambda c, h: None,
    seconds: float = float("inf"),
) -> int:
    """Each for itself: one that cannot be read holds up no other. Returns how many were looked at, until that time was over."""
    number, begin = 0, time.monotonic()
    for camera in cameras:
        if time.monotonic() - begin > seconds:
            break
        try:
            told(camera, check(camera))
        except Exception:  # whatever is wrong with one file
            logger.exception("the condition of camera %s could not be told", camera.pk)
        number += 1
    return number


def check_due() -> int:
    """What a worker does now and then, for a short while, when no search waits for it: cameras whose footage this machine
    has."""
    if ScanTask.objects.unfinished().exists():
        return 0
    own = settings.DISTRICTS
    cameras = due().filter(district__in=own) if own else due().exclude(district__in=Machine.objects.districts())
    return check_some(cameras[:SOME], seconds=settings.STALL_S / 4)


def wake_checker() -> None:
    """This machine's; to be called now and then."""
    from django_q.brokers import get_broker
    from django_q.tasks import async_task

    queue = queue_of(settings.MACHINE)
    if not get_broker(queue).queue_size() and due().exists():
        async_task("analysis.health.check_due", cluster=queue)


def seen_by(cameras: Iterable[int]) -> dict[int, float]:
    """Of those that were looked at: chance that somebody is noticed, against a camera in good order."""
    return dict(CameraHealth.objects.filter(camera__in=list(cameras), sees__lt=1.0).values_list("camera", "sees"))


def findings_of(camera: Camera) -> list[str]:
    """What was found when the camera was looked at last."""
    found = CameraHealth.objects.filter(camera=camera).values_list("findings", flat=True).first()
    return found or []


def _condition(recording: Recording | None) -> Condition | None:
    if recording is None:
        return None
    try:
        return condition_of(recording.path)
    except PipelineError:
        return None  # a search says of such a file what is wrong with it


def _look(health: CameraHealth, now: Condition) -> list[str]:
    """Fills in what was measured; the first good picture becomes what later ones are compared with."""
    health.brightness, health.covered, health.moved, health.sharpness = now.brightness, now.plain, None, None
    dark, covered = now.brightness < DARK, now.plain > COVERED and now.brightness >= DARK
    found = [Finding.DARK] if dark else [Finding.COVERED] if covered else []
    if not found and (health.reference is None or not health.reference_sharpness):
        kept, content = cv2.imencode(".png", now.background)
        health.reference = content.tobytes() if kept else None
        health.reference_sharpness = now.sharpness
    elif not found:
        health.sharpness = now.sharpness / float(health.reference_sharpness or 1.0)
        before = cv2.imdecode(np.frombuffer(bytes(health.reference or b""), np.uint8), cv2.IMREAD_GRAYSCALE)
        shift = shift_of(np.asarray(before, np.uint8), now.background)
        health.moved = shift.moved if shift.correlation >= ELSEWHERE else 1.0
        if health.moved > MOVED:
            found.append(Finding.MOVED)
        elif health.sharpness < UNSHARP:  # another view has other edges
            found.append(Finding.UNSHARP)
    health.sees = sees(now, health.reference_sharpness if Finding.UNSHARP in found else None)
    return found
