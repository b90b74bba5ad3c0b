"""What django-q2's workers run. Thin: take, scan, store."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection

from cases.models import Case

from . import services, storing
from .models import ScanTask
from .pipeline.types import Interrupted, PipelineError, WeightsMissing
from .scanner import geometry_of, scanner

logger = logging.getLogger(__name__)

BEAT_S = 1.0
HUNG = 70  # exit status of a process that gave its scan up
SURVEY_SHARE = 0.9  # of a task's progress


def scan_next() -> str:
    """Takes the most promising waiting task, scans it, and wakes the next."""
    task = ScanTask.claim_next(worker=f"{settings.MACHINE}:{os.getpid()}")
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
    except Exception as error:
        logger.exception("scan of %s failed", recording)
        storing.fail(task, lease, "disk_full" if disk_is_full(error) else "failed", footage_is_broken=False)
        raise


def disk_is_full(error: BaseException | None) -> bool:
    """Whether that is what lies behind an error, here or at the database."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, psycopg.errors.DiskFull):
            return True
        error = error.__cause__ or error.__context__
    return False


def _scan(task: ScanTask, lease: UUID) -> str:
    """The survey, unless it is there; then closer looks at candidates, the likeliest first."""
    engine, recording, begin = scanner(), task.recording, time.monotonic()
    geometry = geometry_of(recording.camera, recording.width, recording.height)
    version = engine.version
    reused = recording.scanned_model == version
    with Patience(task) as patience:
        heartbeat = Heartbeat(task, patience)
        if reused:
            held = storing.match_stored(task, lease)
        else:
            found = engine.survey(recording.path, geometry, lambda share: heartbeat(SURVEY_SHARE * share))
            held = storing.store_survey(task, lease, found, version)
            recording.refresh_from_db()
        while held and (look := storing.next_closer_look(task, engine.config.closer.enough)):
            people = [storing.as_found(row) for row in look.rows]
            closely = engine.look_closer(
                recording.path, people, look.wanted, geometry, lambda share: heartbeat(SURVEY_SHARE)
            )
            held = storing.store_closer_look(task, lease, look, closely)
    if not held or not storing.complete(task, lease, time.monotonic() - begin, reused):
        return "taken away"
    return "already scanned" if reused else "done"


class Heartbeat:
    """Notes the scan's progress on its row; tells the scan to stop when the lease is gone."""

    def __init__(self, task: ScanTask, patience: Patience) -> None:
        self.task, self.patience = task, patience
        self.last = 0.0

    def __call__(self, share: float) -> bool:
        now = time.monotonic()
        self.patience.moved, self.patience.share = now, share
        if now - self.last < BEAT_S:
            return True
        self.last = now
        return self.task.lease is not None and self.task.keep_alive(self.task.lease, share)


class Patience:
    """Keeps the lease through long steps, and ends this process when a scan gets no further: a decoder that hangs in
    the system cannot be stopped otherwise.

    The task is marked first, so that no other worker is lost to the same file; the queue starts a new process.
    """

    def __init__(self, task: ScanTask) -> None:
        self.task, self.moved, self.share, self.over = task, time.monotonic(), 0.0, threading.Event()

    def __enter__(self) -> Patience:
        threading.Thread(target=self._watch, name="patience", daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()

    def _watch(self) -> None:
        try:
            while not self.over.wait(min(10.0, settings.SCAN_PATIENCE_S / 4)):
                if self.task.lease is None or not self.task.keep_alive(self.task.lease, self.share):
                    return
                if time.monotonic() - self.moved > settings.SCAN_PATIENCE_S:
                    self._give_up(self.task.lease)
        finally:
            connection.close()  # this thread's own

    def _give_up(self, lease: UUID) -> None:
        logger.error("scan of %s hangs: ending this worker", self.task.recording)
        try:
            storing.fail(self.task, lease, "hangs", footage_is_broken=True)
        finally:
            os._exit(HUNG)


def beat() -> None:
    """Shows that the queue moves: see ``analysis.watchdog``."""
    from django.core.cache import cache

    cache.set(BEAT_KEY, time.time(), timeout=None)


BEAT_KEY = f"worker-beat:{settings.MACHINE}"
