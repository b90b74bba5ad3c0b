"""Alerts as people meet them: who is called, who answers, and who is told when nobody does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.live import record, wake
from cases.models import CaseEvent
from cases.models.case import CaseError
from cases.services import lock_case
from seoulcctv.roles import CASE_WORKERS, role_of

from .models import Alert, Candidate

ESCALATED_AFTER = timedelta(seconds=60)
GROUP = "alarms"  # of the channel layer
MOST_TOLD = 20
#: Columns below an alert that nobody reads who only says where and when.
HEAVY = (
    *(f"candidate__tracklet__{name}" for name in ("picture", "times", "boxes", "embedding_bytes")),
    "candidate__tracklet__recording__camera__district__boundary",
)


def waiting_for(user: Any) -> list[dict[str, Any]]:
    """Alerts that an account is called for and that nobody has answered, the newest first: ``{"id", "candidate", "case", "camera",
    "district", "at", "score", "passed_on", "page", "picture", "answer"}``; the last three are addresses."""
    if role_of(user) not in CASE_WORKERS:
        return []
    alerts = Alert.objects.waiting().for_whom(user)
    related = alerts.select_related("candidate__case", "candidate__tracklet__recording__camera__district")
    return [_told(alert) for alert in related.defer(*HEAVY)[:MOST_TOLD]]


def alerts_on_map(alerts: Iterable[Alert]) -> list[list[float]]:
    """``[[candidate, lon, lat]]``, as maps take them."""
    return [[one.candidate_id, *one.candidate.tracklet.recording.camera.location.coords] for one in alerts]


def _told(alert: Alert) -> dict[str, Any]:
    candidate, number = alert.candidate, alert.candidate.case.number
    camera, api = candidate.tracklet.recording.camera, f"/api/cases/{number}/"
    return {
        "id": alert.pk,
        "candidate": candidate.pk,
        "case": number,
        "camera": str(camera),
        "district": str(camera.district),
        "at": alert.seen_at.isoformat(),
        "score": round(candidate.score, 2),
        "passed_on": alert.escalated_at is not None,
        "page": f"{reverse('workspace', args=[number])}#candidate={candidate.pk}",
        "picture": f"{api}candidates/{candidate.pk}/picture/",
        "answer": f"{api}alerts/{alert.pk}/acknowledge/",
    }


@transaction.atomic
def acknowledge(alert: Alert, by: Any) -> Alert:
    """By name, once. CaseError where somebody has already, or the account may not."""
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors answer alerts."))
    case = lock_case(alert.candidate.case_id)
    alert = (
        Alert.objects.select_for_update(of=("self",)).select_related("candidate", "acknowledged_by").get(pk=alert.pk)
    )
    if alert.acknowledged_at:
        raise CaseError(_("%(who)s has acknowledged it already.") % {"who": alert.acknowledged_by})
    alert.acknowledged_by, alert.acknowledged_at = by, timezone.now()
    alert.save(update_fields=["acknowledged_by", "acknowledged_at"])
    record(case, CaseEvent.Kind.ALERT_ACKNOWLEDGED, by, alert=alert.pk, candidate=alert.candidate_id)
    wake_alarms()
    return alert


def answered(candidate: Candidate, by: Any) -> None:
    """Whoever decides on a candidate has answered their alert."""
    alert = Alert.objects.waiting().filter(candidate=candidate).first()
    if alert is not None:
        acknowledge(alert, by)


def escalate(now: datetime | None = None) -> int:
    """Alerts that nobody acknowledged in time are passed on, once; how many."""
    now = now or timezone.now()
    late = Alert.objects.waiting().filter(escalated_at__isnull=True, at__lt=now - ESCALATED_AFTER)
    count = 0
    for alert in late.select_related("candidate"):
        with transaction.atomic():
            case = lock_case(alert.candidate.case_id)
            if Alert.objects.waiting().filter(pk=alert.pk, escalated_at__isnull=True).update(escalated_at=now):
                record(case, CaseEvent.Kind.ALERT_ESCALATED, alert=alert.pk, candidate=alert.candidate_id)
                wake_alarms()
                count += 1
    return count


def wake_alarms() -> None:
    """Once this is committed, open pages read again; a Redis that is away loses nothing: they also read by themselves."""
    transaction.on_commit(lambda: wake(GROUP))
