"""What django-q2's workers run. Thin: take, scan, store."""

from __future__ import annotations

import logging
import os
import socket
import time
from uuid import UUID

from cases.models import Case

from . import services, storing
from .models import ScanTask
from .pipeline.types import Interrupted, PipelineError, WeightsMissing
from .scanner import geometry_of, scanner

logger = logging.getLogger(__name__)

BEAT_S = 1.0
SURVEY_SHARE = 0.9  # of a task's progress


def scan_next() -> str:
    """Takes the most promising waiting task, scans it, and wakes the next."""
    task = ScanTask.claim_next(worker=f"{socket.gethostname()}:{os.getpid()}")
    if task is None:
        return "nothing waits"
    try:
        return run(task)
    finally:
        services.wake_workers()


def run(task: ScanTask) -> str:
    """One scan under its lease. Whatever goes wrong is on the task's row."""
    lease, recording = task.lease, task.recording
    if lease is None:
        return "not claimed"
    try:
        if not Case.objects.get(searches=task.search_id).may_search():
            raise Interrupted
        return _scan(task, lease)
    except Interrupted:
        return "stopped"
    except WeightsMissing as error:
        storing.fail(task, lease, error.problem, footage_is_broken=False)
        return str(error)
    except PipelineError as error:
        storing.fail(task, lease, error.problem, footage_is_broken=True)
        return str(error)
    except Exception:
        logger.exception("scan of %s failed", recording)
        storing.fail(task, lease, "failed", footage_is_broken=False)
        raise


def _scan(task: ScanTask, lease: UUID) -> str:
    """The survey, unless it is there; then closer looks at candidates, the likeliest first."""
    engine, recording, begin = scanner(), task.recording, time.monotonic()
    geometry = geometry_of(recording.camera, recording.width, recording.height)
    heartbeat, version = Heartbeat(task), engine.version
    reused = recording.scanned_model == version
    if reused:
        held = storing.match_stored(task, lease)
    else:
        found = engine.survey(recording.path, geometry, lambda share: heartbeat(SURVEY_SHARE * share))
        held = storing.store_survey(task, lease, found, version)
        recording.refresh_from_db()
    while held and (look := storing.next_closer_look(task)):
        which, before = look
        people = [storing.as_found(row) for row in before]
        closely = engine.look_closer(
            recording.path, people, storing.as_found(which), geometry, lambda share: heartbeat(SURVEY_SHARE)
        )
        held = storing.store_closer_look(task, lease, which, before, closely)
    if not held or not storing.complete(task, lease, time.monotonic() - begin, reused):
        return "taken away"
    return "already scanned" if reused else "done"


class Heartbeat:
    """Keeps the lease while the scan makes progress; tells the scan to stop when it is gone."""

    def __init__(self, task: ScanTask) -> None:
        self.task = task
        self.last = 0.0

    def __call__(self, share: float) -> bool:
        now = time.monotonic()
        if now - self.last < BEAT_S:
            return True
        self.last = now
        return self.task.lease is not None and self.task.keep_alive(self.task.lease, share)


def beat() -> None:
    """Shows that the queue moves: see ``analysis.watchdog``."""
    from django.core.cache import cache

    cache.set(BEAT_KEY, time.time(), timeout=None)


BEAT_KEY = "worker-beat"
