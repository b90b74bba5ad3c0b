"""One shift passes a case to the next."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .case import Case


class HandoverQuerySet(models.QuerySet["Handover"]):
    def waiting(self) -> HandoverQuerySet:
        """Not taken over yet, and not replaced by a later one."""
        later = self.model.objects.filter(case=models.OuterRef("case"), pk__gt=models.OuterRef("pk"))
        return self.filter(taken_at__isnull=True).exclude(models.Exists(later))

    def waiting_for(self, user: Any) -> HandoverQuerySet:
        """Those that the account is to take over."""
        return self.waiting().filter(to=user)


class Handover(models.Model):
    """since: from when on the summary that was handed over tells what happened. text: what it cannot tell."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="handovers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("hand over to"), on_delete=models.PROTECT, related_name="handovers"
    )
    at = models.DateTimeField(_("time"), default=timezone.now)
    since = models.DateTimeField()
    text = models.TextField(_("what they should know"), max_length=2000, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="handed_to_another", condition=~models.Q(by=models.F("to"))),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.by} → {self.to}"
