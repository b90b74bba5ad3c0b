"""A link with which the police follow a case on a phone, without an account."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .case import Case

MOST_WRONG = 10  # passcodes, after which a link is closed


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def usable(self, now: datetime | None = None) -> ShareLinkQuerySet:
        """Neither over, nor taken back, nor closed after wrong passcodes; of cases that run."""
        return self.filter(
            revoked_at__isnull=True,
            expires_at__gt=now or timezone.now(),
            wrong_passcodes__lt=MOST_WRONG,
            case__status=Case.Status.AUTHORISED,
        )


class ShareLink(models.Model):
    """Token and passcode are shown once, when it is made; only their hashes are kept."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(_("for whom"), max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256: the token itself has 192 random bits
    passcode_hash = models.CharField(max_length=200)
    pictures = models.BooleanField(_("with pictures"), default=False)
    live = models.BooleanField(_("live"), default=True, help_text=_("Otherwise as it was when the link was made."))
    alerts = models.BooleanField(
        _("with alerts of live cameras"),
        default=False,
        help_text=_("Before anybody has looked: place and time, without a picture."),
    )
    may_report = models.BooleanField(_("may report sightings"), default=False)
    expires_at = models.DateTimeField(_("expires"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    wrong_passcodes = models.PositiveSmallIntegerField(default=0)
    views = models.PositiveIntegerField(_("views"), default=0)
    viewed_at = models.DateTimeField(_("last viewed"), null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.name}"

    @property
    def closed(self) -> bool:
        """After too many wrong passcodes."""
        return self.wrong_passcodes >= MOST_WRONG

    @property
    def over(self) -> bool:
        """Its time has run out."""
        return self.expires_at <= timezone.now()
