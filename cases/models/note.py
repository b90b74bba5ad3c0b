"""What those who work on a case write down for each other, and what is to be done."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .case import Case


class NoteQuerySet(models.QuerySet["Note"]):
    def to_do(self) -> NoteQuerySet:
        """Tasks that nobody has done yet."""
        return self.filter(is_task=True, done_at__isnull=True)

    def in_order(self) -> NoteQuerySet:
        """Tasks to be done first; then everything else; the latest first in each."""
        to_do_first = models.Case(models.When(is_task=True, done_at__isnull=True, then=0), default=1)
        return self.order_by(to_do_first, "-pk")


class Note(models.Model):
    """Never changed once written. A task is a note that somebody ticks off."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"), default=timezone.now)
    text = models.TextField(_("note"), max_length=2000)
    is_task = models.BooleanField(_("is to be done"), default=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="done_by_somebody",
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(is_task=True, done_at__isnull=False, done_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.at:%H:%M} {self.by}"


class Mention(models.Model):
    """Somebody is named in a note. read_at: when they opened the case after it."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="mentioned_once_a_note", fields=["note", "who"])]

    def __str__(self) -> str:
        return f"{self.note}: {self.who}"


def unread(user: Any) -> Any:
    """Mentions of the account that it has not seen."""
    return Mention.objects.filter(who=user, read_at__isnull=True)
