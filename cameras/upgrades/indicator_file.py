"""A file of indicators: what it says of districts, dongs or points; what is wrong with it; into the database and out again.

Three forms are known by their headings. Long: a place, ``indicator``, ``value``, perhaps ``year``. Wide: a place, then one column
for each indicator. Points: ``latitude``, ``longitude``, perhaps ``value`` and ``indicator``, which is otherwise named after the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from cameras.inventory.columns import ALIASES, plain
from cameras.inventory.table import Table, TableError, read_table
from cameras.models import Area, District, Indicator, IndicatorFile, IndicatorValue
from cameras.problems import table_problem

from .areas import dongs
from .catalogue import CATALOGUE

PLACE = {*ALIASES["district"], "자치구코드", "시군구코드", "code", "코드"}
DONG = {"dong", "행정동", "동", "행정동명", "행정동코드", "dongcode"}
NAME_COLUMNS = {"nameko", "nameen", "이름", "명칭"}
INDICATOR, VALUE, YEAR = (
    {"indicator", "지표", "지표명", "항목"},
    {"value", "값", "건수", "수치"},
    {"year", "연도", "년도", "기준연도"},
)
NOTHING = {"", "-", "–", "x", "na", "n/a", "nan", "null", "없음", "…", "..."}
MOST_INDICATORS = 60
YEARS = (1950, 2100)


class IndicatorError(Exception):
    """A file that cannot be used; the message is for whoever brought it."""


@dataclass(slots=True)
class Found:
    """One indicator of a file. values: place to value; a place is a district's code, a dong's code, or ``(lon, lat)``."""

    key: str
    year: int | None
    by: str
    values: dict[Any, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  # places that the file does not tell


@dataclass(frozen=True, slots=True)
class Refused:
    """A row or cell that does not come in: line of the file, what it holds, why."""

    line: int
    given: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: indicators, rows that are refused, and how many cells were mended, by what was mended."""

    form: str
    indicators: list[Found]
    refused: list[Refused]
    mended: dict[str, int]


def reading_of(name: str, content: bytes) -> Reading:
    """IndicatorError where the file is none of the three forms."""
    try:
        table = read_table(content)
    except TableError as error:
        raise IndicatorError(str(table_problem(error.code))) from error
    return _Reader(name, table).read()


