"""Long work in a process of its own, beside the site: it shows signs of life, waits for a place, and leaves nothing half-done.

Not in the queue of the machines that scan: their workers may be busy with a search for as long as it takes.
"""

from __future__ import annotations

import subprocess  # nosec B404
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

GONE_AFTER = timedelta(seconds=30)  # without a sign of life
BEAT_S = 3.0


def start(*command: str) -> None:
    """A command of manage.py."""
    process = subprocess.Popen(  # noqa: S603  # nosec B603  (the command is the project's own)
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=process.wait, name=" ".join(command), daemon=True).start()


def alive(beat_at: datetime | None) -> bool:
    """Somebody shows signs of life."""
    return beat_at is not None and beat_at > timezone.now() - GONE_AFTER


@contextmanager
def signs_of_life(rows: Any) -> Iterator[None]:
    """rows: a queryset with ``beat_at``."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT_S):
                rows.update(beat_at=timezone.now())
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
def slot(key: int, places: int) -> Iterator[None]:
    """One of few places, by the database's advisory locks: given up by the database if this process dies."""
    while True:
        for number in range(places):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [key, number])
                if cursor.fetchone()[0]:
                    try:
                        yield
                    finally:
                        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [key, number])
                    return
        time.sleep(0.5)
