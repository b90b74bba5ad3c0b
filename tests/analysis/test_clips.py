"""A candidate's clip and track: for those who decide, logged, and refused in the reader's words."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import av
import pytest

from analysis import api
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import make_candidate, make_case, make_recording, make_tracklet, make_user, write_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate(settings):
    case = make_case()
    recording = make_recording(start=case.last_seen_at + timedelta(minutes=5), file="clips/a.mp4")
    path = Path(settings.FOOTAGE_ROOT) / "clips" / "a.mp4"
    path.parent.mkdir(parents=True)
    write_video(path, seconds=30, fps=10)
    return make_candidate(case, make_tracklet(recording, second=10.0))


def address(candidate, what: str) -> str:
    return f"/api/cases/{candidate.case.number}/candidates/{candidate.pk}/{what}/"


def test_it_works(client, candidate):
    client.force_login(candidate.case.opened_by)
    response = client.get(address(candidate, "clip"))
    assert response.status_code == 200
    assert response["Content-Type"] == "video/mp4"
    assert response["Cache-Control"].startswith("private")
    begin, scale = map(float, response["X-Clip"].split())
    assert begin == pytest.approx(8.0, abs=0.15)  # two seconds before the passage
    assert scale == 1.0
    with av.open(io.BytesIO(response.content)) as container:
        assert float(container.duration / av.time_base) == pytest.approx(10.0, abs=0.3)
    track = client.get(address(candidate, "track")).json()
    assert track["times"] == candidate.tracklet.times
    assert track["boxes"] == candidate.tracklet.boxes


def test_every_look_is_logged(client, candidate):
    client.force_login(candidate.case.opened_by)
    client.get(address(candidate, "clip"))
    row = AccessLog.objects.latest("at")
    assert (row.action, row.case, row.user) == ("clip_viewed", candidate.case, candidate.case.opened_by)
    assert str(candidate.pk) in row.subject


def test_others_are_not_shown_that_it_exists(client, candidate):
    for user in (make_user(), make_user(Role.LIAISON)):
        client.force_login(user)
        assert client.get(address(candidate, "clip")).status_code in (403, 404)
        assert client.get(address(candidate, "track")).status_code in (403, 404)
    assert not AccessLog.objects.filter(action="clip_viewed").exists()


def test_footage_that_is_gone_is_told(client, candidate):
    candidate.tracklet.recording.path.unlink()
    client.force_login(candidate.case.opened_by)
    response = client.get(address(candidate, "clip"), headers={"accept-language": "ko"})
    assert response.status_code == 410
    assert "파일을 열 수 없" in response.json()["detail"]


def test_many_at_a_time_wait_and_are_told(client, candidate, monkeypatch):
    monkeypatch.setattr(api, "WAIT_S", 0.05)
    client.force_login(candidate.case.opened_by)
    with api._CUTTING, api._CUTTING:
        assert client.get(address(candidate, "clip")).status_code == 503
    assert client.get(address(candidate, "clip")).status_code == 200  # and given back
    candidate.tracklet.recording.path.unlink()
    for _ in range(4):
        assert client.get(address(candidate, "clip")).status_code == 410  # also after an error