class _Reader:
    def __init__(self, name: str, table: Table) -> None:
        self.name, self.table = name, table
        heads = [plain(head) for head in table.header]
        self.column = {
            what: next((at for at, head in enumerate(heads) if head in {plain(word) for word in words}), None)
            for what, words in (("dong", DONG), ("district", PLACE), ("lat", ALIASES["latitude"]), ("lon", ALIASES["longitude"]),
                                ("indicator", INDICATOR), ("value", VALUE), ("year", YEAR))
        }  # fmt: skip
        self.passed_over = {at for at, head in enumerate(heads) if head in NAME_COLUMNS}
        self.districts, self.district_names = {}, {}
        for one in District.objects.defer("boundary"):
            self.district_names[one.code] = str(one)
            short = one.name_ko.removesuffix("구") if len(one.name_ko) > 2 else one.name_ko
            for word in (one.code, one.name_ko, short, one.name_en, f"{one.code}00000", f"서울특별시{one.name_ko}"):
                self.districts[plain(word)] = one.code
        self.found: dict[tuple[str, int | None], Found] = {}
        self.refused: list[Refused] = []
        self.mended: dict[str, int] = {}

    def read(self) -> Reading:
        at = self.column
        if at["lat"] is not None and at["lon"] is not None:
            form = "points"
            self._points()
        elif at["dong"] is None and at["district"] is None:
            raise IndicatorError(_("The file names neither districts nor dongs nor places (latitude, longitude)."))
        elif at["indicator"] is not None and at["value"] is not None:
            form = "long"
            self._long()
        else:
            form = "wide"
            self._wide()
        indicators = [one for one in self.found.values() if one.values]
        if not indicators:
            raise IndicatorError(_("The file holds no value that can be used."))
        if len(indicators) > MOST_INDICATORS:
            raise IndicatorError(_("The file holds more than %(most)s indicators.") % {"most": MOST_INDICATORS})
        for one in indicators:
            one.missing = self._missing(one)
        return Reading(form, sorted(indicators, key=lambda one: one.key), self.refused, self.mended)

    @cached_property
    def dongs(self) -> list[tuple[str, str, str, str]]:
        """Code, name, code and name of the district."""
        rows = Area.objects.filter(area_set=dongs()).order_by("code")
        return list(rows.values_list("code", "name", "district_id", "district__name_ko"))

    @cached_property
    def dongs_called(self) -> dict[str, list[tuple[str, str]]]:
        """Code and district, by what a dong may be called."""
        called: dict[str, list[tuple[str, str]]] = {}
        for code, name, of, _district in self.dongs:
            for word in (code, code + "0", name, name.replace("제", "")):
                called.setdefault(plain(word), []).append((code, of))
        return called

    def _missing(self, found: Found) -> list[str]:
        if found.by == Indicator.By.DISTRICT:
            return [name for code, name in self.district_names.items() if code not in found.values]
        if found.by == Indicator.By.DONG:
            return [f"{district} {name}" for code, name, _of, district in self.dongs if code not in found.values]
        return []

    def _long(self) -> None:
        for line, row in zip(self.table.lines, self.table.rows, strict=True):
            named = row[self.column["indicator"]]
            if not named.strip():
                self._refuse(line, row, _("no indicator is named"))
            elif place := self._place(line, row):
                self._take(line, key_of(named), self._year(line, row), place, row[self.column["value"]])

    def _wide(self) -> None:
        special = {at for at in self.column.values() if at is not None} | self.passed_over
        columns = [at for at, head in enumerate(self.table.header) if at not in special and head.strip()]
        if len(columns) > MOST_INDICATORS:
            raise IndicatorError(_("The file holds more than %(most)s indicators.") % {"most": MOST_INDICATORS})
        for line, row in zip(self.table.lines, self.table.rows, strict=True):
            place = self._place(line, row)
            if not place:
                continue
            for at in columns:
                self._take(line, key_of(self.table.header[at]), self._year(line, row), place, row[at])

    def _points(self) -> None:
        usual_key, named = key_of(Path(self.name).stem), self.column["indicator"]
        west, south, east, north = District.objects.all().aggregate(box=Extent("boundary"))["box"]
        for line, row in zip(self.table.lines, self.table.rows, strict=True):
            lat, lon = (self._number(row[self.column[name]]) for name in ("lat", "lon"))
            if lat is None or lon is None:
                self._refuse(line, row, _("no place"))
                continue
            if west <= lat <= east and south <= lon <= north:
                lat, lon = lon, lat
                self._mend("swapped")
            if not (west <= lon <= east and south <= lat <= north):
                self._refuse(line, row, _("outside the city"))
                continue
            key = key_of(row[named]) if named is not None and row[named].strip() else usual_key
            found = self._found(key, self._year(line, row), Indicator.By.POINT)
            given = row[self.column["value"]] if self.column["value"] is not None else "1"
            value = self._number(given)
            if value is None or value < 0:
                self._refuse(line, row, _("no number: %(given)s") % {"given": given[:40]})
            else:
                found.values[(lon, lat)] = found.values.get((lon, lat), 0.0) + value

    def _place(self, line: int, row: Sequence[str]) -> tuple[str, str] | None:
        """Level and code."""
        district = None
        if (at := self.column["district"]) is not None and row[at].strip():
            district = self.districts.get(plain(row[at]))
            if district is None and self.column["dong"] is None:
                if plain(row[at]) not in {"합계", "소계", "서울시", "서울특별시", "총계", "total", "계"}:
                    self._refuse(line, row, _("no such district: %(given)s") % {"given": row[at][:40]})
                return None
        if (at := self.column["dong"]) is None:
            if district is None:
                self._refuse(line, row, _("no district"))
            return (Indicator.By.DISTRICT, district) if district else None
        code = self._dong(row[at], district)
        if code is None:
            self._refuse(line, row, _("no such dong, or more than one: %(given)s") % {"given": row[at][:40]})
            return None
        return Indicator.By.DONG, code

    def _dong(self, given: str, district: str | None) -> str | None:
        several = {code for code, of in self.dongs_called.get(plain(given), []) if district is None or of == district}
        return several.pop() if len(several) == 1 else None

    def _take(self, line: int, key: str, year: int | None, place: tuple[str, str], given: str) -> None:
        by, code = place
        found = self._found(key, year, by)
        if plain(given) in NOTHING or not given.strip():
            return
        value = self._number(given)
        if value is None:
            self._refuse(line, [key, given], _("no number: %(given)s") % {"given": given[:40]})
        elif code in found.values and found.values[code] != value:
            self._refuse(line, [key, given], _("told twice, differently: the first one stays"))
        else:
            found.values.setdefault(code, value)

    def _found(self, key: str, year: int | None, by: str) -> Found:
        return self.found.setdefault((key, year), Found(key, year, by))

    def _year(self, line: int, row: Sequence[str]) -> int | None:
        if (at := self.column["year"]) is None or not row[at].strip():
            return None
        match = re.search(r"\d{4}", unicodedata.normalize("NFKC", row[at]))
        return int(match.group()) if match and YEARS[0] <= int(match.group()) <= YEARS[1] else None

    def _number(self, given: str) -> float | None:
        """Full-width digits, thousands and a percent sign are mended; a point and a comma are not guessed at."""
        text = unicodedata.normalize("NFKC", given).strip()
        if text != given.strip():
            self._mend("full_width")
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            text = text.replace(",", "")
            self._mend("thousands")
        if text.endswith("%"):
            text = text.removesuffix("%").strip()
            self._mend("percent")
        return float(text) if re.fullmatch(r"-?\d{1,15}(\.\d+)?([eE][+-]?\d{1,2})?", text) else None

    def _mend(self, what: str) -> None:
        self.mended[what] = self.mended.get(what, 0) + 1

    def _refuse(self, line: int, row: Sequence[str], reason: str) -> None:
        self.refused.append(Refused(line, ", ".join(cell for cell in row if cell)[:200], reason))


