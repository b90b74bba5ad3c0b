"""A plan to take along: spreadsheet, GeoPackage, sheet on paper; with method, weights and sources, so that others can check it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.gis.db.models.functions import AsWKB
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from cameras.inventory_views import inventory_exported
from cameras.models import District, Plan, PlanArea, PlanItem
from cameras.models.plan import only_district
from seoulcctv.paper import pdf, pdf_response
from seoulcctv.paper_map import Projection, as_points
from seoulcctv.roles import KEEPERS, role_required
from seoulcctv.tables import safe, written_response

from .following import headway_of
from .plan_views import plan_of
from .told import asked_rows, bought, indicator_names, indicators_of, named_drivers, phase_bars, shares_of
from .wanted import Wanted

WIDTH, HEIGHT, MARGIN = 720.0, 560.0, 10.0
RANKED = 100


@require_GET
@role_required(*KEEPERS)
def plan_file(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """``xlsx`` or ``gpkg``."""
    one = _made(request, pk)
    inventory_exported.send(Plan, request=request, form=f"plan {pk}, {form}")
    write = spreadsheet if form == "xlsx" else geopackage
    return written_response(f"plan-{pk}.{form}", lambda path: write(one, request.user, path))


@require_GET
@role_required(*KEEPERS)
def plan_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The report on paper."""
    one = _made(request, pk)
    inventory_exported.send(Plan, request=request, form=f"plan {pk}, pdf")
    return pdf_response(f"plan-{pk}.pdf", pdf("cameras/plan_report.html", report(one, request.user), request))


def report(plan: Plan, user: Any) -> dict[str, Any]:
    """What the sheet shows."""
    areas = PlanArea.objects.visible_to(user).filter(plan=plan, chosen=True).select_related("area__district")
    items = PlanItem.objects.visible_to(user).filter(plan=plan)
    names = indicator_names(plan)
    return {
        "plan": plan,
        "asked": asked_rows(Wanted.from_json(plan.asked)),
        "bought": bought(plan),
        "indicators": indicators_of(plan),
        "ranked": [(area, named_drivers(names, area)) for area in areas[:RANKED]],
        "left": max(0, len(areas) - RANKED),
        "phases": phase_bars(items),
        "shares": shares_of(plan, only_district(user)),
        "headway": headway_of(items),
        "drawing": drawing(areas, items),
        "width": WIDTH,
        "height": HEIGHT,
        "district": District.objects.filter(pk=only_district(user)).first(),
        "now": timezone.now(),
    }


def drawing(areas: Any, items: Any) -> dict[str, Any]:
    """Districts, chosen areas and new cameras as an SVG has them."""
    districts = list(District.objects.all())
    rings = [np.array(polygon.coords[0])[:, :2] for one in districts for polygon in one.boundary]
    place = Projection(np.concatenate(rings), WIDTH, HEIGHT, MARGIN)
    new = [item.location.coords for item in items.filter(kind=PlanItem.Kind.NEW).only("location")]
    return {
        "districts": [as_points(place(ring)) for ring in rings],
        "areas": [
            (as_points(place(np.array(polygon.coords[0])[:, :2])), area.stability >= 0.9)
            for area in areas for polygon in area.area.boundary
        ],
        "cameras": [(round(x, 1), round(y, 1)) for x, y in place(np.array(new))] if new else [],
    }  # fmt: skip


# Spreadsheet


