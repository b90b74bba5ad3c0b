"""The demonstration sets its stage once, and its colleague decides by the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis import demo
from analysis.simulation.city import SPECS, build
from cameras.models import Camera, Recording
from tests.factories import make_candidate, make_recording, make_tracklet

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
