"""Reports may be wrong, and where the evidence splits there are two stories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.search import geo
from analysis.search.belief import beliefs, certainty_of, decider, mixed
from analysis.search.field import field
from analysis.search.match import timing
from analysis.search.plan import Footage, coverage, plan
from analysis.search.reach import LastKnown

from .test_match import FITTING, at

HERE = (127.0178, 37.5727)


def spot(east: float, north: float = 0.0) -> tuple[float, float]:
    lon, lat = geo.offset(*HERE, east, north)[0]
    return float(lon), float(lat)


START = LastKnown(*HERE, 0.0)
EAST = LastKnown(*spot(600), 900.0, certainty=0.7, key=1)
WEST = LastKnown(*spot(-600), 960.0, certainty=0.7, key=2)


def test_what_is_sure_makes_one_story():
    (only,) = beliefs([LastKnown(*spot(100), 90.0), START])
    assert only.probability == 1
    assert [known.time for known in only.knowns] == [0.0, 90.0]


def test_a_report_is_as_likely_as_it_is_said_to_be():
    told, untold = beliefs([START, EAST])
    assert told.probability == pytest.approx(0.7)
    assert told.knowns == (START, EAST)
    assert untold.knowns == (START,)


def test_two_reports_that_exclude_each_other_share_what_is_likely():
    stories = beliefs([START, EAST, WEST])  # 1.2 km in a minute
    assert {frozenset({0, 1}), frozenset({0, 2})} == {story.keys for story in stories[:2]}
    both = next((story.probability for story in stories if story.keys == {0, 1, 2}), 0.0)
    assert both < 0.05
    assert sum(story.probability for story in stories) == pytest.approx(1)
    assert certainty_of(1, stories) == pytest.approx(certainty_of(2, stories), rel=0.01)
    assert certainty_of(1, stories) < 0.55


def test_a_sighting_speaks_against_the_report_that_it_all_but_excludes():
    further_east = LastKnown(*spot(1100), 1500.0)
    stories = beliefs([START, EAST, WEST, further_east])
    assert certainty_of(1, stories) > 0.6
    assert certainty_of(2, stories) < 0.25  # 1.7 km in nine minutes: only by a ride


def test_many_doubts_stay_few_stories():
    reports = [replace(EAST, time=900.0 + 400 * n, key=n + 1, certainty=0.5 + 0.01 * n) for n in range(30)]
    stories = beliefs([START, *reports])
    assert len(stories) <= 64
    assert all(story.keys <= {0, *range(25, 31)} for story in stories)  # the surest


def test_evidence_is_mixed_by_how_likely_the_stories_are():
    stories = beliefs([START, EAST])
    near_east = replace(FITTING, time=1000.0, **at(650))
    alone = [timing(near_east, list(story.knowns)) for story in stories]
    together = mixed(stories, lambda knowns: timing(near_east, knowns))
    assert min(alone) < together < max(alone)
    assert mixed(beliefs([]), lambda knowns: None) is None


def test_a_doubtful_report_draws_the_search_but_does_not_blind_it():
    footage = [Footage(n, n, *spot(east), 960.0, 1800.0) for n, east in ((1, 900), (2, -900))]
    sure, _ = plan([START, replace(EAST, certainty=1.0)], footage, 1800.0)
    doubted, _ = plan([START, EAST], footage, 1800.0)
    unheard, _ = plan([START], footage, 1800.0)
    ratio = [{p.recording: p.priority for p in several} for several in (sure, doubted, unheard)]
    assert ratio[0].get(2, 0) < ratio[1][2] < ratio[2][2]
    assert ratio[0][1] > ratio[1][1] > ratio[2][1]
    places = np.array([spot(900), spot(-900)])
    assert 0 < coverage([START, EAST], places, footage[:1], 0.0, 1800.0) < 1


def test_the_field_shows_both_places():
    knowns = [LastKnown(*HERE, 0.0), replace(EAST, time=300.0, certainty=0.5), replace(WEST, time=310.0, certainty=0.5)]
    found = field(knowns, 400.0)
    row = found.share[len(found.share) // 2]
    assert found.west < spot(-600)[0]
    assert found.east > spot(600)[0]
    columns = [int((spot(east)[0] - found.west) / (found.east - found.west) * len(row)) for east in (-600, 600, 0)]
    assert row[columns[0]] > 0.3
    assert row[columns[1]] > 0.3
    assert row[columns[2]] < min(row[columns[0]], row[columns[1]])


def test_what_would_decide_is_a_camera_on_one_of_the_ways():
    first, second = beliefs([START, EAST, WEST])[:2]
    places = np.array([spot(0, 2500), spot(900), spot(-900)])
    found = decider(first, second, places, 0.0, 3600.0)
    assert found.camera in (1, 2)
    assert 900 < found.time < 2400
    on_the_way = first if (1 in first.keys) == (found.camera == 1) else second
    assert (found.first > found.second) == (on_the_way is first)


def test_nothing_decides_between_stories_that_no_camera_sees():
    first, second = beliefs([START, EAST, WEST])[:2]
    assert decider(first, second, np.zeros((0, 2)), 0.0, 3600.0) is None
    assert decider(first, second, np.array([spot(90_000)]), 0.0, 3600.0) is None
    assert decider(first, first, np.array([spot(900)]), 0.0, 3600.0) is None
