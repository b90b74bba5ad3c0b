"""The process that watches: streams by lease, an eye for each, and one thread that tells what they see.

Readers and eyes work in threads of their own, a thread a stream; whatever touches the database is done by the teller. A watcher
that cannot renew its leases (the database is away, the network cut) stops watching when they are over: then others have them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from analysis.alarms import escalate
from analysis.live.eye import Eye, EyeConfig, Report
from analysis.live.lag import Lag
from analysis.live.reader import Address, Broken, Piece, Problem, Reader, State
from analysis.live.recorder import Recorder
from analysis.models import Watch
from analysis.pipeline.scan import Scanner
from analysis.pipeline.things import SIDE
from analysis.pipeline.types import Frame
from analysis.scanner import geometry_of, made
from cameras.keeping import KeepingError
from cameras.models import Stream
from cameras.streams import login_of, resolved
from cases.models import Case

from .choosing import choose, room, watched_cases
from .leases import LASTS, hold, let_go
from .teller import Seen, Source, Teller
from .telling import LIVE, file_name

logger = logging.getLogger(__name__)

ROUND_S = 1.0
ENDING_S = 10.0  # until streams are closed and what was seen is told
CHOOSE_S = 10.0
CHOOSING_KEY = 0x1A7C  # of the database's advisory locks


class Pool:
    """One network for each core, that many threads use: each is lent to one at a time."""

    def __init__(self, networks: list[Any]) -> None:
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._one = networks[0]
        for network in networks:
            self._free.put(network)

    def __call__(self, *args: Any) -> Any:
        network = self._free.get()
        try:
            return network(*args)
        finally:
            self._free.put(network)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._one, name)


def shared_scanner() -> Scanner:
    """The settings' scanner, for many threads: as many of each network as there are cores, each on one."""
    several = [made(1) for _ in range(len(os.sched_getaffinity(0)))]
    for one in several:
        _warm(one)
    things = Pool([one.things for one in several]) if several[0].things else None
    pools = (Pool([getattr(one, name) for one in several]) for name in ("detector", "embedder"))
    return Scanner(*pools, several[0].config, things)  # type: ignore[arg-type]


def _warm(one: Scanner) -> None:
    """Each network once, while there is one thread: OpenVINO's Python side deadlocks where two threads use it for the first time
    (both wait in its own initialisation, seen with py-spy on 40 streams)."""
    grey = np.full((540, 960, 3), 128, np.uint8)
    one.detector([Frame(0.0, grey, 1.0)], EyeConfig().size)
    one.embedder([np.ascontiguousarray(grey[:160, :60])])
    if one.things:
        one.things([np.ascontiguousarray(grey[:SIDE, :SIDE])])


@dataclass
class Watched:
    """One stream being watched. began: the time of the stream's zero; segment_began: of the file being written."""

    stream: Stream
    source: Source
    eye: Eye
    recorder: Recorder
    reader: Reader | None = None
    began: datetime = field(default_factory=timezone.now)
    segment_began: datetime = field(default_factory=timezone.now)
    last: Piece | None = None
    lag: Lag = field(default_factory=Lag)


