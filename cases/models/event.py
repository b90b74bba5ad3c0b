"""What happened in a case, in order: the one truth that every open browser follows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from .case import Case


class CaseEvent(models.Model):
    """Numbered from 1 in each case, without gaps; written in the transaction of the change itself."""

    class Kind(models.TextChoices):
        CASE_OPENED = "case.opened"
        CASE_SHARED = "case.shared"
        CASE_AUTHORISED = "case.authorised"
        CASE_EMERGENCY = "case.emergency"
        CASE_ENDED = "case.ended"
        SEARCH_STARTED = "search.started"
        SEARCH_FINISHED = "search.finished"
        SEARCH_STOPPED = "search.stopped"
        SCAN_FINISHED = "scan.finished"
        SCAN_FAILED = "scan.failed"
        PLACE_ADDED = "place.added"
        PLACE_REMOVED = "place.removed"
        REFERENCE_ADDED = "reference.added"
        REFERENCE_READ = "reference.read"
        REFERENCE_REMOVED = "reference.removed"
        LINK_MADE = "link.made"
        LINK_REVOKED = "link.revoked"
        SIGHTING_REPORTED = "sighting.reported"
        SIGHTING_PERHAPS = "sighting.perhaps"
        SIGHTING_CONFIRMED = "sighting.confirmed"
        SIGHTING_WITHDRAWN = "sighting.withdrawn"
        CANDIDATE_POINTED_AT = "candidate.pointed_at"
        CANDIDATE_REJECTED = "candidate.rejected"
        CANDIDATE_REOPENED = "candidate.reopened"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=30, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(name="event_number_once_a_case", fields=["case", "number"])]

    def __str__(self) -> str:
        return f"{self.case}#{self.number} {self.kind}"

    def payload(self) -> dict[str, Any]:
        """As browsers get it, over the socket and from the API."""
        return {
            "kind": self.kind,
            "number": self.number,
            "at": self.at.isoformat(),
            "by": str(self.by) if self.by else "",
            "data": self.data,
        }
