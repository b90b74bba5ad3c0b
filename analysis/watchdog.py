"""Outside the task cluster: gives abandoned scans to others, ends what may not run on, and
restarts a cluster that has stalled.

A django-q2 worker that is killed while it holds the queue's lock stalls its whole cluster for
good, and that cluster does not stop on SIGTERM (its issue 23). Hence a watchdog in a process
of its own.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess  # nosec B404
import sys
import threading
import time
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone

from cases.chain import anchor, anchored_today
from cases.models import Case
from cases.services import lock_case

from . import services, storing
from .health import wake_checker
from .models import Machine, ScanTask, Search
from .references import wake_reader
from .retention import purge
from .tasks import BEAT_KEY

logger = logging.getLogger(__name__)


def sweep(now: datetime | None = None) -> int:
    """Re-queues scans whose worker died, fails those that killed too many, stops what lost its
    permission. Returns how many rows changed. May run in several places at once."""
    now = now or timezone.now()
    changed = sum(_take_back(pk, now) for pk in ScanTask.objects.abandoned(now).values_list("pk", flat=True))
    for search in Search.objects.filter(status=Search.Status.RUNNING).select_related("case"):
        if not search.case.may_search(now):
            services.stop_search(search, reason="not authorised")
            changed += 1
        elif not search.tasks.unfinished().exists():
            with transaction.atomic():
                lock_case(search.case_id)
                storing.finish_if_done(search)
    services.wake_workers()
    wake_reader()
    return changed


class Daily:
    """What is due once a day; on several machines it does no harm. A failure is tried again after a while, and holds up
    nothing else."""

    AGAIN_S = 600.0
    CAMERAS_S = 120.0  # until some cameras are looked at again

    def __init__(self) -> None:
        self.next = self.next_cameras = 0.0

    def due(self) -> None:
        """Does it unless it was done today; cameras, some at a time all day."""
        if time.monotonic() >= self.next_cameras:
            self.next_cameras = time.monotonic() + self.CAMERAS_S
            try:
                wake_checker()
            except Exception:  # whatever it is, scans go on
                logger.exception("no camera was looked at")
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + self.AGAIN_S
        try:
            if not anchored_today(settings.ANCHORS):
                purge()
                anchor(settings.ANCHORS)
        except Exception:  # whatever it is, scans go on
            logger.exception("what is due once a day was not done")


def _take_back(pk: int, now: datetime) -> bool:
    """One abandoned task: waits again, or has failed when it killed too many workers."""
    with transaction.atomic():
        lock_case(Case.objects.values_list("pk", flat=True).get(searches__tasks=pk))
        task = ScanTask.objects.abandoned(now).select_for_update(no_key=True).filter(pk=pk).first()
        if task is None:
            return False
        if task.attempts >= settings.SCAN_ATTEMPTS:
            storing.fail(task, task.lease, "worker_lost", footage_is_broken=False)
            return True
        task.status, task.lease, task.lease_until, task.progress = ScanTask.Status.WAITING, None, None, 0.0
        task.save()
    return True


class Cluster:
    """``manage.py qcluster`` as a child in a process group of its own."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
        threads = settings.INFERENCE_THREADS or max(1, (os.cpu_count() or 1) // settings.Q_CLUSTER["workers"])
        environment = {**os.environ, "SEOULCCTV_INFERENCE_THREADS": str(threads)}
        self.process = subprocess.Popen(command, start_new_session=True, env=environment)  # nosec B603

    def stop(self, patience_s: float = 4.0) -> None:
        """Politely, then for sure; the scans that were cut off are taken up again."""
        if self.process is None:
            return
        try:
            self.process.terminate()
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Pulse:
    """Sends a beat through the queue and watches whether it comes out.

    Scans may hold all workers for long; so the queue counts as stalled only when a worker has
    been free all the time and still nobody took the beat.
    """

    def __init__(self) -> None:
        self.restarted()

    def restarted(self) -> None:
        """The cluster is new: the time it has been silent counts from now."""
        self.asked = self.free_since = time.time()
        self.outstanding = False

    def stalled(self, now: float) -> bool:
        """Looks once; to be called every few seconds."""
        from django_q.tasks import async_task

        self.outstanding = self.outstanding and (cache.get(BEAT_KEY) or 0.0) < self.asked
        running = ScanTask.objects.filter(status=ScanTask.Status.RUNNING, lease_until__gt=timezone.now())
        busy = running.filter(worker__startswith=f"{settings.MACHINE}:").count()
        if busy >= settings.Q_CLUSTER["workers"] or not self.outstanding:
            self.free_since = now
        if not self.outstanding and now - self.asked > settings.STALL_S / 3:
            async_task("analysis.tasks.beat")
            self.asked, self.outstanding = now, True
        return self.outstanding and now - self.free_since > settings.STALL_S


def run(check_s: float = 3.0) -> None:
    """Until SIGTERM or SIGINT: keeps a cluster running."""
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda signum, frame: stopping.set())
    cluster, pulse, daily = Cluster(), Pulse(), Daily()
    cluster.start()
    try:
        while True:
            stalled = False
            try:
                Machine.lives()
                sweep()
                stalled = pulse.stalled(time.time())
            except Exception:  # a database that is away must not end the watch
                logger.exception("the watchdog could not look")
            daily.due()
            if stopping.wait(check_s):
                break
            if stalled or not cluster.alive():
                logger.warning("the task cluster %s: restarting it", "has stalled" if stalled else "has ended")
                cluster.stop()
                cluster.start()
                pulse.restarted()
    finally:
        cluster.stop()
        with contextlib.suppress(DatabaseError):
            Machine.ends()
