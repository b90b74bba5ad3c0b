"""A person's passage through one recording; belongs to the footage, not to a case."""

from __future__ import annotations

import numpy as np
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from cameras.models import Recording


class Tracklet(models.Model):
    """Goes when the footage goes. Points: seconds since the recording's start, boxes in pixels."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="tracklets")
    number = models.PositiveIntegerField()
    model = models.CharField(_("scanned with"), max_length=120)
    start = models.DateTimeField(_("start"))
    end = models.DateTimeField(_("end"))
    times = ArrayField(models.FloatField())
    boxes = ArrayField(ArrayField(models.FloatField(), size=4))
    confidence = models.FloatField(_("mean confidence"))
    embedding_model = models.CharField(max_length=60)
    embedding_bytes = models.BinaryField()
    upper = models.JSONField(_("colours of the upper clothing"), default=dict)
    lower = models.JSONField(_("colours of the lower clothing"), default=dict)
    things = models.JSONField(_("things carried, pushed, ridden"), default=dict)
    height_m = models.FloatField(_("height (m)"), null=True)
    height_sd = models.FloatField(null=True)
    heading = models.FloatField(_("heading (degrees from north)"), null=True)
    heading_sd = models.FloatField(null=True)
    picture = models.BinaryField()
    picture_at = models.DateTimeField()
    closely = models.BooleanField(_("looked at closely"), default=False)

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint(name="tracklet_once_a_recording", fields=["recording", "number"]),
            models.CheckConstraint(name="tracklet_ends_after_start", condition=Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        return f"{self.recording} #{self.number}"

    @property
    def embedding(self) -> NDArray[np.float32]:
        """``(d,) float32`` of length 1."""
        vector = np.frombuffer(bytes(self.embedding_bytes), dtype=np.float16).astype(np.float32)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)
