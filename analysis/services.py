"""The search: starting, storing what a scan found, deciding on candidates."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.models import Camera, Recording
from cases.live import record
from cases.models import Case, CaseEvent
from cases.models.case import CaseError
from cases.services import add_sighting, lock_case, withdraw_sighting
from seoulcctv.roles import CASE_WORKERS, role_of

from .matching import knowns_of, match_tracklets, rematch, seconds
from .models import Candidate, ScanTask, Search, Tracklet
from .pipeline.types import ScanResult
from .pipeline.types import Tracklet as FoundTracklet
from .search.plan import Footage, LeftOut, Planned, plan

logger = logging.getLogger(__name__)

SUPERSEDED = "before: "  # stands before the model of tracklets that a later scan replaced
LONGEST_WINDOW = timedelta(hours=24)


# Starting


@transaction.atomic
def start_search(case: Case, by: Any, until: datetime | None = None) -> Search:
    """Plans what to scan and queues it. CaseError when the case may not be searched."""
    case = lock_case(case.pk)
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors search."))
    if not case.may_search():
        raise CaseError(
            _("The case is not authorised: a supervisor must approve it first, or start an emergency search.")
        )
    if case.searches.filter(status=Search.Status.RUNNING).exists():
        raise CaseError(_("A search of this case is already running."))
    end = min(until or timezone.now(), case.last_seen_at + LONGEST_WINDOW)
    if end <= case.last_seen_at:
        raise CaseError(_("The person was last seen later than the footage to be searched."))
    search = Search.objects.create(case=case, started_by=by, window_start=case.last_seen_at, window_end=end)
    planned = _plan(search)
    record(case, CaseEvent.Kind.SEARCH_STARTED, by, search=search.pk, recordings=len(planned))
    if not planned:
        finish_if_done(search)
    transaction.on_commit(wake_workers)
    return search


def _footage(search: Search) -> tuple[list[Footage], dict[str, str]]:
    """Usable recordings in the window, and why cameras are left out before planning."""
    left_out: dict[str, str] = {}
    cameras = Camera.objects.exclude(status=Camera.Status.RETIRED)
    recordings = Recording.objects.between(search.window_start, search.window_end).select_related("camera")
    usable = [r for r in recordings if r.camera.status == Camera.Status.WORKING and r.status == Recording.Status.READY]
    with_footage = {r.camera_id for r in usable}
    broken = {r.camera_id for r in recordings if r.status == Recording.Status.BROKEN} - with_footage
    for pk, status in cameras.values_list("pk", "status"):
        if status == Camera.Status.FAULTY:
            left_out[str(pk)] = LeftOut.FAULTY
        elif pk in broken:
            left_out[str(pk)] = LeftOut.BROKEN_FILE
        elif pk not in with_footage:
            left_out[str(pk)] = LeftOut.NO_RECORDING
    rows = [
        Footage(r.pk, r.camera_id, r.camera.location.x, r.camera.location.y, seconds(r.start), seconds(r.end))
        for r in usable
    ]
    return rows, left_out


def _plan(search: Search) -> list[Planned]:
    footage, left_out = _footage(search)
    planned, out_of_reach = plan(knowns_of(search.case), footage, seconds(search.window_end))
    left_out |= {str(pk): LeftOut.OUT_OF_REACH for pk in out_of_reach}
    search.left_out = left_out
    search.save(update_fields=["left_out"])
    ScanTask.objects.bulk_create(
        [ScanTask(search=search, recording_id=p.recording, camera_id=p.camera, priority=p.priority) for p in planned],
        ignore_conflicts=True,
    )
    return planned


def replan(case: Case) -> None:
    """After a decision: orders what waits anew, and adds what came into reach."""
    search = case.searches.filter(status=Search.Status.RUNNING).first()
    if search is None:
        return
    priorities = {p.recording: p.priority for p in _plan(search)}
    waiting = list(search.tasks.select_for_update(skip_locked=True).filter(status=ScanTask.Status.WAITING))
    for task in waiting:
        task.priority = priorities.get(task.recording_id, 0.0)
    ScanTask.objects.bulk_update(waiting, ["priority"], batch_size=500)
    transaction.on_commit(wake_workers)


def wake_workers() -> None:
    """Puts a few wake-ups into the queue; each takes the most promising task when its turn comes.

    Only wake-ups that nobody has taken yet are counted: those in the hands of a worker that died
    would otherwise keep new ones out.
    """
    from django_q.brokers import get_broker
    from django_q.tasks import async_task

    waiting = ScanTask.objects.filter(status=ScanTask.Status.WAITING, search__status=Search.Status.RUNNING).count()
    for _number in range(min(waiting, 2 * settings.Q_CLUSTER["workers"]) - get_broker().queue_size()):
        async_task("analysis.tasks.scan_next")


# Storing. Locks are taken in one order everywhere: case, task or candidate, recording.


def _hold(task: ScanTask, lease: Any) -> ScanTask | None:
    """The task's row, locked after its case; None when it was taken away or cancelled."""
    lock_case(task.search.case_id)
    return (
        ScanTask.objects.select_for_update(no_key=True, of=("self",))
        .select_related("search__case")
        .filter(pk=task.pk, lease=lease, status=ScanTask.Status.RUNNING)
        .first()
    )


