"""Who looked at what, when, from where. The database itself refuses to change a row, and chains each to the one before."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .case import Case


class AccessLog(models.Model):
    """Append-only by a trigger (migration ``0002``). position, hash: set by the database (migration ``0009``); the hash
    covers the row and the hash before it, see ``cases.chain``."""

    class Action(models.TextChoices):
        SIGN_IN = "sign_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
        CASE_VIEWED = "case_viewed", _("viewed a case")
        CASE_CHANGED = "case_changed", _("changed a case")
        SEARCH = "search", _("searched")
        PICTURE_VIEWED = "picture_viewed", _("viewed a picture")
        CLIP_VIEWED = "clip_viewed", _("viewed a clip")
        WATCHED = "watched", _("watched a camera live")
        DECISION = "decision", _("decided on a candidate")
        FOOTAGE_IMPORTED = "footage_imported", _("imported footage")
        INVENTORY_WRITTEN = "inventory_written", _("changed an inventory")
        SHARE_VIEWED = "share_viewed", _("looked at a shared case")
        SHARE_REFUSED = "share_refused", _("was refused a shared case")
        EXPORTED = "exported", _("took data along")
        PURGED = "purged", _("deleted what was due")
        LOG_EXPORTED = "log_exported", _("exported the access log")
        LOG_VIEWED = "log_viewed", _("read the access log")

    at = models.DateTimeField(_("time"), default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("role"), max_length=20, blank=True)
    action = models.CharField(_("action"), max_length=20, choices=Action)
    case = models.ForeignKey(
        Case, verbose_name=_("case"), null=True, on_delete=models.PROTECT, related_name="access_log"
    )
    subject = models.CharField(_("what"), max_length=200, blank=True)
    position = models.BigIntegerField(_("position"), unique=True, null=True, editable=False)
    hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)
    address = models.GenericIPAddressField(_("from where"), null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="access_log_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.user} {self.action}"
