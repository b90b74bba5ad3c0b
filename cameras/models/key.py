"""Keys by which other machines read or change inventories."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from seoulcctv.roles import Role, role_of

PREFIX = "wf_"


class MachineKeyQuerySet(models.QuerySet["MachineKey"]):
    def visible_to(self, user: Any) -> MachineKeyQuerySet:
        """One's own; a supervisor sees all."""
        return self if role_of(user) == Role.SUPERVISOR else self.filter(by=user)

    def good(self) -> MachineKeyQuerySet:
        """Neither revoked nor over."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class MachineKey(models.Model):
    """A machine acts as the account that made its key, within the key's scope and time. Only the key's hash is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("read cameras")
        WRITE = "write", _("read and change cameras")

    name = models.CharField(_("name"), max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="machine_keys")
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.READ)
    start = models.CharField(max_length=12)  # what is shown of it
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("good until"))
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects = MachineKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def good(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @classmethod
    def make(cls, by: Any, name: str, scope: str, expires_at: datetime) -> tuple[MachineKey, str]:
        """And the key itself, which nobody can be told again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = cls(by=by, name=name, scope=scope, expires_at=expires_at, start=secret[:9], digest=digest_of(secret))
        key.save()
        return key, secret


def digest_of(secret: str) -> str:
    """Keys are random and long: one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
