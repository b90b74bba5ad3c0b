"""The inventory out again: in the national standard form (CSV, Excel), which can be brought in again as it is, and for maps
(GeoJSON, GeoPackage)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from .inventory.clean import PURPOSES
from .inventory.columns import WRITTEN
from .models import Camera

PURPOSE_NAMES = {code: name for name, code in reversed(PURPOSES.items())}  # the first, official name of each
PROPERTIES = (
    "district_id", "asset_number", "address", "lot_address", "agency", "purpose", "kind", "status", "count", "pixels",
    "view", "heading", "field_of_view", "range_m", "mounting_height", "retention_days", "installed", "telephone", "as_of",
)  # fmt: skip


def standard_rows(cameras: Any) -> Iterator[list[Any]]:
    """In the order of ``inventory.columns.WRITTEN``."""
    for camera in cameras.iterator(2000):
        yield [
            f"{int(camera.district_id) * 10}", camera.asset_number, camera.agency, camera.address, camera.lot_address,
            PURPOSE_NAMES[camera.purpose], camera.count, camera.pixels or "", camera.view, camera.retention_days,
            f"{camera.installed:%Y%m}" if camera.installed and camera.installed.day == 1 else _day(camera.installed),
            camera.telephone, f"{camera.location.y:.8f}", f"{camera.location.x:.8f}", _day(camera.as_of), "", "", "",
            "Y" if camera.kind == Camera.Kind.INTELLIGENT else "N",
        ]  # fmt: skip


def geojson(cameras: Any) -> Iterator[str]:
    """A FeatureCollection, sent while it is read; WGS84."""
    yield '{"type":"FeatureCollection","features":['
    before = ""
    for point, *values in cameras.values_list("location", *PROPERTIES).iterator(2000):
        properties = {n: v.isoformat() if isinstance(v, date) else v for n, v in zip(PROPERTIES, values, strict=True)}
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.x, point.y]},
            "properties": {"district": properties.pop("district_id"), **properties},
        }
        yield before + json.dumps(feature, ensure_ascii=False)
        before = ","
    yield "]}"


def excel(cameras: Any, path: Path) -> None:
    """The national standard form as an Excel file. Texts stay texts: what begins like a formula is none."""
    from xlsxwriter import Workbook

    with Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("CCTV")
        bold = book.add_format({"bold": True})
        for column, name in enumerate(WRITTEN):
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, 0, len(WRITTEN) - 1)
        sheet.set_column(1, 4, 24)
        for number, cells in enumerate(standard_rows(cameras), start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)


def geopackage(cameras: Any, path: Path) -> None:
    """One layer ``cameras`` of points, WGS84 (OGC 12-128)."""
    from pyogrio.raw import write

    rows = list(cameras.values_list("location", *PROPERTIES).iterator(2000))
    points = np.array([bytes(row[0].wkb) for row in rows], dtype=object)
    columns, masks = [], []
    for place, name in enumerate(PROPERTIES, start=1):
        kind = _KINDS.get(Camera._meta.get_field(name.removesuffix("_id")).get_internal_type(), "text")
        values = [row[place] for row in rows]
        masks.append(np.array([value is None for value in values], bool))
        columns.append(_column(values, kind))
    names = ["district" if name == "district_id" else name for name in PROPERTIES]
    write(
        str(path), points, columns, names, field_mask=masks, layer="cameras", driver="GPKG", geometry_type="Point",
        crs="EPSG:4326",
    )  # fmt: skip


_KINDS = {
    "PositiveSmallIntegerField": "int", "PositiveIntegerField": "int", "FloatField": "float", "DateField": "date",
}  # fmt: skip


def _column(values: list[Any], kind: str) -> Any:
    if kind == "int":
        return np.array([value or 0 for value in values], np.int32)
    if kind == "float":
        return np.array([np.nan if value is None else value for value in values], np.float64)
    if kind == "date":
        return np.array([np.datetime64("NaT") if value is None else value for value in values], "datetime64[D]")
    return np.array(["" if value is None else str(value) for value in values], dtype=object)


def in_order(cameras: Any) -> Any:
    """In the order of districts and numbers."""
    return cameras.order_by("district", "asset_number")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
