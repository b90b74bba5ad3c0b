"""Cleaned rows against each other, against the districts, and against the inventory that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .clean import LONGEST_NUMBER, Cleaned, made_number

SAME_PLACE_DEGREES = 5e-6  # half a metre
#: What an import may change of a camera that is there.
COMPARED = (
    "address", "lot_address", "agency", "purpose", "kind", "count", "pixels", "view", "retention_days", "installed", "telephone",
    "as_of", "heading", "more_headings", "field_of_view",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """One line of the file. verdict: added, changed, unchanged or refused; changes: field to before and after; camera:
    the one that is there; district: its code."""

    line: int
    cleaned: Cleaned
    district: str = ""
    verdict: str = "refused"
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    camera: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A camera that is there: its key, and its fields by name with ``longitude`` and ``latitude``."""

    pk: int
    values: Mapping[str, Any]


def place_rows(
    rows: Sequence[Row], lies_in: Sequence[str | None], near: Sequence[frozenset[str]], stated: Sequence[str], own: str
) -> None:
    """Which district each row belongs to. lies_in: the district of its place, None outside the city; near: those within
    reach of the boundaries' inaccuracy; stated: what the row says, empty where it says nothing; own: the only district
    that may be written, empty for all."""
    for row, inside, about, says in zip(rows, lies_in, near, stated, strict=True):
        if "latitude" not in row.cleaned.values:
            continue
        code = says if says and says in about else inside or (own if own in about else next(iter(sorted(about)), None))
        if code is None:
            row.cleaned.note("outside", "latitude", _where(row))
            continue
        if own and code != own and own in about and not says:
            code = own
        if says and says != code:
            row.cleaned.note("district_by_place", "district", says, code)
        if own and code != own:
            row.cleaned.note("other_district", "district", says, code)
        row.district = code


def number_rows(rows: Sequence[Row]) -> None:
    """Every row that stays gets a number of its own in its district."""
    seen: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.cleaned.refused:
            continue
        values = row.cleaned.values
        if "asset_number" not in values:
            values["asset_number"] = made_number(values)
            row.cleaned.note("number_made", "asset_number", "", values["asset_number"])
        given = values["asset_number"]
        before = seen.setdefault((row.district, given), [])
        if any(_same(values, other.cleaned.values) for other in before):
            row.cleaned.note("same_row", "asset_number", f"{given} ({before[0].line})")
            continue
        before.append(row)
        if len(before) > 1:
            values["asset_number"] = _free(given, len(before), row.district, seen)
            seen[row.district, values["asset_number"]] = [row]
            row.cleaned.note("number_repeated", "asset_number", given, values["asset_number"])


def compare(rows: Sequence[Row], there: Mapping[tuple[str, str], Known]) -> None:
    """Verdicts. there: the inventory by district and number."""
    for row in rows:
        if row.cleaned.refused:
            row.verdict = "refused"
            continue
        values = row.cleaned.values
        known = there.get((row.district, values["asset_number"]))
        if known is None:
            row.verdict, row.camera, row.changes = "added", None, {}
            continue
        row.camera = known.pk
        row.changes = {
            name: (known.values.get(name), values[name])
            for name in COMPARED
            if name in values and values[name] != "" and values[name] != known.values.get(name)
        }
        moved = max(abs(known.values[name] - values[name]) for name in ("longitude", "latitude"))
        if moved > SAME_PLACE_DEGREES:
            before, after = ([at["longitude"], at["latitude"]] for at in (known.values, values))
            row.changes["location"] = (before, after)
        if known.values.get("status") == "retired":
            row.changes["status"] = ("retired", "working")
        row.verdict = "changed" if row.changes else "unchanged"


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows say the same, but for their numbers."""
    return {k: v for k, v in one.items() if k != "asset_number"} == {
        k: v for k, v in other.items() if k != "asset_number"
    }


def _free(given: str, number: int, district: str, taken: Mapping[tuple[str, str], Any]) -> str:
    while (district, made := f"{given[: LONGEST_NUMBER - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    return made


def _where(row: Row) -> str:
    return f"{row.cleaned.values['latitude']}, {row.cleaned.values['longitude']}"
