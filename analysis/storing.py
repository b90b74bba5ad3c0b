"""What scans found, into rows; each step once, by whoever holds the task's lease.

First everybody of the survey, who are matched at once; then, one closer look after another, what it adds; then the
task is done. Whoever takes a task over finds in the rows how far it came. Locks are taken in one order everywhere:
case, task or candidate, recording.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Max, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from cameras.models import Recording
from cases.live import record
from cases.models import CaseEvent
from cases.services import lock_case

from .camera_looks import forget
from .matching import match_tracklets
from .models import Candidate, ScanTask, Search, Tracklet
from .pipeline.closer import Closely
from .pipeline.types import Appearance, Estimate, ScanResult, Track
from .pipeline.types import Tracklet as Found

SUPERSEDED = "before: "  # stands before the model of tracklets that a later scan replaced
SURVEY = "survey"  # how deep a recording was scanned: keyframes, and a closer look at candidates
NEAR = timedelta(seconds=30)  # of a closer look: tracklets further away have no part in it


def _hold(task: ScanTask, lease: UUID) -> ScanTask | None:
    """The task's row, locked after its case; None when it was taken away or cancelled."""
    lock_case(task.search.case_id)
    return (
        ScanTask.objects.select_for_update(no_key=True, of=("self",))
        .select_related("search__case")
        .filter(pk=task.pk, lease=lease, status=ScanTask.Status.RUNNING)
        .first()
    )


def _locked(task: ScanTask) -> Recording:
    return Recording.objects.select_for_update(no_key=True).get(pk=task.recording_id)


def _within_search(task: ScanTask, recording: Recording) -> QuerySet[Tracklet]:
    return recording.tracklets.filter(
        model=recording.scanned_model, end__gte=task.search.window_start, start__lte=task.search.window_end
    ).select_related("recording__camera")


@transaction.atomic
def store_survey(task: ScanTask, lease: UUID, result: ScanResult, version: str) -> bool:
    """Everybody of a recording, and who of them are candidates. False when the task was meanwhile taken away."""
    held = _hold(task, lease)
    if held is None:
        return False
    recording = _locked(held)
    if recording.scanned_model != version:
        recording.tracklets.filter(candidates__isnull=True).delete()
        # Those that a case has as candidates stay with it, but are not weighed again.
        recording.tracklets.exclude(model__startswith=SUPERSEDED).update(model=Concat(Value(SUPERSEDED), "model"))
        offset = _last_number(recording)
        rows = [Tracklet(recording=recording, number=offset + n) for n in range(1, len(result.tracklets) + 1)]
        for row, found in zip(rows, result.tracklets, strict=True):
            fill(row, found, version)
        Tracklet.objects.bulk_create(rows, batch_size=500)
        for model in {row.embedding_model for row in rows}:
            forget(model, recording.camera_id)
        recording.scanned_model, recording.scanned_depth = version, SURVEY
        recording.scanned_at, recording.scan_stats = timezone.now(), asdict(result.stats)
        recording.save(update_fields=["scanned_model", "scanned_depth", "scanned_at", "scan_stats"])
    match_tracklets(held.search.case, _within_search(held, recording))
    return True


@transaction.atomic
def match_stored(task: ScanTask, lease: UUID) -> bool:
    """The recording was surveyed before, for another search: only the matching is left."""
    held = _hold(task, lease)
    if held is None:
        return False
    match_tracklets(held.search.case, _within_search(held, held.recording))
    return True


@dataclass(frozen=True, slots=True)
class CloserLook:
    """rows: everybody seen about the time; wanted: indices of the candidates among them whom nobody looked at closely
    yet, the likeliest first, about whose best moment it is."""

    rows: list[Tracklet]
    wanted: list[int]


def next_closer_look(task: ScanTask, enough: int) -> CloserLook | None:
    """At the likeliest undecided candidate whom nobody looked at closely yet and of whom the survey had fewer than
    ``enough`` looks; None when there is none left."""
    waiting = (
        task.search.case.candidates.shown()
        .filter(
            tracklet__in=_within_search(task, task.recording),
            tracklet__closely=False,
            tracklet__times__len__lt=enough,
            decision=Candidate.Decision.OPEN,
        )
        .order_by("-score", "pk")
    )
    order = list(waiting.values_list("tracklet_id", flat=True))
    if not order:
        return None
    moment = Tracklet.objects.get(pk=order[0]).picture_at
    near = Tracklet.objects.filter(
        recording=task.recording_id,
        model=task.recording.scanned_model,
        start__lte=moment + NEAR,
        end__gte=moment - NEAR,
    )
    rows = list(near.select_related("recording").order_by("number"))
    place = {row.pk: index for index, row in enumerate(rows)}
    return CloserLook(rows, [place[pk] for pk in order if pk in place])


