"""Looking after cameras: work to be done on them, photographs and papers about them, and lists that somebody comes back to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .camera import Camera


class OfVisibleCamera(models.QuerySet):
    def visible_to(self, user: Any) -> Any:
        """What belongs to cameras that the account may know of."""
        return self.filter(camera__in=Camera.objects.visible_to(user))


class WorkOrder(models.Model):
    """Somebody is to go there. Its steps say who did what when."""

    class Kind(models.TextChoices):
        FAULT = "fault", _("Fault")
        CLEANING = "cleaning", _("Cleaning")
        REPLACEMENT = "replacement", _("Replacement")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ASSIGNED = "assigned", _("assigned")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    OVER = (State.DONE, State.DROPPED)

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(_("work"), max_length=12, choices=Kind, default=Kind.FAULT)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    text = models.CharField(_("what is to be done"), max_length=400)
    assigned_to = models.CharField(_("who does it"), max_length=100, blank=True)
    due = models.DateField(_("until"), null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = OfVisibleCamera.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["camera", "state"], name="orders_of_camera")]
        constraints = [
            models.CheckConstraint(
                name="order_closed_when_over",
                condition=models.Q(state__in=["done", "dropped"], closed_at__isnull=False)
                | models.Q(state__in=["open", "assigned"], closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.get_kind_display()}"

    @property
    def over(self) -> bool:
        return self.state in self.OVER

    @property
    def late(self) -> bool:
        """Its day has passed, and it is not over."""
        return not self.over and self.due is not None and self.due < timezone.localdate()


class WorkStep(models.Model):
    """One step of a work order; text: what was said with it."""

    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=WorkOrder.State)
    text = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.order} {self.state}"


class Attachment(models.Model):
    """A photograph (made into JPEG anew, without what cameras write beside the picture) or a paper (PDF) about a camera.

    file: below the folder of attachments, which the web server does not serve."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photograph")
        PAPER = "paper", _("Document")

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    file = models.CharField(max_length=200, unique=True)
    size = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfVisibleCamera.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class SavedList(models.Model):
    """A way to look at the table of cameras, under a name. query: what the address asks for."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="camera_lists")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="list_named_once", fields=["by", "name"])]

    def __str__(self) -> str:
        return self.name
