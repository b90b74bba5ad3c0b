"""Inventories in the browser: a file is brought in, looked at, decided on, applied, undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.db.models.functions import Length
from django.dispatch import Signal
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seoulcctv.roles import CAMERA_READERS, KEEPERS, Role, role_of, role_required
from seoulcctv.tables import csv_response, written_response

from .blind import FAR
from .export import excel, geojson, geopackage, in_order, standard_rows
from .filters import CameraFilter
from .intake import IntakeError, apply, name_columns, put_away, take_in, undo
from .inventory.clean import MENDS, REFUSES
from .inventory.columns import ALIASES, WRITTEN
from .inventory.table import MOST_BYTES
from .models import Camera, District, Intake, IntakeRow
from .problems import note_text, table_problem
from .reading_beside import is_being_read, read_soon
from .table_views import listed

PAGE = 50
FILES = {
    "xlsx": excel,
    "gpkg": geopackage,
}
SHOWN_ON_MAP = ("unchanged", "changed", "added", "refused")  # the last ones on top
MOST_POINTS = 3000  # of a kind
TABS = ("refused", "changed", "added", "missing")
#: Sent when an inventory was written: ``intake``, ``request``, ``what``. Apps above listen.
inventory_written = Signal()
#: Sent when one was taken along: ``request``, ``form``.
inventory_exported = Signal()


class IntakeForm(forms.Form):
    """district: for supervisors; empty: the whole city."""

    district = forms.ModelChoiceField(
        District.objects.none(),
        label=gettext_lazy("District"),
        required=False,
        empty_label=gettext_lazy("The whole city"),
    )
    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role_of(user) == Role.SUPERVISOR:
            self.fields["district"].queryset = District.objects.defer("boundary")  # type: ignore[attr-defined]
        else:
            del self.fields["district"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(table_problem("too_large"))
        return file


@require_http_methods(["GET", "POST"])
@role_required(*KEEPERS)
def inventory(request: HttpRequest) -> HttpResponse:
    """What the inventory holds, the files that came in, and the form for another."""
    user = request.user
    form = IntakeForm(user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        district = form.cleaned_data.get("district") if role_of(user) == Role.SUPERVISOR else user.district  # type: ignore[union-attr]
        file = form.cleaned_data["file"]
        try:
            content = file.read()
            intake = take_in(user, district, file.name, content)
            read_soon(intake, len(content))
        except IntakeError as error:
            form.add_error("file", str(error))
        else:
            return redirect("intake", pk=intake.pk)
    there = ~Q(status=Camera.Status.RETIRED)
    held = Camera.objects.visible_to(user).aggregate(
        working=Count("pk", filter=there),
        intelligent=Count("pk", filter=there & Q(kind=Camera.Kind.INTELLIGENT)),
        retired=Count("pk", filter=~there),
    )
    context = {
        **held,
        "form": form,
        "intakes": Intake.objects.visible_to(user).defer("content").select_related("district", "by")[:PAGE],
    }
    return render(request, "cameras/inventory.html", context, status=400 if form.errors else 200)


@require_GET
@role_required(*CAMERA_READERS)
def camera_map(request: HttpRequest) -> HttpResponse:
    """All cameras on the map; what is shown is asked for by the page as it is moved."""
    shown = CameraFilter(request.GET, queryset=Camera.objects.none(), user=request.user)
    return render(
        request, "cameras/map.html", {"filter": shown, "far": FAR, "keeper": role_of(request.user) in KEEPERS}
    )


@require_GET
@role_required(*KEEPERS)
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """What one file would change, or did."""
    one = _intake(request, pk)
    counts, kinds = one.counts, one.counts.get("kinds", {})
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = next((name for name in TABS if counts.get(name)), "added")
    rows, kind = one.rows.filter(verdict=tab), request.GET.get("kind", "")
    if kind in kinds:
        rows = one.rows.filter(kinds__contains=[kind])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "intake": one,
        "problem": table_problem(one.problem),
        "tiles": [(name, IntakeRow.Verdict(name).label, counts.get(name, 0)) for name in IntakeRow.Verdict.values],
        "mended": [(kind, note_text(kind), kinds[kind]) for kind in MENDS if kind in kinds],
        "refused": [(kind, note_text(kind), kinds[kind]) for kind in REFUSES if kind in kinds],
        "fields": _bars(counts.get("fields", {})),
        "tab": tab,
        "asked": f"tab={tab}&kind={kind}" if kind in kinds else f"tab={tab}",
        "kind": (kind, note_text(kind), kinds[kind]) if kind in kinds else None,
        "reading": is_being_read(one),
        "page": page,
        "rows": [(row, [(note_text(kind), given, better) for kind, _f, given, better in row.notes],
                  [(_label(name), before, after) for name, (before, after) in row.changes.items()]) for row in page],
        "columns": [(field, _label(field), one.columns.get(field)) for field in ALIASES],
        "header": list(enumerate(one.header)),
    }  # fmt: skip
    return render(request, "cameras/intake.html", context)


@require_POST
@role_required(*KEEPERS)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """``do``: apply, again (compare anew), undo, away, or columns (``column-FIELD``: number of a column)."""
    one, what = _intake(request, pk), request.POST.get("do", "")
    try:
        if what == "apply":
            taken = set(request.POST.getlist("take"))
            down = [kind for kind in one.counts.get("kinds", {}) if kind in MENDS and kind not in taken]
            one = apply(one, request.user, down, "retire_missing" in request.POST)
            messages.success(request, _("Applied. It can be undone on this page."))
        elif what == "undo":
            one = undo(one, request.user)
            messages.success(request, _("Undone."))
        elif what == "away":
            put_away(one)
            return redirect("inventory")
        elif what == "columns":
            told = {field: request.POST.get(f"column-{field}", "") for field in ALIASES}
            columns = {f: int(at) for f, at in told.items() if at.isascii() and at.isdigit() and len(at) < 5}
            name_columns(one, request.user, columns)
            _read_again(one)
        else:
            _read_again(one)
    except IntakeError as error:
        messages.error(request, str(error))
    else:
        if what in ("apply", "undo"):
            inventory_written.send(Intake, intake=one, request=request, what=what)
    return redirect("intake", pk=pk)


@require_GET
@role_required(*KEEPERS)
def refused(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The refused rows as they stood in the file, with the reason: to be mended and brought back."""
    one = _intake(request, pk)
    rows = one.rows.filter(verdict=IntakeRow.Verdict.REFUSED).iterator(2000)
    lines = ([*row.cells, "; ".join(note_text(kind) for kind, *_rest in row.notes)] for row in rows)
    return csv_response(f"refused-{one.pk}.csv", [*one.header, _("Reason")], lines)


