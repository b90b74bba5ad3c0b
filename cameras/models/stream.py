"""Where a camera's live stream is, and how it does."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cameras.problems import stream_problem

from .camera import Camera
from .care import OfVisibleCamera


class Stream(models.Model):
    """host, port, path: of an RTSP address, without who may ask; secret: user and password, encrypted (``cameras.streams``), empty
    where none are asked for. state: how it does, since when, and why (a code). seen_at: the last packet."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("not watched yet")
        CONNECTING = "connecting", _("being connected")
        CONNECTED = "connected", _("connected")
        LATE = "late", pgettext_lazy("pictures of a stream", "late")
        DOWN = "down", _("down")
        REFUSED = "refused", _("turned away")

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, related_name="stream")
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=554)
    path = models.CharField(max_length=400, default="/")
    secret = models.BinaryField(default=b"")
    state = models.CharField(max_length=12, choices=State, default=State.UNKNOWN)
    problem = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OfVisibleCamera.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="stream_port_is_one", condition=models.Q(port__gte=1, port__lte=65535)),
            models.CheckConstraint(
                name="stream_state_known",
                condition=models.Q(state__in=["unknown", "connecting", "connected", "late", "down", "refused"]),
            ),
        ]

    def __str__(self) -> str:
        """Without who may ask: this may be shown and logged."""
        return f"rtsp://{self.host}:{self.port}{self.path}"

    @property
    def problem_text(self) -> str:
        """Why it is down, in the reader's language."""
        return stream_problem(self.problem)
