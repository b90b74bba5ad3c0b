"""What areas are judged by: indicators that were brought, their files, areas of one's own, places where no camera may stand."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cameras.keeping import cameras_kept
from cameras.models import AreaSet, Indicator, IndicatorFile, KeepOut
from cameras.problems import table_problem
from seoulcctv.roles import role_required
from seoulcctv.tables import csv_response

from .areas import AreaError, from_file, keep_out_from_file
from .indicator_file import IndicatorError, apply, reading_of, take_in, undo, usual
from .views import PLANNERS

LARGEST = 20 * 1024 * 1024
SHOWN = 200  # refused rows
ENDINGS = (".geojson", ".json", ".gpkg", ".zip")
MENDED = {
    "full_width": gettext_lazy("Full-width digits"), "thousands": gettext_lazy("Thousands separators"),
    "percent": gettext_lazy("Percent signs"), "swapped": gettext_lazy("Latitude and longitude were swapped"),
}  # fmt: skip
FIELDS = ("name_ko", "name_en", "unit", "year", "source", "worse", "kind")


class FileForm(forms.Form):
    """A file of indicators."""

    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": LARGEST // 2**20})
        if not file.size:
            raise forms.ValidationError(table_problem("empty"))
        return file


class ToldForm(forms.ModelForm):
    """What is said of one indicator of a file."""

    class Meta:
        model = Indicator
        fields = FIELDS


@require_http_methods(["GET", "POST"])
@role_required(*PLANNERS)
def indicators(request: HttpRequest) -> HttpResponse:
    """All that is known, and the form for more."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept, _reading = take_in(request.user, file.name, file.read())
        except IndicatorError as error:
            form.add_error("file", str(error))
        else:
            return redirect("indicator-file", pk=kept.pk)
    context = {
        "form": form,
        "indicators": Indicator.objects.current().select_related("file").defer("file__content"),
        "files": IndicatorFile.objects.defer("content").select_related("by")[:30],
        "own": AreaSet.objects.filter(kind=AreaSet.Kind.OWN),
        "keep_out": KeepOut.objects.count(),
    }
    return render(request, "cameras/indicators.html", context, status=400 if form.errors else 200)


@require_GET
@role_required(*PLANNERS)
def indicator_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What one file holds, and what is said of it."""
    return _page(request, _file(pk))


@require_POST
@role_required(*PLANNERS)
def indicator_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """``do``: apply, undo or away (a file that is not applied)."""
    file, what = _file(pk), request.POST.get("do", "")
    try:
        if what == "undo":
            undo(file)
            messages.success(request, _("Undone. What was there before counts again."))
        elif what == "away":
            if file.status == IndicatorFile.Status.APPLIED:
                raise IndicatorError(_("This file was dealt with already."))
            file.delete()
            return redirect("indicators")
        else:
            told = _told(request, file)
            if any(form.errors for _key, form in told):
                return _page(request, file, told)
            apply(file, {key: form.cleaned_data for key, form in told})
            messages.success(request, _("Applied. It can be undone on this page."))
    except (IndicatorError, ValidationError) as error:
        messages.error(request, "; ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    else:
        cameras_kept.send(Indicator, request=request, subject=f"indicators, {what or 'apply'} {pk}: {file}")
    return redirect("indicator-file", pk=pk)


@require_GET
@role_required(*PLANNERS)
def indicator_refused(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Rows that do not come in, with the reason."""
    file = _file(pk)
    rows = ([row.line, row.given, row.reason] for row in reading_of(file.name, bytes(file.content)).refused)
    return csv_response(f"refused-indicators-{pk}.csv", [_("line"), _("row"), _("Reason")], rows)


@require_POST
@role_required(*PLANNERS)
def bring_areas(request: HttpRequest) -> HttpResponse:
    """``file``: polygons; ``what``: ``areas`` (with a ``name``) or ``keep_out``; ``clear``: forget where none may stand."""
    if "clear" in request.POST:
        number, _kinds = KeepOut.objects.all().delete()
        cameras_kept.send(KeepOut, request=request, subject=f"{number} places without cameras forgotten")
        return redirect("indicators")
    file = request.FILES.get("file")
    try:
        if file is None or not file.size:
            raise AreaError(_("Choose a file."))
        ending = next((one for one in ENDINGS if (file.name or "").casefold().endswith(one)), None)
        if ending is None or file.size > LARGEST:
            raise AreaError(
                _("A GeoJSON, a GeoPackage or a zipped Shapefile of at most %(limit)s MB.")
                % {"limit": LARGEST // 2**20}
            )
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"areas{ending}"
            with path.open("wb") as kept:
                for part in file.chunks():
                    kept.write(part)
            if request.POST.get("what") == "keep_out":
                number = keep_out_from_file(path, request.user)
                subject = f"{number} places without cameras"
            else:
                areas = from_file(path, request.POST.get("name", "").replace("\x00", ""))
                number, subject = areas.areas.count(), f"areas {areas}"
    except AreaError as error:
        messages.error(request, str(error))
    else:
        cameras_kept.send(AreaSet, request=request, subject=subject)
        messages.success(
            request, ngettext("%(n)s area was brought in.", "%(n)s areas were brought in.", number) % {"n": number}
        )
    return redirect("indicators")


def _told(request: HttpRequest, file: IndicatorFile) -> list[tuple[str, ToldForm]]:
    return [(key, ToldForm(request.POST, prefix=f"i{at}")) for at, key in enumerate(sorted(file.told))]


def _page(request: HttpRequest, file: IndicatorFile, told: list[tuple[str, ToldForm]] | None = None) -> HttpResponse:
    reading = reading_of(file.name, bytes(file.content))
    years = {one.key: one.year for one in reading.indicators}
    forms_of = dict(told) if told else {
        key: ToldForm(prefix=f"i{at}", initial={**usual(key), **file.told[key], "year": years.get(key) or file.told[key].get("year")})
        for at, key in enumerate(sorted(file.told))
    }  # fmt: skip
    # of several years of one indicator the same is said: asked once
    found = [(one, forms_of.pop(one.key, None), sorted(one.values.values())) for one in reading.indicators]
    context = {
        "file": file,
        "reading": reading,
        "found": [(one, form, values[0], values[len(values) // 2], values[-1]) for one, form, values in found],
        "mended": [(MENDED[kind], number) for kind, number in reading.mended.items()],
        "refused": reading.refused[:SHOWN],
        "replaces": Indicator.objects.current().filter(key__in=file.told).exclude(file=file),
    }
    return render(request, "cameras/indicator_file.html", context, status=400 if told else 200)


def _file(pk: int) -> IndicatorFile:
    found: IndicatorFile = get_object_or_404(IndicatorFile, pk=pk)
    return found