@transaction.atomic
def store_closer_look(task: ScanTask, lease: UUID, look: CloserLook, closely: Closely) -> bool:
    """Rows of people known before become more exact, others are added."""
    held = _hold(task, lease)
    if held is None:
        return False
    recording = _locked(held)
    which, rows = look.rows[look.wanted[0]], look.rows
    standing = recording.tracklets.select_for_update().in_bulk([row.pk for row in rows])
    changed = [(standing[rows[n].pk], found) for n, found in closely.known.items() if rows[n].pk in standing]
    for row, found in changed:
        fill(row, found, row.model)
        row.closely = True
        row.save()
    offset = _last_number(recording)
    added = [Tracklet(recording=recording, number=offset + n, closely=True) for n in range(1, len(closely.new) + 1)]
    for row, found in zip(added, closely.new, strict=True):
        fill(row, found, which.model)
    Tracklet.objects.bulk_create(added)
    recording.tracklets.filter(pk=which.pk).update(closely=True)  # also where nothing was found: once is enough
    touched = [row.pk for row, _found in changed] + [row.pk for row in added]
    match_tracklets(held.search.case, _within_search(held, recording).filter(pk__in=touched))
    return True


@transaction.atomic
def complete(task: ScanTask, lease: UUID, wall_s: float, reused: bool) -> bool:
    """The task is done. wall_s: seconds worked on it; reused: the survey was there."""
    held = _hold(task, lease)
    if held is None:
        return False
    case, recording = held.search.case, held.recording
    people = _within_search(held, recording)
    held.status, held.finished_at, held.progress = ScanTask.Status.DONE, timezone.now(), 1.0
    held.wall_s, held.reused, held.lease, held.lease_until = wall_s, reused, None, None
    held.save()
    record(
        case,
        CaseEvent.Kind.SCAN_FINISHED,
        camera=str(recording.camera),
        people=people.count(),
        candidates=case.candidates.filter(tracklet__in=people).count(),
        seconds=round(recording.duration.total_seconds()),
    )
    finish_if_done(held.search)
    return True


@transaction.atomic
def fail(task: ScanTask, lease: UUID, problem: str, footage_is_broken: bool) -> None:
    """The recording cannot be scanned; the search goes on without it. problem: a code of ``cameras.problems``."""
    held = _hold(task, lease)
    if held is None:
        return
    held.status, held.problem, held.finished_at = ScanTask.Status.FAILED, problem, timezone.now()
    held.lease = held.lease_until = None
    held.save()
    if footage_is_broken:
        Recording.objects.filter(pk=task.recording_id).update(status=Recording.Status.BROKEN, problem=problem)
    record(held.search.case, CaseEvent.Kind.SCAN_FAILED, camera=str(held.camera), problem=problem)
    finish_if_done(held.search)


def _last_number(recording: Recording) -> int:
    return recording.tracklets.aggregate(last=Max("number"))["last"] or 0


def fill(row: Tracklet, found: Found, version: str) -> None:
    track, looks = found.track, found.appearance
    at = lambda second: row.recording.start + timedelta(seconds=float(second))  # noqa: E731
    row.model = version
    row.start, row.end = at(track.start), at(track.end)
    row.times = [round(float(t), 3) for t in track.times]
    row.boxes = np.round(track.boxes.astype(float), 1).tolist()
    row.confidence = track.confidence
    row.embedding_model = looks.embedding_model
    row.embedding_bytes = looks.embedding.astype(np.float16).tobytes()
    row.upper, row.lower, row.things = looks.upper, looks.lower, looks.things
    row.height_m, row.height_sd = (looks.height.value, looks.height.sd) if looks.height else (None, None)
    row.heading, row.heading_sd = (looks.heading.value, looks.heading.sd) if looks.heading else (None, None)
    row.picture, row.picture_at = found.picture, at(found.picture_time)


def as_found(row: Tracklet) -> Found:
    """A stored tracklet as the pipeline knows it."""
    times = np.array(row.times)
    confidences = np.full(len(times), row.confidence, np.float32)
    height = Estimate(row.height_m, row.height_sd) if row.height_m is not None and row.height_sd is not None else None
    heading = Estimate(row.heading, row.heading_sd) if row.heading is not None and row.heading_sd is not None else None
    return Found(
        track=Track(row.number, times, np.array(row.boxes, dtype=np.float32).reshape(-1, 4), confidences),
        appearance=Appearance(row.embedding, row.embedding_model, row.upper, row.lower, height, heading, row.things),
        picture=bytes(row.picture),
        picture_time=(row.picture_at - row.recording.start).total_seconds(),
    )


def finish_if_done(search: Search) -> None:
    """Inside the caller's transaction: ends a search of which nothing is left to do."""
    locked = Search.objects.select_for_update(no_key=True).get(pk=search.pk)
    if locked.status == Search.Status.RUNNING and not locked.tasks.unfinished().exists():
        locked.status, locked.finished_at = Search.Status.FINISHED, timezone.now()
        locked.save(update_fields=["status", "finished_at"])
        record(locked.case, CaseEvent.Kind.SEARCH_FINISHED, search=locked.pk)
