"""The second factor: a code from a phone (TOTP, RFC 6238), asked of whoever has one set up, and demanded of some roles.

Django's own login says who; the session then waits until the code was right. Pages, API and sockets ask ``verified``.
"""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import DEVICE_ID_SESSION_KEY, login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from .roles import Role, role_of

#: For the access log, which lies above: ``user``, ``request``, ``what``.
code_refused, second_factor_changed = Signal(), Signal()
DEMANDED_OF = (Role.SUPERVISOR, Role.DISTRICT_ADMIN)
SPARE_CODES = 8


def devices(user: Any) -> Any:
    """The account's phones that are set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True)


def verified(user: Any, session: Any) -> bool:
    """Whether this session may go on: the code was right, or none is asked of the account."""
    if session.get(DEVICE_ID_SESSION_KEY):
        return True
    return not devices(user).exists() and not demanded(user)


def demanded(user: Any) -> bool:
    """Whether the account may do nothing without a second factor."""
    return bool(settings.TWO_FACTOR_DEMANDED) and role_of(user) in DEMANDED_OF


class TwoFactorMiddleware:
    """Sends whoever has not shown the code yet to where it is asked; the API says so with 403."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Before every view that asks for an account."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        api = request.path.startswith("/api/")  # its views ask for the account themselves
        if not (api or getattr(view, "login_required", True)) or name in ("two-factor", "two-factor-setup", "sign-out"):
            return None
        if not request.user.is_authenticated or verified(request.user, request.session):
            return None
        if api:
            return JsonResponse({"detail": _("The code from your phone is missing.")}, status=403)
        return redirect("two-factor" if devices(request.user).exists() else "two-factor-setup")


class CodeForm(forms.Form):
    """Six digits of the phone, or a spare code."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=16, strip=True)


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """After name and password: the code. Wrong ones make the next try wait, longer each time."""
    if verified(request.user, request.session):
        return redirect("home")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = _matching(request.user, form.cleaned_data["code"])
        if device is not None:
            login(request, device)
            return redirect("home")
        code_refused.send(TOTPDevice, user=request.user, request=request, what="code refused")
        form.add_error("code", _("The code is wrong, was used already, or was tried too often: wait for the next."))
    return render(request, "registration/two_factor.html", {"form": form}, status=400 if form.errors else 200)


def _matching(user: Any, code: str) -> Any:
    for device in (*devices(user), *StaticDevice.objects.filter(user=user, confirmed=True)):
        if device.verify_is_allowed()[0] and device.verify_token(code):
            return device
    return None


@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """A picture for the phone's app, and the first code from it; then spare codes, shown once. Who has a phone set up
    changes it only after showing its code."""
    if devices(request.user).exists() and not request.session.get(DEVICE_ID_SESSION_KEY):
        return redirect("two-factor")
    device, _new = TOTPDevice.objects.get_or_create(user=request.user, confirmed=False, defaults={"name": "phone"})
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device.verify_is_allowed()[0] and device.verify_token(form.cleaned_data["code"]):
            devices(request.user).delete()
            device.confirmed = True
            device.save()
            login(request, device)
            second_factor_changed.send(TOTPDevice, user=request.user, request=request, what="second factor set up")
            messages.success(request, _("The second factor is set up."))
            return render(request, "registration/two_factor_done.html", {"codes": _spare_codes(request.user)})
        form.add_error("code", _("The code does not fit: is the phone's clock right?"))
    picture = segno.make(device.config_url).svg_inline(scale=4)
    context = {"form": form, "picture": picture, "key": device.config_url.split("secret=")[1].split("&")[0]}
    return render(request, "registration/two_factor_setup.html", context, status=400 if form.errors else 200)


def _spare_codes(user: Any) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="spare codes")
    codes = [StaticToken.random_token() for _number in range(SPARE_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def reset(user: Any) -> int:
    """A lost phone: the account sets another up at its next sign-in. Returns how many were forgotten."""
    count, _rows = TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    return count
