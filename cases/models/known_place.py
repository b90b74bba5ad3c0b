"""Where the person may head for: a former home, a workplace, a favourite spot."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .case import Case


class KnownPlaceQuerySet(models.QuerySet["KnownPlace"]):
    def standing(self) -> KnownPlaceQuerySet:
        """Not removed."""
        return self.filter(removed_at__isnull=True)


class KnownPlace(models.Model):
    """The search looks on the ways there, too. Removed, never deleted."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="places")
    name = models.CharField(_("what it is to the person"), max_length=60)
    point = models.PointField(_("location"), srid=4326)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    removed_at = models.DateTimeField(null=True, blank=True)

    objects = KnownPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
