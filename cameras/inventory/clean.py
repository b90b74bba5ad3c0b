"""A row of an inventory as a camera: what is dirty is mended where the right value can be known, else refused.

Every mending is a note, and belongs to a kind that the administrator may turn down: then rows mended that way are left
out. Nothing is guessed silently.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

KOREA = (33.0, 39.5, 124.0, 132.0)  # south, north, west, east
PURPOSES = {
    "생활방범": "crime", "방범": "crime", "범죄예방": "crime", "어린이보호": "child", "어린이": "child", "스쿨존": "child",
    "시설물관리": "facility", "시설물": "facility", "시설관리": "facility", "쓰레기단속": "waste", "쓰레기": "waste",
    "무단투기": "waste", "교통단속": "enforcement", "주정차단속": "enforcement", "불법주정차": "enforcement",
    "교통정보수집": "traffic", "교통정보": "traffic", "차량방범": "vehicle", "차량": "vehicle", "재난재해": "disaster",
    "재난": "disaster", "다목적": "multi", "기타": "other",
}  # fmt: skip
KINDS = {
    "intelligent": {"y", "yes", "o", "1", "예", "지능형", "지능형cctv", "선별관제", "intelligent", "true"},
    "regular": {"n", "no", "x", "0", "아니오", "아니요", "일반", "일반형", "일반cctv", "regular", "false"},
}
COMPASS = {
    "북동": 45.0, "동북": 45.0, "남동": 135.0, "동남": 135.0, "남서": 225.0, "서남": 225.0, "북서": 315.0, "서북": 315.0,
    "북": 0.0, "동": 90.0, "남": 180.0, "서": 270.0,
}  # fmt: skip
DIRECTION = r"(북동|동북|남동|동남|남서|서남|북서|서북|북|동|남|서)(?:쪽|측|향|방향|방면)?"
LONGEST_NUMBER, LONGEST_TEXT = 40, 200
FORMULA = ("=", "+", "-", "@")
FIRST_DATE = date(1990, 1, 1)

#: Kinds of notes that keep a row out, and those that mend it; in the order in which they are shown.
REFUSES = ("no_place", "bad_place", "outside", "other_district", "number_too_long", "number_is_formula", "same_row")
MENDS = (
    "swapped", "decimal_point", "number_repeated", "number_made", "district_by_place", "full_width", "date_form",
    "date_unreadable", "number_form", "value_odd", "purpose_unknown", "kind_unknown", "formula", "text_cut",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """What was found in a cell. kind: one of ``REFUSES`` or ``MENDS``; mended: the value taken instead, as text."""

    kind: str
    field: str
    given: str = ""
    mended: str = ""

    @property
    def refuses(self) -> bool:
        return self.kind in REFUSES


@dataclass(slots=True)
class Cleaned:
    """values: of the camera's fields, only those that the file tells; ``longitude``, ``latitude`` in WGS84 degrees."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(note.refuses for note in self.notes)

    def note(self, kind: str, name: str, given: object = "", mended: object = "") -> None:
        self.notes.append(Note(kind, name, str(given)[:LONGEST_TEXT], str(mended)[:LONGEST_TEXT]))


def clean(cells: Mapping[str, str], today: date | None = None) -> Cleaned:
    """``cells``: by field, see ``columns.ALIASES``. Where the row lies, and whether its number is the only one, is told
    later (``sorting``)."""
    out, today = Cleaned(), today or date.today()
    _place(cells, out)
    for name in ("agency", "address", "lot_address", "telephone", "view"):
        if name in cells:
            out.values[name] = _text(cells[name], name, out)
    if "asset_number" in cells:
        _number(cells["asset_number"], out)
    if cells.get("purpose", "").strip():
        _purpose(cells["purpose"], out)
    if cells.get("kind", "").strip():
        _kind(cells["kind"], out)
    for name, low, high in (("count", 1, 200), ("retention_days", 1, 365), ("pixels", 1, 20_000)):
        if cells.get(name, "").strip():
            _whole(cells[name], name, low, high, out)
    for name in ("installed", "as_of"):
        if cells.get(name, "").strip():
            _date(cells[name], name, today, out)
    _view(out)
    return out


def made_number(values: Mapping[str, Any]) -> str:
    """For forms without numbers: the same for the same place and address, whatever else changes."""
    what = f"{values.get('address', '')}|{values.get('longitude', 0):.5f}|{values.get('latitude', 0):.5f}"
    return "G-" + hashlib.sha256(what.encode()).hexdigest()[:10].upper()


