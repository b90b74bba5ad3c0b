"""A practice inventory in the national standard form: as many cameras as the city has, plausible by district, none of them
real. Dirt of every kind that real files have can be mixed in, with what is to become of each such row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.contrib.gis.geos import Point

from .inventory.columns import WRITTEN
from .models import District

PURPOSES = (
    "생활방범",
    "어린이보호",
    "시설물관리",
    "쓰레기단속",
    "교통단속",
    "교통정보수집",
    "차량방범",
    "재난재해",
    "다목적",
    "기타",
)
SHARES = (0.58, 0.11, 0.08, 0.05, 0.07, 0.02, 0.02, 0.02, 0.04, 0.01)
VIEWS = ("북", "북동", "동", "남동", "남", "남서", "서", "북서", "360도 전방면", "교차로 방면")
ROADS = ("중앙로", "시장길", "학교앞길", "강변로", "공원길", "언덕길", "역전로", "은행나무길")
INTELLIGENT = 0.33  # of the cameras, as in the city at the end of 2024
#: Kinds of dirt, and whether the row is to come in (mended) or to be refused.
DIRT = {
    "swapped": True, "full_width": True, "no_point": True, "thousands": True, "date_form": True, "formula": True,
    "line_break": True, "quotes": True, "repeated_number": True, "no_number": True, "odd_purpose": True,
    "odd_retention": True, "blank_place": False, "zero_place": False, "outside": False, "same_row": False,
    "elsewhere": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """cells in the order of ``columns.WRITTEN``; dirt: its kind, empty for a clean row; valid: it is to come in."""

    cells: list[str]
    district: str
    dirt: str = ""

    @property
    def valid(self) -> bool:
        return DIRT.get(self.dirt, True)


def practice_rows(count: int, seed: int = 1, dirt: float = 0.0, district: str = "") -> Iterator[PracticeRow]:
    """dirt: share of the rows; district: code of the only one, empty for the city (numbers of cameras go with area)."""
    rng = np.random.default_rng(seed)
    districts = list(District.objects.filter(code=district) if district else District.objects.all())
    area = np.array([one.boundary.area for one in districts]) ** 0.6
    each = np.floor(count * area / area.sum()).astype(int)
    each[: count - each.sum()] += 1
    for one, number in zip(districts, each, strict=True):
        yield from _of_district(one, int(number), rng, dirt)


def _of_district(district: District, count: int, rng: np.random.Generator, dirt: float) -> Iterator[PracticeRow]:
    west, south, east, north = district.boundary.extent
    inside = district.boundary.prepared
    before: list[str] = []
    made = 0
    kinds = list(DIRT)
    while made < count:
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        if not inside.contains(Point(lon, lat, srid=4326)):
            continue
        made += 1
        cells = _clean(district, made, round(lon, 6), round(lat, 6), rng)
        kind = str(rng.choice(kinds)) if before and rng.random() < dirt else ""
        if kind:
            cells = _dirty(cells, kind, before, rng)
        else:
            before = cells
        yield PracticeRow(cells, district.code, kind)


def _clean(district: District, number: int, lon: float, lat: float, rng: np.random.Generator) -> list[str]:
    road = f"서울특별시 {district.name_ko} {rng.choice(ROADS)}{rng.integers(1, 60)}길 {rng.integers(1, 200)}"
    installed = f"{rng.integers(2010, 2026)}{rng.integers(1, 13):02d}"
    return [
        f"{int(district.code) * 10}", f"SIM-{district.code}-{number:05d}", f"서울특별시 {district.name_ko}청 (연습용)", road,
        f"{district.name_ko} {rng.integers(1, 900)}-{rng.integers(1, 40)}", str(rng.choice(PURPOSES, p=SHARES)),
        str(rng.choice([1, 1, 1, 2, 3, 4])), str(rng.choice([41, 130, 200, 200, 400])), str(rng.choice(VIEWS)), "30",
        installed, "02-120", f"{lat:.6f}", f"{lon:.6f}", "2026-01-01", "", "", "",
        "Y" if rng.random() < INTELLIGENT else "N",
    ]  # fmt: skip


def _dirty(cells: list[str], kind: str, before: list[str], rng: np.random.Generator) -> list[str]:
    """One kind of dirt; ``before``: a clean row that came earlier in the same district."""
    out = list(cells)
    number, address, purpose, count, pixels, retention, installed, lat, lon = 1, 3, 5, 6, 7, 9, 10, 12, 13
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    if kind == "swapped":
        out[lat], out[lon] = cells[lon], cells[lat]
    elif kind == "full_width":
        out[lat], out[count] = cells[lat].translate(wide), cells[count].translate(wide)
    elif kind == "no_point":
        out[lat], out[lon] = cells[lat].replace(".", ""), cells[lon].replace(".", "")
    elif kind == "thousands":
        out[pixels] = "2,000,000"
    elif kind == "date_form":
        out[installed] = str(rng.choice(["2020.05", "2020년 5월", "20200513", "2020/5/3"]))
    elif kind == "formula":
        out[address] = '=HYPERLINK("http://example.invalid","종로")'
    elif kind == "line_break":
        out[address] = cells[address] + "\n(2층, 옥상)"
    elif kind == "quotes":
        out[address] = f'"{cells[address]}", 앞'
    elif kind == "repeated_number":
        out[number] = before[number]
    elif kind == "no_number":
        out[number] = ""
    elif kind == "odd_purpose":
        out[purpose] = "드론 관제"
    elif kind == "odd_retention":
        out[retention] = "영구"
    elif kind == "blank_place":
        out[lat] = out[lon] = ""
    elif kind == "zero_place":
        out[lat] = out[lon] = "0"
    elif kind == "outside":
        out[lat], out[lon] = "35.1796", "129.0756"
    elif kind == "same_row":
        out = list(before)
    elif kind == "elsewhere":
        out[lat], out[lon] = "37.4", "127.4"
    return out


def practice_file(rows: list[PracticeRow], encoding: str = "cp949") -> bytes:
    """As a spreadsheet program saves it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(WRITTEN)
    writer.writerows(row.cells for row in rows)
    return text.getvalue().encode(encoding)