def spreadsheet(plan: Plan, user: Any, path: Path) -> None:
    """Sheets: what it buys, how it was made, areas, items. Texts stay texts."""
    from xlsxwriter import Workbook

    wanted, names = Wanted.from_json(plan.asked), indicator_names(plan)
    with Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        _sheet(
            book, _("Result"), ["", _("now"), _("then"), ""], ([g.name, g.now, g.then, g.unit] for g in bought(plan))
        )
        head = [_("district"), _("now"), *(_("after phase %(n)s") % {"n": n + 1} for n in range(wanted.phases))]
        _sheet(book, _("Intelligent (%)"), head, (
            [str(one.district or _("All")), *one.steps] for one in shares_of(plan, only_district(user))
        ))  # fmt: skip
        method = [[label, value] for label, value in asked_rows(wanted)]
        method += [[_("made at"), timezone.localtime(plan.at).isoformat(" ", "minutes")], [_("areas judged"), str(plan.area_set)],
                   [_("fingerprint"), plan.fingerprint]]  # fmt: skip
        _sheet(book, _("Method"), ["", ""], method)
        head = [_("indicator"), _("weight (%)"), pgettext("of a value", "unit"), _("direction"), _("year"), _("source"), _("areas with a value"),
                _("least"), _("most")]  # fmt: skip
        _sheet(book, _("Indicators"), head, (
            [one["name"], one["weight"], one["unit"], _("more is worse") if one["worse"] > 0 else _("more is better"),
             one["year"], one["source"], one["areas"], one["least"], one["most"]] for one in indicators_of(plan)
        ))  # fmt: skip
        areas = PlanArea.objects.visible_to(user).filter(plan=plan).select_related("area__district")
        areas = areas.defer("area__boundary", "area__district__boundary")
        head = [_("rank"), _("area"), _("district"), _("index"), _("known of it"), _("stability"), _("chosen"), _("drivers"),
                _("covered before"), _("covered after")]  # fmt: skip
        _sheet(book, _("Areas"), head, (
            [one.rank, one.area.name, str(one.area.district), one.value, one.known, one.stability, _("yes") if one.chosen else "",
             ", ".join(f"{name} {adds:+.2f}" for name, adds in named_drivers(names, one)), one.covered, one.covered_then]
            for one in areas
        ))  # fmt: skip
        items = PlanItem.objects.visible_to(user).filter(plan=plan).select_related("area", "district", "camera")
        items = items.defer("area__boundary", "district__boundary")
        head = [_("number"), _("kind"), _("district"), _("area"), _("asset number"), _("latitude"), _("longitude"),
                _("heading (degrees from north)"), _("cameras"), _("newly seen (m²)"), _("cost (won)"), _("phase"), _("until"),
                _("state"), _("spent (won)")]  # fmt: skip
        _sheet(book, _("Items"), head, (
            [one.number, one.get_kind_display(), str(one.district), one.area.name if one.area else "",
             one.camera.asset_number if one.camera else "", one.location.y, one.location.x, one.heading, one.cameras,
             round(one.adds), one.cost, one.phase, one.due.isoformat(), one.get_state_display(), one.spent]
            for one in items.iterator(2000)
        ))  # fmt: skip


def _sheet(book: Any, title: str, head: list[str], rows: Any) -> None:
    sheet, bold = book.add_worksheet(title[:31]), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 18)
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    for number, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells):
            if isinstance(cell, (int, float)):
                sheet.write_number(number, column, cell)
            elif cell is not None and cell != "":
                sheet.write_string(number, column, str(safe(str(cell))))


# GeoPackage


def geopackage(plan: Plan, user: Any, path: Path) -> None:
    """Layers ``areas`` (polygons) and ``items`` (points), WGS84 (OGC 12-128)."""
    from pyogrio.raw import write

    areas = list(
        PlanArea.objects.visible_to(user).filter(plan=plan).annotate(wkb=AsWKB("area__boundary")).values_list(
            "wkb", "rank", "area__name", "area__district_id", "value", "known", "stability", "chosen", "covered", "covered_then"
        )
    )  # fmt: skip
    names = ["rank", "name", "district", "index", "known", "stability", "chosen", "covered", "covered_then"]
    kinds = [np.int32, object, object, float, float, float, bool, float, float]
    write(
        str(path),
        *_layer(areas, names, kinds),
        layer="areas",
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
    )
    items = list(
        PlanItem.objects.visible_to(user).filter(plan=plan).annotate(wkb=AsWKB("location")).values_list(
            "wkb", "number", "kind", "district_id", "camera__asset_number", "heading", "cameras", "adds", "cost", "phase", "due",
            "state", "spent"
        )
    )  # fmt: skip
    names = [
        "number",
        "kind",
        "district",
        "camera",
        "heading",
        "cameras",
        "adds_m2",
        "cost",
        "phase",
        "due",
        "state",
        "spent",
    ]
    kinds = [np.int32, object, object, object, float, np.int32, float, np.int64, np.int32, object, object, np.int64]
    write(
        str(path),
        *_layer(items, names, kinds),
        layer="items",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
        append=True,
    )


def _layer(rows: list[Any], names: list[str], kinds: list[Any]) -> tuple[Any, list[Any], list[str]]:
    shapes = np.array([bytes(row[0]) for row in rows], dtype=object)
    columns = []
    for at, kind in enumerate(kinds, start=1):
        values = [row[at] for row in rows]
        if kind is object:
            columns.append(np.array(["" if value is None else str(value) for value in values], dtype=object))
        elif kind is float:
            columns.append(np.array([np.nan if value is None else value for value in values], float))
        else:
            columns.append(np.array(values, kind))
    return shapes, columns, names


def _made(request: HttpRequest, pk: int) -> Plan:
    one = plan_of(request, pk)
    if not one.result:
        raise Http404
    return one
