"""What reading a file of an inventory does: rows cleaned, put into districts, compared, and kept to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from .inventory.clean import clean
from .inventory.columns import plain, recognised, signature
from .inventory.sorting import COMPARED, Known, Row, number_rows, place_rows
from .inventory.table import Table
from .models import Camera, ColumnMapping, District, Intake

BORDER_DEGREES = 0.0018  # some 200 m: the boundaries are of 2013 and simplified
FIELDS = (*COMPARED, "longitude", "latitude", "asset_number")


def columns_of(header: list[str]) -> dict[str, int]:
    kept = ColumnMapping.objects.filter(signature=signature(header)).first()
    return dict(kept.columns) if kept else recognised(header)


def cleaned_rows(table: Table, columns: dict[str, int], progress: Callable[[int], None]) -> list[Row]:
    rows, today, count = [], timezone.localdate(), len(table.rows)
    for number, (line, cells) in enumerate(zip(table.lines, table.rows, strict=True)):
        rows.append(Row(line, clean({field: cells[at] for field, at in columns.items()}, today)))
        if number % 10_000 == 9_999:
            progress(10 + 40 * number // count)
    return rows


def sort_rows(rows: list[Row], table: Table, columns: dict[str, int], own: str | None) -> None:
    placed = [row for row in rows if "latitude" in row.cleaned.values]
    inside, near = _districts([(r.cleaned.values["longitude"], r.cleaned.values["latitude"]) for r in placed])
    names = {plain(district.name_ko): district.code for district in District.objects.defer("boundary")}
    names |= {code: code for code in names.values()}
    by_line = dict(zip(table.lines, table.rows, strict=True))
    stated = [_stated(by_line[row.line], columns, names) for row in placed]
    place_rows(placed, inside, near, stated, own or "")
    number_rows(rows)


def _stated(cells: list[str], columns: dict[str, int], names: dict[str, str]) -> str:
    """The district that a row names: in a column of its own, as its office, or in its address; empty where in none."""
    if "district" in columns:
        return names.get(plain(cells[columns["district"]]), "")
    for field in ("address", "lot_address", "agency"):
        if field in columns:
            for word in cells[columns[field]].split():
                if code := names.get(plain(word.removesuffix("청"))):
                    return code
    return ""


def _districts(points: list[tuple[float, float]]) -> tuple[list[str | None], list[frozenset[str]]]:
    """The district of each place, and those within reach of it."""
    inside: list[str | None] = [None] * len(points)
    near: list[set[str]] = [set() for _ in points]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH d AS MATERIALIZED (
                SELECT code, boundary, ST_Buffer(boundary, %s, 2) AS about FROM cameras_district)
            SELECT p.n, d.code, ST_Covers(d.boundary, p.point)
            FROM (SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS point
                  FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS t(lon, lat, n)) p
            JOIN d ON ST_Covers(d.about, p.point)
            """,
            [BORDER_DEGREES, [lon for lon, _ in points], [lat for _, lat in points]],
        )
        for number, code, covers in cursor:
            near[number - 1].add(code)
            if covers and inside[number - 1] is None:
                inside[number - 1] = code
    return inside, [frozenset(codes) for codes in near]


def _inventory(district: str | None) -> Any:
    cameras = Camera.objects.exclude(status=Camera.Status.RETIRED)
    return cameras.filter(district_id=district) if district else cameras


def inventory_of(district: str | None) -> dict[tuple[str, str], Known]:
    """Retired ones too: their numbers are taken."""
    cameras = Camera.objects.filter(district_id=district) if district else Camera.objects.all()
    found = {}
    for pk, code, number, status, point, *values in cameras.values_list(
        "pk", "district_id", "asset_number", "status", "location", *COMPARED
    ).iterator(5000):
        known = dict(zip(COMPARED, values, strict=True)) | {"longitude": point.x, "latitude": point.y, "status": status}
        found[code, number] = Known(pk, known)
    return found


def missing_cameras(rows: list[Row], district: str | None) -> list[tuple[int, str, str]]:
    """Cameras that are there and not in the file: key, district, number."""
    named = {row.camera for row in rows if row.camera}
    every = _inventory(district).values_list("pk", "district_id", "asset_number")
    return [found for found in every if found[0] not in named]


def keep_rows(intake: Intake, rows: list[Row], gone: list[tuple[int, str, str]], table: Table) -> None:
    as_json = DjangoJSONEncoder(ensure_ascii=False).encode
    names = ("line", "district", "verdict", "camera", "asset_number", '"values"', "changes", "notes", "cells", "kinds")
    cells = dict(zip(table.lines, table.rows, strict=True))
    into = f"COPY cameras_intakerow (intake_id, {', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            values = {name: value for name, value in row.cleaned.values.items() if name in FIELDS}
            notes = [[note.kind, note.field, note.given, note.mended] for note in row.cleaned.notes]
            copy.write_row(
                [
                    intake.pk, row.line, row.district, row.verdict, row.camera, values.get("asset_number", ""),
                    as_json(values), as_json(row.changes), as_json(notes),
                    as_json(cells[row.line] if notes else []), sorted({note[0] for note in notes}),
                ]
            )  # fmt: skip
        for pk, district, number in gone:
            copy.write_row([intake.pk, 0, district, "missing", pk, number, "{}", "{}", "[]", "[]", []])


def counts_of(rows: list[Row], gone: int) -> dict[str, Any]:
    verdicts = Counter(row.verdict for row in rows)
    kinds = Counter(kind for row in rows for kind in {note.kind for note in row.cleaned.notes})
    fields = Counter(name for row in rows if row.verdict == "changed" for name in row.changes)
    return {"rows": len(rows), **verdicts, "missing": gone, "kinds": dict(kinds), "fields": dict(fields)}