class WatchingProcess:
    """name: of this watcher among others; holds: streams at the most; districts: whose, none: all."""

    def __init__(self, name: str, holds: int, districts: list[str]) -> None:
        self.name, self.holds, self.districts = name, holds, districts
        self.scanner = shared_scanner()
        self.eyes: dict[int, Watched] = {}
        self.ending: list[Watched] = []
        self.over = threading.Event()
        self.held_until = 0.0
        self.chosen_at, self.events = 0.0, {}
        self.teller = Teller(name, self.scanner.version)

    def run(self) -> None:
        """Until ``over`` is set."""
        self.teller.start()
        try:
            while not self.over.is_set():
                self.round()
                self.over.wait(ROUND_S)
        finally:
            for key in list(self.eyes):
                self._stop(key)
            self._end(ENDING_S)
            self.teller.finish(ENDING_S)
            with contextlib.suppress(DatabaseError):
                let_go(self.name)

    def round(self) -> None:
        """Chooses, holds, starts and stops."""
        try:
            self._choose()
            asked = time.monotonic()
            held = hold(self.name, self.districts, self.holds, behind_s=self.behind)
            self.held_until = asked + LASTS.total_seconds()
            streams = {one.pk: one for one in Stream.objects.filter(pk__in=held).select_related("camera__district")}
            escalate()
        except DatabaseError:
            logger.exception("the database is away")
            connection.close()
            if time.monotonic() < self.held_until:
                return
            streams = {}  # by now others have them
        for key, one in list(self.eyes.items()):
            if key not in streams or _differs(one.stream, streams[key]):
                self._stop(key)
        for key in streams.keys() - self.eyes.keys():
            self._start(streams[key])
        self._end()
        for one in self.eyes.values():
            if one.reader:
                one.reader.look()

    @property
    def behind(self) -> float:
        """Seconds that the stream lies behind of which that is most."""
        return max((one.lag.seconds for one in self.eyes.values()), default=0.0)

    def _choose(self) -> None:
        """Every few seconds, and when something happened in a case; one watcher for all."""
        cases = watched_cases()
        events = {case.pk: case.last_event for case in cases}
        watched = set(Watch.objects.values_list("case", flat=True).distinct())
        if events == self.events and watched <= events.keys() and time.monotonic() - self.chosen_at < CHOOSE_S:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [CHOOSING_KEY])
            if not cursor.fetchone()[0]:
                return
        try:
            carried = room(len(cases))
            for case in cases:
                choose(case, settings.WATCH_CAMERAS, carried=carried)
            for case in Case.objects.filter(pk__in=watched - events.keys()):
                choose(case, 0)  # over: nothing is watched for it any longer
            self.chosen_at, self.events = time.monotonic(), events
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [CHOOSING_KEY])

    # One stream

    def _start(self, stream: Stream) -> None:
        camera = stream.camera
        size = (camera.width or 1280, camera.height or 720)
        folder = Path(settings.FOOTAGE_ROOT) / LIVE / camera.district_id / str(camera.pk)
        one = Watched(
            stream, Source(stream.pk, camera), Eye(self.scanner, geometry_of(camera, *size)), Recorder(folder)
        )
        one.reader = Reader(
            lambda: _address(stream),
            lambda piece: self._piece(one, piece),
            lambda state, why: self._state(one, state, why),
        )
        self.eyes[stream.pk] = one
        one.reader.start()

    def _stop(self, key: int) -> None:
        """Reads no more of it; what is open is closed with the next rounds, for the network may take its time."""
        one = self.eyes.pop(key)
        if one.reader:
            one.reader.stop(0.0)
        self.ending.append(one)

    def _end(self, patience_s: float = 0.0) -> None:
        """Closes those whose thread has ended."""
        until = time.monotonic() + patience_s
        for one in list(self.ending):
            if one.reader and not one.reader.stop(max(0.0, until - time.monotonic())):
                continue
            self.ending.remove(one)
            if one.last is not None:
                self._seen(one, one.eye.end(one.last))
            if segment := one.recorder.close():
                self.teller.segment(one.source.camera, one.segment_began, segment)
            if one.stream.pk not in self.eyes:  # else it was opened anew, at another address
                self.teller.over(one.source)

    def _piece(self, one: Watched, piece: Piece) -> None:
        if piece.fresh:
            one.began = timezone.now() - timedelta(seconds=time.monotonic() - piece.arrived + piece.at)
        one.last = piece
        before, camera = one.segment_began, one.source.camera
        start = one.began + timedelta(seconds=piece.at)
        done = one.recorder.add(piece, Path(file_name(camera, start)).name)
        if one.recorder.current and one.recorder.start == piece.at:
            one.segment_began = start
        if done:
            self.teller.segment(camera, before, done)
        self._seen(one, one.eye.take(piece, one.lag.seconds))
        one.lag.add(piece.at, time.monotonic(), fresh=piece.fresh)

    def _seen(self, one: Watched, reports: list[Report]) -> None:
        for report in reports:
            self.teller.seen(one.source, Seen.of(report, one.began, one.segment_began, one.recorder.current))

    def _state(self, one: Watched, state: State, problem: Problem) -> None:
        if one.reader and one.reader.over.is_set():
            return
        if state in (State.DOWN, State.REFUSED) and one.last is not None:
            self._seen(one, one.eye.end(one.last))
        self.teller.state(one.stream.pk, state.value, problem.value)


def _differs(stream: Stream, now: Stream) -> bool:
    """Whether another address or camera is meant than the one that is being watched."""
    before, after = ((one.camera_id, one.host, one.port, one.path, bytes(one.secret)) for one in (stream, now))
    return before != after


def _address(stream: Stream) -> Address:
    """Resolved anew at each opening, and only where it is allowed."""
    try:
        login = login_of(stream)
        return Address(resolved(stream.host, stream.port), stream.port, stream.path, login.user, login.password)
    except KeepingError as error:
        raise Broken(Problem.OUTSIDE) from error
    finally:
        connection.close()  # of the reader's thread
