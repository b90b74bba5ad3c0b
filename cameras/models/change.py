"""What became of a camera, by whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .camera import Camera
from .district import District
from .intake import Intake

PLAN = "plan:"  # stands before its number where a change came by a plan


class CameraChange(models.Model):
    """before, after: of the fields that changed, as JSON keeps them; ``location``: ``[lon, lat]``. The number stays when
    the camera itself is gone. batch: changes that were made in one go, and can be taken back in one; via: the machine's
    key by which the account changed it."""

    class Kind(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        RETIRED = "retired", _("retired")
        UNDONE = "undone", _("undone")

    camera = models.ForeignKey(Camera, null=True, on_delete=models.SET_NULL, related_name="history")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    asset_number = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    intake = models.ForeignKey(Intake, null=True, on_delete=models.PROTECT, related_name="changes")
    batch = models.UUIDField(null=True, db_index=True)
    via = models.CharField(max_length=80, blank=True, default="", db_default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["camera", "-id"], name="camera_history")]

    def __str__(self) -> str:
        return f"{self.asset_number} {self.kind}"

    @property
    def plan(self) -> int | None:
        """The number of the plan that it came by."""
        number = self.via.removeprefix(PLAN) if self.via.startswith(PLAN) else ""
        return int(number) if number.isdigit() else None
