"""Notes, tasks and mentions on a case, and handing it over. Each function is one transaction with its event."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from seoulcctv.roles import CASE_WORKERS, role_of

from .live import record
from .models import Case, CaseEvent, Handover, Mention, Note
from .models.case import CaseError
from .models.note import unread
from .services import account_named, lock_case, share

MENTION = re.compile(r"(?<![\w.+-])@([\w.+-]*\w)")
MOST_NOTES = 500  # on one case


@transaction.atomic
def add_note(case: Case, by: Any, text: str, is_task: bool = False) -> Note:
    """Those named with an @ are told. CaseError for names of nobody, or of somebody who cannot read it."""
    case = lock_case(case.pk)
    _may_write(case, by)
    if case.notes.count() >= MOST_NOTES:
        raise CaseError(_("There are too many notes on this case."))
    named = [_reader(case, name) for name in dict.fromkeys(MENTION.findall(text))]
    told = [who for who in named if who != by]
    return _written(Note(case=case, by=by, text=text, is_task=is_task), told, CaseEvent.Kind.NOTE_ADDED)


@transaction.atomic
def found_reported(case: Case, by: Any, who: str) -> Note:
    """``who``, outside the house, says that the person is found: a task for whoever opened and approved the case, for only
    a supervisor ends it. by: the account in whose name they speak. In the language of the site."""
    case = lock_case(case.pk)
    with translation.override(settings.LANGUAGE_CODE):
        text = _("%(who)s reports through the link: the person is found. Call back, then end the case.") % {"who": who}
    told = {case.opened_by, case.authorised_by} - {None}
    return _written(Note(case=case, by=by, text=text, is_task=True), told, CaseEvent.Kind.FOUND_REPORTED)


@transaction.atomic
def set_done(note: Note, by: Any, done: bool) -> None:
    """Ticks a task off, or says that it is still to be done. Twice changes nothing."""
    case = lock_case(note.case_id)
    _may_write(case, by)
    if not note.is_task:
        raise CaseError(_("This note is no task."))
    when, who = (timezone.now(), by) if done else (None, None)
    changed = Note.objects.filter(pk=note.pk, done_at__isnull=done).update(done_at=when, done_by=who)
    if changed:
        record(case, CaseEvent.Kind.TASK_DONE if done else CaseEvent.Kind.TASK_REOPENED, by, note=note.pk)


def read_mentions(case: Case, by: Any) -> None:
    """The account has the case before it."""
    unread(by).filter(note__case=case).update(read_at=timezone.now())


@transaction.atomic
def hand_over(case: Case, by: Any, to: Any, text: str, since: datetime) -> Handover:
    """To a colleague, who then follows the case; replaces a handover that nobody took. CaseError."""
    case = lock_case(case.pk)
    _may_write(case, by)
    if role_of(to) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors can take a case over."))
    if to.pk == by.pk:
        raise CaseError(_("A case is handed over to somebody else."))
    if not Case.objects.visible_to(to).filter(pk=case.pk).exists():
        share(case, to, by)
    handover = Handover.objects.create(case=case, by=by, to=to, text=text.strip(), since=since)
    record(case, CaseEvent.Kind.CASE_HANDED_OVER, by, who=str(to))
    return handover


@transaction.atomic
def take_over(case: Case, by: Any) -> None:
    """Whom the case was handed over to says that they have it."""
    case = lock_case(case.pk)
    waiting = Handover.objects.waiting_for(by).filter(case=case).first()
    if waiting is None:
        raise CaseError(_("This case is not waiting for you to take it over."))
    waiting.taken_at = timezone.now()
    waiting.save(update_fields=["taken_at"])
    record(case, CaseEvent.Kind.CASE_TAKEN_OVER, by)


def _written(note: Note, told: Iterable[Any], kind: CaseEvent.Kind) -> Note:
    """Inside the caller's transaction, with its mentions and its event."""
    note.save()
    Mention.objects.bulk_create(Mention(note=note, who=who) for who in told)
    record(note.case, kind, note.by, note=note.pk)
    return note


def _may_write(case: Case, by: Any) -> None:
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors work on a case."))
    if case.status == Case.Status.PURGED:
        raise CaseError(_("This case was deleted."))


def _reader(case: Case, name: str) -> Any:
    """The active account of that name, if it can read notes on the case."""
    who = account_named(name)
    if who is None:
        raise CaseError(_("Nobody here is called %(name)s.") % {"name": f"@{name}"})
    if role_of(who) not in CASE_WORKERS or not Case.objects.visible_to(who).filter(pk=case.pk).exists():
        raise CaseError(_("%(name)s cannot read notes on this case; share it first.") % {"name": f"@{name}"})
    return who
