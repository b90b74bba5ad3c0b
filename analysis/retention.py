"""What is due is deleted: cases some time after they ended, footage after its cameras' retention.

Of a deleted case its number, category, months and outcome stay, for the statistics, and the access log's rows. Footage in
which an open case has a confirmed sighting is kept until that case is deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Value
from django.utils import timezone

from cameras.models import District, Recording
from cases.access import log_for
from cases.models import AccessLog, Case, CaseEvent, Description, Note, Sighting
from cases.services import lock_case

from .models import Candidate, Reference, ScanTask, Tracklet

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Purged:
    """What went, or would go. size: bytes of footage."""

    cases: list[str]
    recordings: int
    tracklets: int
    size: int


def due_cases(now: datetime) -> Any:
    """Ended so long ago that what was found is to go."""
    return Case.objects.filter(status=Case.Status.ENDED, ended_at__lt=now - timedelta(days=settings.RETENTION_DAYS))


def due_recordings(now: datetime) -> Any:
    """Older than their cameras keep them, and no evidence of a case that is still there."""
    kept = ExpressionWrapper(F("camera__retention_days") * Value(timedelta(days=1)), output_field=DurationField())
    evidence = Candidate.objects.filter(
        tracklet__recording=OuterRef("pk"), decision=Candidate.Decision.CONFIRMED, case__status__in=_STANDING
    )
    scanned_now = ScanTask.objects.unfinished().filter(recording=OuterRef("pk"))
    return Recording.objects.filter(end__lt=now - kept).exclude(Exists(evidence)).exclude(Exists(scanned_now))


_STANDING = [Case.Status.PENDING, Case.Status.AUTHORISED, Case.Status.ENDED]


def purge(now: datetime | None = None, dry_run: bool = False) -> Purged:
    """Deletes what is due; one transaction for each case. dry_run: only says what would go."""
    now = now or timezone.now()
    cases = list(due_cases(now))
    tracklets = 0
    for case in cases:
        tracklets += _tracklets_of([case]).count() if dry_run else purge_case(case, now)
    recordings = list(due_recordings(now))
    if not dry_run:
        _delete(recordings)
        if cases or recordings:
            _make_room()
    return Purged([case.number for case in cases], len(recordings), tracklets, sum(r.size for r in recordings))


@transaction.atomic
def purge_case(case: Case, now: datetime) -> int:
    """Deletes everything personal; returns how many people's tracks went with it."""
    case = lock_case(case.pk)
    gone = _tracklets_of([case])
    recordings = list(gone.values_list("recording", flat=True).distinct())
    count = gone.count()
    live = Tracklet.objects.filter(candidates__case=case, recording__scan_tasks__isnull=True)
    live_only = list(live.exclude(candidates__case__in=Case.objects.exclude(pk=case.pk)).values_list("pk", flat=True))
    case.candidates.all().delete()
    count += Tracklet.objects.filter(pk__in=live_only).delete()[1].get("analysis.Tracklet", 0)  # whom live watch told
    gone = Tracklet.objects.filter(recording__in=recordings)
    gone.delete()
    Recording.objects.filter(pk__in=recordings).update(scanned_model="", scanned_depth="", scanned_at=None)
    for rows in (case.searches, case.references, case.places, case.sightings, case.links, case.notes, case.handovers):
        rows.all().delete()
    Description.objects.filter(case=case).delete()
    CaseEvent.objects.filter(case=case).delete()
    case.members.clear()
    district = District.objects.filter(boundary__covers=case.last_seen_point).first()
    if district:
        case.last_seen_point = district.boundary.point_on_surface
    case.status, case.purged_at = Case.Status.PURGED, now
    case.direction = case.emergency_until = case.found_at = None
    case.reference = case.informed = case.last_seen_address = case.found_where = case.emergency_reason = ""
    case.save()
    log_for(None, AccessLog.Action.PURGED, case, f"{count} people's tracks and pictures")
    return count


def _make_room() -> None:
    """The deleted rows' space is given back, to be overwritten by what comes next, not when the database sees fit."""
    if connection.in_atomic_block:  # the database does that between transactions only
        return
    gone_from = (Tracklet, Candidate, Description, Sighting, CaseEvent, Reference, Note, Recording)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(model._meta.db_table for model in gone_from)}")


def _tracklets_of(cases: Iterable[Case]) -> Any:
    """Of everybody in the footage that only these cases searched: another case that is still there may need the rest."""
    others = ScanTask.objects.filter(recording=OuterRef("recording"), search__case__status__in=_STANDING).exclude(
        search__case__in=cases
    )
    return Tracklet.objects.filter(recording__scan_tasks__search__case__in=cases).exclude(Exists(others)).distinct()


def _delete(recordings: list[Recording]) -> None:
    """Rows first: a file that cannot be deleted is tried again by whoever tidies the folder, a row without one misleads."""
    if not recordings:
        return
    paths = [recording.path for recording in recordings]
    with transaction.atomic():
        Recording.objects.filter(pk__in=[recording.pk for recording in recordings]).delete()
        log_for(None, AccessLog.Action.PURGED, None, f"{len(recordings)} recordings past their retention")
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            logger.exception("footage past its retention could not be deleted")
