"""The life of a case. Each function is one transaction with its event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from seoulcctv.roles import CASE_READERS, CASE_WORKERS, Role, role_of

from .live import record
from .models import Case, CaseEvent, Description, Sighting
from .models.case import CaseError

ALIKE_DEGREES, ALIKE_TIME = 0.02, timedelta(hours=3)  # some two kilometres


@transaction.atomic
def open_case(by: Any, case: Case, description: Description) -> Case:
    """Saves both, numbers the case, writes the event. CaseError when the role may not."""
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors open cases."))
    case.opened_by = by
    case.number = next_number()
    case.save()
    description.case = case
    description.save()
    record(case, CaseEvent.Kind.CASE_OPENED, by)
    return case


def alike(case: Case) -> list[Case]:
    """Open cases that may be of the same person: reported from near by about the same time. Found by place and time alone,
    for names are misheard."""
    near = (
        Case.objects.open()
        .exclude(pk=case.pk)
        .filter(
            last_seen_point__dwithin=(case.last_seen_point, ALIKE_DEGREES),
            last_seen_at__range=(case.last_seen_at - ALIKE_TIME, case.last_seen_at + ALIKE_TIME),
            category=case.category,
        )
    )
    return list(near[:5])


def next_number() -> str:
    """Year and running number: ``2026-0412``. The table is locked, so two never get one number."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE cases_case IN SHARE ROW EXCLUSIVE MODE")
    year = timezone.localdate().year
    last = Case.objects.filter(number__startswith=f"{year}-").order_by("-pk").values_list("number", flat=True).first()
    return f"{year}-{int(last.split('-')[1]) + 1 if last else 1:04d}"


def lock_case(pk: int) -> Case:
    """The case's row, locked: the first lock of every change to a case, so that none waits in a ring.

    NO KEY, so that rows pointing at the case (the access log) can be written meanwhile.
    """
    return Case.objects.select_for_update(no_key=True).get(pk=pk)


@transaction.atomic
def authorise(case: Case, by: Any) -> Case:
    """A supervisor who did not open the case approves it."""
    case = lock_case(case.pk)
    if role_of(by) != Role.SUPERVISOR:
        raise CaseError(_("Only a supervisor authorises a case."))
    if case.opened_by_id == by.pk:
        raise CaseError(_("Whoever opened a case cannot authorise it; ask another supervisor."))
    if case.status != Case.Status.PENDING:
        raise CaseError(_("This case is not awaiting approval."))
    case.status, case.authorised_by, case.authorised_at = Case.Status.AUTHORISED, by, timezone.now()
    case.save()
    record(case, CaseEvent.Kind.CASE_AUTHORISED, by)
    return case


@transaction.atomic
def start_emergency(case: Case, by: Any, reason: str) -> Case:
    """Allows the search at once, for a limited time, with a reason."""
    case = lock_case(case.pk)
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors start an emergency search."))
    if case.status != Case.Status.PENDING:
        raise CaseError(_("This case is not awaiting approval."))
    if case.emergency_until is not None:
        raise CaseError(_("An emergency start was already used for this case."))
    if len(reason.strip()) < 5:
        raise CaseError(_("State the reason for the emergency start."))
    case.emergency_until = timezone.now() + timedelta(minutes=settings.EMERGENCY_MINUTES)
    case.emergency_reason = reason.strip()[:300]
    case.save()
    record(case, CaseEvent.Kind.CASE_EMERGENCY, by, minutes=settings.EMERGENCY_MINUTES)
    return case


def account_named(name: str) -> Any:
    """The active account of that name; None where there is none, or can be none."""
    users = get_user_model().objects.filter(is_active=True)
    return None if "\x00" in name else users.filter(username=name).first()


@transaction.atomic
def share(case: Case, with_user: Any, by: Any) -> None:
    """Lets a colleague or a liaison follow the case."""
    case = lock_case(case.pk)
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors share a case."))
    if role_of(with_user) not in CASE_READERS:
        raise CaseError(_("This account cannot follow cases."))
    case.members.add(with_user)
    record(case, CaseEvent.Kind.CASE_SHARED, by, who=str(with_user))


@transaction.atomic
def end_case(case: Case, by: Any, end: Case | None = None) -> Case:
    """A supervisor ends the case; nothing is searched any more. end: its outcome, where, when, and whether the search
    helped, as the form took it."""
    case = lock_case(case.pk)
    if role_of(by) != Role.SUPERVISOR:
        raise CaseError(_("Only a supervisor ends a case."))
    if case.status == Case.Status.ENDED:
        raise CaseError(_("This case has ended."))
    case.status, case.ended_at = Case.Status.ENDED, timezone.now()
    for name in ("outcome", "found_at", "found_where", "helped") if end else ():
        setattr(case, name, getattr(end, name))
    case.save()
    record(case, CaseEvent.Kind.CASE_ENDED, by, outcome=case.outcome)
    return case


def add_sighting(case: Case, by: Any, **fields: Any) -> Sighting:
    """Inside the caller's transaction: a sighting and its event."""
    sighting = Sighting.objects.create(case=case, confirmed_by=by, **fields)
    _told(sighting, by, _kind_of(sighting))
    return sighting


def make_sure(sighting: Sighting, by: Any) -> None:
    """Inside the caller's transaction: what was perhaps the person is the person."""
    sighting.certainty, sighting.confirmed_by, sighting.confirmed_at = 1.0, by, timezone.now()
    sighting.save(update_fields=["certainty", "confirmed_by", "confirmed_at"])
    _told(sighting, by, CaseEvent.Kind.SIGHTING_CONFIRMED)


def withdraw_sighting(sighting: Sighting, by: Any) -> None:
    """Inside the caller's transaction: takes a sighting back; the row stays."""
    sighting.withdrawn_by, sighting.withdrawn_at = by, timezone.now()
    sighting.save(update_fields=["withdrawn_by", "withdrawn_at"])
    _told(sighting, by, CaseEvent.Kind.SIGHTING_WITHDRAWN)


def _kind_of(sighting: Sighting) -> CaseEvent.Kind:
    if sighting.camera is None:
        return CaseEvent.Kind.SIGHTING_REPORTED
    return CaseEvent.Kind.SIGHTING_CONFIRMED if sighting.certainty == 1 else CaseEvent.Kind.SIGHTING_PERHAPS


def _told(sighting: Sighting, by: Any, kind: CaseEvent.Kind) -> None:
    record(sighting.case, kind, by, sighting=sighting.pk, camera=sighting.seen_by, time=sighting.time.isoformat())
