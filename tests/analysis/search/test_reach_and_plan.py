"""Where the person can be, and which footage to look at first."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.contrib.gis.geos import Point as GeosPoint

from analysis.search import geo
from analysis.search.plan import Footage, coverage, plan
from analysis.search.reach import LastKnown, reach
from analysis.search.ways import BRIDGES, north_of_the_river, way_m
from cameras import districts

HERE = (127.0178, 37.5727)


def spot(east: float, north: float) -> tuple[float, float]:
    lon, lat = geo.offset(*HERE, east, north)[0]
    return float(lon), float(lat)


def known(direction: float | None = None, mobility: str = "foot") -> LastKnown:
    return LastKnown(*HERE, 0.0, direction, mobility)


def weight(east: float, north: float, last: LastKnown) -> float:
    lon, lat = spot(east, north)
    return float(reach(last, np.array([lon]), np.array([lat])).weight[0])


def footage(number: int, east: float, north: float, start: float, end: float) -> Footage:
    return Footage(number, number, *spot(east, north), start, end)


def test_known_distances():
    assert geo.distance_m(126.9769, 37.5759, 127.0276, 37.4979) == pytest.approx(9750, rel=0.01)  # palace to Gangnam
    assert geo.bearing(127.0, 37.5, 127.1, 37.5) == pytest.approx(90, abs=0.1)
    assert geo.turn(350, 20) == 30


def test_half_of_the_lost_are_within_700_m_and_most_within_5_km():
    assert weight(0, 700, known()) == pytest.approx(0.5, abs=0.02)
    assert weight(0, 2000, known()) == pytest.approx(0.2, abs=0.05)
    assert weight(0, 5800, known()) == pytest.approx(0.05, abs=0.02)


def test_ahead_is_likelier_than_behind():
    east = known(direction=90)
    assert weight(600, 0, east) > weight(0, 600, east) > weight(-600, 0, east) > 0


def test_nobody_is_where_they_cannot_have_come_to():
    lon, lat = spot(3000, 0)
    field = reach(known(), np.array([lon]), np.array([lat]))
    assert field.chance(np.array([0.0]), np.array([600.0]))[0] == 0
    assert field.chance(np.array([1800.0]), np.array([7200.0]))[0] > 0


def test_a_bicycle_gets_further():
    lon, lat = np.array([spot(3000, 0)]).T
    window = np.array([0.0]), np.array([900.0])
    assert reach(known(mobility="foot"), lon, lat).chance(*window)[0] == 0
    assert reach(known(mobility="bicycle"), lon, lat).chance(*window)[0] > 0


def test_the_whole_city_is_fast():
    rng = np.random.default_rng(1)
    lons, lats = rng.uniform(126.77, 127.18, 123_000), rng.uniform(37.43, 37.70, 123_000)
    begin = time.perf_counter()
    reach(known(90), lons, lats).chance(np.zeros(123_000), np.full(123_000, 3600.0))
    assert time.perf_counter() - begin < 1.0


def test_near_comes_before_far_and_out_of_reach_is_named():
    planned, out = plan(
        [known()], [footage(1, 1200, 0, 0, 3600), footage(2, 150, 0, 0, 3600), footage(3, 9000, 0, 0, 600)], 3600
    )
    assert [p.recording for p in planned] == [2, 1]
    assert out == {3}


def test_footage_from_before_the_person_was_seen_is_out():
    planned, out = plan([known()], [footage(1, 100, 0, -7200, -3600)], 3600)
    assert (planned, out) == ([], {1})


def test_a_confirmed_sighting_moves_the_search():
    later = LastKnown(*spot(2000, 0), 2400.0)
    both = [footage(1, -1500, 0, 2400, 5400), footage(2, 2300, 0, 2400, 5400)]
    before, _ = plan([known()], both, 5400)
    after, _ = plan([known(), later], both, 5400)
    share = {p.recording: p.priority for p in before}, {p.recording: p.priority for p in after}
    assert share[1][2] / share[1][1] > 2 * share[0][2] / share[0][1]
    assert after[0].recording == 2


def test_nothing_to_plan():
    assert plan([known()], [], 10) == ([], set())


def test_a_ride_goes_further_and_may_not_have_been_taken():
    lon, lat = np.array([spot(4000, 0), spot(500, 0)]).T
    window = np.zeros(2), np.full(2, 1500.0)
    foot, bus = (reach(known(mobility=way), lon, lat).chance(*window) for way in ("foot", "bus"))
    assert foot[0] == 0 < bus[0]
    assert bus[1] > 0.4 * foot[1]


def test_where_the_person_may_be_moves_on_with_the_time():
    lons, lats = np.array([spot(east, 0) for east in (100, 800, 2500)]).T
    field = reach(known(90), lons, lats)
    soon, later = field.present(120), field.present(2400)
    assert soon[1] == soon[2] == 0
    assert later[2] > 0
    assert later[1] / later[0] > soon[1] / soon[0]
    assert field.present(86_400)[0] > 0.2 * later[0]  # some have stopped there
    assert not field.present(-10).any()


def test_coverage_counts_what_was_looked_at_of_where_the_person_may_have_passed():
    near, far = spot(300, 0), spot(2500, 0)
    places, hour = np.array([near, far]), 3600.0
    seen = [footage(1, 300, 0, 0, hour)]
    both = [*seen, footage(2, 2500, 0, 0, hour)]
    assert coverage([known()], places, [], 0, hour) == 0
    only_near = coverage([known()], places, seen, 0, hour)
    assert 0.5 < only_near < 1
    assert coverage([known()], places, both, 0, hour) == pytest.approx(1)
    assert coverage([known()], places, [footage(1, 300, 0, 0, 60)], 0, hour) < only_near  # a minute of it
    assert coverage([known()], np.zeros((0, 2)), [], 0, hour) is None
    assert coverage([known()], np.array([spot(90_000, 0)]), [], 0, 60.0) is None


def test_some_cameras_stand_for_all():
    rng = np.random.default_rng(1)
    places = np.array([spot(east, north) for east, north in rng.uniform(-3000, 3000, (4000, 2))])
    seen = [replace(footage(n, 0, 0, 0, 3600), lon=lon, lat=lat) for n, (lon, lat) in enumerate(places[::10])]
    exact = coverage([known()], places, seen, 0, 3600)
    assert coverage([known()], places[1::4], seen, 0, 3600, every=4) == pytest.approx(exact, abs=0.02)


def test_a_camera_counts_as_far_as_it_sees():
    places = np.array([spot(300, 0), spot(300, 50)])
    good, bad = footage(1, 300, 0, 0, 3600), replace(footage(2, 300, 50, 0, 3600), sees=0.25)
    one, other = plan([known()], [bad, good], 3600)[0]
    assert (one.camera, other.camera) == (1, 2)
    whole = coverage([known()], places, [good, replace(bad, sees=1.0)], 0, 3600)
    assert coverage([known()], places, [good, bad], 0, 3600) < whole == pytest.approx(1)
    assert plan([known()], [replace(bad, sees=0.0)], 3600)[0]  # even a blind one is looked at, last


def test_coverage_follows_a_sighting():
    places = np.array([spot(300, 0), spot(2500, 0)])
    seen = [footage(1, 300, 0, 0, 7200)]
    there = LastKnown(*spot(2300, 0), 1800.0)
    assert coverage([known(), there], places, seen, 0, 7200) < coverage([known()], places, seen, 0, 7200)


class TestPlacesToHeadFor:
    HOME = spot(-4000, 0)

    def heading(self) -> LastKnown:
        return replace(known(90), places=(self.HOME,))

    def test_the_way_there_is_searched_though_the_person_set_out_the_other_way(self):
        on_the_way, other_way = (-2000, 0), (-1400, 1400)  # both 2 km off
        assert weight(*on_the_way, self.heading()) > 3 * weight(*on_the_way, known(90))
        assert weight(*on_the_way, self.heading()) > 3 * weight(*other_way, self.heading())

    def test_who_has_such_places_may_still_wander(self):
        assert weight(500, 0, self.heading()) > 0.6 * weight(500, 0, known(90))

    def test_hours_later_the_person_may_be_there(self):
        lons, lats = np.array([self.HOME, spot(-4000, 600), spot(4000, 0)]).T
        there, beside, other = reach(self.heading(), lons, lats).present(3 * 3600.0)
        assert there > 5 * beside
        assert there > 5 * other
        soon = reach(self.heading(), lons, lats).present(600.0)
        assert soon[0] == 0


NORTH = {
    "11110", "11140", "11170", "11200", "11215", "11230", "11260", "11290", "11305", "11320", "11350", "11380",
    "11410", "11440",
}  # fmt: skip


class TestTheRiver:
    def test_bridges_lie_where_districts_of_both_banks_meet(self):
        rows = json.loads(districts.SOURCE.read_text(encoding="utf-8"))["districts"]
        banks = [
            MultiPolygon(*(Polygon(*r) for row in rows if (row["code"] in NORTH) == north for r in row["boundary"]))
            for north in (True, False)
        ]
        for name, place in BRIDGES.items():
            apart = [bank.distance(GeosPoint(*place)) for bank in banks]  # degrees
            assert max(apart) < 0.004, name

    def test_across_it_goes_over_the_nearest_bridge(self):
        mapo, yeouido = (126.9450, 37.5395), (126.9310, 37.5250)
        straight = float(geo.distance_m(*mapo, *yeouido))
        over = float(way_m(*mapo, *(np.array([v]) for v in yeouido))[0])
        assert straight < over < 1.3 * straight  # a bridge is close
        ttukseom, park = (127.0745, 37.5330), (127.0745, 37.5170)  # half-way between two bridges
        straight = float(geo.distance_m(*ttukseom, *park))
        assert float(way_m(*ttukseom, *(np.array([v]) for v in park))[0]) > 1.5 * straight

    def test_on_one_bank_the_way_is_straight(self):
        rng = np.random.default_rng(1)
        lons, lats = rng.uniform(126.95, 127.1, 200), rng.uniform(37.56, 37.65, 200)
        assert way_m(*HERE, lons, lats) == pytest.approx(geo.distance_m(*HERE, lons, lats))
        assert north_of_the_river(lons, lats).all()

    def test_the_other_bank_is_less_likely_and_not_excluded(self):
        ttukseom = LastKnown(127.0745, 37.5330, 0.0)
        lons, lats = np.array([(127.0745, 37.5180), (127.0745, 37.5480)]).T  # as far, south and north
        south, north = reach(ttukseom, lons, lats).chance(np.zeros(2), np.full(2, 5400.0))
        assert 0 < south < 0.8 * north
