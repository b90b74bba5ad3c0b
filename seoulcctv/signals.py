"""What the access log is told by signals: signing in, failing to, bringing footage in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from cameras.inventory_views import inventory_exported, inventory_written
from cameras.keeping import cameras_kept
from cameras.models import Intake, Recording
from cameras.services import recording_imported
from cases.access import log, log_for
from cases.models import AccessLog

from .two_factor import code_refused, second_factor_changed


@receiver(user_logged_in, dispatch_uid="log-sign-in")
def signed_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    log_for(user, AccessLog.Action.SIGN_IN, address=request.META.get("REMOTE_ADDR") if request else None)


@receiver(user_login_failed, dispatch_uid="log-failed-sign-in")
def sign_in_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    log_for(
        None,
        AccessLog.Action.SIGN_IN_FAILED,
        subject=str(credentials.get("username", "")),
        address=request.META.get("REMOTE_ADDR") if request else None,
    )


@receiver(recording_imported, dispatch_uid="log-footage-import")
def footage_imported(sender: Any, recording: Recording, request: HttpRequest, **kwargs: Any) -> None:
    log(request, AccessLog.Action.FOOTAGE_IMPORTED, subject=str(recording))


@receiver(inventory_written, dispatch_uid="log-inventory")
def inventory_changed(sender: Any, intake: Intake, request: HttpRequest, what: str, **kwargs: Any) -> None:
    log(request, AccessLog.Action.INVENTORY_WRITTEN, subject=f"{what} {intake.pk}: {intake.name}")


@receiver(cameras_kept, dispatch_uid="log-cameras")
def cameras_changed(sender: Any, request: HttpRequest, subject: str, **kwargs: Any) -> None:
    log(request, AccessLog.Action.INVENTORY_WRITTEN, subject=subject)


@receiver(inventory_exported, dispatch_uid="log-inventory-export")
def inventory_taken_along(sender: Any, request: HttpRequest, form: str, **kwargs: Any) -> None:
    log(request, AccessLog.Action.EXPORTED, subject=f"inventory, exported as {form}")


@receiver(code_refused, dispatch_uid="log-refused-code")
def refused(sender: Any, user: Any, request: HttpRequest, what: str, **kwargs: Any) -> None:
    log(request, AccessLog.Action.SIGN_IN_FAILED, subject=what)


@receiver(second_factor_changed, dispatch_uid="log-second-factor")
def changed(sender: Any, user: Any, request: HttpRequest, what: str, **kwargs: Any) -> None:
    log(request, AccessLog.Action.SIGN_IN, subject=what)
