"""The search: starting it, planning it anew, stopping it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.models import Camera, Recording
from cases.live import record
from cases.models import Case, CaseEvent
from cases.models.case import CaseError
from cases.services import lock_case
from seoulcctv.roles import CASE_WORKERS, role_of

from .health import seen_by
from .matching import knowns_of, seconds
from .models import Machine, ScanTask, Search
from .search.plan import Footage, LeftOut, Planned, plan
from .storing import finish_if_done

logger = logging.getLogger(__name__)

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
    age = (timezone.now() - search.window_end).days
    for pk, status, kept_days in cameras.values_list("pk", "status", "retention_days"):
        if status == Camera.Status.FAULTY:
            left_out[str(pk)] = LeftOut.FAULTY
        elif pk in broken:
            left_out[str(pk)] = LeftOut.BROKEN_FILE
        elif pk not in with_footage:
            left_out[str(pk)] = LeftOut.RETENTION_OVER if age >= kept_days else LeftOut.NO_RECORDING
    sees = seen_by(with_footage)
    rows = [
        Footage(
            r.pk,
            r.camera_id,
            r.camera.location.x,
            r.camera.location.y,
            seconds(r.start),
            seconds(r.end),
            sees.get(r.camera_id, 1.0),
        )
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
    """Puts a few wake-ups into the queue of each machine that answers; each takes the most promising of the machine's
    tasks when its turn comes.

    Only wake-ups that nobody has taken yet are counted: those in the hands of a worker that died
    would otherwise keep new ones out. A machine that comes up later looks by itself.
    """
    from django_q.brokers import get_broker
    from django_q.tasks import async_task

    for machine in Machine.objects.answering():
        waiting = ScanTask.objects.waiting_for(machine.districts).count()
        for _number in range(min(waiting, 2 * machine.workers) - get_broker(machine.queue).queue_size()):
            async_task("analysis.tasks.scan_next", cluster=machine.queue)


# Ending


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
