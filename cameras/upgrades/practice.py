"""Practice indicators: by district, by dong and at points, plausible and made up; the files' names say so."""

from __future__ import annotations

import csv
import io

import numpy as np
from django.contrib.gis.geos import Point

from cameras.models import Area, District

from .areas import dongs

YEAR = 2025
#: Key: cases by the year and 100,000 residents, or share of residents.
BY_DISTRICT = {
    "crime_murder": 2.0,
    "crime_robbery": 3.0,
    "crime_rape": 45.0,
    "crime_theft": 480.0,
    "crime_violence": 560.0,
}
BY_DONG = {
    "population_65_plus": 0.17,
    "dementia": 0.017,
    "disabled": 0.042,
    "night_population": 1.05,
    "police_calls": 0.36,
}
LIGHTS = 12_000


def practice_files(seed: int = 1) -> dict[str, bytes]:
    """Name to content, UTF-8. The same seed gives the same files."""
    rng = np.random.default_rng(seed)
    areas = list(Area.objects.filter(area_set=dongs()).select_related("district").defer("district__boundary"))
    # a few centres of the city, around which more people live alone and more happens
    middles = np.array([area.boundary.centroid.coords for area in areas])
    centres = middles[rng.choice(len(middles), 9, replace=False)]
    near = np.exp(-np.min(np.hypot(*(middles[:, None] - centres[None]).transpose(2, 0, 1)), axis=1) / 0.03)
    people = np.maximum(2000, rng.normal(22_000, 7_000, len(areas))).round()
    shares = {
        key: share * np.exp(rng.normal(0, 0.25, len(areas))) * (0.7 + 0.6 * near) for key, share in BY_DONG.items()
    }
    dong_rows = [
        [area.code, area.name, YEAR, int(people[n]), *(int(people[n] * shares[key][n]) for key in BY_DONG),
         round(float(np.clip(26 + 22 * near[n] + rng.normal(0, 5), 8, 78)), 1)]
        for n, area in enumerate(areas)
    ]  # fmt: skip
    of_district: dict[str, float] = {}
    for n, area in enumerate(areas):
        of_district[area.district_id] = of_district.get(area.district_id, 0.0) + float(
            people[n] * (0.6 + 0.8 * near[n])
        )
    district_rows = [
        [code, key, YEAR, int(rng.poisson(rate * whole / 100_000))]
        for code, whole in sorted(of_district.items())
        for key, rate in BY_DISTRICT.items()
    ]
    return {
        "practice-dongs.csv": _csv(
            ["행정동코드", "name_ko", "year", "population", *BY_DONG, "single_households"], dong_rows
        ),
        "practice-crime.csv": _csv(["district", "indicator", "year", "value"], district_rows),
        "practice-lights.csv": _csv(["latitude", "longitude", "indicator", "year"], _lights(rng)),
    }


def _lights(rng: np.random.Generator) -> list[list[object]]:
    """Along made-up streets: rows of lights, thirty metres apart."""
    districts = list(District.objects.all())
    rows: list[list[object]] = []
    while len(rows) < LIGHTS:
        district = districts[int(rng.integers(len(districts)))]
        west, south, east, north = district.boundary.extent
        lon, lat, turn = rng.uniform(west, east), rng.uniform(south, north), rng.uniform(0, 2 * np.pi)
        for step in range(int(rng.integers(5, 40))):
            at = (lon + np.sin(turn) * step * 30 / 88_300, lat + np.cos(turn) * step * 30 / 111_320)
            if district.boundary.contains(Point(*at, srid=4326)):
                rows.append([round(at[1], 6), round(at[0], 6), "street_lights", YEAR])
    return rows[:LIGHTS]


def _csv(head: list[str], rows: list[list[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()
