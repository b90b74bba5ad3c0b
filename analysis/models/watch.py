"""Live watch: which cameras look out for which case, who watches them, what was told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera, Stream
from cases.models import Case
from seoulcctv.roles import Role, role_of

from .candidate import Candidate

GONE_AFTER = timedelta(seconds=15)  # without a sign of life


class Watch(models.Model):
    """A camera that looks out for a case, or would. wish: what somebody decided; chance: of the person passing within the next
    minutes, when it was last chosen; active: it is watched for the case, not only next in line."""

    class Wish(models.TextChoices):
        NONE = "", _("as the system chooses")
        ALWAYS = "always", _("always")
        NEVER = "never", _("never")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watches")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="watches")
    wish = models.CharField(max_length=10, choices=Wish, blank=True, default="")
    chance = models.FloatField(default=0.0)
    active = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-active", "-chance", "pk"]
        constraints = [
            models.UniqueConstraint(name="watch_once_a_case", fields=["case", "camera"]),
            models.CheckConstraint(name="watch_wish_known", condition=models.Q(wish__in=["", "always", "never"])),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.camera}"


class WatcherQuerySet(models.QuerySet["Watcher"]):
    def answering(self, now: datetime | None = None) -> WatcherQuerySet:
        """Those that gave a sign of life lately."""
        return self.filter(seen_at__gt=(now or timezone.now()) - GONE_AFTER)


class Watcher(models.Model):
    """A process that watches streams. districts: whose; none: all. holds: how many it can carry; behind_s: seconds that
    what it sees lies behind what the cameras send."""

    name = models.CharField(max_length=120, primary_key=True)
    districts = models.JSONField(default=list)
    holds = models.PositiveIntegerField(default=0)
    behind_s = models.FloatField(default=0.0)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = WatcherQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def answers(self, now: datetime) -> bool:
        """Whether it gave a sign of life lately."""
        return self.seen_at > now - GONE_AFTER


class StreamLeaseQuerySet(models.QuerySet["StreamLease"]):
    def held(self, now: datetime | None = None) -> StreamLeaseQuerySet:
        """Those that are not over."""
        return self.filter(until__gt=now or timezone.now())


class StreamLease(models.Model):
    """Whoever holds a stream watches it, until a time; then anybody may take it over."""

    stream = models.OneToOneField(Stream, on_delete=models.CASCADE, primary_key=True, related_name="lease")
    watcher = models.CharField(max_length=120)
    until = models.DateTimeField()

    objects = StreamLeaseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.stream_id} {self.watcher}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def waiting(self) -> AlertQuerySet:
        """Nobody has acknowledged them, and the case runs."""
        return self.filter(acknowledged_at__isnull=True, candidate__case__in=Case.objects.open())

    def for_whom(self, user: Any) -> AlertQuerySet:
        """Those an account is called for: of cases that it opened or that were shared with it; supervisors also for what was
        passed on."""
        own = Q(candidate__case__opened_by=user) | Q(candidate__case__in=user.shared_cases.values("pk"))
        called = own | Q(escalated_at__isnull=False) if role_of(user) == Role.SUPERVISOR else own
        return self.visible_to(user).filter(called)

    def visible_to(self, user: Any) -> AlertQuerySet:
        """Of candidates that the account may see."""
        return self.filter(candidate__in=Candidate.objects.visible_to(user))


class Alert(models.Model):
    """The person may be walking past a camera now: one for each person and camera. seen_at: their first clear picture; at: when
    it was told; acknowledged: by whom; escalated_at: when the supervisors were told as nobody had."""

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="alert")
    seen_at = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="acknowledged_by_somebody",
                condition=models.Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.candidate} {self.at:%H:%M:%S}"