def _narrow(text: str) -> str:
    """One line, full-width letters and digits as usual ones."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\x00", "").split())


def _text(given: str, name: str, out: Cleaned) -> str:
    text = _narrow(given)
    if text.startswith(FORMULA) and not re.fullmatch(r"[+\-]?[\d\s\-()]+", text):
        out.note("formula", name, given)
        return ""
    if len(text) > LONGEST_TEXT:
        out.note("text_cut", name, given, text[:LONGEST_TEXT])
        text = text[:LONGEST_TEXT]
    return text


def _number(given: str, out: Cleaned) -> None:
    text = _narrow(given)
    if text.startswith(("=", "@")) or re.match(r"[+\-][A-Za-z(]", text):
        out.note("number_is_formula", "asset_number", given)
    elif len(text) > LONGEST_NUMBER:
        out.note("number_too_long", "asset_number", given)
    elif text:
        if re.search(r"[！-～]", given):
            out.note("full_width", "asset_number", given, text)
        out.values["asset_number"] = text


def _degrees(given: str) -> float | None:
    """Decimal, or degrees, minutes and seconds; None for neither."""
    text = _narrow(given).replace(",", ".") if given.count(",") == 1 and "." not in given else _narrow(given)
    text = text.strip("°NSEWnsew ")
    parts = re.fullmatch(r"(\d{1,3})\s*[°도:]\s*(\d{1,2})\s*['분:′]\s*(\d{1,2}(?:\.\d+)?)\s*(?:[\"초″]|[′']{2})?", text)
    if parts:
        degrees, minutes, seconds = (float(part) for part in parts.groups())
        return degrees + minutes / 60 + seconds / 3600
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _place(cells: Mapping[str, str], out: Cleaned) -> None:
    given = {name: cells.get(name, "") for name in ("latitude", "longitude")}
    if not any(_narrow(text) for text in given.values()):
        return out.note("no_place", "latitude")
    numbers = {name: _degrees(text) for name, text in given.items()}
    for name, number in numbers.items():
        if number is None:
            return out.note("bad_place", name, given[name])
        if re.search(r"[０-９．]", given[name]):
            out.note("full_width", name, given[name], number)
    latitude, longitude = (float(number or 0.0) for number in numbers.values())
    if not latitude or not longitude:
        return out.note("no_place", "latitude" if not latitude else "longitude", given["latitude"])
    south, north, west, east = KOREA
    if south <= longitude <= north and west <= latitude <= east:
        out.note("swapped", "latitude", f"{given['latitude']} / {given['longitude']}", f"{longitude} / {latitude}")
        latitude, longitude = longitude, latitude
    mended = _pointed(latitude, south, north), _pointed(longitude, west, east)
    if None in mended:
        return out.note("bad_place", "latitude", f"{given['latitude']} / {given['longitude']}")
    if mended != (latitude, longitude):
        out.note(
            "decimal_point", "latitude", f"{given['latitude']} / {given['longitude']}", f"{mended[0]} / {mended[1]}"
        )
    out.values["latitude"], out.values["longitude"] = mended
    return None


def _pointed(value: float, low: float, high: float) -> float | None:
    """With its decimal point where it belongs; None where no place for it is right."""
    for _ in range(12):
        if low <= value <= high:
            return round(value, 8)
        if value < high:
            return None
        value /= 10
    return None


def _purpose(given: str, out: Cleaned) -> None:
    text = _narrow(given).replace(" ", "")
    known = PURPOSES.get(text) or next((code for name, code in PURPOSES.items() if name in text), None)
    if known is None:
        out.note("purpose_unknown", "purpose", given, "other")
    out.values["purpose"] = known or "other"


def _kind(given: str, out: Cleaned) -> None:
    text = _narrow(given).replace(" ", "").casefold()
    known = next((kind for kind, words in KINDS.items() if text in words), None)
    if known is None:
        out.note("kind_unknown", "kind", given)  # left as it is, or regular
    else:
        out.values["kind"] = known


def _whole(given: str, name: str, low: int, high: int, out: Cleaned) -> None:
    text = _narrow(given)
    found = re.fullmatch(r"([\d,]+)(?:\.0+)?\s*(?:대|개|일|만|만화소|만 화소|px|p)?", text)
    value = int(found[1].replace(",", "") or 0) if found and len(found[1]) < 15 and found[1].strip(",") else None
    if value is not None and name == "pixels" and value >= 100_000:
        value //= 10_000  # pixels, not ten thousands of them
    if value is None or not low <= value <= high:
        out.note("value_odd", name, given)  # left as it is, or as usual
        return
    if re.search(r"[０-９]", given):
        out.note("full_width", name, given, value)
    elif "," in given:
        out.note("number_form", name, given, value)
    out.values[name] = value


def _date(given: str, name: str, today: date, out: Cleaned) -> None:
    """The day, or the first of the month or year where no more is told; Excel's day numbers, too."""
    text = _narrow(given).split(" ")[0] if re.match(r"\d{4}-\d\d-\d\d ", _narrow(given)) else _narrow(given)
    usual = re.fullmatch(r"(\d{4})(\d\d)", text) or re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    found = (
        usual
        or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
        or re.fullmatch(r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*(?:[-./월]\s*(?:(\d{1,2})\s*[.일]?)?)?", text)
        or re.fullmatch(r"(\d{4})\s*년?", text)
    )
    day: date | None = None
    try:
        if found:
            year, month, number = (int(part) if part else 1 for part in (*found.groups(), None, None)[:3])
            day = date(year, month, number)
        elif re.fullmatch(r"\d{5}", text):
            day = date(1899, 12, 30) + timedelta(days=int(text))
    except ValueError:
        day = None
    if day is None or not FIRST_DATE <= day <= today + timedelta(days=366):
        out.note("date_unreadable", name, given)
        return
    if not usual:
        out.note("date_form", name, given, day.isoformat())
    out.values[name] = day


def _view(out: Cleaned) -> None:
    """Heading and field of view, where the words tell them: ``360도 전방면``, ``북동향``, of a pole ``북, 남동``."""
    text = str(out.values.get("view", "")).replace(" ", "")
    if re.search(r"360|전방면|전방위|회전", text):
        out.values["field_of_view"] = 360.0
        return
    named = [re.fullmatch(DIRECTION, part) for part in re.split(r"[,/·&+]|및", text)]
    headings = [COMPASS[found[1]] for found in named if found]
    if len(headings) == len(named):
        out.values["heading"] = headings[0]
        if len(headings) > 1 and len(headings) <= out.values.get("count", 1):
            out.values["more_headings"] = headings[1:]