@require_GET
@role_required(*KEEPERS)
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The cameras that the account may write and the address asks for, as the table does: ``csv`` or ``xlsx`` in the
    national standard form, ``geojson`` or ``gpkg`` for maps."""
    found = listed(request.user, request.GET)
    if not found.is_valid():
        return HttpResponseBadRequest(_("The list asks for something that there is not."), content_type="text/plain")
    cameras = in_order(found.qs)
    inventory_exported.send(Camera, request=request, form=form)
    if form == "csv":
        return csv_response("cameras.csv", WRITTEN, standard_rows(cameras))
    if form != "geojson":
        return written_response(f"cameras.{form}", lambda path: FILES[form](cameras, path))
    response = StreamingHttpResponse(geojson(cameras), content_type="application/geo+json")
    response["Content-Disposition"] = 'attachment; filename="cameras.geojson"'
    response["Cache-Control"] = "no-store"
    return response


def _read_again(one: Intake) -> None:
    """Unless somebody does already."""
    if is_being_read(one):
        return
    if one.status in (Intake.Status.READY, Intake.Status.COLUMNS, Intake.Status.FAILED):
        Intake.objects.filter(pk=one.pk).update(status=Intake.Status.WAITING, problem="")
    size = Intake.objects.annotate(size=Length("content")).values_list("size", flat=True).get(pk=one.pk)
    read_soon(one, size or 0)


@require_GET
@role_required(*KEEPERS)
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far reading is: percent, and whether somebody still reads."""
    one = _intake(request, pk)
    return JsonResponse({"status": one.status, "percent": one.progress, "reading": is_being_read(one)})


@require_GET
@role_required(*KEEPERS)
def points(request: HttpRequest, pk: int) -> JsonResponse:
    """Where the rows lie, ``{verdict: [[lon, lat], ...]}``; of a large file some of each."""
    one = _intake(request, pk)
    found: dict[str, list[list[float]]] = {}
    for verdict in SHOWN_ON_MAP:
        rows = one.rows.filter(verdict=verdict, values__has_keys=["longitude", "latitude"])
        every = max(1, one.counts.get(verdict, 0) // MOST_POINTS)
        places = rows.annotate(part=F("line") % every).filter(part=0) if every > 1 else rows
        found[verdict] = [
            [values["longitude"], values["latitude"]]
            for values in places.values_list("values", flat=True)[: 2 * MOST_POINTS]
        ]
    return JsonResponse(found)


def _intake(request: HttpRequest, pk: int) -> Intake:
    one: Intake = get_object_or_404(
        Intake.objects.visible_to(request.user).defer("content").select_related("district", "by"), pk=pk
    )
    return one


def _bars(fields: dict[str, int]) -> list[tuple[str, int, int]]:
    """Field, how many rows change it, percent of the most; the most first."""
    most = max(fields.values(), default=1)
    told = [(_label(name), number, max(1, round(100 * number / most))) for name, number in fields.items()]
    return sorted(told, key=lambda one: -one[1])


def _label(name: str) -> str:
    """A camera's field, or a column that becomes one, in the reader's language."""
    places = {"latitude": _("latitude"), "longitude": _("longitude"), "district": _("district")}
    return places.get(name) or str(Camera._meta.get_field(name).verbose_name)
