"""Where and when the person was seen, confirmed by an operator."""

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


class Sighting(models.Model):
    """Withdrawn, never deleted: an undo leaves its trace."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sightings")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="sightings")
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
                name="withdrawn_by_somebody",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.time:%H:%M:%S} {self.camera}"
