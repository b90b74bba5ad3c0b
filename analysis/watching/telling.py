"""Who walks past, against the cases that watch for them: an alert for who may be the person; of anybody else nothing is kept."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from analysis.alarms import wake_alarms
from analysis.live.recorder import Segment
from analysis.matching import match_tracklets
from analysis.models import Alert, Candidate, Tracklet
from analysis.models.candidate import sure_at
from analysis.pipeline.types import Tracklet as Found
from analysis.storing import fill
from cameras.models import Camera, Recording
from cases.live import record
from cases.models import CaseEvent
from cases.services import lock_case

LIVE = "live"  # folder below the footage


@transaction.atomic
def alert(case_pk: int, recording: Recording, found: Found, version: str) -> Alert | None:
    """Keeps the person as a candidate of the case and tells everybody who follows it; None where the case may not be watched any
    more, the evidence does not carry it, or the camera saw the person for sure at about that time: then it tells nothing new."""
    case = lock_case(case_pk)
    start, end = (recording.start + timedelta(seconds=second) for second in (found.track.start, found.track.end))
    if not case.may_search() or sure_at(case, recording.camera, start, end).exists():
        return None
    number = (recording.tracklets.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    row = Tracklet(recording=recording, number=number)
    fill(row, found, version)
    row.save()
    match_tracklets(case, [row])
    candidate = Candidate.objects.filter(case=case, tracklet=row).first()
    if candidate is None:
        row.delete()
        return None
    told = Alert.objects.create(candidate=candidate, seen_at=row.start)
    record(case, CaseEvent.Kind.ALERT_RAISED, alert=told.pk, candidate=candidate.pk, camera=str(recording.camera),
           score=round(candidate.score, 3))  # fmt: skip
    wake_alarms()
    return told


@transaction.atomic
def more_of(told: Alert, found: Found, version: str) -> None:
    """The same person, seen longer: the candidate becomes more exact."""
    candidate = (
        Candidate.objects.select_related("case", "tracklet__recording__camera").filter(pk=told.candidate_id).first()
    )
    if candidate is None or candidate.decision != Candidate.Decision.OPEN:
        return
    case = lock_case(candidate.case_id)
    row = candidate.tracklet
    fill(row, found, version)
    row.save()
    match_tracklets(case, [row])


# Recordings of streams


def file_name(camera: Camera, start: datetime) -> str:
    """Below the footage folder."""
    return f"{LIVE}/{camera.district_id}/{camera.pk}/{start:%Y%m%dT%H%M%S%f}.mp4"


def recorded(camera: Camera, start: datetime, segment: Segment, over: bool) -> Recording | None:
    """The row of a segment, made or lengthened; over: it grows no more, so its digest is the file's. None where another recording
    of the camera has that time."""
    path = Path(settings.FOOTAGE_ROOT) / file_name(camera, start)
    length = timedelta(seconds=max(segment.end - segment.start, 0.1))
    size = path.stat().st_size if path.exists() else 0
    digest = hashlib.sha256(path.read_bytes() if over and path.exists() else path.name.encode()).hexdigest()
    told = {
        "camera": camera, "start": start, "end": start + length, "digest": digest, "size": size, "codec": segment.codec,
        "width": segment.width, "height": segment.height, "fps": segment.fps,
    }  # fmt: skip
    try:
        with transaction.atomic():
            row, _new = Recording.objects.update_or_create(file=file_name(camera, start), defaults=told)
    except IntegrityError:
        return None
    return row
