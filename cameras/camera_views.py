"""One camera: where it is, what it covers, how it does, what became of it, what is to be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seoulcctv.roles import CAMERA_READERS, KEEPERS, Role, role_of, role_required

from .attachments import attach, detach, path_of
from .availability import by_month, last_recorded
from .coverage import sight_of
from .keeping import KeepingError, add, cameras_kept, change, version_of
from .keeping_forms import CameraForm, NewCameraForm, OrderForm
from .models import Attachment, Camera, CameraChange, CameraHealth, Stream, WorkOrder
from .orders import order_work, step
from .streams import remove_stream, set_stream

HISTORY = 50
PAGE = 50
TAKEN_BACK = (CameraChange.Kind.CHANGED, CameraChange.Kind.RETIRED)


@require_http_methods(["GET", "POST"])
@role_required(*CAMERA_READERS)
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; a POST changes the camera."""
    one = _camera(request, pk)
    if request.method == "GET":
        return _page(request, one, CameraForm(instance=one, initial={"seen": version_of(one)}))
    if role_of(request.user) not in KEEPERS:
        raise Http404
    form = CameraForm(request.POST, instance=one)
    if form.is_valid():
        try:
            change(one, request.user, form.changes(), seen=form.cleaned_data["seen"])
        except (KeepingError, ValidationError) as error:
            _refuse(form, error)
        else:
            cameras_kept.send(Camera, request=request, subject=f"{one.pk} {one}")
            messages.success(request, _("Saved."))
            return redirect("camera", pk=pk)
    return _page(request, _camera(request, pk), form)


@require_http_methods(["GET", "POST"])
@role_required(*KEEPERS)
def new_camera(request: HttpRequest) -> HttpResponse:
    """One that is new to the inventory."""
    own = request.user.district if role_of(request.user) == Role.DISTRICT_ADMIN else None  # type: ignore[union-attr]
    form = NewCameraForm(request.POST or None, district=own)
    if request.method == "POST" and form.is_valid():
        try:
            added = add(request.user, form.camera())
        except (KeepingError, ValidationError) as error:
            _refuse(form, error)
        else:
            cameras_kept.send(Camera, request=request, subject=f"{added.pk} {added}, new")
            messages.success(request, _("Added: %(name)s") % {"name": added})
            return redirect("camera", pk=added.pk)
    return render(request, "cameras/new_camera.html", {"form": form, "own": own}, status=400 if form.errors else 200)


@require_POST
@role_required(*KEEPERS)
def attach_file(request: HttpRequest, pk: int) -> HttpResponse:
    """``file``, ``name``."""
    one, file = _camera(request, pk), request.FILES.get("file")
    try:
        if file is None:
            raise KeepingError(_("Choose a file."))
        added = attach(one, request.user, file, request.POST.get("name", ""))
    except KeepingError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Camera, request=request, subject=f"{one.pk} {one}: {added}")
        messages.success(request, _("Added: %(name)s") % {"name": added})
    return redirect("camera", pk=pk)


@require_GET
@role_required(*CAMERA_READERS)
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Photographs to look at, papers to take along."""
    one = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    photo = one.kind == Attachment.Kind.PHOTO
    try:
        content = path_of(one).open("rb")
    except OSError as error:
        raise Http404 from error
    name = one.name if "." in one.name else f"{one.name}.{'jpg' if photo else 'pdf'}"
    response = FileResponse(
        content, as_attachment=not photo, filename=name, content_type="image/jpeg" if photo else "application/pdf"
    )
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@role_required(*KEEPERS)
def remove_attachment(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(Attachment.objects.visible_to(request.user).select_related("camera__district"), pk=pk)
    try:
        detach(one, request.user)
    except KeepingError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Camera, request=request, subject=f"{one.camera_id} {one.camera}: removed {one}")
    return redirect("camera", pk=one.camera_id)


@require_POST
@role_required(*KEEPERS)
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Work that is to be done on a camera."""
    one, form = _camera(request, pk), OrderForm(request.POST)
    if not form.is_valid():
        return _page(request, one, CameraForm(instance=one, initial={"seen": version_of(one)}), form)
    wanted = form.cleaned_data
    try:
        order_work(
            one, request.user, wanted["kind"], wanted["text"], wanted["assigned_to"], wanted["due"], wanted["out"]
        )
    except KeepingError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Camera, request=request, subject=f"{one.pk} {one}: ordered {wanted['kind']}")
        messages.success(request, _("Ordered."))
    return redirect("camera", pk=pk)


@require_POST
@role_required(*KEEPERS)
def order_step(request: HttpRequest, pk: int) -> HttpResponse:
    """``state``: what the work becomes; ``text``; ``to``: work, to go back to the list of all."""
    one = get_object_or_404(WorkOrder.objects.visible_to(request.user).select_related("camera__district"), pk=pk)
    state = request.POST.get("state", "")
    try:
        step(one, request.user, state, request.POST.get("text", "").replace("\x00", "").strip())
    except KeepingError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Camera, request=request, subject=f"{one.camera_id} {one}: {state}")
    return redirect("work") if request.POST.get("to") == "work" else redirect("camera", pk=one.camera_id)


