"""Alerts as people meet them: who is called, who answers, who is told when nobody does; cameras that somebody chooses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone
from rest_framework.test import APIClient

from analysis.alarms import ESCALATED_AFTER, acknowledge, escalate, waiting_for
from analysis.decisions import confirm, reject
from analysis.models import Alert, Watch, Watcher
from analysis.watching.choosing import choose, room, wish
from analysis.watching.showing import watching_of
from cases.models import AccessLog, Case, CaseEvent
from cases.models.case import CaseError
from cases.services import end_case, share
from seoulcctv.roles import Role
from tests.factories import make_alert, make_camera, make_case, make_user
from tests.live.test_watching import _networks, lately, watched_camera  # noqa: F401
from tests.test_sockets import REFUSED, close_code, socket


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.mark.django_db
class TestWhoIsCalled:
    def test_whoever_follows_the_case(self):
        told = make_alert()
        case = told.candidate.case
        colleague, other = make_user(), make_user()
        share(case, colleague, case.opened_by)
        assert [one["id"] for one in waiting_for(case.opened_by)] == [told.pk]
        assert [one["id"] for one in waiting_for(colleague)] == [told.pk]
        assert waiting_for(other) == []
        assert waiting_for(make_user(Role.AUDITOR)) == waiting_for(make_user(Role.DISTRICT_ADMIN)) == []

    def test_supervisors_once_it_is_passed_on(self):
        told, supervisor = make_alert(), make_user(Role.SUPERVISOR)
        assert waiting_for(supervisor) == []
        escalate(told.at + ESCALATED_AFTER + timedelta(seconds=1))
        (one,) = waiting_for(supervisor)
        assert one["passed_on"]
        assert one["case"] == told.candidate.case.number

    def test_nobody_once_it_is_answered_or_the_case_is_over(self):
        told = make_alert()
        reject(told.candidate, told.candidate.case.opened_by)
        told.refresh_from_db()
        assert told.acknowledged_by == told.candidate.case.opened_by  # whoever decides has answered
        assert waiting_for(told.candidate.case.opened_by) == []
        other = make_alert()
        end_case(other.candidate.case, make_user(Role.SUPERVISOR))
        assert waiting_for(other.candidate.case.opened_by) == []
        assert escalate(timezone.now() + 2 * ESCALATED_AFTER) == 0

    def test_confirming_extends_the_route(self):
        told = make_alert()
        confirm(told.candidate, told.candidate.case.opened_by)
        assert told.candidate.case.sightings.standing().count() == 1

    def test_the_board_says_so_until_somebody_answers(self):
        quiet, told = make_case(), make_alert()
        owner = told.candidate.case.opened_by
        rows = Case.objects.with_what_waits_for(owner)
        assert [(one.pk, one.alerted) for one in rows] == [(told.candidate.case_id, True), (quiet.pk, False)]
        client_of(owner).post(f"/api/cases/{told.candidate.case.number}/alerts/{told.pk}/acknowledge/")
        assert not any(one.alerted for one in Case.objects.with_what_waits_for(owner))


@pytest.mark.django_db
class TestApi:
    def test_acknowledged_once_and_logged(self):
        told = make_alert()
        case = told.candidate.case
        path = f"/api/cases/{case.number}/alerts/{told.pk}/acknowledge/"
        assert client_of(case.opened_by).post(path).data["acknowledged_by"] == str(case.opened_by)
        assert AccessLog.objects.filter(case=case, subject=f"alert {told.pk} acknowledged").exists()
        answer = client_of(make_user(Role.SUPERVISOR)).post(path)
        assert answer.status_code == 409
        assert str(case.opened_by) in answer.data["detail"]

    def test_alerts_of_other_cases_are_not_there(self):
        told, other = make_alert(), make_case()
        owner = client_of(other.opened_by)
        assert owner.post(f"/api/cases/{other.number}/alerts/{told.pk}/acknowledge/").status_code == 404
        assert owner.get(f"/api/cases/{told.candidate.case.number}/alerts/").status_code == 404
        assert owner.get(f"/api/cases/{other.number}/alerts/").data == []

    def test_a_liaison_reads_no_candidates_here_either(self):
        told = make_alert()
        case, liaison = told.candidate.case, make_user(Role.LIAISON)
        share(case, liaison, case.opened_by)
        assert client_of(liaison).get(f"/api/cases/{case.number}/alerts/").status_code == 403
        assert client_of(liaison).get(f"/api/cases/{case.number}/watches/").status_code == 403

    def test_cameras_are_pinned_and_unpinned(self):
        case, camera = lately(), watched_camera(127.15, 37.55)  # far away
        client, path = client_of(case.opened_by), f"/api/cases/{case.number}/watches/{camera.pk}"
        assert client.post(f"{path}/always/").data["wish"] == "always"
        assert [watch.camera for watch in choose(case, 3)] == [camera]
        client.post(f"{path}/never/")
        assert choose(case, 3) == []
        client.post(f"{path}/choose/")
        assert CaseEvent.objects.filter(case=case, kind="watch.changed").count() == 3
        assert AccessLog.objects.filter(case=case, subject__startswith="live watch of").count() == 3

    def test_an_ordinary_camera_cannot_be_pinned(self):
        case = lately()
        regular, streamless = watched_camera(kind="regular"), make_camera(kind="intelligent")
        for camera in (regular, streamless):
            answer = client_of(case.opened_by).post(f"/api/cases/{case.number}/watches/{camera.pk}/always/")
            assert answer.status_code == 409
        assert not Watch.objects.exists()

    def test_nothing_is_pinned_without_a_legal_basis(self):
        case, camera = lately(authorised=False), watched_camera()
        with pytest.raises(CaseError):
            wish(case, camera, "always")


@pytest.mark.django_db
class TestRoom:
    def test_as_many_as_the_districts_machines_carry(self):
        case = lately(0.5)
        cameras = [watched_camera(127.0165 + number / 1e4) for number in range(4)]
        assert room(1) is None  # nobody runs: what would be watched can be seen all the same
        assert len(choose(case, 9, carried=room(1))) == len(cameras)
        Watcher.objects.create(name="a", districts=["11110"], holds=2)
        Watcher.objects.create(name="b", districts=["11680"], holds=9)
        assert len(choose(case, 9, carried=room(1))) == 2
        Watcher.objects.create(name="c", districts=[], holds=1)
        assert len(choose(case, 9, carried=room(1))) == 3
        assert len(choose(case, 9, carried=room(3))) == 1  # two other cases want theirs

    def test_one_that_is_watched_is_not_dropped_for_one_hardly_likelier(self):
        case = lately(0.5)
        near, nearer = watched_camera(127.0168), watched_camera(127.0167)
        first = choose(case, 1)[0].camera
        other = nearer if first == near else near
        chance = dict(Watch.objects.values_list("camera", "chance"))
        assert chance[first.pk] < 1.25 * chance[other.pk]  # else this proves nothing
        Watch.objects.update(active=False)
        Watch.objects.filter(camera=other).update(active=True)
        assert choose(case, 1)[0].camera == other

    def test_beginning_and_end_are_in_the_access_log(self):
        case, camera = lately(), watched_camera()
        choose(case, 3)
        choose(case, 3)
        end_case(case, make_user(Role.SUPERVISOR))
        case.refresh_from_db()
        choose(case, 3)
        rows = AccessLog.objects.filter(case=case, action="watched").order_by("pk").values_list("subject", flat=True)
        assert list(rows) == [f"{camera}: begun", f"{camera}: ended"]


@pytest.mark.django_db
class TestShown:
    def test_who_looks_out_and_who_would_be_next(self):
        case = lately(0.5)
        near, far = watched_camera(), watched_camera(127.0225)
        choose(case, 1)
        told = watching_of(case)
        assert [row.watch.camera for row in told.watched] == [near]
        assert told.watched[0].state == "unheld"  # no machine has it
        assert [row.watch.camera for row in told.waiting] == [far]
        assert (told.machines, told.seeing) == (0, 0)

    def test_nothing_where_no_camera_has_a_stream_or_nothing_may_be_watched(self):
        assert watching_of(lately()) is None
        watched_camera()
        assert watching_of(lately(authorised=False)) is None


@pytest.mark.django_db(transaction=True)
def test_the_alarm_rings_and_falls_silent():
    case = make_case()
    line = socket("/ws/alarms/", case.opened_by)

    async def follow() -> list:
        assert (await line.connect())[0]
        heard = [await line.receive_json_from(5)]
        told = await sync_to_async(make_alert)(case)
        heard.append(await line.receive_json_from(2))
        await sync_to_async(acknowledge)(told, case.opened_by)
        heard.append(await line.receive_json_from(2))
        await line.disconnect()
        return heard

    before, ringing, after = async_to_sync(follow)()
    assert before == after == {"alerts": []}
    assert [one["id"] for one in ringing["alerts"]] == [Alert.objects.get().pk]


@pytest.mark.django_db(transaction=True)
def test_nobody_else_listens():
    assert close_code("/ws/alarms/") == 4401
    assert (
        close_code("/ws/alarms/", make_user(Role.LIAISON)) == close_code("/ws/alarms/", make_user(Role.AUDITOR)) == 4403
    )
    assert close_code("/ws/alarms/", make_user(), origin="http://elsewhere.example") == REFUSED
