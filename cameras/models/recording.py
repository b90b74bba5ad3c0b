"""Footage: one file of one camera."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from ..problems import text_of
from .camera import Camera


class _TimeRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, user: Any) -> RecordingQuerySet:
        """Footage of the cameras that the account may know of."""
        return self.filter(camera__in=Camera.objects.visible_to(user))

    def between(self, start: datetime, end: datetime) -> RecordingQuerySet:
        """Recordings that overlap a span of time."""
        return self.filter(start__lt=end, end__gt=start)


class Recording(models.Model):
    """Times are true times: the camera's clock offset is already taken off."""

    class Status(models.TextChoices):
        READY = "ready", _("Ready")
        BROKEN = "broken", _("Broken")

    camera = models.ForeignKey(Camera, verbose_name=_("camera"), on_delete=models.PROTECT, related_name="recordings")
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    file = models.CharField(_("file"), max_length=300, unique=True, help_text=_("Below the footage folder."))
    digest = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    codec = models.CharField(_("codec"), max_length=20)
    width = models.PositiveIntegerField(_("picture width (pixels)"))
    height = models.PositiveIntegerField(_("picture height (pixels)"))
    fps = models.FloatField(_("pictures a second"))
    gop_s = models.FloatField(_("seconds between keyframes"), null=True, blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.READY)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    scanned_depth = models.CharField(_("scanned how deep"), max_length=20, blank=True)
    scanned_model = models.CharField(_("scanned with"), max_length=120, blank=True)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)
    scan_stats = models.JSONField(_("scan statistics"), default=dict, blank=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        ordering = ["start", "camera_id"]
        indexes = [models.Index(fields=["camera", "start"], name="recording_camera_start")]
        constraints = [
            models.CheckConstraint(name="recording_ends_after_start", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(name="recording_has_pictures", condition=Q(width__gt=0, height__gt=0, fps__gt=0)),
            models.UniqueConstraint(name="recording_file_once_a_camera", fields=["camera", "digest"]),
            ExclusionConstraint(
                name="recordings_of_a_camera_do_not_overlap",
                expressions=[
                    ("camera", RangeOperators.EQUAL),
                    (_TimeRange("start", "end"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.start:%Y-%m-%d %H:%M:%S}"

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(settings.FOOTAGE_ROOT) / self.file

    @property
    def problem_text(self) -> str:
        """In the reader's language."""
        return text_of(self.problem)

    @property
    def duration(self) -> timedelta:
        return self.end - self.start
