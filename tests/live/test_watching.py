"""Live watch, whole: a watcher process, a real stream, an alert; what is chosen, who watches, what is over."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import numpy as np
import pytest
from django.utils import timezone

from analysis.alarms import ESCALATED_AFTER, acknowledge, escalate
from analysis.decisions import confirm
from analysis.models import Alert, Candidate, StreamLease, Tracklet, Watch, Watcher
from analysis.pipeline.decode import read_packets
from analysis.pipeline.types import Appearance, Track
from analysis.pipeline.types import Tracklet as Found
from analysis.simulation.film import render
from analysis.simulation.walk import first_walk
from analysis.watching.choosing import choose, watched_cases, wish
from analysis.watching.leases import LASTS, hold, let_go
from analysis.watching.telling import alert
from cameras.models import Camera, Recording, Stream
from cameras.streams import set_stream
from cases.models import AccessLog, CaseEvent
from cases.models.case import CaseError
from cases.services import end_case
from seoulcctv.roles import Role
from tests.conftest import wait_for
from tests.factories import (
    DONGMYO,
    jpeg,
    make_camera,
    make_candidate,
    make_case,
    make_recording,
    make_report,
    make_user,
)
from tests.live.cameras import serving

NEAR = (DONGMYO[0] + 0.001, DONGMYO[1])


@pytest.fixture(autouse=True)
def _networks(settings):
    settings.STREAM_NETWORKS = [ip_network("127.0.0.0/8")]


def watched_camera(lon: float = NEAR[0], lat: float = NEAR[1], port: int = 554, **fields) -> Camera:
    camera = make_camera(lon, lat, **{"kind": "intelligent", **fields})
    set_stream(camera, make_user(Role.SUPERVISOR), f"rtsp://127.0.0.1:{port}/live")
    return camera


def found_by_an_eye(upper: str = "red") -> Found:
    """Somebody in black trousers, for six seconds."""
    times = np.linspace(5.0, 11.0, 25)
    boxes = np.tile(np.array([100, 100, 160, 280], np.float32), (25, 1))
    looks = Appearance(np.array([1, 0], np.float32), "names-2", {upper: 1.0}, {"black": 1.0})
    return Found(Track(1, times, boxes, np.full(25, 0.8, np.float32)), looks, jpeg(), 6.0)


def lately(minutes: float = 3, **fields):
    return make_case(last_seen_at=timezone.now() - timedelta(minutes=minutes), **fields)


@pytest.mark.django_db
class TestChoosing:
    def test_the_likeliest_are_watched_the_next_stand_in_line(self):
        near, far = watched_camera(), watched_camera(DONGMYO[0] + 0.006)
        case = lately(0.5)
        assert [watch.camera for watch in choose(case, 1)] == [near]
        assert list(Watch.objects.values_list("camera", "active")) == [(near.pk, True), (far.pk, False)]

    def test_ordinary_faulty_and_unreachable_cameras_are_not(self):
        watched_camera(kind="regular")
        watched_camera(status="faulty")
        watched_camera(127.15, 37.55)
        make_camera(*NEAR, kind="intelligent")  # without a stream
        assert choose(lately(), 9) == []

    def test_chosen_anew_at_a_sighting_and_as_time_passes(self):
        near, ahead = watched_camera(DONGMYO[0] + 0.0006), watched_camera(DONGMYO[0] + 0.02)
        case = lately(2)
        assert [watch.camera for watch in choose(case, 1)] == [near]
        make_report(case, DONGMYO[0] + 0.0195, minute=1.9, certainty=1.0)
        assert [watch.camera for watch in choose(case, 1)] == [ahead]
        case.sightings.all().delete()
        first = {watch.camera_id: watch.chance for watch in choose(case, 2)}
        later = {watch.camera_id: watch.chance for watch in choose(case, 2, timezone.now() + timedelta(minutes=25))}
        assert later[near.pk] < first[near.pk]
        assert later[ahead.pk] > first.get(ahead.pk, 0)

    def test_converted_it_becomes_available(self):
        camera, case = watched_camera(kind="regular"), lately()
        assert not choose(case, 9)
        Camera.objects.filter(pk=camera.pk).update(kind="intelligent")
        assert choose(case, 9)

    def test_what_somebody_decided_counts(self):
        near, far = watched_camera(), watched_camera(127.15, 37.55)
        case = lately()
        wish(case, far, "always")
        wish(case, near, "never")
        assert [watch.camera for watch in choose(case, 1)] == [far]
        wish(case, near, "")
        assert [watch.camera for watch in choose(case, 2)] == [far, near]

    def test_without_a_legal_basis_or_after_its_end_nothing_is_watched(self):
        watched_camera()
        case = lately()
        assert choose(case, 9)
        assert watched_cases() == [case]
        end_case(case, make_user(Role.SUPERVISOR))
        case.refresh_from_db()
        assert choose(case, 9) == []
        assert not Watch.objects.exists()
        assert not choose(lately(authorised=False), 9)


@pytest.mark.django_db
class TestLeases:
    @pytest.fixture
    def streams(self):
        case = lately()
        for number in range(4):
            watched_camera(NEAR[0] + number / 1e4)
        choose(case, 9)
        return set(Stream.objects.values_list("pk", flat=True))

    def test_one_holds_all_as_far_as_it_can(self, streams):
        assert set(hold("a", [], 9)) == streams
        assert len(hold("a", [], 3)) == 3

    def test_two_share_and_no_stream_has_two(self, streams):
        hold("a", [], 9)
        assert hold("b", [], 9) == []  # all are held
        first, second = hold("a", [], 9), hold("b", [], 9)
        assert (len(first), len(second)) == (2, 2)
        assert set(first) | set(second) == streams

    def test_one_that_dies_is_followed(self, streams):
        now = timezone.now()
        hold("a", [], 9, now)
        assert hold("b", [], 9, now + LASTS / 2) == []
        assert set(hold("b", [], 9, now + timedelta(seconds=29))) == streams

    def test_one_that_ends_gives_them_back_at_once(self, streams):
        hold("a", [], 9)
        let_go("a")
        assert set(hold("b", [], 9)) == streams
        assert not Watcher.objects.filter(name="a").exists()

    def test_what_nobody_watches_is_let_go(self, streams):
        hold("a", [], 9)
        Watch.objects.all().delete()
        assert hold("a", [], 9) == []
        assert not StreamLease.objects.exists()

    def test_districts_have_watchers_of_their_own(self, streams):
        assert hold("gangnam", ["11680"], 9) == []
        assert set(hold("jongno", ["11110"], 9)) == set(
            Stream.objects.filter(camera__district="11110").values_list("pk", flat=True)
        )


@pytest.mark.django_db
class TestAlerts:
    @pytest.fixture
    def told(self):
        case = lately()
        return Alert.objects.create(candidate=make_candidate(case), seen_at=timezone.now())

    def test_acknowledged_by_name_once(self, told):
        by = make_user()
        acknowledge(told, by)
        told.refresh_from_db()
        assert told.acknowledged_by == by
        event = CaseEvent.objects.get(kind="alert.acknowledged")
        assert (event.by, event.data["alert"]) == (by, told.pk)
        with pytest.raises(CaseError):
            acknowledge(told, make_user())

    def test_passed_on_if_nobody_does(self, told):
        assert escalate() == 0
        late = timezone.now() + ESCALATED_AFTER + timedelta(seconds=1)
        assert escalate(late) == 1
        assert escalate(late) == 0
        assert CaseEvent.objects.filter(kind="alert.escalated").count() == 1

    def test_not_when_somebody_did(self, told):
        acknowledge(told, make_user())
        assert escalate(timezone.now() + 2 * ESCALATED_AFTER) == 0


@pytest.mark.django_db
class TestRaising:
    """By what an eye reports, without a stream."""

    @pytest.fixture
    def seen(self):
        return make_recording(watched_camera(), timezone.now() - timedelta(seconds=30)), found_by_an_eye()

    def test_who_fits_is_kept_and_told(self, seen):
        case = lately()
        told = alert(case.pk, *seen, "test")
        assert told.candidate.case == case
        assert CaseEvent.objects.filter(case=case, kind="alert.raised").count() == 1

    def test_who_does_not_leaves_no_trace(self, seen):
        case = lately(description={"upper_colour": "yellow", "lower_colour": "yellow"})
        assert alert(case.pk, *seen, "test") is None
        assert not Tracklet.objects.exists()

    def test_a_camera_that_saw_the_person_for_sure_does_not_ring_again(self, seen):
        case = lately()
        confirm(alert(case.pk, *seen, "test").candidate, case.opened_by)
        recording, found = seen
        assert alert(case.pk, recording, found, "test") is None
        other = make_recording(watched_camera(NEAR[0] + 1e-4), recording.start)
        assert alert(case.pk, other, found, "test") is not None  # another camera is another matter
        much_later = make_recording(recording.camera, recording.start + timedelta(minutes=5))
        assert alert(case.pk, much_later, found, "test") is not None

    def test_nothing_after_the_end(self, seen):
        case = lately()
        end_case(case, make_user(Role.SUPERVISOR))
        assert alert(case.pk, *seen, "test") is None
        assert not Tracklet.objects.exists()


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """A minute and a half of a street; somebody in red and black walks through from the fifteenth second on, others before and
    after."""
    camera = first_walk(1).cameras[0]
    walk = next(w for w in camera.walks if w.person.key == "target")
    others = [w for w in camera.walks if w.person.key != "target"][:1]
    moved = []
    for one, moment in ((walk, 20.0), *((w, 50.0) for w in others)):
        start = one.moment - moment
        moved.append(replace(one, moment=moment, begin=one.begin - start, end=one.end - start))
    return camera, render(camera.scene, moved, tmp_path_factory.mktemp("street") / "a.mp4", 90.0, fps=15, gop_s=1.0)


@pytest.mark.django_db(transaction=True)
def test_from_a_stream_to_an_alert_and_to_the_end(processes, street):
    _camera, truth = street
    case = lately(description={"upper_colour": "red", "lower_colour": "black"})
    with serving(truth.path) as server:
        camera = watched_camera(port=server.port)
        watcher = processes.start(
            sys.executable, "manage.py", "watch", "--name", "one", SEOULCCTV_STREAM_NETWORKS="127.0.0.0/8"
        )
        wait_for(lambda: Stream.objects.get().state == "connected", 60, "it is not watched")
        told = wait_for(lambda: Alert.objects.select_related("candidate__tracklet__recording").first(), 60, "no alert")
        late = told.at - told.seen_at
        assert late < timedelta(seconds=5)  # from their first picture; on a machine that is busy with tests
        recording = told.candidate.tracklet.recording
        assert recording.camera == camera
        event = CaseEvent.objects.get(kind="alert.raised")
        assert event.data["candidate"] == told.candidate_id
        wait_for(lambda: Recording.objects.filter(camera=camera).count() >= 2, 90, "no recording is closed")
        assert read_packets(Recording.objects.filter(camera=camera).first().path).duration > 5
        assert Alert.objects.count() == 1  # one a person and camera
        assert Tracklet.objects.count() == Candidate.objects.count() == 1  # of bystanders nothing is kept

        end_case(case, make_user(Role.SUPERVISOR))
        wait_for(lambda: Stream.objects.get().state == "unknown", 20, "it is watched on")
        assert not StreamLease.objects.exists()
        assert not Watch.objects.exists()
        assert Tracklet.objects.count() == 1
        log = AccessLog.objects.filter(case=case, action="watched").order_by("pk").values_list("subject", flat=True)
        assert list(log) == [f"{camera}: begun", f"{camera}: ended"]
        watcher.send_signal(signal.SIGTERM)
        assert watcher.wait(20) == 0
        assert not Watcher.objects.exists()
