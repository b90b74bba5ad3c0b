"""Share links: who gets in, what they see, what others learn of it."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import cv2
import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from analysis.decisions import confirm
from analysis.shared_picture import alone, shared_picture
from cases.links import make_link, revoke_link, with_openings
from cases.models import AccessLog, CaseEvent, ShareLink
from cases.models.share_link import MOST_WRONG
from cases.services import end_case
from seoulcctv.roles import Role
from tests.factories import (
    DONGMYO,
    make_camera,
    make_candidate,
    make_case,
    make_recording,
    make_tracklet,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    case = make_case(description={"name": "김영희", "upper_colour": "red"})
    case.agency = "Jongno police"
    return case


def seen(case, minute: float = 6):
    camera = make_camera(DONGMYO[0] + 0.004 * minute / 6, DONGMYO[1], address="왕십리로 교차로")
    recording = make_recording(camera, case.last_seen_at + timedelta(minutes=minute), 600)
    return confirm(make_candidate(case, make_tracklet(recording)), case.opened_by)


def made(case, hours: int = 6, **fields) -> tuple[ShareLink, str, str]:
    return make_link(case, case.opened_by, ShareLink(name="서울청 112 상황실", **fields), hours)


def opened(token: str, passcode: str, client: Client | None = None, status: int = 200) -> Client:
    client = client or Client()
    answer = client.post("/s/open/", {"token": token, "passcode": passcode}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return client


def test_the_operator_sees_when_and_from_where_it_was_opened(case, client):
    link, token, passcode = made(case)
    other, *_rest = made(case)
    for address in ("203.0.113.7", "203.0.113.8"):
        opened(token, passcode, Client(REMOTE_ADDR=address))
    assert [row.address for row in with_openings(case.links.filter(pk=link.pk))[0].openings] == [
        "203.0.113.8",
        "203.0.113.7",
    ]
    assert with_openings([other])[0].openings == []
    client.force_login(case.opened_by)
    panel = client.get(f"/cases/{case.number}/state/").json()["panels"]["links-panel"]
    assert panel.count("203.0.113.7") == panel.count("203.0.113.8") == 1


def test_the_route_on_a_phone(case):
    candidate = seen(case)
    link, token, passcode = made(case)
    phone = opened(token, passcode)
    state = phone.get("/s/state/").json()
    assert "왕십리로 교차로" in state["sheet"]
    assert [stop["lon"] for stop in state["map"]["route"]] == [candidate.tracklet.recording.camera.location.x]
    for secret in (
        "김영희",
        case.agency,
        case.reference,
        "candidates/",
        candidate.tracklet.recording.camera.asset_number,
    ):
        assert secret not in str(state), secret
    link.refresh_from_db()
    assert (link.views, link.viewed_at is not None) == (1, True)
    assert AccessLog.objects.filter(action="share_viewed", case=case, user=None).count() == 1
    assert phone.get(f"/cases/{case.number}/").status_code == 302  # no account: nothing else opens
    assert phone.get("/api/districts/").status_code == 200


def test_token_and_passcode_are_kept_nowhere(case, client):
    client.force_login(case.opened_by)
    answer = client.post(f"/api/cases/{case.number}/links/", {"name": "112", "hours": 6, "live": True})
    assert answer.status_code == 201
    address, token = answer.json()["address"].split("#")
    assert address.endswith("/s/")
    assert len(token) >= 22  # 128 bits and more
    link = case.links.get()
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    opened(token, answer.json()["passcode"])
    for row in (*AccessLog.objects.all(), *CaseEvent.objects.all(), link):
        assert token not in str(vars(row))
        assert f"'{answer.json()['passcode']}'" not in str(vars(row))
    listed = client.get(f"/api/cases/{case.number}/links/")
    assert token not in listed.content.decode()
    assert "passcode" not in listed.content.decode()


def test_it_is_not_found_by_guessing(case):
    _link, token, passcode = made(case)
    for wrong in (token[:-1], token + "a", token.swapcase(), "", "../" + token):
        opened(wrong, passcode, status=403)
    assert not AccessLog.objects.filter(action="share_viewed").exists()
    assert AccessLog.objects.filter(action="share_refused").count() == 5


def test_an_address_that_guesses_is_stopped(case):
    _link, token, passcode = made(case)
    guesser = Client(REMOTE_ADDR="203.0.113.7")
    for number in range(20):
        opened(f"guess{number}", "000000", guesser, status=403)
    opened("guess", "000000", guesser, status=429)
    opened(token, passcode, guesser, status=429)
    opened(token, passcode, Client(REMOTE_ADDR="203.0.113.8"))


def test_the_wrong_passcode_ten_times_closes_it(case):
    link, token, passcode = made(case)
    wrong = f"{(int(passcode) + 1) % 10**6:06d}"
    for number in range(MOST_WRONG):
        opened(token, wrong, Client(REMOTE_ADDR=f"203.0.113.{number}"), status=403)
    opened(token, passcode, status=403)
    link.refresh_from_db()
    assert link.closed


def test_expired_revoked_and_ended(case):
    seen(case)
    for over in ("expired", "revoked", "ended"):
        link, token, passcode = made(case)
        phone = opened(token, passcode)
        assert phone.get("/s/state/").status_code == 200
        if over == "expired":
            ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
        elif over == "revoked":
            revoke_link(link, case.opened_by)
        else:
            end_case(case, make_user(Role.SUPERVISOR))
        assert phone.get("/s/state/").status_code == 403
        opened(token, passcode, status=403)


def test_only_an_approved_case_is_shared_and_not_by_liaisons(case):
    from cases.models.case import CaseError

    pending = make_case(authorised=False)
    for what, by in ((pending, pending.opened_by), (case, make_user(Role.LIAISON))):
        with pytest.raises(CaseError):
            make_link(what, by, ShareLink(name="x"), 1)


def test_as_it_was_when_the_link_was_made(case):
    seen(case)
    _link, token, passcode = made(case, live=False)
    seen(case, 12)
    assert len(opened(token, passcode).get("/s/state/").json()["map"]["route"]) == 1
    _live, token, passcode = made(case)
    assert len(opened(token, passcode).get("/s/state/").json()["map"]["route"]) == 2


def test_no_address_and_no_page_that_others_could_keep(case):
    _link, token, passcode = made(case)
    for answer in (Client().get("/s/"), opened(token, passcode).get("/s/state/")):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self'" in Client().get("/s/")["Content-Security-Policy"]
    assert settings.SESSION_COOKIE_HTTPONLY


class TestPictures:
    def test_only_in_scope_and_only_of_the_route(self, case):
        candidate = seen(case)
        other = make_candidate(case)
        _link, token, passcode = made(case)
        assert opened(token, passcode).get(f"/s/pictures/{candidate.pk}/").status_code == 404
        link, token, passcode = made(case, pictures=True)
        phone = opened(token, passcode)
        answer = phone.get(f"/s/pictures/{candidate.pk}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert phone.get(f"/s/pictures/{other.pk}/").status_code == 404
        assert AccessLog.objects.filter(action="picture_viewed", subject__contains=f"link {link.pk}").count() == 1

    def test_the_others_pixels_are_gone(self):
        """Black and white stripes on others: not one of them is left, though the picture is sharp where the person is."""
        stripes = np.where(np.arange(120)[None, :, None] // 2 % 2, 255, 0) * np.ones((200, 1, 3))
        picture = stripes.astype(np.uint8)
        result = alone(picture, np.array([30.0, 20, 90, 190]), [np.array([70.0, 60, 118, 195])]).astype(int)
        sharp = np.abs(np.diff(result[..., 0], axis=1))
        assert sharp[30:180, 36:66].max() == 255  # the person
        assert sharp[:, :25].max() < 25
        assert sharp[:11].max() < 25
        assert sharp[60:190, 95:].max() < 25
        assert sharp[65:185, 75:].max() < 25  # the other before them, but for their middle
        assert sharp[65:185, 46:70].max() == 255

    def test_another_piece_of_the_persons_own_track_is_no_other(self, case):
        """The survey and the closer look may both have followed them; a bystander beside them is made unrecognisable."""
        stripes = np.where(np.arange(60)[None, :, None] // 2 % 2, 255, 0) * np.ones((160, 1, 3))
        picture = cv2.imencode(".jpg", stripes.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
        recording = make_recording(start=case.last_seen_at + timedelta(minutes=5))
        one = make_tracklet(recording, picture=picture)

        def sharp() -> int:
            shown = cv2.imdecode(np.frombuffer(shared_picture(one, "x"), np.uint8), cv2.IMREAD_GRAYSCALE).astype(int)
            return int((np.abs(np.diff(shown, axis=1)) > 40).sum())

        alone_in_it = sharp()
        make_tracklet(recording, boxes=[[103, 102, 162, 284]] * 2)
        assert sharp() == alone_in_it
        make_tracklet(recording, boxes=[[135, 100, 195, 280]] * 2)
        assert sharp() < 0.9 * alone_in_it

    def test_they_carry_whose_copy_it_is(self, case):
        candidate = seen(case)
        _link, token, passcode = made(case, pictures=True)
        content = opened(token, passcode).get(f"/s/pictures/{candidate.pk}/").content
        shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert shown.shape[1] >= 240
        foot = shown[-12:]
        assert foot.max() > 180  # the line of text
        assert (foot < 60).mean() > 0.5


class TestReporting:
    def report(self, phone: Client, **changes):
        given = {
            "lon": DONGMYO[0], "lat": DONGMYO[1], "sure": "sure", "time": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        }  # fmt: skip
        return phone.post("/s/report/", given | changes)

    def test_the_person_is_found(self, case):
        link, token, passcode = made(case, may_report=True)
        assert self.report(opened(token, passcode), found="on", sure="unsure").status_code == 201
        assert case.sightings.get().certainty == 0.9
        task = case.notes.get()
        assert task.is_task
        assert link.name in task.text
        assert {mention.who for mention in task.mentions.all()} == {case.opened_by, case.authorised_by}
        assert case.events.last().kind == "found.reported"
        case.refresh_from_db()
        assert case.status == "authorised"  # a supervisor calls back, and ends it

    def test_found_at_no_place_is_not_found(self, case):
        _link, token, passcode = made(case, may_report=True)
        assert self.report(opened(token, passcode), found="on", lon="0").status_code == 400
        assert not case.notes.exists()

    def test_an_officer_saw_the_person(self, case):
        _link, token, passcode = made(case, may_report=True)
        phone = opened(token, passcode)
        assert self.report(phone, reporter="somebody else").status_code == 201
        sighting = case.sightings.get()
        assert (sighting.reporter, sighting.certainty) == ("서울청 112 상황실", 0.9)
        for wrong in ({"lon": 0}, {"time": ""}, {"sure": "x"}):
            assert self.report(phone, **wrong).status_code == 400
        assert self.report(phone, time="2039-01-01T00:00").status_code == 409

    def test_a_link_for_looking_only(self, case):
        _link, token, passcode = made(case)
        assert self.report(opened(token, passcode)).status_code == 403
        assert not case.sightings.exists()

    def test_without_the_csrf_token(self, case):
        _link, token, passcode = made(case, may_report=True)
        phone = opened(token, passcode, Client(enforce_csrf_checks=False))
        phone.handler.enforce_csrf_checks = True
        assert self.report(phone).status_code == 403


def test_the_list_says_how_often_and_a_link_is_taken_back(case, client):
    _link, token, passcode = made(case)
    phone = opened(token, passcode)
    client.force_login(case.opened_by)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "서울청 112 상황실" in page
    pk = case.links.get().pk
    assert re.search(rf"links/{pk}/revoke/", page)
    assert client.post(f"/api/cases/{case.number}/links/{pk}/revoke/").status_code == 204
    assert phone.get("/s/state/").status_code == 403
    for wrong in ({"name": ""}, {"hours": 5}, {"hours": 9999}, {"name": "x" * 81}):
        assert client.post(f"/api/cases/{case.number}/links/", {"name": "a", "hours": 6} | wrong).status_code == 400
