"""The field of where the person may be, moment by moment."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.search import geo
from analysis.search.field import CELLS, LARGEST_M, field
from analysis.search.reach import LastKnown

HERE = (127.0178, 37.5727)


def known(east: float, time: float, direction: float | None = None, mobility: str = "foot") -> LastKnown:
    lon, lat = geo.offset(*HERE, east, 0)[0]
    return LastKnown(float(lon), float(lat), time, direction, mobility)


def middle(found) -> float:
    """Mean metres east of the origin."""
    lons = np.linspace(found.west, found.east, CELLS)
    metres = geo.distance_m(*HERE, lons, HERE[1]) * np.sign(lons - HERE[0])
    return float(np.average(metres, weights=found.share.sum(axis=0)))


def spread(found) -> float:
    """Metres from the grid's one corner to the other."""
    return float(geo.distance_m(found.west, found.south, found.east, found.north))


def test_it_grows_with_time_and_leans_the_way_the_person_went():
    knowns = [known(0, 0.0, 90.0)]
    soon, later = field(knowns, 120.0), field(knowns, 1800.0)
    assert spread(soon) < spread(later)
    assert middle(later) > 200
    hours_later = field(knowns, 10 * 3600.0)
    assert hours_later.share[CELLS // 2, CELLS // 2] > hours_later.share[0, 0]  # most are found near
    assert soon.share.max() == later.share.max() == 1


def test_between_two_sightings_it_lies_between_them():
    knowns = [known(0, 0.0), known(800, 1200.0)]
    early, half, late = (middle(field(knowns, t)) for t in (150.0, 600.0, 1050.0))
    assert early < half < late
    assert half == pytest.approx(400, abs=120)


@pytest.mark.parametrize("time", [0.0, 0.5, 3600.0, 86_400.0, 30 * 86_400.0])
@pytest.mark.parametrize("mobility", ["foot", "slow", "wheelchair", "bicycle", "bus", "subway", "taxi"])
def test_it_can_always_be_drawn(time, mobility):
    found = field([known(0, 0.0, 10.0, mobility)], time)
    assert found.share.shape == (CELLS, CELLS)
    assert found.share.max() == 1
    assert found.share.min() >= 0
    assert spread(found) <= 1.01 * 2 * np.sqrt(2) * LARGEST_M


def test_even_between_sightings_that_cannot_be():
    found = field([known(0, 0.0), known(9000, 60.0)], 30.0)
    assert found.share.max() == 1


def test_before_the_report_there_is_nothing_to_tell():
    assert field([known(0, 100.0)], 99.0) is None
    assert field([], 0.0) is None
