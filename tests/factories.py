"""Small builders: what a test does not name, it does not care about."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from analysis.alarms import wake_alarms
from analysis.models import Alert, Candidate, ScanTask, Search, Tracklet
from cameras.models import Camera, District, Recording
from cases.links import make_link
from cases.live import record
from cases.models import Case, CaseEvent, Description, KnownPlace, ShareLink, Sighting
from cases.notes import add_note
from cases.services import authorise, open_case
from seoulcctv.roles import Role

DONGMYO = (127.0178, 37.5727)  # in Jongno-gu
PASSWORD = "a long password for tests"
_numbers = count(1)


def make_user(role: str = Role.OPERATOR, **fields: Any) -> Any:
    """An account; district administrators get Jongno-gu."""
    fields.setdefault("username", f"{role}{next(_numbers)}")
    if role == Role.DISTRICT_ADMIN:
        fields.setdefault("district", District.objects.get(code="11110"))
    return get_user_model().objects.create_user(password=PASSWORD, role=role, **fields)


def make_camera(lon: float = DONGMYO[0], lat: float = DONGMYO[1], **fields: Any) -> Camera:
    """A working camera in the district that its place lies in."""
    point = Point(lon, lat, srid=4326)
    fields.setdefault("district", District.objects.get(boundary__covers=point))
    fields.setdefault("asset_number", f"CAM-{next(_numbers):04d}")
    return Camera.objects.create(location=point, **fields)


def make_recording(camera: Camera | None = None, start: datetime | None = None, seconds: float = 60, **fields: Any):
    """A row without a file, for tests that do not scan."""
    camera = camera or make_camera()
    start = start or timezone.now() - timedelta(minutes=30)
    number = next(_numbers)
    values = {
        "file": f"none/{number}.mp4", "digest": f"{number:064d}", "size": 1000, "codec": "h264",
        "width": 960, "height": 540, "fps": 8.0,
    }  # fmt: skip
    return Recording.objects.create(
        camera=camera, start=start, end=start + timedelta(seconds=seconds), **{**values, **fields}
    )


def make_case(
    by: Any = None, authorised: bool = True, description: dict[str, Any] | None = None, **fields: Any
) -> Case:
    """Last seen an hour ago at Dongmyo, in red and black."""
    values = {
        "category": Case.Category.DEMENTIA, "agency": "Jongno police", "reference": f"R-{next(_numbers)}",
        "legal_basis": Case.LegalBasis.MISSING_ACT, "last_seen_at": timezone.now() - timedelta(hours=1),
        "last_seen_point": Point(*DONGMYO, srid=4326),
    }  # fmt: skip
    looks = {"upper_colour": "red", "lower_colour": "black", **(description or {})}
    case = open_case(by or make_user(), Case(**{**values, **fields}), Description(**looks))
    return authorise(case, make_user(Role.SUPERVISOR)) if authorised else case


def make_search(case: Case, *recordings: Recording, status: str = Search.Status.RUNNING) -> Search:
    """A search with a waiting task for each recording."""
    search = Search.objects.create(
        case=case, started_by=case.opened_by, window_start=case.last_seen_at, window_end=timezone.now(), status=status
    )
    for priority, recording in enumerate(reversed(recordings)):
        ScanTask.objects.create(search=search, recording=recording, camera=recording.camera, priority=priority)
    return search


def claim() -> ScanTask:
    """The next waiting task, taken as a worker of this machine does."""
    task = ScanTask.claim_next(f"{settings.MACHINE}:1")
    assert task is not None
    return task


def make_tracklet(recording: Recording | None = None, second: float = 5.0, **fields: Any) -> Tracklet:
    """A woman in red and black, seen for six seconds."""
    recording = recording or make_recording()
    start = recording.start + timedelta(seconds=second)
    vector = np.zeros(8, np.float16)
    vector[0] = 1.0
    values = {
        "number": next(_numbers), "model": "test", "end": start + timedelta(seconds=6), "times": [second, second + 6],
        "boxes": [[100, 100, 160, 280]] * 2, "confidence": 0.8, "embedding_model": "names-1",
        "embedding_bytes": vector.tobytes(), "upper": {"red": 0.9, "grey": 0.1}, "lower": {"black": 1.0},
        "picture": jpeg(), "picture_at": start,
    }  # fmt: skip
    return Tracklet.objects.create(recording=recording, start=start, **{**values, **fields})


def make_candidate(case: Case, tracklet: Tracklet | None = None, score: float = 0.8) -> Candidate:
    """Undecided."""
    return Candidate.objects.create(
        case=case, tracklet=tracklet or make_tracklet(), score=score, factors={"upper": 2.0, "timing": -0.4}
    )


def make_alert(case: Case | None = None, tracklet: Tracklet | None = None, **fields: Any) -> Alert:
    """Somebody may be walking past a live camera now; told as a watcher tells it."""
    with transaction.atomic():
        candidate = make_candidate(case or make_case(), tracklet)
        alert = Alert.objects.create(candidate=candidate, **{"seen_at": timezone.now(), **fields})
        record(candidate.case, CaseEvent.Kind.ALERT_RAISED, alert=alert.pk, candidate=candidate.pk)
        wake_alarms()
    return alert


def make_report(
    case: Case, lon: float = DONGMYO[0], lat: float = DONGMYO[1], minute: float = 10, **fields: Any
) -> Sighting:
    """A bus driver thinks they saw the person."""
    time = case.last_seen_at + timedelta(minutes=minute)
    values = {"reporter": "버스 기사", "certainty": 0.7, "confirmed_by": case.opened_by, "end": time}
    return Sighting.objects.create(case=case, point=Point(lon, lat, srid=4326), time=time, **{**values, **fields})


def jpeg() -> bytes:
    """A red picture, 60 x 160."""
    return cv2.imencode(".jpg", np.full((160, 60, 3), (40, 40, 200), np.uint8))[1].tobytes()


def write_video(
    path: Path, seconds: float = 4.0, fps: int = 10, size: tuple[int, int] = (320, 240), gop: int = 20, codec: str = "libx264",
    moving: tuple[float, float] = (0.0, 1e9),
) -> Path:  # fmt: skip
    """A real file: a square that moves over grey ground between two times (seconds)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.options = {"g": str(gop), "sc_threshold": "0"}
        noise = np.random.default_rng(1).integers(100, 120, (size[1], size[0], 3), dtype=np.uint8)
        for index in range(round(seconds * fps)):
            picture = noise.copy()
            step = min(max(index / fps, moving[0]), moving[1])
            left = int(step * 40) % (size[0] - 40)
            picture[60:120, left : left + 40] = (30, 60, 220)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_audio(path: Path) -> Path:
    """A file with sound alone."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_full_case(by: Any) -> Case:
    """A case with one of everything that can belong to a case."""
    case = make_case(by=by)
    recording = make_recording()
    make_search(case, recording)
    make_candidate(case, make_tracklet(recording))
    make_report(case)
    make_link(case, by, ShareLink(name="112"), 1)
    case.references.create(picture=jpeg(), added_by=by)
    case.places.add(KnownPlace(name="home", point="SRID=4326;POINT(127.01 37.57)", added_by=by), bulk=False)
    add_note(case, by, "ask the bus company", is_task=True)
    return case
