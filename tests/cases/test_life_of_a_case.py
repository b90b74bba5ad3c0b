"""Opened by one, approved by another; what may be searched, and what is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from analysis.services import start_search
from cases import services
from cases.access import log_for
from cases.live import record
from cases.models import AccessLog, Case, CaseEvent
from cases.models.case import CaseError
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_candidate, make_case, make_user

pytestmark = pytest.mark.django_db


def test_it_works():
    case = make_case(authorised=False)
    assert (case.status, case.may_search()) == ("pending", False)
    case = services.authorise(case, make_user(Role.SUPERVISOR))
    assert case.may_search()
    assert [event.kind for event in case.events.all()] == ["case.opened", "case.authorised"]
    assert [event.number for event in case.events.all()] == [1, 2]


def test_numbers_run_through_the_year():
    first, second = make_case().number, make_case().number
    assert first.startswith(f"{timezone.localdate().year}-")
    assert int(second[5:]) == int(first[5:]) + 1


def test_who_opened_a_case_does_not_approve_it():
    boss = make_user(Role.SUPERVISOR)
    case = make_case(by=boss, authorised=False)
    with pytest.raises(CaseError):
        services.authorise(case, boss)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the services
        Case.objects.filter(pk=case.pk).update(authorised_by=boss)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LIAISON, Role.AUDITOR, Role.DISTRICT_ADMIN])
def test_only_supervisors_approve_and_end(role):
    case = make_case(authorised=False)
    for action in (services.authorise, services.end_case):
        with pytest.raises(CaseError):
            action(case, make_user(role))


@pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.DISTRICT_ADMIN])
def test_only_operators_and_supervisors_open_cases(role):
    with pytest.raises(CaseError):
        make_case(by=make_user(role))
    assert not Case.objects.exists()


def test_no_search_before_approval():
    case = make_case(authorised=False)
    with pytest.raises(CaseError):
        start_search(case, case.opened_by)
    assert not case.searches.exists()


def test_an_emergency_start_needs_a_reason_runs_once_and_ends_by_itself():
    case = make_case(authorised=False)
    with pytest.raises(CaseError):
        services.start_emergency(case, case.opened_by, "  ")
    case = services.start_emergency(case, case.opened_by, "snow, thin clothes")
    assert case.may_search()
    later = timezone.now() + timedelta(hours=2)
    assert not case.may_search(later)
    with pytest.raises(CaseError):
        services.start_emergency(case, case.opened_by, "once more please")
    case = services.authorise(case, make_user(Role.SUPERVISOR))
    assert case.may_search(later)


def test_results_of_an_unapproved_emergency_are_withheld_afterwards(client):
    case = services.start_emergency(*(lambda c: (c, c.opened_by, "a cold night"))(make_case(authorised=False)))
    candidate = make_candidate(case)
    client.force_login(case.opened_by)
    address = f"/api/cases/{case.number}/candidates/{candidate.pk}/picture/"
    assert client.get(address).status_code == 200
    Case.objects.filter(pk=case.pk).update(emergency_until=timezone.now() - timedelta(seconds=1))
    assert client.get(address).status_code == 404
    state = client.get(f"/cases/{case.number}/state/").json()
    assert f"candidates/{candidate.pk}/" not in state["panels"]["candidates-panel"]
    assert state["map"]["candidates"] == []


def test_an_ended_case_is_searched_no_more():
    case = services.end_case(make_case(), make_user(Role.SUPERVISOR))
    with pytest.raises(CaseError):
        start_search(case, case.opened_by)


def test_visible_to_those_concerned():
    case, liaison = make_case(), make_user(Role.LIAISON)
    assert not Case.objects.visible_to(liaison).exists()
    services.share(case, liaison, case.opened_by)
    for user, sees in (
        (case.opened_by, True), (liaison, True), (make_user(Role.SUPERVISOR), True), (make_user(), False),
        (make_user(Role.DISTRICT_ADMIN), False), (make_user(Role.AUDITOR), False), (None, False),
    ):  # fmt: skip
        assert Case.objects.visible_to(user).filter(pk=case.pk).exists() is sees
    with pytest.raises(CaseError):
        services.share(case, make_user(Role.AUDITOR), case.opened_by)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_its_change_is_refused():
    case = make_case()
    with pytest.raises(RuntimeError):
        record(case, CaseEvent.Kind.CASE_SHARED)


def test_an_event_goes_with_its_change():
    case = make_case()

    def fail_after_the_event() -> None:
        with transaction.atomic():
            record(case, CaseEvent.Kind.CASE_SHARED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_the_event()
    assert case.events.count() == 2


@pytest.mark.parametrize("sql", ["UPDATE cases_accesslog SET action = 'search'", "DELETE FROM cases_accesslog"])
def test_the_access_log_cannot_be_changed(sql):
    log_for(make_user(), AccessLog.Action.SEARCH)
    with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AccessLog.objects.count() == 1


def test_looking_and_failing_to_sign_in_leave_a_trace(client):
    case = make_case()
    client.post("/sign-in/", {"username": "somebody", "password": "wrong"})
    client.force_login(case.opened_by)
    client.get(f"/cases/{case.number}/")
    actions = list(AccessLog.objects.order_by("pk").values_list("action", "subject", "case"))
    assert ("sign_in_failed", "somebody", None) in actions
    assert ("case_viewed", "", case.pk) in actions
    assert "wrong" not in str(actions)


def test_guessing_passwords_closes_the_account_to_that_address(client):
    user = make_user(username="guessed")
    answers = [client.post("/sign-in/", {"username": "guessed", "password": "x"}).status_code for _ in range(9)]
    assert answers[-1] == 429
    right = {"username": "guessed", "password": "a long password for tests"}
    assert client.post("/sign-in/", right).status_code == 429
    assert client.post("/sign-in/", right, REMOTE_ADDR="10.1.1.1").status_code == 302
    assert user.is_active


class TestForm:
    data = {
        "category": "child", "legal_basis": "missing_act", "agency": "종로경찰서", "reference": "1", "mobility": "foot",
        "lon": DONGMYO[0], "lat": DONGMYO[1], "upper_colour": "red",
    }  # fmt: skip

    def post(self, client, **changes):
        client.force_login(make_user())
        now = timezone.localtime() - timedelta(hours=1)
        return client.post(
            "/api/cases/", {**self.data, "last_seen_at": now.isoformat(), **changes}, content_type="application/json"
        )

    def test_it_works(self, client):
        answer = self.post(client, direction=-90)
        assert answer.status_code == 201, answer.content
        assert answer.json()["direction"] == 270

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"lon": 129.07, "lat": 35.18}, "__all__"),  # Busan
            ({"lon": "nan"}, "__all__"),
            ({"lon": 1e12}, "__all__"),
            ({"lon": ""}, "__all__"),
            ({"last_seen_at": "2999-01-01T00:00:00+09:00"}, "last_seen_at"),
            ({"last_seen_at": "2020-01-01T00:00:00+09:00"}, "last_seen_at"),
            ({"direction": "north"}, "direction"),
            ({"direction": "nan"}, "direction"),
            ({"upper_colour": ""}, "__all__"),
            ({"upper_colour": "plaid"}, "upper_colour"),
            ({"height_min": 180, "height_max": 150}, "height_max"),
            ({"height_min": 5}, "height_min"),
            ({"category": "adult"}, "category"),
            ({"agency": "x" * 101}, "agency"),
        ],
    )
    def test_bad_input_is_refused_with_the_field_named(self, client, changes, field):
        answer = self.post(client, **changes)
        assert answer.status_code == 400
        assert field in answer.json()
        assert not Case.objects.exists()

    def test_text_is_shown_as_text(self, client):
        number = self.post(client, agency="<script>alert(1)</script>").json()["number"]
        page = client.get(f"/cases/{number}/").content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_board_shows_the_newest_case_first(client):
    boss = make_user(Role.SUPERVISOR)
    numbers = [make_case().number for _ in range(3)]
    client.force_login(boss)
    html = client.get("/board/").content.decode()
    assert sorted(numbers, key=html.index) == numbers[::-1]
