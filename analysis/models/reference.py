"""Pictures of the person or their clothes that the family or the police have."""

from __future__ import annotations

import numpy as np
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from cases.models import Case


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def standing(self) -> ReferenceQuerySet:
        """Not removed."""
        return self.filter(removed_at__isnull=True)


class Reference(models.Model):
    """A worker reads it: the person in it, as the search compares them. Without its picture once it is removed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("is being read")
        PERSON = "person", _("used: others are compared with it")
        NOBODY = "nobody", _("nobody found in it: not used")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="references")
    picture = models.BinaryField()  # JPEG, made anew: nothing hidden in the file that came
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    embedding_model = models.CharField(max_length=60, blank=True)
    embedding_bytes = models.BinaryField(default=bytes)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.added_at:%Y-%m-%d %H:%M}"

    @property
    def embedding(self) -> NDArray[np.float32]:
        """``(d,) float32`` of length 1."""
        return np.frombuffer(bytes(self.embedding_bytes), np.float32)
