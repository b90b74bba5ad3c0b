"""A search of a case, divided into scan tasks: rows that carry lease and heartbeat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera, Recording
from cameras.problems import text_of
from cases.models import Case

from .machine import Machine


class Search(models.Model):
    """One press of the button. ``left_out``: cameras not searched, ``{camera id: reason}``."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        STOPPED = "stopped", _("Stopped")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="searches")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    window_start = models.DateTimeField(_("footage from"))
    window_end = models.DateTimeField(_("footage until"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RUNNING)
    left_out = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="search_window_in_order", condition=Q(window_end__gt=F("window_start"))),
            models.UniqueConstraint(name="one_running_search_a_case", fields=["case"], condition=Q(status="running")),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.started_at:%Y-%m-%d %H:%M}"


class ScanTaskQuerySet(models.QuerySet["ScanTask"]):
    def unfinished(self) -> ScanTaskQuerySet:
        return self.filter(status__in=[ScanTask.Status.WAITING, ScanTask.Status.RUNNING])

    def waiting_for(self, districts: Sequence[str]) -> ScanTaskQuerySet:
        """What a machine with the footage of these districts may take; with none: what no other machine has."""
        waiting = self.filter(status=ScanTask.Status.WAITING, search__status=Search.Status.RUNNING)
        if districts:
            return waiting.filter(camera__district__in=districts)
        return waiting.exclude(camera__district__in=Machine.objects.districts())

    def abandoned(self, now: datetime) -> ScanTaskQuerySet:
        """Running, but the worker has shown no sign of life within its lease."""
        return self.filter(status=ScanTask.Status.RUNNING, lease_until__lt=now)


class ScanTask(models.Model):
    """One recording to be scanned for one search."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    search = models.ForeignKey(Search, on_delete=models.CASCADE, related_name="tasks")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="scan_tasks")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    priority = models.FloatField(_("priority"), default=0.0, help_text=_("Higher is sooner."))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    progress = models.FloatField(_("share done"), default=0.0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=100, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    wall_s = models.FloatField(_("seconds worked"), default=0.0)
    reused = models.BooleanField(_("already scanned"), default=False)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    objects = ScanTaskQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "pk"]
        constraints = [
            models.UniqueConstraint(name="recording_once_a_search", fields=["search", "recording"]),
            models.CheckConstraint(name="progress_is_a_share", condition=Q(progress__gte=0, progress__lte=1)),
            models.CheckConstraint(
                name="running_has_a_lease",
                condition=~Q(status="running") | Q(lease__isnull=False, lease_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "-priority"], name="scan_task_next")]

    def __str__(self) -> str:
        return f"{self.search}: {self.recording}"

    @property
    def problem_text(self) -> str:
        """In the reader's language."""
        return text_of(self.problem)

    @classmethod
    def claim_next(cls, worker: str) -> ScanTask | None:
        """Takes the most promising waiting task that is this machine's; None when there is none. Safe among many."""
        lease, now = uuid4(), timezone.now()
        with_lock = (
            cls.objects.waiting_for(settings.DISTRICTS)
            .order_by("-priority", "pk")
            .select_for_update(skip_locked=True, of=("self",))
        )
        with transaction.atomic():
            task = with_lock.first()
            if task is None:
                return None
            task.status, task.lease, task.worker = cls.Status.RUNNING, lease, worker
            task.lease_until = now + timedelta(seconds=settings.SCAN_LEASE_S)
            task.attempts, task.started_at, task.progress = task.attempts + 1, now, 0.0
            task.save()
        return task

    def keep_alive(self, lease: UUID, progress: float) -> bool:
        """Heartbeat: prolongs the lease. False when the task was taken away or cancelled."""
        return bool(
            ScanTask.objects.filter(pk=self.pk, lease=lease, status=self.Status.RUNNING).update(
                progress=min(max(progress, 0.0), 1.0),
                lease_until=timezone.now() + timedelta(seconds=settings.SCAN_LEASE_S),
            )
        )
