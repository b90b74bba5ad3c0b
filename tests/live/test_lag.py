"""How far what is seen lies behind: what waits counts, what always takes so long does not."""

from __future__ import annotations

import pytest

from analysis.live.lag import DRIFT, Lag


def test_the_shortest_way_is_none():
    lag = Lag()
    assert lag.add(0.0, 100.3, fresh=True) == 0.0
    assert lag.add(1.0, 101.3, fresh=False) == pytest.approx(0.0, abs=2 * DRIFT)


def test_what_waits_counts_until_it_is_made_up():
    lag = Lag()
    lag.add(0.0, 100.0, fresh=True)
    assert lag.add(1.0, 103.5, fresh=False) == pytest.approx(2.5, abs=0.01)
    assert lag.add(4.0, 104.0, fresh=False) == pytest.approx(0.0, abs=0.01)


def test_a_burst_at_the_beginning_is_no_lag_later():
    """The camera sends its last group of pictures at once: the first look old, the live ones after them do not."""
    lag = Lag()
    for at in (0.0, 0.5, 1.0):
        lag.add(at, 100.0, fresh=at == 0.0)
    assert lag.add(1.5, 100.5, fresh=False) == pytest.approx(0.0, abs=0.01)


def test_a_slow_clock_of_the_camera_is_no_lag():
    lag, at = Lag(), 0.0
    for second in range(3600):
        at = second * (1 - 5e-4)  # nearly two seconds an hour
        lag.add(at, 100.0 + second, fresh=second == 0)
    assert lag.seconds < 0.1


def test_anew_it_begins_at_nothing():
    lag = Lag()
    lag.add(0.0, 100.0, fresh=True)
    assert lag.add(0.0, 500.0, fresh=True) == 0.0
