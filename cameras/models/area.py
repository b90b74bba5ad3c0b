"""Areas that are judged, and by what: indicators that somebody brought, values that were measured."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .district import District


class AreaSet(models.Model):
    """Areas of one kind over the city. progress, beat_at: of whoever measures them at the moment; measured_at: when the
    inventory's values were measured last."""

    class Kind(models.TextChoices):
        DONG = "dong", _("administrative dongs")
        GRID = "grid", _("squares")
        OWN = "own", _("from a file")

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=80, unique=True)
    cell_m = models.PositiveIntegerField(null=True)  # of squares
    made_at = models.DateTimeField(default=timezone.now)
    measured_at = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    beat_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="area_set_kind_known", condition=models.Q(kind__in=["dong", "grid", "own"]))
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.GRID:
            return str(_("Squares of %(metres)s m")) % {"metres": self.cell_m}
        return str(_("Administrative dongs")) if self.kind == self.Kind.DONG else self.name


class AreaQuerySet(models.QuerySet["Area"]):
    def visible_to(self, user: Any) -> AreaQuerySet:
        """A district administrator knows their own district's."""
        from .plan import only_district

        code = only_district(user)
        return self if code is None else self.filter(district_id=code)


class Area(models.Model):
    """boundary: within its district, as far as whoever drew it held to that; area_m2: by the boundary."""

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    boundary = models.MultiPolygonField(srid=4326)
    area_m2 = models.FloatField()

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(name="area_once_a_set", fields=["area_set", "code"]),
            models.CheckConstraint(name="area_is_some", condition=models.Q(area_m2__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.district} {self.name}"


class KeepOut(models.Model):
    """Where no new camera stands: water, private ground, protected places."""

    name = models.CharField(_("name"), max_length=80)
    boundary = models.MultiPolygonField(srid=4326)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class IndicatorFile(models.Model):
    """A file of indicators on its way in: looked at, applied, perhaps undone. told: what whoever brought it said of its
    indicators, key to fields."""

    class Status(models.TextChoices):
        READY = "ready", _("to be decided")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")

    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    status = models.CharField(max_length=10, choices=Status, default=Status.READY)
    told = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="indicator_file_status_known", condition=models.Q(status__in=["ready", "applied", "undone"])
            )
        ]

    def __str__(self) -> str:
        return self.name


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def current(self) -> IndicatorQuerySet:
        """Of each key the latest year, of that the file that came last; undone ones are gone."""
        latest = self.order_by("key", models.F("year").desc(nulls_last=True), "-pk").distinct("key")
        return self.filter(pk__in=latest.values("pk")).order_by("key")


class Indicator(models.Model):
    """What somebody counted or measured. worse: 1 where more is worse, -1 where more is better. kind ``count``: values are
    numbers of something within a district, a dong or at a point, spread over the ground and judged by the square kilometre;
    ``rate``: values hold all over the district or dong."""

    class Kind(models.TextChoices):
        COUNT = "count", _("a number")
        RATE = "rate", _("a rate or share")

    class By(models.TextChoices):
        DISTRICT = "district", _("by district")
        DONG = "dong", _("by dong")
        POINT = "point", _("at points")

    key = models.CharField(max_length=40)
    name_ko = models.CharField(_("Korean name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    unit = models.CharField(pgettext_lazy("of a value", "unit"), max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    worse = models.SmallIntegerField(_("direction"), choices=[(1, _("more is worse")), (-1, _("more is better"))])
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    by = models.CharField(_("level"), max_length=10, choices=By)
    file = models.ForeignKey(IndicatorFile, on_delete=models.CASCADE, related_name="indicators")

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["key", "pk"]
        constraints = [
            models.UniqueConstraint(name="indicator_once_a_file", fields=["file", "key", "year"], nulls_distinct=False),
            models.CheckConstraint(name="indicator_direction_known", condition=models.Q(worse__in=[1, -1])),
            models.CheckConstraint(name="indicator_kind_known", condition=models.Q(kind__in=["count", "rate"])),
            models.CheckConstraint(
                name="indicator_level_known", condition=models.Q(by__in=["district", "dong", "point"])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_ko if (get_language() or "ko").startswith("ko") else self.name_en


class IndicatorValue(models.Model):
    """Of a district, of a dong (its code), or at a point."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="values")
    district = models.ForeignKey(District, null=True, on_delete=models.PROTECT, related_name="+")
    dong = models.CharField(max_length=40, blank=True)
    point = models.PointField(srid=4326, null=True)
    value = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="value_of_one_place",
                condition=models.Q(district__isnull=False, dong="", point__isnull=True)
                | models.Q(district__isnull=True, point__isnull=True) & ~models.Q(dong="")
                | models.Q(district__isnull=True, dong="", point__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"


class Measure(models.Model):
    """Values of one indicator in all areas of a set, in the order of their codes; None where nothing is known."""

    area_set = models.ForeignKey(AreaSet, on_delete=models.CASCADE, related_name="measures")
    key = models.CharField(max_length=40)
    values = ArrayField(models.FloatField(null=True))
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="measured_once", fields=["area_set", "key"])]

    def __str__(self) -> str:
        return self.key
