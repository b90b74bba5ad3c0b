"""Keys for machines: made, shown once, revoked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from seoulcctv.roles import KEEPERS, role_required

from .keeping import cameras_kept
from .keeping_forms import KeyForm
from .models import MachineKey


@never_cache
@require_http_methods(["GET", "POST"])
@role_required(*KEEPERS)
def keys(request: HttpRequest) -> HttpResponse:
    """Those there are; a POST makes one and shows it, once."""
    form, secret = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        made, secret = MachineKey.make(request.user, wanted["name"], wanted["scope"], wanted["until"])
        cameras_kept.send(MachineKey, request=request, subject=f"made key {made.pk} {made}, {made.scope}")
        form = KeyForm()
    context = {"form": form, "secret": secret, "keys": MachineKey.objects.visible_to(request.user).select_related("by")}
    return render(request, "cameras/keys.html", context, status=400 if form.errors else 200)


@require_POST
@role_required(*KEEPERS)
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """At once."""
    key = get_object_or_404(MachineKey.objects.visible_to(request.user), pk=pk)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        cameras_kept.send(MachineKey, request=request, subject=f"revoked key {key.pk} {key}")
    return redirect("machine-keys")
