"""What django-q2's workers run. Thin: take, scan, store."""

from __future__ import annotations

import logging
import os
import socket
import time

from cases.models import Case

from . import services
from .models import ScanTask
from .pipeline.types import Interrupted, PipelineError, WeightsMissing
from .scanner import geometry_of, scanner

logger = logging.getLogger(__name__)

BEAT_S = 1.0


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
    lease, engine, recording = task.lease, scanner(), task.recording
    if lease is None:
        return "not claimed"
    try:
        if not Case.objects.get(searches=task.search_id).may_search():
            raise Interrupted
        version = engine.version
        if recording.scanned_model == version:
            services.store_reused(task, lease)
            return "already scanned"
        geometry = geometry_of(recording.camera, recording.width, recording.height)
        result = engine.scan(recording.path, geometry, Heartbeat(task))
        return "done" if services.store(task, lease, result, version) else "taken away"
    except Interrupted:
        return "stopped"
    except WeightsMissing as error:
        services.fail(task, lease, error.problem, footage_is_broken=False)
        return str(error)
    except PipelineError as error:
        services.fail(task, lease, error.problem, footage_is_broken=True)
        return str(error)
    except Exception:
        logger.exception("scan of %s failed", recording)
        services.fail(task, lease, "failed", footage_is_broken=False)
        raise


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
