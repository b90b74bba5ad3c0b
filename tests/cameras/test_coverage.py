"""What a camera covers, by hand; blind spots as pictures."""

from __future__ import annotations

from math import radians, tan

import cv2
import numpy as np
import pytest
from django.contrib.gis.geos import Polygon
from django.test import Client

from cameras.coverage import LONGEST_RANGE_M, M_PER_DEGREE, USUAL_FIELD, USUAL_RANGE_M, rings, sight
from cameras.models import District
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_user

LON, LAT = DONGMYO


def area_m2(ring) -> float:
    east = M_PER_DEGREE * np.cos(radians(LAT))
    return Polygon([((lon - LON) * east, (lat - LAT) * M_PER_DEGREE) for lon, lat in ring]).area


def test_a_quarter_of_a_circle_to_the_north():
    (ring,) = rings(LON, LAT, sight(0.0, field=90.0, range_m=40.0))
    assert area_m2(ring) == pytest.approx(np.pi * 40**2 / 4, rel=0.01)
    assert all(lat >= LAT - 1e-9 for _, lat in ring)
    assert max(lat for _, lat in ring) == pytest.approx(LAT + 40 / M_PER_DEGREE)
    assert ring[0] == ring[-1]


def test_height_and_tilt_say_from_where_to_where():
    """Five metres up, 30 degrees down, a picture 60 degrees wide and square: it sees from 0 to 60 degrees down."""
    seen = sight(0.0, field=60.0, height_m=5.0, tilt=30.0, aspect=1.0)
    assert seen.near == pytest.approx(5 / tan(radians(60)))
    assert seen.far == LONGEST_RANGE_M  # its upper edge is the horizon
    seen = sight(0.0, field=60.0, height_m=5.0, tilt=45.0, aspect=1.0)
    assert (seen.near, seen.far) == (pytest.approx(5 / tan(radians(75))), pytest.approx(5 / tan(radians(15))))
    assert sight(0.0, field=60.0, height_m=5.0, tilt=45.0, aspect=1.0, range_m=10.0).far == 10.0
    assert sight(0.0, field=60.0, height_m=5.0, tilt=90.0, aspect=1.0).near == 0.0  # straight down


def test_what_is_not_known_is_usual_and_said():
    seen = sight(90.0)
    assert (seen.field, seen.far, seen.assumed) == (USUAL_FIELD, USUAL_RANGE_M, True)
    assert not sight(90.0, field=60.0, range_m=20.0).assumed
    assert sight(None, field=60.0, range_m=20.0).assumed
    assert sight(None, field=60.0).all_around


def test_poles_and_cameras_that_see_all_around():
    several = rings(LON, LAT, sight(0.0, [90.0, 180.0], field=60.0, range_m=20.0))
    assert len(several) == 3
    assert max(lon for lon, _ in several[1]) > LON + 19 / M_PER_DEGREE
    (around,) = rings(LON, LAT, sight(None, field=360.0, range_m=20.0))
    assert area_m2(around) == pytest.approx(np.pi * 20**2, rel=0.01)
    assert not sight(None, field=360.0, range_m=20.0).assumed


@pytest.mark.django_db
class TestBlindSpots:
    VIEW = {"bbox": f"{LON - 0.004},{LAT - 0.003},{LON + 0.004},{LAT + 0.003}", "zoom": 17}

    def picture(self, user=None, **asked):
        client = Client()
        client.force_login(user or make_user())
        answer = client.get("/api/cameras/blind-spots/", {**self.VIEW, "far": 50, **asked})
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "image/png"
        return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)[:, :, 3] > 0

    def test_nothing_covered_is_all_blind(self):
        assert self.picture().mean() > 0.99

    def test_around_a_camera_is_seen(self):
        make_camera(field_of_view=360.0, range_m=30.0)
        blind = self.picture()
        high, wide = blind.shape
        assert not blind[high // 2, wide // 2]
        metres = 0.008 * M_PER_DEGREE * np.cos(radians(LAT)) / wide
        assert (~blind).sum() * metres**2 == pytest.approx(np.pi * 80**2, rel=0.05)  # 30 covered, 50 more
        assert self.picture(far=200).sum() < blind.sum()

    def test_far_away_too(self):
        make_camera()
        wide = self.picture(bbox="126.7,37.4,127.3,37.75", zoom=11, far=200)
        assert 0.2 < wide.mean() < 0.9  # the city, not the country around it
        assert wide.sum() < self.picture(make_user(), bbox="126.7,37.4,127.3,37.75", zoom=11, kind="intelligent").sum()

    def test_faulty_cameras_cover_nothing_and_filters_count(self):
        make_camera(status="faulty", field_of_view=360.0)
        make_camera(kind="regular", field_of_view=360.0)
        assert self.picture(kind="intelligent").mean() > 0.99
        assert self.picture().mean() < 0.99

    def test_only_ones_own_district(self):
        admin = make_user(Role.DISTRICT_ADMIN, district=District.objects.get(code="11680"))
        assert not self.picture(admin).any()

    @pytest.mark.parametrize("wrong", [{"far": "1"}, {"far": "x"}, {"bbox": "1,2"}, {"zoom": "nan"}, {"kind": "x"}])
    def test_what_is_wrong_is_refused(self, wrong):
        client = Client()
        client.force_login(make_user())
        assert client.get("/api/cameras/blind-spots/", {**self.VIEW, **wrong}).status_code == 400

    def test_a_thin_view_is_a_small_picture(self):
        assert self.picture(bbox="127,37.0,127.0001,38.0", zoom=10).size < 12_000_000


@pytest.mark.django_db
def test_coverage_for_the_form():
    client = Client()
    client.force_login(make_user(Role.DISTRICT_ADMIN))
    asked = {"lon": LON, "lat": LAT, "heading": 90, "more_headings": "180, 270", "field_of_view": 90, "range_m": 30}
    told = client.get("/api/cameras/coverage/", asked).json()
    assert len(told["rings"]) == 3
    assert told["far"] == 30
    assert told["assumed"] is False
    for wrong in (
        {"lat": 95},
        {"lat": ""},
        {"heading": "x"},
        {"more_headings": "1,,x"},
        {"more_headings": "1," * 99},
        {"tilt": 91},
    ):
        assert client.get("/api/cameras/coverage/", {**asked, **wrong}).status_code == 400, wrong
