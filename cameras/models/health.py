"""How well a camera sees, as its own recordings show."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .camera import Camera
from .recording import Recording


class CameraHealth(models.Model):
    """brightness: mean grey level, 0 to 255; sharpness: of edges, against what this camera had at first; covered: share of the
    picture without any detail; moved: share of the picture's width by which it looks elsewhere than at first; sees: chance
    that somebody is noticed whom the camera in good order would notice. reference: the background that these are told from
    (grey PNG of some hundred pixels, the median of several pictures: nobody is in it)."""

    class Finding(models.TextChoices):
        DARK = "dark", _("too dark")
        COVERED = "covered", _("covered")
        MOVED = "moved", _("looks elsewhere than before")
        UNSHARP = "unsharp", _("out of focus")
        SILENT = "silent", _("no recording for a week")
        CLOCK = "clock", _("clock is off")

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, related_name="health", primary_key=True)
    checked_at = models.DateTimeField(default=timezone.now)
    recording = models.ForeignKey(Recording, null=True, on_delete=models.SET_NULL, related_name="+")
    last_end = models.DateTimeField(null=True)
    findings = ArrayField(models.CharField(max_length=10, choices=Finding), default=list)
    brightness = models.FloatField(null=True)
    sharpness = models.FloatField(null=True)
    covered = models.FloatField(null=True)
    moved = models.FloatField(null=True)
    sees = models.FloatField(default=1.0)
    reference = models.BinaryField(null=True)
    reference_sharpness = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sees_is_a_share", condition=models.Q(sees__gte=0, sees__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.findings}"

    @property
    def sees_percent(self) -> int:
        return round(100 * self.sees)

    @property
    def finding_names(self) -> list[str]:
        """In the reader's language."""
        return [str(self.Finding(finding).label) for finding in self.findings]
