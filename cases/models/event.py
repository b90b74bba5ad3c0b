"""What happened in a case, in order: the one truth that every open browser follows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .case import Case


class CaseEvent(models.Model):
    """Numbered from 1 in each case, without gaps; written in the transaction of the change itself."""

    class Kind(models.TextChoices):
        CASE_OPENED = "case.opened", _("case opened")
        CASE_SHARED = "case.shared", _("case shared")
        CASE_AUTHORISED = "case.authorised", _("case approved")
        CASE_EMERGENCY = "case.emergency", _("emergency start")
        CASE_HANDED_OVER = "case.handed_over", _("handed over")
        CASE_TAKEN_OVER = "case.taken_over", _("taken over")
        CASE_ENDED = "case.ended", _("case ended")
        SEARCH_STARTED = "search.started", _("search started")
        SEARCH_FINISHED = "search.finished", _("search finished")
        SEARCH_STOPPED = "search.stopped", _("search stopped")
        SCAN_FINISHED = "scan.finished", _("recording searched")
        SCAN_FAILED = "scan.failed", _("recording could not be searched")
        PLACE_ADDED = "place.added", _("place entered")
        PLACE_REMOVED = "place.removed", _("place removed")
        REFERENCE_ADDED = "reference.added", _("picture added")
        REFERENCE_READ = "reference.read", _("picture read")
        REFERENCE_REMOVED = "reference.removed", _("picture removed")
        FOUND_REPORTED = "found.reported", _("reported as found")
        NOTE_ADDED = "note.added", _("note written")
        TASK_DONE = "task.done", _("task done")
        TASK_REOPENED = "task.reopened", _("task to be done after all")
        LINK_MADE = "link.made", _("link made")
        LINK_REVOKED = "link.revoked", _("link taken back")
        SIGHTING_REPORTED = "sighting.reported", _("sighting reported")
        SIGHTING_PERHAPS = "sighting.perhaps", _("perhaps the person")
        SIGHTING_CONFIRMED = "sighting.confirmed", _("sighting confirmed")
        SIGHTING_WITHDRAWN = "sighting.withdrawn", _("sighting withdrawn")
        ALERT_RAISED = "alert.raised", _("perhaps walking past now")
        ALERT_ACKNOWLEDGED = "alert.acknowledged", _("alert acknowledged")
        ALERT_ESCALATED = "alert.escalated", _("alert passed on to the supervisors")
        WATCH_CHANGED = "watch.changed", _("live watch of a camera decided")
        CANDIDATE_POINTED_AT = "candidate.pointed_at", _("pointed at in a film")
        CANDIDATE_REJECTED = "candidate.rejected", _("candidate rejected")
        CANDIDATE_REOPENED = "candidate.reopened", _("decision undone")

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
