"""Of every camera the search says why it was looked at, waits, or was left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from analysis.about_camera import about_camera
from analysis.models import ScanTask
from analysis.services import start_search
from cameras.models import Camera, Recording
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case()


def text(case, camera, client) -> str:
    client.force_login(case.opened_by)
    return client.get(f"/cases/{case.number}/cameras/{camera.pk}/").content.decode()


def test_before_any_search(case, client):
    camera = make_camera()
    assert about_camera(case, camera, case.opened_by).state == "idle"
    assert "아직 수색하지 않았습니다" in text(case, camera, client)


def test_scanned_waiting_running_stopped_failed(case, client):
    start = case.last_seen_at
    near, next_one, later = (
        make_recording(make_camera(DONGMYO[0] + east, DONGMYO[1]), start, 1800) for east in (0.0005, 0.002, 0.004)
    )
    search = start_search(case, case.opened_by)
    task = search.tasks.get(recording=near)
    task.status, task.reused = "done", True
    task.save()
    make_candidate(case, make_tracklet(near))
    told = about_camera(case, near.camera, case.opened_by)
    assert (told.state, told.candidates, told.of_another_case) == ("scanned", 1, True)
    assert "다른 사건" in text(case, near.camera, client)
    assert [about_camera(case, r.camera, case.opened_by).ahead for r in (next_one, later)] == [0, 1]
    assert "다음 차례" in text(case, next_one.camera, client)
    assert "1건" in text(case, later.camera, client)
    for status, problem, word in (("cancelled", "", "멈춰"), ("failed", "hangs", "읽")):
        ScanTask.objects.filter(recording=later).update(status=status, problem=problem)
        assert word in text(case, later.camera, client)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("faulty", "고장"),
        ("broken_file", "손상"),
        ("no_recording", "영상이 없"),
        ("out_of_reach", "갈 수 없"),
        ("retention_over", "7일"),
    ],
)
def test_left_out(case, client, reason, word):
    start = case.last_seen_at + timedelta(minutes=3)
    if reason == "retention_over":
        case.last_seen_at = timezone.now() - timedelta(days=20)
        case.save()
    camera = make_camera(
        *((127.056, 37.654) if reason == "out_of_reach" else DONGMYO),
        status=Camera.Status.FAULTY if reason == "faulty" else Camera.Status.WORKING,
        retention_days=7,
    )
    if reason in ("broken_file", "out_of_reach"):
        broken = Recording.Status.BROKEN if reason == "broken_file" else Recording.Status.READY
        make_recording(camera, start, status=broken)
    start_search(case, case.opened_by)
    assert about_camera(case, camera, case.opened_by).state == reason
    assert word in text(case, camera, client)
    assert camera.asset_number in client.get(f"/cases/{case.number}/left-out/").content.decode()


def test_when_the_person_may_pass(case):
    near, far = make_camera(DONGMYO[0] + 0.004, DONGMYO[1]), make_camera(127.056, 37.654)
    told = about_camera(case, near, case.opened_by)
    assert 20 < told.percent <= 100
    minutes = (told.likeliest - case.last_seen_at).total_seconds() / 60
    assert 2 < minutes < 20  # some 350 m
    assert about_camera(case, far, case.opened_by).likeliest is None


def test_a_retired_camera_and_anothers_case_are_not_there(case, client):
    gone = make_camera(status=Camera.Status.RETIRED)
    client.force_login(case.opened_by)
    assert client.get(f"/cases/{case.number}/cameras/{gone.pk}/").status_code == 404
    client.force_login(make_user())
    assert client.get(f"/cases/{case.number}/cameras/{make_camera().pk}/").status_code == 404


def test_candidates_are_counted_for_those_alone_who_may_see_them(case, client):
    recording = make_recording(make_camera(*DONGMYO), case.last_seen_at + timedelta(minutes=3))
    start_search(case, case.opened_by).tasks.update(status="done")
    make_candidate(case, make_tracklet(recording))
    liaison = make_user(Role.LIAISON)
    case.members.add(liaison)
    assert "후보 1명" in text(case, recording.camera, client)
    client.force_login(liaison)
    assert "후보" not in client.get(f"/cases/{case.number}/cameras/{recording.camera_id}/").content.decode()
    case.status, case.authorised_by, case.authorised_at = "pending", None, None
    case.save()
    assert "후보 0명" in text(case, recording.camera, client)  # withheld
