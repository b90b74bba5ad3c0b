"""Large files of inventories are read in a process of their own: the site goes on answering meanwhile.

Not in the queue of the machines that scan: their workers may be busy with a search for as long as it takes, and an
inventory must not wait for that. At most a few files are read at the same moment; others wait their turn. A process that
dies leaves a row that shows no sign of life, and the inventory as it was.
"""

from __future__ import annotations

import logging
import subprocess  # nosec B404
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from .intake import IntakeError, read
from .models import Intake

logger = logging.getLogger(__name__)

AT_ONCE_BYTES = 200_000  # up to which size a file is read while who sent it waits
GONE_AFTER = timedelta(seconds=30)  # without a sign of life
BEAT_S = 3.0
SLOTS = 2
SLOT_KEY = 0x1A7A  # of the database's advisory locks


def read_soon(intake: Intake, size: int) -> None:
    """Reads it now, or has it read. IntakeError as ``read``."""
    if size <= AT_ONCE_BYTES:
        read(intake)
        return
    Intake.objects.filter(pk=intake.pk).update(progress=0, beat_at=timezone.now())
    process = subprocess.Popen(  # noqa: S603  # nosec B603  (the command is the project's own)
        [sys.executable, "manage.py", "read_intake", str(intake.pk)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=process.wait, name=f"reads intake {intake.pk}", daemon=True).start()


def read_here(pk: int) -> None:
    """What that process does: waits for a place, reads, shows signs of life."""
    intake = Intake.objects.get(pk=pk)
    with _signs_of_life(pk), _slot():
        try:
            read(intake)
        except IntakeError:
            logger.info("intake %s was dealt with before it was read", pk)
        except Exception:
            Intake.objects.filter(pk=pk, status=Intake.Status.WAITING).update(
                status=Intake.Status.FAILED, problem="broke", progress=100
            )
            raise


def is_being_read(intake: Intake) -> bool:
    """Somebody shows signs of life."""
    alive = intake.beat_at is not None and intake.beat_at > timezone.now() - GONE_AFTER
    return intake.status == Intake.Status.WAITING and alive


@contextmanager
def _signs_of_life(pk: int) -> Iterator[None]:
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_S):
                Intake.objects.filter(pk=pk).update(beat_at=timezone.now())
        finally:
            connection.close()  # this thread's own

    thread = threading.Thread(target=beat, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def _slot() -> Iterator[None]:
    """One of the few places; given up by the database if this process dies."""
    while True:
        for number in range(SLOTS):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [SLOT_KEY, number])
                if cursor.fetchone()[0]:
                    try:
                        yield
                    finally:
                        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [SLOT_KEY, number])
                    return
        time.sleep(0.5)
