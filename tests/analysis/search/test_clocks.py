"""Whose clock explains what cannot have been."""

from __future__ import annotations

import pytest

from analysis.search import geo
from analysis.search.clocks import suspects
from analysis.search.route import Stop

HERE = (127.0178, 37.5727)


def stop(key: int, east: float, start: float) -> Stop:
    lon, lat = geo.offset(*HERE, east, 0)[0]
    return Stop(key, float(lon), float(lat), start, start + 6, "11110")


def test_a_route_that_can_be_suspects_nobody():
    assert suspects([stop(0, 0, 0), stop(1, 300, 300), stop(2, 600, 600)], "foot") == []


def test_a_clock_that_is_slow():
    """880 m in a minute; three quarters of an hour to the next camera."""
    (found, *others) = suspects([stop(0, 0, 0), stop(1, 880, 66), stop(2, 1000, 2700)], "foot")
    assert (found.key, others) == (1, [])  # the report, where the way began, has no clock
    assert found.offset_s == pytest.approx(-(880 / 2.2 - 60), abs=2)


def test_both_ends_may_be_wrong_and_a_clock_that_is_fast():
    route = [stop(0, 0, 0), stop(1, 100, 1200), stop(2, 980, 1266), stop(3, 1100, 4000)]
    assert {one.key: one.offset_s > 0 for one in suspects(route, "foot")} == {1: True, 2: False}


def test_a_shift_that_breaks_the_next_leg_explains_nothing():
    route = [stop(0, 0, 0), stop(1, 100, 1200), stop(2, 980, 1266), stop(3, 1860, 1700)]
    assert [one.key for one in suspects(route, "foot")] == [1]  # moved on, 2 would be too late for 3


def test_hours_are_no_clock():
    assert suspects([stop(0, 0, 0), stop(1, 9000, 66)], "foot") == []