def store(task: ScanTask, lease: Any, result: ScanResult, version: str) -> bool:
    """What a scan found, once: False when the task was meanwhile taken away."""
    with transaction.atomic():
        held = _hold(task, lease)
        if held is None:
            return False
        recording = Recording.objects.select_for_update(no_key=True).get(pk=task.recording_id)
        if recording.scanned_model != version:
            recording.tracklets.filter(candidates__isnull=True).delete()
            # Those that a case has as candidates stay with it, but are not weighed again.
            recording.tracklets.exclude(model__startswith=SUPERSEDED).update(model=Concat(Value(SUPERSEDED), "model"))
            offset = max(recording.tracklets.values_list("number", flat=True), default=0)
            Tracklet.objects.bulk_create(
                [_row(recording, found, version, offset + n) for n, found in enumerate(result.tracklets, start=1)]
            )
            stats = asdict(result.stats)
            recording.scanned_model, recording.scanned_depth = version, "dense"
            recording.scanned_at, recording.scan_stats = timezone.now(), stats
            recording.save(update_fields=["scanned_model", "scanned_depth", "scanned_at", "scan_stats"])
        _complete(held, recording, wall_s=result.stats.wall_s, reused=False)
    return True


def store_reused(task: ScanTask, lease: Any) -> bool:
    """The recording was scanned before, for another search: only the matching is left."""
    with transaction.atomic():
        held = _hold(task, lease)
        if held is None:
            return False
        _complete(held, task.recording, wall_s=0.0, reused=True)
    return True


def _complete(task: ScanTask, recording: Recording, wall_s: float, reused: bool) -> None:
    case = task.search.case
    tracklets = recording.tracklets.filter(
        model=recording.scanned_model, end__gte=task.search.window_start, start__lte=task.search.window_end
    ).select_related("recording__camera")
    count = match_tracklets(case, tracklets)
    task.status, task.finished_at, task.progress = ScanTask.Status.DONE, timezone.now(), 1.0
    task.wall_s, task.reused, task.lease, task.lease_until = wall_s, reused, None, None
    task.save()
    record(
        case,
        CaseEvent.Kind.SCAN_FINISHED,
        camera=str(recording.camera),
        people=len(tracklets),
        candidates=count,
        seconds=round(recording.duration.total_seconds()),
    )
    finish_if_done(task.search)


def fail(task: ScanTask, lease: Any, problem: str, footage_is_broken: bool) -> None:
    """The recording cannot be scanned; the search goes on without it. problem: a code of ``cameras.problems``."""
    with transaction.atomic():
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


def _row(recording: Recording, found: FoundTracklet, version: str, number: int) -> Tracklet:
    track, looks = found.track, found.appearance
    at = lambda second: recording.start + timedelta(seconds=float(second))  # noqa: E731
    return Tracklet(
        recording=recording,
        number=number,
        model=version,
        start=at(track.start),
        end=at(track.end),
        times=[round(float(t), 3) for t in track.times],
        boxes=np.round(track.boxes.astype(float), 1).tolist(),
        confidence=float(np.mean(track.confidences)),
        embedding_model=looks.embedding_model,
        embedding_bytes=looks.embedding.astype(np.float16).tobytes(),
        upper=looks.upper,
        lower=looks.lower,
        height_m=looks.height.value if looks.height else None,
        height_sd=looks.height.sd if looks.height else None,
        heading=looks.heading.value if looks.heading else None,
        heading_sd=looks.heading.sd if looks.heading else None,
        picture=found.picture,
        picture_at=at(found.picture_time),
    )


