"""Inventories in the browser: a file is brought in, looked at, decided on, applied, undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seoulcctv.roles import CAMERA_READERS, Role, role_of, role_required
from seoulcctv.tables import csv_response

from .export import everything, geojson, standard_rows
from .intake import IntakeError, apply, name_columns, put_away, read, take_in, undo
from .inventory.clean import MENDS, REFUSES
from .inventory.columns import ALIASES, STANDARD
from .inventory.table import MOST_BYTES
from .models import Camera, District, Intake, IntakeRow
from .problems import note_text, table_problem

KEEPERS = (Role.DISTRICT_ADMIN, Role.SUPERVISOR)
PAGE = 50
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
            intake = read(take_in(user, district, file.name, file.read()))
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
    filters = [
        ("kind", _("kind"), Camera.Kind.choices),
        ("status", _("status"), [choice for choice in Camera.Status.choices if choice[0] != Camera.Status.RETIRED]),
        ("purpose", _("purpose"), Camera.Purpose.choices),
    ]
    if role_of(request.user) != Role.DISTRICT_ADMIN:
        filters.append(("district", _("district"), [(d.code, d.name) for d in District.objects.defer("boundary")]))
    return render(request, "cameras/map.html", {"filters": filters})


@require_GET
@role_required(*KEEPERS)
def intake(request: HttpRequest, pk: int) -> HttpResponse:
    """What one file would change, or did."""
    one = _intake(request, pk)
    counts, kinds = one.counts, one.counts.get("kinds", {})
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = next((name for name in TABS if counts.get(name)), "added")
    page = Paginator(one.rows.filter(verdict=tab), PAGE).get_page(request.GET.get("page"))
    context = {
        "intake": one,
        "problem": table_problem(one.problem),
        "tiles": [(name, IntakeRow.Verdict(name).label, counts.get(name, 0)) for name in IntakeRow.Verdict.values],
        "mended": [(kind, note_text(kind), kinds[kind]) for kind in MENDS if kind in kinds],
        "refused": [(note_text(kind), kinds[kind]) for kind in REFUSES if kind in kinds],
        "fields": sorted(((_label(name), n) for name, n in counts.get("fields", {}).items()), key=lambda f: -f[1]),
        "tab": tab,
        "asked": f"tab={tab}",
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
            read(one)
        else:
            read(one)
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
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """All cameras that the account may write, ``csv`` in the national standard form or ``geojson``."""
    cameras = everything(Camera.objects.visible_to(request.user))
    inventory_exported.send(Camera, request=request, form=form)
    if form == "csv":
        return csv_response("cameras.csv", STANDARD, standard_rows(cameras))
    response = StreamingHttpResponse(geojson(cameras), content_type="application/geo+json")
    response["Content-Disposition"] = 'attachment; filename="cameras.geojson"'
    response["Cache-Control"] = "no-store"
    return response


def _intake(request: HttpRequest, pk: int) -> Intake:
    one: Intake = get_object_or_404(
        Intake.objects.visible_to(request.user).defer("content").select_related("district", "by"), pk=pk
    )
    return one


def _label(name: str) -> str:
    """A camera's field, or a column that becomes one, in the reader's language."""
    places = {"latitude": _("latitude"), "longitude": _("longitude"), "district": _("district")}
    return places.get(name) or str(Camera._meta.get_field(name).verbose_name)
