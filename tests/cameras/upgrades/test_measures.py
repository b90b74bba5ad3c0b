"""Values of areas, against what can be reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.gis.geos import Point

from cameras.models import Area, District, Indicator, IndicatorFile, IndicatorValue
from cameras.upgrades.areas import dongs, grid
from cameras.upgrades.measures import matrix_of, measure
from tests.cameras.upgrades.small_city import SIDE, make_areas, make_indicator, place
from tests.factories import make_camera, make_case

pytestmark = pytest.mark.django_db


def column(areas, key: str) -> dict[str, float]:
    matrix = matrix_of(areas)
    names = areas.areas.order_by("code").values_list("name", flat=True)
    return dict(zip(names, matrix.values[:, matrix.keys.index(key)].tolist(), strict=True))


def test_a_rate_holds_all_over_its_district(tmp_path):
    areas = make_areas(tmp_path)
    make_indicator("single", {"11110": 41.5})
    told = column(areas, "single")
    assert told["west"] == told["middle"] == told["east"] == 41.5
    assert np.isnan(told["south"])  # nothing is known of Gangnam, and nothing is invented


def test_a_number_is_spread_over_the_ground(tmp_path):
    areas = make_areas(tmp_path)
    make_indicator("calls", {"11110": 2391.0, "11680": 100.0}, kind="count")
    told = column(areas, "calls")
    assert told["west"] == pytest.approx(2391 / 23.91, rel=0.04)  # Jongno-gu has 23.91 square kilometres
    assert told["south"] == pytest.approx(100 / 39.5, rel=0.04)  # Gangnam-gu 39.50


def test_dongs_lend_their_values_to_the_squares_within():
    areas = grid(500)
    every = list(Area.objects.filter(area_set=dongs()).order_by("code"))
    make_indicator("share", {dong.code: number for number, dong in enumerate(every)}, by="dong")
    matrix = matrix_of(areas)
    values = dict(zip(areas.areas.order_by("code").values_list("pk", flat=True), matrix.values[:, 0], strict=True))
    assert np.isfinite(matrix.values).all()
    agree = 0
    for number in range(0, 423, 20):
        inside = [
            one
            for one in areas.areas.filter(boundary__intersects=every[number].boundary)
            if every[number].boundary.contains(one.boundary.point_on_surface)
        ]
        agree += all(values[one.pk] == number for one in inside)
    assert agree >= 20  # of 22: simplified boundaries overlap here and there


def test_points_are_counted_where_they_lie(tmp_path):
    areas = make_areas(tmp_path)
    file = IndicatorFile.objects.create(name="x", content=b"x", status="applied")
    one = Indicator.objects.create(
        file=file, key="lights", name_ko="x", name_en="x", kind="count", worse=-1, by="point"
    )
    for area, value in ((0, 3.0), (0, 1.0), (2, 5.0)):
        IndicatorValue.objects.create(indicator=one, point=Point(*place(area), srid=4326), value=value)
    told = column(areas, "lights")
    km2 = SIDE**2 / 1e6
    assert told["west"] == pytest.approx(4 / km2, rel=0.01)
    assert told["east"] == pytest.approx(5 / km2, rel=0.01)
    assert told["middle"] == told["south"] == 0


def test_what_the_inventory_tells(tmp_path):
    areas = make_areas(tmp_path)
    make_camera(*place(0), count=3, range_m=100, field_of_view=360, heading=0)
    make_camera(*place(0, 60, 60), kind="intelligent", range_m=30, heading=90, field_of_view=90)
    make_camera(*place(1), status="faulty", range_m=100)
    make_case(last_seen_point=Point(*place(2), srid=4326))
    measure(areas)
    uncovered = column(areas, "uncovered")
    seen = (np.pi * 100**2 + np.pi * 30**2 / 4) / SIDE**2
    assert uncovered["west"] == pytest.approx(100 * (1 - seen), abs=0.7)
    assert uncovered["middle"] == 100  # a faulty camera covers nothing
    assert column(areas, "camera_density")["west"] == pytest.approx(4 / (SIDE**2 / 1e6), rel=0.03)
    assert column(areas, "regular_share")["west"] == 75
    assert np.isnan(column(areas, "regular_share")["middle"])
    cases = column(areas, "past_cases")
    assert [name for name, value in cases.items() if value] == ["east"]
    areas.refresh_from_db()
    assert areas.measured_at


def test_districts_have_the_ground_that_they_have():
    areas = grid(500)
    measure(areas)
    assert column(areas, "uncovered")
    assert District.objects.count() == 25
