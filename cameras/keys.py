"""Machines that sign in with a key instead of a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from .models import MachineKey
from .models.key import digest_of

WORD = "Key"
SEEN_EVERY = timedelta(minutes=1)  # when it was used last is kept no finer


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Key wf_...``. The machine acts as the account that made the key; ``request.auth`` is the key."""

    def authenticate(self, request: Request) -> tuple[Any, MachineKey] | None:
        word, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if word.casefold() != WORD.casefold():
            return None
        key = MachineKey.objects.good().select_related("by").filter(digest=digest_of(secret.strip())).first()
        if key is None or not key.by.is_active:
            raise AuthenticationFailed(_("This key is not good, or no longer."))
        if key.scope == MachineKey.Scope.READ and request.method not in SAFE_METHODS:
            raise AuthenticationFailed(_("This key may only read."))
        now = timezone.now()
        if key.used_at is None or key.used_at < now - SEEN_EVERY:
            MachineKey.objects.filter(pk=key.pk).update(used_at=now)
        return key.by, key

    def authenticate_header(self, request: Request) -> str:
        return WORD


class KeyScheme(OpenApiAuthenticationExtension):
    """How the schema tells of it."""

    target_class = KeyAuthentication
    name = "machineKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Key wf_..."}


BY_KEY_OR_SESSION = [KeyAuthentication, SessionAuthentication]  # the first says how to sign in: 401, not 403
