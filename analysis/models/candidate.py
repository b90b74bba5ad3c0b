"""A tracklet that may be the person, with the reasons for its score."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Sighting

from ..search.match import SHOWN
from ..search.route import SAME_PASSAGE_S
from .tracklet import Tracklet


def sure_at(case: Any, camera: Any, start: Any, end: Any) -> QuerySet[Sighting]:
    """Where a camera saw the person for sure about the time between two moments: somebody else whom it shows then tells the route
    nothing new. Values, or references of an outer query."""
    around = timedelta(seconds=SAME_PASSAGE_S)
    return Sighting.objects.standing().filter(
        case=case, certainty=1.0, camera=camera, time__lt=end + around, end__gt=start - around
    )


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, user: Any) -> CandidateQuerySet:
        """Of visible cases whose results may be shown (an unapproved emergency's may not)."""
        cases = Case.objects.visible_to(user)
        now = timezone.now()
        allowed = Q(case__status__in=[Case.Status.AUTHORISED]) | Q(
            case__status=Case.Status.PENDING, case__emergency_until__gt=now
        )
        return self.filter(allowed, case__in=cases)

    def shown(self, repeats: bool = False) -> CandidateQuerySet:
        """Without the undecided whom later evidence made unlikely, and without those whom a camera shows about when it
        saw the person for sure (unless ``repeats``): they tell the route nothing new. A decision may bring them back;
        whom somebody pointed at stays."""
        likely = self.exclude(decision=Candidate.Decision.OPEN, score__lt=SHOWN, pointed_at=False)
        return likely if repeats else likely.exclude(pk__in=likely.repeats().values("pk"))

    def repeats(self) -> CandidateQuerySet:
        """The undecided whom a camera shows about when it saw the person for sure."""
        same_passage = sure_at(
            OuterRef("case"),
            OuterRef("tracklet__recording__camera"),
            OuterRef("tracklet__start"),
            OuterRef("tracklet__end"),
        )
        return self.filter(Exists(same_passage), decision=Candidate.Decision.OPEN, pointed_at=False)


class Candidate(models.Model):
    """``factors``: name to evidence in log-odds; they add up with the prior to the score's log-odds."""

    class Decision(models.TextChoices):
        OPEN = "open", _("Undecided")
        CONFIRMED = "confirmed", _("Confirmed")
        UNSURE = "unsure", _("Perhaps")
        REJECTED = "rejected", _("Rejected")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="candidates")
    tracklet = models.ForeignKey(Tracklet, on_delete=models.CASCADE, related_name="candidates")
    score = models.FloatField(_("score"))
    factors = models.JSONField(default=dict)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    sighting = models.OneToOneField(
        Sighting, null=True, blank=True, on_delete=models.SET_NULL, related_name="candidate"
    )
    pointed_at = models.BooleanField(_("chosen in a picture"), default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(name="tracklet_once_a_case", fields=["case", "tracklet"]),
            models.CheckConstraint(name="score_is_a_probability", condition=Q(score__gte=0, score__lte=1)),
            models.CheckConstraint(
                name="decided_by_somebody", condition=Q(decision="open") | Q(decided_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.tracklet}"

    @staticmethod
    def triage_order() -> tuple[Any, ...]:
        """Undecided by score; then those who perhaps are the person, confirmed and rejected ones, in order of time."""
        order = ("open", "unsure", "confirmed", "rejected")
        decided = models.Case(*(models.When(decision=one, then=place) for place, one in enumerate(order)))
        score = models.Case(models.When(decision="open", then=models.F("score")), default=0.0)
        return decided, score.desc(), "tracklet__start", "pk"
