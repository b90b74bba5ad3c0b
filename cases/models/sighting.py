"""Where and when the person was seen: by a camera, as an operator decided, or by people who say so."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera

from .case import Case


class SightingQuerySet(models.QuerySet["Sighting"]):
    def standing(self) -> SightingQuerySet:
        """Not withdrawn, in order of time."""
        return self.filter(withdrawn_at__isnull=True).order_by("time", "pk")


#: How sure somebody is, as it is asked.
CERTAINTIES = {"sure": 0.9, "likely": 0.7, "unsure": 0.4}
PERHAPS = 0.5  # certainty of a candidate who is perhaps the person


class Sighting(models.Model):
    """Withdrawn, never deleted: an undo leaves its trace. camera: None where people saw the person; certainty: 0 to 1,
    1 for confirmed in a camera's picture."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sightings")
    camera = models.ForeignKey(Camera, null=True, on_delete=models.PROTECT, related_name="sightings")
    reporter = models.CharField(_("who says so"), max_length=80, blank=True)
    certainty = models.FloatField(_("certainty"), default=1.0)
    point = models.PointField(_("location"), srid=4326)
    time = models.DateTimeField(_("time"))
    end = models.DateTimeField(_("until"))
    heading = models.FloatField(_("heading (degrees from north)"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SightingQuerySet.as_manager()

    class Meta:
        ordering = ["time", "pk"]
        constraints = [
            models.CheckConstraint(name="sighting_ends_after_start", condition=models.Q(end__gte=models.F("time"))),
            models.CheckConstraint(
                name="seen_by_a_camera_or_somebody",
                condition=models.Q(camera__isnull=False, reporter="")
                | models.Q(camera__isnull=True) & ~models.Q(reporter=""),
            ),
            models.CheckConstraint(
                name="certainty_is_a_probability", condition=models.Q(certainty__gt=0, certainty__lte=1)
            ),
            models.CheckConstraint(
                name="withdrawn_by_somebody",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.time:%H:%M:%S} {self.seen_by}"

    @property
    def seen_by(self) -> str:
        """The camera, or who says so."""
        return str(self.camera) if self.camera else self.reporter
