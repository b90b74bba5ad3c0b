"""Workers as processes of their own, one core each, on a database of the benchmark's own."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

DATABASE = "seoulcctv_benchmark"


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh database for the time being; the real one is not touched."""
    real, connection.settings_dict["TEST"]["NAME"] = connection.settings_dict["NAME"], DATABASE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        _wait_for_others()
        connection.creation.destroy_test_db(real, verbosity=0)


def _wait_for_others() -> None:
    """Until the sessions of processes that ended are closed; a database that is used cannot be removed."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            if cursor.fetchone()[0] <= 1:
                return
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Ran:
    """One search. wall_s: from the button to the last row. Of all workers together: survey_s, after_s: seconds of
    surveys, and of closer looks, matching and the database; stages: what makes up the surveys. closely: people looked
    at closely. memory: of the worker that used most, after each of its tasks, bytes."""

    wall_s: float
    footage_s: float
    survey_s: float
    after_s: float
    closely: int
    stages: dict[str, float]
    memory: tuple[int, ...]


class Crew:
    """``count`` workers, ready and warm; to be closed."""

    def __init__(self, count: int, footage: Path) -> None:
        context = get_context("spawn")
        self.orders: Queue[Any] = context.Queue()
        self.answers: Queue[Any] = context.Queue()
        cores = sorted(os.sched_getaffinity(0))
        self.processes = [
            context.Process(
                target=_worker,
                args=(cores[n % len(cores)], str(settings.FOOTAGE_ROOT), footage, self.orders, self.answers),
                daemon=True,
            )
            for n in range(count)
        ]
        connection.close()
        for process in self.processes:
            process.start()
        for _ in self.processes:
            self.answers.get(timeout=300)

    def search(self, case: Any, by: Any) -> Ran:
        """A search of the case, from nothing: what earlier ones found is forgotten first."""
        from cameras.models import Recording

        from ..models import Search, Tracklet
        from ..services import start_search

        case.searches.all().delete()
        Tracklet.objects.all().delete()
        Recording.objects.update(scanned_model="", scanned_depth="", scan_stats={})
        begin = time.perf_counter()
        search = start_search(case, by)
        for _ in self.processes:
            self.orders.put("go")
        memory = [self.answers.get(timeout=3600) for _ in self.processes]
        wall = time.perf_counter() - begin
        search.refresh_from_db()
        if search.status != Search.Status.FINISHED or search.tasks.exclude(status="done").exists():
            raise RuntimeError(f"the search did not finish: {list(search.tasks.values_list('status', 'problem'))}")
        stages: Counter[str] = Counter()
        scanned = list(Recording.objects.exclude(scan_stats={}).values_list("scan_stats", flat=True))
        for stats in scanned:
            stages.update(stats["stages"])
        survey = sum(stats["wall_s"] for stats in scanned)
        return Ran(
            wall_s=wall,
            footage_s=sum(stats["footage_s"] for stats in scanned),
            survey_s=survey,
            after_s=sum(search.tasks.values_list("wall_s", flat=True)) - survey,
            closely=Tracklet.objects.filter(closely=True).count(),
            stages=dict(stages),
            memory=max(memory, key=lambda several: max(several, default=0)),
        )

    def close(self) -> None:
        """Ends the workers."""
        for _ in self.processes:
            self.orders.put(None)
        for process in self.processes:
            process.join(30)
            if process.is_alive():
                process.kill()


def _worker(core: int, root: str, warm: Path, orders: Queue[Any], answers: Queue[Any]) -> None:
    os.sched_setaffinity(0, {core})
    os.environ["SEOULCCTV_INFERENCE_THREADS"] = "1"
    import django

    django.setup()
    import cv2
    import psutil

    from analysis import tasks
    from analysis.models import ScanTask

    cv2.setNumThreads(1)
    settings.FOOTAGE_ROOT = root
    connection.settings_dict["NAME"] = DATABASE
    engine = tasks.scanner()
    people = engine.survey(warm).tracklets
    if people:
        engine.look_closer(warm, people, [0])
    answers.put("ready")
    while orders.get() is not None:
        memory = []
        while (task := ScanTask.claim_next(f"benchmark:{os.getpid()}")) is not None:
            tasks.run(task)
            memory.append(psutil.Process().memory_info().rss)
        answers.put(tuple(memory))
