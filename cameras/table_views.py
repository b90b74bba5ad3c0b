"""The table of cameras: filtered, sorted, changed many at once, and lists that somebody comes back to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from seoulcctv.asked import key_in
from seoulcctv.roles import CAMERA_READERS, KEEPERS, Role, role_of, role_required

from .filters import SORTED, CameraFilter
from .keeping import KeepingError, cameras_kept, change_many, take_back
from .keeping_forms import BulkForm
from .models import Camera, SavedList

PAGE = 50
MOST_LISTS = 30
COLUMNS = ("asset_number", "district", "address", "purpose", "kind", "status", "count", "pixels", "installed")


def listed(user: Any, asked: QueryDict) -> CameraFilter:
    """What an address of the table asks for; nothing where it asks for what there is not."""
    cameras = Camera.objects.visible_to(user)
    order = asked.get("order", "")
    if order.lstrip("-") not in SORTED or order.startswith("--"):
        order = "asset_number"
    return CameraFilter(asked, queryset=cameras.order_by(order, "pk"), user=user)


@require_GET
@role_required(*CAMERA_READERS)
def table(request: HttpRequest) -> HttpResponse:
    """One page of it, with the forms beside it."""
    return _page(request, request.GET)


@require_POST
@role_required(*KEEPERS)
def change_listed(request: HttpRequest) -> HttpResponse:
    """``which``: chosen (``camera``, keys) or all that ``asked`` (an address of the table) finds; ``expected``: how many
    those were when they were looked at, so that nobody changes more than they saw."""
    asked = QueryDict(request.POST.get("asked", "")[:2000])
    form = BulkForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form)
    try:
        cameras = _meant(request, asked, form.cleaned_data["which"])
        batch, number = change_many(cameras, request.user, form.values())
    except KeepingError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        for text in error.messages:
            form.add_error(None, text)
    else:
        cameras_kept.send(Camera, request=request, subject=f"{number} at once, {batch}")
        text = ngettext("%(n)s camera was changed.", "%(n)s cameras were changed.", number) % {"n": number}
        messages.success(request, text)
        back = asked.copy()
        back["changed"] = str(batch)
        return redirect(f"{reverse('camera-table')}?{back.urlencode()}" if number else reverse("camera-table"))
    return _page(request, asked, form)


@require_POST
@role_required(*KEEPERS)
def take_listed_back(request: HttpRequest) -> HttpResponse:
    """``batch``: of a change; ``to``: a camera's key, to go back to its page."""
    try:
        taken = take_back(UUID(request.POST.get("batch", "")), request.user)
    except (KeepingError, ValueError) as error:
        messages.error(request, str(error) if isinstance(error, KeepingError) else _("There is nothing to take back."))
    else:
        cameras_kept.send(Camera, request=request, subject=f"took {taken.back} back")
        text = ngettext("%(n)s camera is as it was.", "%(n)s cameras are as they were.", taken.back) % {"n": taken.back}
        if taken.kept:
            kept = ngettext("%(n)s was changed since, and stays.", "%(n)s were changed since, and stay.", taken.kept)
            text += " " + kept % {"n": taken.kept}
        messages.success(request, text)
    camera = key_in(request.POST.get("to", ""))
    return redirect("camera", pk=camera) if camera else redirect("camera-table")


@require_POST
@role_required(*CAMERA_READERS)
def save_list(request: HttpRequest) -> HttpResponse:
    """Under ``name``; one of that name is replaced. ``remove``: the key of one that is not wanted any longer."""
    mine = SavedList.objects.filter(by=request.user)
    query = request.POST.get("asked", "")[:1000]
    if removed := request.POST.get("remove"):
        mine.filter(pk=key_in(removed)).delete()
    else:
        name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:60]
        if not name:
            messages.error(request, _("Give the list a name."))
        elif mine.count() >= MOST_LISTS and not mine.filter(name=name).exists():
            messages.error(request, _("There are enough lists; remove one first."))
        else:
            SavedList.objects.update_or_create(by=request.user, name=name, defaults={"query": _plain(query)})
    return redirect(f"{reverse('camera-table')}?{_plain(query)}")


def _plain(query: str) -> str:
    """An address's question without what belongs to one page of it."""
    asked = QueryDict(query.replace("\x00", "")).copy()
    for name in ("page", "changed"):
        asked.pop(name, None)
    for name in [name for name, value in asked.items() if not value]:
        del asked[name]
    return asked.urlencode()


def _meant(request: HttpRequest, asked: QueryDict, which: str) -> Any:
    if which == "chosen":
        keys = [key_in(key) for key in request.POST.getlist("camera")]
        return Camera.objects.visible_to(request.user).filter(pk__in=keys)
    found = listed(request.user, asked)
    if not found.is_valid():
        raise KeepingError(_("The list asks for something that there is not."))
    if str(found.qs.count()) != request.POST.get("expected"):
        raise KeepingError(_("The list has changed since you saw it. Look at it again."))
    return found.qs


def _page(request: HttpRequest, asked: QueryDict, form: BulkForm | None = None) -> HttpResponse:
    found = listed(request.user, asked)
    cameras = found.qs if found.is_valid() else Camera.objects.none()
    order = asked.get("order", "asset_number")
    without = QueryDict(_plain(asked.urlencode())).copy()
    sortless = without.copy()
    sortless.pop("order", None)
    heads = [
        (str(Camera._meta.get_field(name).verbose_name), f"-{name}" if order == name else name,
         "ascending" if order == name else "descending" if order == f"-{name}" else "")
        for name in COLUMNS if name != "district" or role_of(request.user) != Role.DISTRICT_ADMIN
    ]  # fmt: skip
    page = Paginator(cameras.select_related("district", "health", "stream").defer("district__boundary"), PAGE).get_page(
        asked.get("page")
    )
    changed = asked.get("changed", "")
    context = {
        "filter": found,
        "page": page,
        "heads": heads,
        "sortless": sortless.urlencode(),
        "asked": without.urlencode(),
        "narrowed": sum(1 for name in found.form.fields if asked.get(name)),
        "lists": SavedList.objects.filter(by=request.user),
        "bulk": (form or BulkForm()) if role_of(request.user) in KEEPERS else None,
        "chosen": set(request.POST.getlist("camera")),
        "changed": changed if len(changed) == 36 else "",
    }
    wrong = not found.is_valid() or bool(form and form.errors)
    return render(request, "cameras/table.html", context, status=400 if wrong else 200)
