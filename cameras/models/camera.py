"""Cameras and where they look."""

from __future__ import annotations

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from seoulcctv.roles import Role, role_of

from .district import District


def within(least: float, most: float) -> list[Any]:
    """Validators of a number."""
    return [MinValueValidator(least), MaxValueValidator(most)]


class CameraQuerySet(models.QuerySet["Camera"]):
    def visible_to(self, user: Any) -> CameraQuerySet:
        """What the account may know of: all, its own district's, or none."""
        role = role_of(user)
        if role in (Role.OPERATOR, Role.SUPERVISOR):
            return self
        if role == Role.DISTRICT_ADMIN:
            return self.filter(district_id=user.district_id)
        return self.none()


class Camera(models.Model):
    """One row of an inventory: a camera, or a pole of several that share all but their heading.

    heading is the first one's, more_headings those of the others as far as they are known; count is how many there are.
    """

    class Purpose(models.TextChoices):
        CRIME = "crime", _("Crime prevention")
        CHILD = "child", _("Child protection")
        FACILITY = "facility", _("Facility")
        WASTE = "waste", _("Illegal dumping")
        ENFORCEMENT = "enforcement", _("Traffic enforcement")
        TRAFFIC = "traffic", _("Traffic information")
        VEHICLE = "vehicle", _("Vehicle crime")
        DISASTER = "disaster", _("Disaster")
        MULTI = "multi", _("Multi-purpose")
        OTHER = "other", _("Other")

    class Kind(models.TextChoices):
        REGULAR = "regular", _("Regular")
        INTELLIGENT = "intelligent", _("Intelligent")

    class Status(models.TextChoices):
        WORKING = "working", _("Working")
        FAULTY = "faulty", _("Faulty")
        RETIRED = "retired", _("Retired")

    district = models.ForeignKey(District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="cameras")
    asset_number = models.CharField(_("asset number"), max_length=40)
    location = models.PointField(_("location"), srid=4326)
    address = models.CharField(_("address"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose, default=Purpose.CRIME)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.REGULAR)
    heading = models.FloatField(_("heading (degrees from north)"), null=True, blank=True, validators=within(0, 359.999))
    field_of_view = models.FloatField(_("field of view (degrees)"), null=True, blank=True, validators=within(1, 360))
    tilt = models.FloatField(_("tilt below the horizon (degrees)"), null=True, blank=True, validators=within(-30, 90))
    range_m = models.FloatField(_("range (m)"), null=True, blank=True, validators=within(1, 500))
    mounting_height = models.FloatField(_("mounting height (m)"), null=True, blank=True, validators=within(0.5, 100))
    width = models.PositiveIntegerField(_("picture width (pixels)"), null=True, blank=True, validators=within(1, 20000))
    height = models.PositiveIntegerField(
        _("picture height (pixels)"), null=True, blank=True, validators=within(1, 20000)
    )
    fps = models.FloatField(_("pictures a second"), null=True, blank=True, validators=within(0.1, 240))
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.WORKING)
    retention_days = models.PositiveSmallIntegerField(_("retention (days)"), default=30, validators=within(1, 365))
    clock_offset_s = models.FloatField(
        _("clock offset (s)"), default=0.0, help_text=_("What the camera's clock shows minus the true time.")
    )

    # As inventories tell it:
    agency = models.CharField(_("managing office"), max_length=200, blank=True)
    lot_address = models.CharField(_("lot address"), max_length=200, blank=True)
    count = models.PositiveSmallIntegerField(_("cameras at this pole"), default=1, validators=within(1, 999))
    more_headings = ArrayField(
        models.FloatField(validators=within(0, 359.999)),
        verbose_name=_("headings of the other cameras at this pole"),
        default=list,
        blank=True,
        size=15,
    )
    pixels = models.PositiveIntegerField(_("pixels (ten thousands)"), null=True, blank=True)
    view = models.CharField(_("viewing direction, in words"), max_length=200, blank=True)
    installed = models.DateField(_("installed"), null=True, blank=True)
    telephone = models.CharField(_("telephone"), max_length=200, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["asset_number"]
        constraints = [
            models.UniqueConstraint(name="asset_number_once_a_district", fields=["district", "asset_number"]),
            models.CheckConstraint(
                name="heading_in_circle",
                condition=models.Q(heading__isnull=True) | models.Q(heading__gte=0, heading__lt=360),
            ),
            models.CheckConstraint(
                name="field_of_view_plausible",
                condition=models.Q(field_of_view__isnull=True) | models.Q(field_of_view__gt=0, field_of_view__lte=360),
            ),
            models.CheckConstraint(
                name="mounting_height_plausible",
                condition=models.Q(mounting_height__isnull=True)
                | models.Q(mounting_height__gt=0, mounting_height__lte=100),
            ),
            models.CheckConstraint(name="retention_at_least_a_day", condition=models.Q(retention_days__gte=1)),
            models.CheckConstraint(
                name="camera_status_known", condition=models.Q(status__in=["working", "faulty", "retired"])
            ),
            models.CheckConstraint(name="camera_kind_known", condition=models.Q(kind__in=["regular", "intelligent"])),
        ]

    def __str__(self) -> str:
        return self.asset_number

    @property
    def calibrated(self) -> bool:
        """Heights and headings of people can be measured."""
        needed = (self.heading, self.field_of_view, self.tilt, self.mounting_height)
        return all(value is not None for value in needed)
