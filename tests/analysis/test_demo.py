"""The demonstration sets its stage once, and its colleague decides by the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.utils import timezone

from analysis import demo, demo_live
from analysis.simulation.city import SPECS, build
from analysis.simulation.streaming import NoServer
from cameras.models import Camera, Recording, Stream
from tests.factories import make_alert, make_candidate, make_recording, make_tracklet, write_video

pytestmark = pytest.mark.django_db

SMALL = replace(SPECS["half_broken"], cameras=2, aside=0, minutes=0.3, crowd=1.0, varied_cameras=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def stage(folder, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return demo.set_up(build("small", SMALL, 1), folder, lambda done: None)


def test_cameras_with_footage_and_faulty_ones(stage):
    assert sorted(Camera.objects.values_list("status", flat=True)) == ["faulty", "working"]
    recording = Recording.objects.get()
    assert recording.simulated
    assert recording.pk in stage.truths


def test_again_changes_nothing(stage, folder):
    again = demo.set_up(build("small", SMALL, 1), folder, lambda done: None)
    assert list(again.truths) == list(stage.truths)
    assert again.zero == stage.zero
    assert (Camera.objects.count(), Recording.objects.count()) == (2, 1)


def test_footage_of_an_earlier_version_is_replaced(stage, folder):
    Recording.objects.update(digest="0" * 64)
    again = demo.set_up(build("small", SMALL, 1), folder, lambda done: None)
    assert Recording.objects.count() == 1
    assert list(again.truths) == [Recording.objects.get().pk]


def test_one_account_a_role_with_a_password_of_this_clone(stage, settings):
    users, password = demo.accounts()
    assert {user.role for user in users.values()} == {role.value for _, role, _, _ in demo.ACCOUNTS}
    assert all(user.check_password(password) for user in users.values())
    assert (settings.VAR_DIR / "demo" / "password").stat().st_mode & 0o077 == 0
    assert demo.accounts()[1] == password


def test_the_case_and_the_decisions(stage):
    users, _password = demo.accounts()
    case = demo.open_demo_case(stage, users)
    assert case.may_search()
    assert case.description.height_min <= 100 * stage.scenario.target.height <= case.description.height_max
    (recording, seen), = stage.true_sightings()  # fmt: skip
    truth = [box for box in stage.truths[recording.pk].boxes if box.person == "target"]
    boxes, times = [list(box.box) for box in truth], [box.time for box in truth]
    person = make_candidate(case, make_tracklet(recording, times=times, boxes=boxes), score=0.5)
    somebody = make_candidate(case, make_tracklet(make_recording()), score=0.9)
    assert demo.decide(stage, case, users["operator"]).pk == somebody.pk  # the likelier first: not the person
    assert demo.decide(stage, case, users["operator"]).pk == person.pk
    assert demo.decide(stage, case, users["operator"]) is None
    somebody.refresh_from_db()
    assert (somebody.decision, case.sightings.count()) == ("rejected", 1)
    assert abs((seen - recording.start).total_seconds() - times[0]) < 0.01


class TestLive:
    """The end of it: somebody reports the person, and a live camera sees them."""

    @pytest.fixture
    def case(self, stage):
        return demo.open_demo_case(stage, demo.accounts()[0])

    def test_the_film_holds_one_passage_and_is_rendered_once(self, stage, tmp_path, monkeypatch):
        monkeypatch.setattr(demo_live, "LENGTH_S", 24.0)
        monkeypatch.setattr(demo_live, "PASSES_S", 12.0)
        monkeypatch.setattr(demo_live, "OTHERS_S", ())
        live = demo_live.film(stage, tmp_path)
        begin, end = live.passes
        assert 12.0 - demo_live.REACH_S <= begin < 12.0 < end <= 12.0 + demo_live.REACH_S
        written = live.path.stat().st_mtime_ns
        assert demo_live.film(stage, tmp_path).passes == live.passes
        assert live.path.stat().st_mtime_ns == written

    def test_a_report_where_the_last_camera_stands(self, stage, case):
        told = demo_live.reported(stage, case, case.opened_by)
        last = demo_live.last_passed(stage)
        assert told.point.coords == (last.lon, last.lat)
        assert case.sightings.standing().get() == told

    def test_the_camera_has_a_stream_for_the_time_being(self, stage, settings, tmp_path):
        settings.STREAM_NETWORKS = [ip_network("127.0.0.0/8")]
        by = demo.accounts()[0]["supervisor"]
        film = write_video(tmp_path / "live.mp4", 4.0)
        live = demo_live.LiveCamera(demo_live.last_passed(stage), film, (1.0, 3.0))
        try:
            with demo_live.sending(live, by) as camera:
                assert camera.kind == Camera.Kind.INTELLIGENT
                assert Stream.objects.get().camera == camera
        except NoServer:
            pytest.skip("no RTSP server: script/bootstrap --tests installs it")
        assert not Stream.objects.exists()
        assert Camera.objects.filter(asset_number=demo_live.ASSET_NUMBER).exists()

    def test_right_only_while_the_person_was_in_view(self, stage, case):
        opened = timezone.now()
        live = demo_live.LiveCamera(demo_live.last_passed(stage), Path("live.mp4"), (30.0, 45.0))
        heard = {
            second: demo_live.judged(make_alert(case, seen_at=opened + timedelta(seconds=second)), opened, live).right
            for second in (10, 31, 44, 60)
        }
        assert heard == {10: False, 31: True, 44: True, 60: False}
