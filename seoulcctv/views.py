"""Pages of the site itself: the way in, the way on, and whether it lives."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.defaults import page_not_found

from .roles import Role, role_of

FIRST_PAGE = {
    Role.OPERATOR: "board",
    Role.SUPERVISOR: "board",
    Role.LIAISON: "board",
    Role.DISTRICT_ADMIN: "inventory",
    Role.AUDITOR: "access-log",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Each role starts where its work lies."""
    return redirect(FIRST_PAGE.get(role_of(request.user), "sign-in"))


@require_GET
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """For load balancers: says only whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the driver raises: the answer is no
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "up"})


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the form that who asked can read."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": _("There is no such page, or it is not shared with you.")}, status=404)
    return page_not_found(request, exception)


def locked_out(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Too many failed attempts to sign in."""
    return render(request, "registration/locked_out.html", status=429)
