"""Writes the access log: every look leaves a trace."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from seoulcctv.roles import role_of

from .models import AccessLog, Case


def log(request: HttpRequest, action: str, case: Case | None = None, subject: str = "") -> AccessLog:
    """One row, with account, role, time and place of access."""
    return log_for(request.user, action, case, subject, address=request.META.get("REMOTE_ADDR"))


def log_for(
    user: Any, action: str, case: Case | None = None, subject: str = "", address: str | None = None
) -> AccessLog:
    """As ``log``, where there is no request: commands and sockets."""
    return AccessLog.objects.create(
        user=user if getattr(user, "pk", None) else None,
        role=role_of(user),
        action=action,
        case=case,
        subject=subject[:200],
        address=address or None,
    )