@require_POST
@role_required(*KEEPERS)
def stream(request: HttpRequest, pk: int) -> HttpResponse:
    """``address``: of the camera's live stream, with who may ask; ``remove``: it has none any longer."""
    one = _camera(request, pk)
    try:
        if "remove" in request.POST:
            remove_stream(one, request.user)
            said, what = _("Removed."), "stream removed"
        else:
            what = f"stream {set_stream(one, request.user, request.POST.get('address', ''))}"
            said = _("Saved.")
    except KeepingError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(Camera, request=request, subject=f"{one.pk} {one}: {what}"[:200])
        messages.success(request, said)
    return redirect("camera", pk=pk)


@require_POST
@role_required(*KEEPERS)
def accept_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The camera was turned or focused on purpose: what its next pictures show is how it is to be."""
    one = _camera(request, pk)
    with transaction.atomic():
        health = CameraHealth.objects.select_for_update().filter(camera=one).first()
        if health:
            health.reference, health.sees = None, 1.0
            told = (CameraHealth.Finding.MOVED, CameraHealth.Finding.UNSHARP)
            health.findings = [finding for finding in health.findings if finding not in told]
            health.save()
    cameras_kept.send(Camera, request=request, subject=f"{one.pk} {one}: how it looks is right")
    messages.success(request, _("The next pictures say how it is to look."))
    return redirect("camera", pk=pk)


@require_GET
@role_required(*CAMERA_READERS)
def work(request: HttpRequest) -> HttpResponse:
    """All work that is to be done, the most pressing first; ``state=over``: what was."""
    orders = WorkOrder.objects.visible_to(request.user).select_related("camera__district", "by")
    orders = orders.defer("camera__district__boundary")
    waiting = orders.exclude(state__in=WorkOrder.OVER)
    over = request.GET.get("state") == "over"
    shown = orders.filter(state__in=WorkOrder.OVER).order_by("-closed_at") if over else waiting.order_by("due", "pk")
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "over": over,
        "asked": "state=over" if over else "",
        "waiting": waiting.count(),
        "keeper": role_of(request.user) in KEEPERS,
    }
    return render(request, "cameras/work.html", context)


def _camera(request: HttpRequest, pk: int) -> Camera:
    found: Camera = get_object_or_404(
        Camera.objects.visible_to(request.user).select_related("district", "health").defer("district__boundary"), pk=pk
    )
    return found


def _refuse(form: Any, error: Exception) -> None:
    """Beside the field where it has one."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, several in error.message_dict.items():
            at = "latitude" if name == "location" else name
            for text in several:
                form.add_error(at if at in form.fields else None, text)
    else:
        form.add_error(None, str(error))


def _page(request: HttpRequest, one: Camera, form: CameraForm, order_form: OrderForm | None = None) -> HttpResponse:
    changes = list(one.history.select_related("by", "intake").defer("intake__content")[:HISTORY])
    seen = sight_of(one)
    context = {
        "camera": one,
        "form": form,
        "keeper": role_of(request.user) in KEEPERS,
        "sight": seen,
        "stream": Stream.objects.filter(camera=one).first(),
        "months": by_month(one),
        "last": last_recorded(one),
        "health": CameraHealth.objects.filter(camera=one).first(),
        "attachments": one.attachments.select_related("by"),
        "orders": one.orders.select_related("by").prefetch_related("steps__by"),
        "order_form": order_form or OrderForm(),
        "history": [(told, _differences(told)) for told in changes],
        "back": changes[0] if changes and changes[0].batch and changes[0].kind in TAKEN_BACK else None,
    }
    wrong = bool(form.errors or (order_form and order_form.errors))
    return render(request, "cameras/camera.html", context, status=400 if wrong else 200)


def _differences(told: CameraChange) -> list[tuple[str, str, str]]:
    """Field, before, after, in the reader's language."""
    if told.kind == CameraChange.Kind.ADDED:
        return []
    names = sorted({*told.before, *told.after})
    return [(_label(name), _shown(name, told.before.get(name)), _shown(name, told.after.get(name))) for name in names]


def _label(name: str) -> str:
    return str(Camera._meta.get_field(name).verbose_name) if name != "location" else _("location")


def _shown(name: str, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if name == "location":
        return f"{value[1]:.5f}, {value[0]:.5f}"
    if isinstance(value, list):
        return ", ".join(f"{part:g}" for part in value)
    choices = dict(Camera._meta.get_field(name).flatchoices)
    return str(choices.get(value, f"{value:g}" if isinstance(value, float) else value))
