"""The thread that tells: only the latest of one person waits, nothing that fails stops it, and what cases take is read once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analysis.decisions import confirm, reject
from analysis.live.eye import Report
from analysis.live.recorder import Segment
from analysis.live.threshold import ALERT_SCORE, FOLLOWED_SCORE
from analysis.models import Alert, Candidate, StreamLease, Tracklet
from analysis.watching.choosing import choose
from analysis.watching.teller import Seen, Source, Teller
from analysis.watching.weighing import Weighing, threshold_of
from cameras.models import Stream
from tests.factories import make_alert, make_case
from tests.live.test_watching import _networks, found_by_an_eye, lately, watched_camera  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def teller():
    """Without its thread: what waits is told when a test says so."""
    return Teller("here", "test")


def tell_all(teller: Teller) -> int:
    """What waits, as its thread does it; how many."""
    count = 0
    while not teller._work.empty():
        teller._work.get()()
        count += 1
    return count


@pytest.fixture
def scene():
    """A case that watches a camera, and the segment that is being written."""
    case, camera = lately(), watched_camera()
    choose(case, 3)
    segment = Segment(Path("live.mp4"), 0.0, 30.0, 320, 240, 10.0, "h264")
    return case, Source(camera.stream.pk, camera), timezone.now() - timedelta(seconds=30), segment


def seen(scene, number: int = 1, *, final: bool = False, upper: str = "red") -> Seen:
    _case, _source, start, segment = scene
    return Seen((float(number), 0.0), found_by_an_eye(upper), final, start, segment)


class TestWaiting:
    def test_of_one_person_only_the_latest(self, teller, scene):
        _case, source, *_rest = scene
        for _ in range(5):
            teller.seen(source, seen(scene))
        teller.seen(source, seen(scene, 2))
        assert tell_all(teller) == 2

    def test_whoever_fits_is_told_once(self, teller, scene):
        _case, source, *_rest = scene
        for _ in range(3):
            teller.seen(source, seen(scene))
            tell_all(teller)
        assert Alert.objects.count() == 1
        teller.seen(source, seen(scene, final=True))
        tell_all(teller)
        assert source.alerts == {}  # they are gone
        assert Alert.objects.count() == 1

    def test_whoever_does_not_leaves_no_trace(self, teller, scene):
        _case, source, *_rest = scene
        teller.seen(source, seen(scene, upper="green", final=True))
        tell_all(teller)
        assert not Tracklet.objects.exists()
        assert not Candidate.objects.exists()

    def test_before_there_is_a_recording_nobody_is_told(self, teller, scene):
        _case, source, *_rest = scene
        teller.seen(source, replace(seen(scene), segment=None))
        tell_all(teller)
        assert not Alert.objects.exists()

    def test_times_are_those_of_the_recording(self, scene):
        _case, _source, start, segment = scene
        found = found_by_an_eye()
        told = Seen.of(Report((1.0, 0.0), found, False, 0.0), start - timedelta(seconds=3), start, segment)
        assert told.tracklet.track.start == pytest.approx(found.track.start - 3)
        assert told.tracklet.picture_time == pytest.approx(found.picture_time - 3)


@pytest.mark.django_db(transaction=True)
def test_what_fails_does_not_stop_it(teller, scene, caplog):
    _case, source, *_rest = scene
    teller._work.put(lambda: 1 / 0)
    teller.state(source.stream, "connected", "")
    teller.start()
    teller.finish(10)
    assert Stream.objects.get().state == "connected"
    assert "could not be told" in caplog.text


class TestState:
    def test_whoever_holds_the_stream_tells_how_it_does(self, teller, scene):
        _case, source, *_rest = scene
        until = timezone.now() + timedelta(seconds=9)
        StreamLease.objects.create(stream_id=source.stream, watcher="elsewhere", until=until)
        teller.state(source.stream, "down", "no_answer")
        tell_all(teller)
        assert Stream.objects.get().state == "unknown"
        StreamLease.objects.update(watcher="here")
        teller.state(source.stream, "down", "no_answer")
        tell_all(teller)
        assert Stream.objects.get().state == "down"


class TestWeighing:
    def test_more_is_asked_for_once_the_person_is_followed(self):
        case = make_case()
        alert = make_alert(case)
        assert threshold_of(case) == ALERT_SCORE
        confirm(alert.candidate, case.opened_by)
        assert threshold_of(case) == FOLLOWED_SCORE > ALERT_SCORE

    def test_read_once_until_something_happens(self, scene):
        case, source, start, _segment = scene
        weighing = Weighing()
        found = found_by_an_eye()
        assert weighing.fits(case, source.camera, start, found, "test")
        with CaptureQueriesContext(connection) as asked:
            assert weighing.fits(case, source.camera, start, found, "test")
        assert not asked.captured_queries
        other = make_alert(case)
        reject(other.candidate, case.opened_by)
        case.refresh_from_db()
        with CaptureQueriesContext(connection) as asked:
            weighing.fits(case, source.camera, start, found, "test")
        assert asked.captured_queries

    def test_a_case_that_ends_is_weighed_for_no_longer(self, scene, monkeypatch):
        case, source, *_rest = scene
        monkeypatch.setattr("analysis.watching.weighing.KEPT_S", -1.0)
        weighing = Weighing()
        assert weighing.cases(source.camera) == [case]
        type(case).objects.filter(pk=case.pk).update(status="ended", ended_at=timezone.now())
        assert weighing.cases(source.camera) == []


def test_looks_have_the_length_that_they_are_compared_by():
    assert np.linalg.norm(found_by_an_eye().appearance.embedding) == pytest.approx(1.0)
