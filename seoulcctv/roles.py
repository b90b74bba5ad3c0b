"""Who may do what. Lies below every app: it imports none of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission


class Role(models.TextChoices):
    """One for each account."""

    OPERATOR = "operator", _("Operator")
    SUPERVISOR = "supervisor", _("Supervisor")
    DISTRICT_ADMIN = "district_admin", _("District administrator")
    LIAISON = "liaison", _("Police liaison")
    AUDITOR = "auditor", _("Auditor")


CASE_READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.LIAISON)
CASE_WORKERS = (Role.OPERATOR, Role.SUPERVISOR)
CAMERA_READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.DISTRICT_ADMIN)
KEEPERS = (Role.SUPERVISOR, Role.DISTRICT_ADMIN)  # of inventories
FOOTAGE_IMPORTERS = (Role.OPERATOR, Role.SUPERVISOR, Role.DISTRICT_ADMIN)


def role_of(user: Any) -> str:
    """The role of a signed-in, active account; empty for anybody else."""
    return user.role if getattr(user, "is_authenticated", False) and user.is_active else ""


def role_required(*roles: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A page for these roles; others who are signed in get 403."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if role_of(request.user) not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


class Refused(BasePermission):
    """The default: an API view that names no permission is closed."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False


class SignedIn(BasePermission):
    """Any active account."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(role_of(request.user))


class SignedInOrFollowing(SignedIn):
    """Also whoever opened a share link: for what is no secret, such as where the districts lie."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return super().has_permission(request, view) or bool(request.session.get("share"))


class ByRole(BasePermission):
    """The view's ``readers`` may look, its ``writers`` may change."""

    def has_permission(self, request: Any, view: Any) -> bool:
        allowed = view.readers if request.method in SAFE_METHODS else view.writers
        return role_of(request.user) in allowed
