"""Three squares of 400 m side by side in Jongno-gu, one in Gangnam-gu, and how to plan for them."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.utils import timezone

from cameras.models import AreaSet, Indicator, IndicatorFile, IndicatorValue, Plan
from cameras.upgrades.areas import from_file
from cameras.upgrades.city import degrees, metres
from cameras.upgrades.wanted import Wanted

SIDE = 400.0
JONGNO = (126.972, 37.595)
GANGNAM = (127.0473, 37.5172)
NAMES = ("west", "middle", "east", "south")


def corners() -> list[tuple[float, float]]:
    """Lower left corners in metres."""
    (east, north), (east2, north2) = metres(np.array([JONGNO, GANGNAM]))
    return [(east + n * SIDE, north) for n in range(3)] + [(east2, north2)]


def square(east: float, north: float, side: float = SIDE):
    ring = np.array(
        [[east, north], [east + side, north], [east + side, north + side], [east, north + side], [east, north]]
    )
    return [[lon, lat] for lon, lat in degrees(ring)]


def place(area: int, dx: float = SIDE / 2, dy: float = SIDE / 2) -> tuple[float, float]:
    """Lon, lat of a place in an area, metres from its lower left corner."""
    east, north = corners()[area]
    lon, lat = degrees(np.array([[east + dx, north + dy]]))[0]
    return float(lon), float(lat)


def write_squares(path, shapes=None):
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [square(*corner)]},
        }
        for name, corner in zip(NAMES, shapes or corners(), strict=False)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def make_areas(tmp_path) -> AreaSet:
    return from_file(write_squares(tmp_path / "squares.geojson"), "squares")


def make_indicator(
    key: str, values: dict[str, float], kind: str = "rate", worse: int = 1, by: str = "district"
) -> Indicator:
    """values: by district or dong."""
    file = IndicatorFile.objects.create(name=f"{key}.csv", content=b"x", status="applied")
    one = Indicator.objects.create(
        file=file, key=key, name_ko=key, name_en=key, kind=kind, worse=worse, by=by, year=2025, source="test"
    )
    for code, value in values.items():
        IndicatorValue.objects.create(
            indicator=one, value=value, **({"district_id": code} if by == "district" else {"dong": code})
        )
    return one


def make_plan(of: AreaSet, **asked) -> Plan:
    told = {"areas": 1, "new": 1, "convert": 0, "weights": {"crime": 1.0}, "phases": 1, "apart_m": 0.0, **asked}
    return Plan.objects.create(name="small", area_set=of, asked=Wanted.from_json(told).as_json())


def made_plan(by, status: str = "approved") -> Plan:
    """A plan with an item, as if it had been made: for tests that do not look into it. Its areas are squares of 500 m, of which
    there are none else."""
    areas = AreaSet.objects.create(kind="grid", cell_m=500, name="grid 500 m")
    area = areas.areas.create(code="1", name="one", district_id="11110", boundary=_boundary(), area_m2=SIDE**2)
    share = {name: [0.1, 0.2] for name in ("ground", "chosen")} | {"residents": None, "ways": None}
    walk = [{"found": 0.5, "median_s": 100.0, "mean_s": 200.0}] * 2
    plan = Plan.objects.create(
        name="made", area_set=areas, status=status, by=None, approved_by=by, approved_at=timezone.now(),
        asked=Wanted().as_json(), fingerprint="0" * 64,
        indicators=[{"key": "crime", "name": "crime", "unit": "%", "kind": "rate", "worse": 1, "year": 2025, "source": "", "weight": 100.0,
                     "areas": 1, "least": 1.0, "most": 1.0}],
        result={"chosen": 1, "new": 1, "convert": 0, "poles": 0, "cost": 100, "all": share, "intelligent": share, "firm": 1,
                "walks": {"all": walk, "intelligent": walk}, "shares": {"": [0.1, 0.2]}, "known": 1.0,
                "bound": {"reached": 1, "bound": 1}, "cut": {"new": 0, "short": 0, "convert": 0}},
    )  # fmt: skip
    plan.areas.create(
        area=area,
        rank=1,
        value=1.0,
        known=1.0,
        stability=1.0,
        chosen=True,
        drivers=[["crime", 1.0]],
        covered=0.1,
        covered_then=0.2,
    )
    plan.items.create(
        number=1, kind="new", area=area, district_id="11110", location=Point(*place(0), srid=4326), heading=90.0, cost=100,
        due=date(2027, 6, 30), state="approved",
    )  # fmt: skip
    return plan


def _boundary() -> MultiPolygon:
    return MultiPolygon(Polygon(square(*corners()[0])), srid=4326)
