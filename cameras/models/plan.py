"""Plans for the next cameras: what was asked, which areas were chosen, what is to be done where, and how far it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from seoulcctv.roles import Role, role_of

from .area import Area, AreaSet
from .camera import Camera
from .district import District


def only_district(user: Any) -> str | None:
    """The only district that an account may know of; None: the whole city."""
    return str(user.district_id or "") if role_of(user) == Role.DISTRICT_ADMIN else None


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: Any) -> PlanQuerySet:
        """Supervisors make plans; district administrators know those that were approved."""
        role = role_of(user)
        if role == Role.SUPERVISOR:
            return self
        return self.filter(status__in=Plan.APPROVED_ONES) if role == Role.DISTRICT_ADMIN else self.none()


class Plan(models.Model):
    """asked: ``upgrades.wanted.Wanted`` as JSON; indicators: of what it was made, with weights and sources, as they were;
    result: what it buys; fingerprint: of all its items, the same for the same inputs."""

    class Status(models.TextChoices):
        MAKING = "making", _("being made")
        FAILED = "failed", _("could not be made")
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        CLOSED = "closed", _("closed")

    APPROVED_ONES = (Status.APPROVED, Status.CLOSED)

    name = models.CharField(_("name"), max_length=80)
    area_set = models.ForeignKey(AreaSet, on_delete=models.PROTECT, related_name="plans")
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.MAKING)
    problem = models.CharField(max_length=300, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    beat_at = models.DateTimeField(null=True)  # of whoever makes it, the last sign of life
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    asked = models.JSONField(default=dict)
    indicators = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_status_known",
                condition=models.Q(status__in=["making", "failed", "draft", "approved", "closed"]),
            ),
            models.CheckConstraint(
                name="plan_approved_by_somebody",
                condition=~models.Q(status__in=["approved", "closed"])
                | models.Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfPlan(models.QuerySet):
    def visible_to(self, user: Any) -> Any:
        """What belongs to plans that the account may know of; a district administrator their own district's."""
        seen = self.filter(plan__in=Plan.objects.visible_to(user))
        code = only_district(user)
        return seen if code is None else seen.filter(**{self.model.DISTRICT: code})


class PlanArea(models.Model):
    """How an area stands in a plan. value: the index; known: share of the weight that is known of it; stability: how often
    it stays among as many when weights are shaken; drivers: keys of what raises it and by how much; covered, covered_then:
    share of it that cameras cover, before and after the plan."""

    DISTRICT = "area__district_id"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField()
    value = models.FloatField(null=True)
    known = models.FloatField()
    stability = models.FloatField()
    chosen = models.BooleanField(default=False)
    drivers = models.JSONField(default=list)
    covered = models.FloatField()
    covered_then = models.FloatField()

    objects = OfPlan.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(name="area_once_a_plan", fields=["plan", "area"])]

    def __str__(self) -> str:
        return f"{self.rank}. {self.area}"

    @property
    def firm(self) -> int:
        """Stability, in percent."""
        return round(100 * self.stability)

    @property
    def percent(self) -> int:
        """Covered before."""
        return round(100 * self.covered)

    @property
    def percent_then(self) -> int:
        """Covered after."""
        return round(100 * self.covered_then)


class PlanItem(models.Model):
    """A new camera, or a pole whose cameras are converted. number: in the order of the plan; camera: what is converted, or
    what came to stand there; adds: square metres that it newly covers (a conversion: for intelligent cameras); cost, spent:
    won; due: the last day of its phase."""

    class Kind(models.TextChoices):
        NEW = "new", _("new camera")
        CONVERT = "convert", _("conversion")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        APPROVED = "approved", _("approved")
        ORDERED = "ordered", _("ordered")
        INSTALLED = "installed", _("installed")
        TESTED = "tested", _("tested")
        IN_SERVICE = "in_service", _("in service")
        DROPPED = "dropped", _("dropped")

    STANDING = (State.INSTALLED, State.TESTED, State.IN_SERVICE)
    DISTRICT = "district_id"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    camera = models.ForeignKey(Camera, null=True, on_delete=models.PROTECT, related_name="planned")
    location = models.PointField(srid=4326)
    heading = models.FloatField(null=True)
    cameras = models.PositiveSmallIntegerField(default=1)
    adds = models.FloatField(default=0.0)
    cost = models.BigIntegerField(default=0)
    phase = models.PositiveSmallIntegerField(_("phase"), default=1)
    due = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    spent = models.BigIntegerField(default=0)
    stands_since = models.DateField(null=True)

    objects = OfPlan.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["plan", "district", "state"], name="items_of_plan")]
        constraints = [
            models.UniqueConstraint(name="item_once_a_plan", fields=["plan", "number"]),
            models.CheckConstraint(name="item_kind_known", condition=models.Q(kind__in=["new", "convert"])),
            models.CheckConstraint(
                name="item_state_known",
                condition=models.Q(
                    state__in=["planned", "approved", "ordered", "installed", "tested", "in_service", "dropped"]
                ),
            ),
            models.CheckConstraint(
                name="conversion_of_a_camera",
                condition=models.Q(kind="new") | models.Q(kind="convert", camera__isnull=False),
            ),
            models.CheckConstraint(
                name="what_stands_is_a_camera",
                condition=~models.Q(state__in=["installed", "tested", "in_service"]) | models.Q(camera__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}-{self.number}"

    @property
    def over(self) -> bool:
        return self.state in (self.State.IN_SERVICE, self.State.DROPPED)

    @property
    def late(self) -> timedelta | None:
        """How long its day has passed without its being in service."""
        passed = timezone.localdate() - self.due
        return passed if passed > timedelta(0) and not self.over else None


class PlanStep(models.Model):
    """Who said what of an item, when."""

    item = models.ForeignKey(PlanItem, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12, choices=PlanItem.State)
    text = models.CharField(max_length=400, blank=True)
    spent = models.BigIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.item} {self.state}"