_KNOWN = {
    plain(word): key
    for key, known in reversed(CATALOGUE.items())
    for word in (key, known.name_ko, known.name_en, *known.words)
}  # of two that are called the same, the first


def key_of(name: str) -> str:
    """Of the catalogue where the name is known there, else made of the name."""
    if known := _KNOWN.get(plain(name)):
        return known
    return re.sub(r"[^\w]+", "_", unicodedata.normalize("NFKC", name).strip().casefold()).strip("_")[:40] or "indicator"


def usual(key: str) -> dict[str, Any]:
    """What is said of an indicator unless somebody says otherwise."""
    known = CATALOGUE.get(key)
    if known:
        return {
            "name_ko": known.name_ko,
            "name_en": known.name_en,
            "unit": known.unit_ko,
            "worse": known.worse,
            "kind": known.kind,
        }
    return {"name_ko": key, "name_en": key, "unit": "", "worse": 1, "kind": Indicator.Kind.COUNT}


def take_in(by: Any, name: str, content: bytes) -> tuple[IndicatorFile, Reading]:
    """Keeps a file, to be decided on. IndicatorError where nothing can be made of it."""
    name = name.replace("\x00", "")[:200]
    reading = reading_of(name, content)
    told = {one.key: usual(one.key) for one in reading.indicators}
    return IndicatorFile.objects.create(name=name, content=content, by=by, told=told), reading


@transaction.atomic
def apply(file: IndicatorFile, told: Mapping[str, Mapping[str, Any]]) -> list[Indicator]:
    """told: key to what is said of an indicator (name_ko, name_en, unit, worse, kind, source, year). All of the file or nothing;
    what was there before stays below it. IndicatorError where it was dealt with already."""
    file = IndicatorFile.objects.select_for_update().get(pk=file.pk)
    if file.status != IndicatorFile.Status.READY:
        raise IndicatorError(_("This file was dealt with already."))
    made = []
    for found in reading_of(file.name, bytes(file.content)).indicators:
        said = {**usual(found.key), **told.get(found.key, {})}
        if found.by == Indicator.By.POINT:
            said["kind"] = Indicator.Kind.COUNT
        indicator = Indicator(file=file, key=found.key, by=found.by, **{**said, "year": found.year or said.get("year")})
        indicator.full_clean(exclude=["file"])
        indicator.save()
        IndicatorValue.objects.bulk_create(
            [_value(indicator, place, value) for place, value in found.values.items()], batch_size=2000
        )
        made.append(indicator)
    file.status, file.told = IndicatorFile.Status.APPLIED, {key: dict(said) for key, said in told.items()}
    file.save(update_fields=["status", "told"])
    return made


@transaction.atomic
def undo(file: IndicatorFile) -> None:
    """Its indicators go; those that were there before count again. IndicatorError where it was not applied."""
    file = IndicatorFile.objects.select_for_update().get(pk=file.pk)
    if file.status != IndicatorFile.Status.APPLIED:
        raise IndicatorError(_("This file is not applied."))
    file.indicators.all().delete()
    file.status = IndicatorFile.Status.UNDONE
    file.save(update_fields=["status"])


def _value(indicator: Indicator, place: Any, value: float) -> IndicatorValue:
    if indicator.by == Indicator.By.POINT:
        return IndicatorValue(indicator=indicator, point=Point(*place, srid=4326), value=value)
    if indicator.by == Indicator.By.DONG:
        return IndicatorValue(indicator=indicator, dong=place, value=value)
    return IndicatorValue(indicator=indicator, district_id=place, value=value)
