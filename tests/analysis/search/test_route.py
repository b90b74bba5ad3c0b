"""Legs with distance, time, speed, and whether they can have been walked."""

from __future__ import annotations

import pytest

from analysis.search import geo
from analysis.search.route import Stop, Verdict, legs

HERE = (127.0178, 37.5727)


def stop(key: int, east: float, start: float, district: str = "11110") -> Stop:
    lon, lat = geo.offset(*HERE, east, 0)[0]
    return Stop(key, float(lon), float(lat), start, start + 10, district)


def test_it_works():
    (leg,) = legs([stop(1, 0, 0), stop(2, 500, 510, "11230")], "foot")
    assert leg.distance_m == pytest.approx(500, abs=1)
    assert leg.duration_s == 500
    assert leg.speed == pytest.approx(1.0, abs=0.01)
    assert leg.crosses
    assert leg.verdict == Verdict.PLAUSIBLE


def test_stops_are_taken_in_order_of_time():
    assert [leg.end.key for leg in legs([stop(3, 900, 900), stop(1, 0, 0), stop(2, 500, 500)], "foot")] == [2, 3]


@pytest.mark.parametrize(
    ("metres", "seconds", "mobility", "verdict"),
    [
        (500, 500, "foot", Verdict.PLAUSIBLE),
        (500, 300, "foot", Verdict.TIGHT),
        (500, 120, "foot", Verdict.IMPOSSIBLE),
        (500, 180, "bicycle", Verdict.PLAUSIBLE),
        (3000, 600, "foot", Verdict.RIDE),
        (9000, 400, "foot", Verdict.IMPOSSIBLE),
        (3000, 900, "bus", Verdict.PLAUSIBLE),
        (40, 0, "foot", Verdict.PLAUSIBLE),  # two cameras over one crossing
    ],
)
def test_verdicts(metres, seconds, mobility, verdict):
    (leg,) = legs([stop(1, 0, 0), stop(2, metres, seconds + 10)], mobility)
    assert leg.verdict == verdict


def test_one_stop_makes_no_leg():
    assert legs([stop(1, 0, 0)], "foot") == []
