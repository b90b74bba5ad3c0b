"""The end of the demonstration: somebody reports the person, a live camera near there is watched, and the person walks past it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from cameras.models import Camera, District, Stream
from cameras.streams import remove_stream, set_stream
from cases.models import Case, Sighting

from . import decisions
from .demo import Stage, fields_of
from .models import Alert, Watcher
from .simulation.film import render
from .simulation.people import Moving, Walk
from .simulation.scenario import SimulatedCamera
from .simulation.streaming import streaming

ASSET_NUMBER = "SIM-LIVE-01"
METRES_A_DEGREE = 111_320  # of latitude
ON_THE_WAY_M = 60.0  # from where the person is reported to the live camera
AGO = timedelta(seconds=75)  # the report is so old when it arrives
LENGTH_S, PASSES_S, OTHERS_S = 300.0, 40.0, (14.0, 70.0)
REACH_S = 9.0  # of a walk, before and after the middle of the picture
FPS, GOP_S = 10, 1.0
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class LiveCamera:
    """A camera that sends live. passes: seconds of the film in which the person is in view."""

    simulated: SimulatedCamera
    path: Path
    passes: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """The first alert of the live camera; right: it came while the person, and nobody else, was in view; after_s: from their first
    frame to the row in the database."""

    alert: Alert
    right: bool
    after_s: float


def last_passed(stage: Stage) -> SimulatedCamera:
    """The last camera of the scenario that the person passes."""
    return max((c for c in stage.scenario.cameras if c.passes is not None), key=lambda c: c.passes or 0.0)


def film(stage: Stage, folder: Path) -> LiveCamera:
    """The view of the last camera that the person passed, some streets on: the person walks past once, before and after them
    somebody else. Rendered once."""
    base = last_passed(stage)
    key = stage.scenario.target.key
    target = next(walk for walk in base.walks if walk.person.key == key)
    others = [walk for walk in base.walks if isinstance(walk, Walk) and walk.person.key in stage.scenario.others]
    if not isinstance(target, Walk):
        raise TypeError("the person of a demonstration walks straight on")
    walks: list[Moving] = [_at(target, PASSES_S)]
    plain = [walk for walk in others if not walk.person.key.startswith(("decoy", "double"))]
    walks += [_at(plain[number % len(plain)], moment) for number, moment in enumerate(OTHERS_S) if plain]
    path = folder / "live.mp4"
    note = path.with_suffix(".json")
    if not note.is_file():
        made = render(base.scene, walks, path, LENGTH_S, FPS, GOP_S)
        times = [box.time for box in made.boxes if box.person == key]
        note.write_text(json.dumps([min(times), max(times)]))
    begin, end = json.loads(note.read_text())
    return LiveCamera(base, path, (begin, end))


def _at(walk: Walk, moment: float) -> Walk:
    return replace(walk, moment=moment, begin=moment - REACH_S, end=moment + REACH_S)


def reported(stage: Stage, case: Case, by: Any) -> Sighting:
    """A bus driver saw the person a moment ago, where the last camera stands."""
    last = last_passed(stage)
    point = Point(last.lon, last.lat, srid=4326)
    told = Sighting(point=point, time=timezone.now() - AGO, reporter="버스 기사 (시연)", certainty=0.9)
    return decisions.report_sighting(case, by, told)


@contextmanager
def sending(live: LiveCamera, by: Any) -> Iterator[Camera]:
    """The live camera in the inventory, with its stream, for the time being. ``streaming.NoServer``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    point = Point(live.simulated.lon, live.simulated.lat + ON_THE_WAY_M / METRES_A_DEGREE, srid=4326)
    district = District.objects.get(boundary__covers=point)
    Camera.objects.filter(asset_number=ASSET_NUMBER).exclude(district=district).delete()
    known = {**fields_of(live.simulated), "location": point, "fps": FPS, "status": Camera.Status.WORKING}
    camera, _new = Camera.objects.update_or_create(
        district=district, asset_number=ASSET_NUMBER, defaults={**known, "address": "시연용 실시간 카메라"}
    )
    with streaming(live.path, port):
        set_stream(camera, by, f"rtsp://127.0.0.1:{port}/live")
        try:
            yield camera
        finally:
            remove_stream(camera, by)


def wait_for_alert(case: Case, camera: Camera, live: LiveCamera, told: Callable[[str], None]) -> Heard | None:
    """told: what happens meanwhile. None where nobody was told in time."""
    begin, opened = time.monotonic(), None
    alerts = Alert.objects.filter(candidate__case=case, candidate__tracklet__recording__camera=camera)
    while time.monotonic() - begin < PATIENCE_S:
        alert = alerts.order_by("at").first()
        stream = Stream.objects.filter(camera=camera).first()
        if opened is None and stream is not None and stream.state == Stream.State.CONNECTED:
            opened = stream.since
        if alert is not None and opened is not None:
            return judged(alert, opened, live)
        machines = Watcher.objects.answering().count()
        told("waiting for the stream" if opened is None else "watching" if machines else "no machine watches")
        time.sleep(0.2)
    return None


def judged(alert: Alert, opened: datetime, live: LiveCamera) -> Heard:
    """Whether the alert came while the person was in view; opened: when the film began to be watched."""
    first, last = (opened + timedelta(seconds=second) for second in live.passes)
    spare = timedelta(seconds=3)  # until the stream was known to be open
    right = first - spare <= alert.seen_at <= last + spare
    return Heard(alert, right, (alert.at - alert.seen_at).total_seconds())
