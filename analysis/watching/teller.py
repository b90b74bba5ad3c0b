"""The one thread of a watcher that tells what its eyes see: alerts, recordings, how the streams do. It alone waits for the database;
of what is seen of one person only the latest waits for it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from analysis.live.eye import Report
from analysis.live.recorder import Segment
from analysis.models import Alert, StreamLease
from analysis.pipeline.types import Tracklet
from cameras.models import Camera, Stream

from .telling import alert, more_of, recorded
from .weighing import Weighing

logger = logging.getLogger(__name__)


@dataclass
class Source:
    """Of what is told: a camera whose stream is watched. alerts: by the key of a person and a case."""

    stream: int
    camera: Camera
    alerts: dict[tuple[Any, int], Alert] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A report, its times those of a segment of the recording that begins at ``start``; segment: None while there is none."""

    key: Any
    tracklet: Tracklet
    final: bool
    start: datetime
    segment: Segment | None

    @classmethod
    def of(cls, report: Report, began: datetime, start: datetime, segment: Segment | None) -> Seen:
        """began: the time of the zero of the report's own times."""
        found, shift = report.tracklet, (start - began).total_seconds()
        track = replace(found.track, times=found.track.times - shift)
        found = replace(found, track=track, picture_time=found.picture_time - shift)
        return cls(report.key, found, report.final, start, segment)


class Teller:
    """name: of the watcher; version: of its networks."""

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version
        self.weighing = Weighing()
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._seen: dict[tuple[int, Any], Seen] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, patience_s: float) -> None:
        """Tells what waits, as far as time is left."""
        self._work.put(None)
        self._thread.join(patience_s)

    # By any thread

    def seen(self, source: Source, seen: Seen) -> None:
        """Somebody walks past: what was to be told of them before and was not yet, this replaces."""
        key = (source.stream, seen.key)
        with self._lock:
            waits = key in self._seen
            self._seen[key] = seen
        if not waits:
            self._work.put(lambda: self._weigh(source, key))

    def segment(self, camera: Camera, start: datetime, segment: Segment) -> None:
        """A part of the recording is closed."""
        self._work.put(lambda: _keep(camera, start, segment))

    def state(self, stream: int, state: str, problem: str) -> None:
        """How a stream does from now on."""
        self._work.put(lambda: self._state(stream, state, problem))

    def over(self, source: Source) -> None:
        """It is not watched any longer."""
        self._work.put(lambda: self.weighing.forget(source.camera))
        self.state(source.stream, Stream.State.UNKNOWN, "")

    # By its own

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Exception:  # whatever it was: what comes next may be told
                logger.exception("something could not be told")
                connection.close()
        connection.close()

    def _state(self, stream: int, state: str, problem: str) -> None:
        others = StreamLease.objects.held().filter(stream=stream).exclude(watcher=self.name)
        if not others.exists():  # else they tell how it does
            Stream.objects.filter(pk=stream).update(state=state, problem=problem, since=timezone.now())

    def _weigh(self, source: Source, key: tuple[int, Any]) -> None:
        """Everybody who is seen is weighed for each case that looks out here; who is below the threshold leaves no trace."""
        with self._lock:
            seen = self._seen.pop(key)
        camera = source.camera
        for case in self.weighing.cases(camera):
            told = source.alerts.get((seen.key, case.pk))
            if told is not None:
                if seen.final:
                    more_of(told, seen.tracklet, self.version)
                continue
            if seen.segment is None or not self.weighing.fits(case, camera, seen.start, seen.tracklet, self.version):
                continue
            recording = recorded(camera, seen.start, seen.segment, over=False)
            if recording and (told := alert(case.pk, recording, seen.tracklet, self.version)):
                source.alerts[seen.key, case.pk] = told
        if seen.final:
            source.alerts = {of: told for of, told in source.alerts.items() if of[0] != seen.key}


def _keep(camera: Camera, start: datetime, segment: Segment) -> None:
    recorded(camera, start, segment, over=True)
