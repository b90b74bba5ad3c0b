"""A file of an inventory on its way in: read, looked at, applied, perhaps undone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from seoulcctv.roles import Role, role_of

from .district import District


class IntakeQuerySet(models.QuerySet["Intake"]):
    def visible_to(self, user: Any) -> IntakeQuerySet:
        """A district administrator sees their own district's, a supervisor all."""
        role = role_of(user)
        if role == Role.SUPERVISOR:
            return self
        return self.filter(district_id=user.district_id) if role == Role.DISTRICT_ADMIN else self.none()


class Intake(models.Model):
    """district: the only one that is written; None: the whole city. content: the file, until it is applied or put away.
    columns: field to column; counts: rows by verdict, and by kind of note; turned_down: kinds whose mended values are
    not taken. mark: the latest change of the inventory that the comparison knew."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        COLUMNS = "columns", _("columns to be named")
        READY = "ready", _("to be decided")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("could not be read")
        PUT_AWAY = "put_away", _("put away")

    district = models.ForeignKey(
        District, verbose_name=_("district"), null=True, blank=True, on_delete=models.PROTECT, related_name="intakes"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(null=True)
    form = models.CharField(max_length=80, blank=True)
    header = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    problem = models.CharField(max_length=40, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    beat_at = models.DateTimeField(null=True)  # of whoever reads it, the last sign of life
    counts = models.JSONField(default=dict)
    turned_down = ArrayField(models.CharField(max_length=30), default=list)
    retire_missing = models.BooleanField(default=False)
    mark = models.BigIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    kept = models.PositiveIntegerField(default=0)  # of an undone one: cameras that were changed since, and stay

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class IntakeRow(models.Model):
    """values: what the camera's fields are to be; changes: field to before and after; notes: kind, field, given, mended
    (see ``cameras.inventory.clean``); cells: as they stand in the file; camera: the key of the one that is there."""

    class Verdict(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")
        MISSING = "missing", _("missing from the file")

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    district = models.CharField(max_length=5, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    camera = models.BigIntegerField(null=True)
    asset_number = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    notes = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    kinds = ArrayField(models.CharField(max_length=30), default=list)

    class Meta:
        ordering = ["line"]
        indexes = [models.Index(fields=["intake", "verdict", "line"], name="intake_rows")]

    def __str__(self) -> str:
        return f"{self.intake}: {self.line}"


class ColumnMapping(models.Model):
    """How somebody named the columns of one form once: taken again for every file of that form."""

    signature = models.CharField(max_length=32, unique=True)
    columns = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.signature
