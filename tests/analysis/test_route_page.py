"""The route as it is shown: stops, legs, passages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analysis.decisions import confirm, undo
from analysis.routes import route_of
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case()


def seen(case, lon: float, minute: float, camera=None, second: float = 0):
    """A confirmed candidate at a place and time."""
    start = case.last_seen_at + timedelta(minutes=minute)
    recording = None
    if camera is not None:
        recording = camera.recordings.first()
    recording = recording or make_recording(camera or make_camera(lon, 37.5735), start, 600)
    second += (start - recording.start).total_seconds()
    return confirm(make_candidate(case, make_tracklet(recording, second)), case.opened_by)


def test_it_works(case):
    seen(case, DONGMYO[0] + 0.012, 20)  # in Dongdaemun-gu; confirmed first, seen last
    seen(case, DONGMYO[0] + 0.004, 6)
    first, second = route_of(case).stops
    assert (first.number, second.number) == (1, 2)
    assert first.leg.distance_m == pytest.approx(364, abs=5)  # from where the person was last seen
    assert not first.leg.crosses
    assert second.leg.crosses
    assert second.leg.speed == pytest.approx(second.leg.distance_m / second.leg.duration_s)


def test_two_pieces_of_one_passage_are_one_stop(case):
    candidate = seen(case, DONGMYO[0] + 0.004, 6)
    camera = candidate.tracklet.recording.camera
    seen(case, 0, 6, camera, second=20)
    assert [stop.number for stop in route_of(case).stops] == [1]
    undo(candidate, case.opened_by)
    assert len(route_of(case).stops) == 1  # the other piece still stands


def test_who_comes_back_makes_a_second_stop(case):
    candidate = seen(case, DONGMYO[0] + 0.004, 2)
    seen(case, 0, 2, candidate.tracklet.recording.camera, second=300)
    assert len(route_of(case).stops) == 2


def test_the_page_warns_of_what_cannot_have_been_walked(case, client):
    seen(case, DONGMYO[0] + 0.004, 6)
    seen(case, DONGMYO[0] + 0.02, 7)
    client.force_login(case.opened_by)
    html = client.get(f"/cases/{case.number}/").content.decode()
    assert "걸어서는 불가능" in html
    rows = client.get(f"/api/cases/{case.number}/route/").json()
    assert [row["verdict"] for row in rows] == ["plausible", "impossible"]


def test_a_clock_that_may_be_wrong_is_named(case, client):
    seen(case, DONGMYO[0] + 0.004, 16)
    seen(case, DONGMYO[0] + 0.02, 18)  # 1.4 km in two minutes: not even by bus
    seen(case, DONGMYO[0] + 0.021, 50)
    first, second, third = route_of(case).stops
    assert first.clock_s == -second.clock_s > 0
    assert third.clock_s is None
    client.force_login(case.opened_by)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "느릴" in page
    assert "빠를" in page