def finish_if_done(search: Search) -> None:
    """Inside the caller's transaction: ends a search of which nothing is left to do."""
    locked = Search.objects.select_for_update(no_key=True).get(pk=search.pk)
    if locked.status == Search.Status.RUNNING and not locked.tasks.unfinished().exists():
        locked.status, locked.finished_at = Search.Status.FINISHED, timezone.now()
        locked.save(update_fields=["status", "finished_at"])
        record(locked.case, CaseEvent.Kind.SEARCH_FINISHED, search=locked.pk)


@transaction.atomic
def stop_search(search: Search, by: Any = None, reason: str = "") -> None:
    """Stops what runs; what was found stays with the case."""
    lock_case(search.case_id)
    search.tasks.unfinished().update(status=ScanTask.Status.CANCELLED, lease=None, lease_until=None)
    changed = Search.objects.filter(pk=search.pk, status=Search.Status.RUNNING).update(
        status=Search.Status.STOPPED, finished_at=timezone.now()
    )
    if changed:
        record(search.case, CaseEvent.Kind.SEARCH_STOPPED, by, search=search.pk, reason=reason)


# Deciding


def _locked(candidate: Candidate, by: Any) -> Candidate:
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors decide on candidates."))
    lock_case(candidate.case_id)
    locked = (
        Candidate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("case", "tracklet__recording__camera")
        .get(pk=candidate.pk)
    )
    if not locked.case.may_search():
        raise CaseError(_("The case is not authorised, or has ended."))
    return locked


def _settle(candidate: Candidate, decision: str, by: Any) -> None:
    candidate.decision, candidate.decided_by, candidate.decided_at = decision, by, timezone.now()
    if decision == Candidate.Decision.OPEN:
        candidate.decided_by = candidate.decided_at = None
    candidate.save()
    rematch(candidate.case)
    replan(candidate.case)


@transaction.atomic
def confirm(candidate: Candidate, by: Any) -> Candidate:
    """It is the person: a sighting enters the route. Doing it twice changes nothing."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.CONFIRMED:
        return candidate
    tracklet = candidate.tracklet
    camera = tracklet.recording.camera
    candidate.sighting = add_sighting(
        candidate.case,
        by,
        camera=camera,
        point=camera.location,
        time=tracklet.start,
        end=tracklet.end,
        heading=tracklet.heading,
    )
    _settle(candidate, Candidate.Decision.CONFIRMED, by)
    return candidate


@transaction.atomic
def reject(candidate: Candidate, by: Any) -> Candidate:
    """It is somebody else. A confirmed one must be undone first."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.REJECTED:
        return candidate
    if candidate.decision == Candidate.Decision.CONFIRMED:
        raise CaseError(_("This candidate is confirmed; undo that first."))
    record(
        candidate.case,
        CaseEvent.Kind.CANDIDATE_REJECTED,
        by,
        candidate=candidate.pk,
        camera=str(candidate.tracklet.recording.camera),
    )
    _settle(candidate, Candidate.Decision.REJECTED, by)
    return candidate


@transaction.atomic
def undo(candidate: Candidate, by: Any) -> Candidate:
    """Takes a decision back; a sighting is withdrawn, its row stays."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.CONFIRMED and candidate.sighting is not None:
        withdraw_sighting(candidate.sighting, by)
        candidate.sighting = None
    elif candidate.decision == Candidate.Decision.REJECTED:
        record(
            candidate.case,
            CaseEvent.Kind.CANDIDATE_REOPENED,
            by,
            candidate=candidate.pk,
            camera=str(candidate.tracklet.recording.camera),
        )
    else:
        return candidate
    _settle(candidate, Candidate.Decision.OPEN, by)
    return candidate
