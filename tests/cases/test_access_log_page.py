"""The auditor's page: rows by period, account, case and action, on the page and as a file."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.access import log_for
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(db):
    return make_user(Role.AUDITOR)


@pytest.fixture
def client(auditor):
    client = Client(headers={"accept-language": "en"})
    client.force_login(auditor)
    return client


def lines(client, **asked) -> list[str]:
    answer = client.get("/access-log/csv/", asked)
    assert answer.status_code == 200
    return b"".join(answer).decode("utf-8-sig").splitlines()[1:]


def row(user, action=AccessLog.Action.SEARCH, case=None, subject="") -> AccessLog:
    return log_for(user, action, case, subject)


def test_by_account_case_and_action(client, auditor):
    kim, lee, case = make_user(username="kim"), make_user(username="lee"), make_case()
    row(kim, case=case, subject="one")
    row(kim, AccessLog.Action.DECISION, case, "two")
    row(lee, case=case, subject="three")
    row(kim, subject="four")

    def found(**asked) -> set[str]:
        return {line.split(",")[6] for line in lines(client, **asked)} & {"one", "two", "three", "four"}

    assert found(account="kim") == {"one", "two", "four"}
    assert found(account="kim", case=case.number) == {"one", "two"}
    assert found(account="kim", case=case.number, action="decision") == {"two"}
    assert found() == {"one", "two", "three", "four"}
    asked = AccessLog.objects.filter(action="log_exported", user=auditor).last()
    assert asked is not None
    page = client.get("/access-log/", {"account": "lee"}).content.decode()
    assert "three" in page
    assert "four" not in page
    assert f"account kim, case {case.number}" in {r.subject for r in AccessLog.objects.filter(action="log_exported")}


def test_days_are_whole_and_of_the_city(client):
    """A row at midnight in Seoul belongs to the day that begins, though in UTC it is the day before."""
    now = timezone.localtime()
    row(None, subject="today")
    today, before = now.date().isoformat(), (now - timedelta(days=1)).date().isoformat()
    assert any("today" in line for line in lines(client, begin=today, end=today))
    assert not any("today" in line for line in lines(client, end=before))
    midnight = datetime.combine(now.date(), datetime.min.time(), timezone.get_current_timezone())
    AccessLog.objects.create(at=midnight, action="search", subject="first of the day")
    assert any("first of the day" in line for line in lines(client, begin=today))


@pytest.mark.parametrize(
    "wrong",
    [
        {"begin": "yesterday"},
        {"begin": "2026-02-30"},
        {"begin": "2026-03-02", "end": "2026-03-01"},
        {"action": "x"},
        {"case": "1' OR 1=1"},
        {"account": "x" * 151},
    ],
)
def test_what_cannot_be_is_said_and_nothing_shown(client, wrong):
    row(None, subject="jongno footage")
    for address in ("/access-log/", "/access-log/csv/"):
        answer = client.get(address, wrong)
        assert answer.status_code == 400
        assert 'class="problem"' in answer.content.decode()
        assert "jongno footage" not in answer.content.decode()


@pytest.mark.parametrize("odd", [{"end": "9999-12-31"}, {"begin": "0001-01-01"}, {"account": "' OR 1=1 --"}])
def test_what_is_odd_is_answered(client, odd):
    assert client.get("/access-log/", odd).status_code == 200
    lines(client, **odd)


def test_the_pages_keep_what_was_asked(client, auditor):
    for number in range(120):
        row(auditor, subject=f"n{number}")
    page = client.get("/access-log/", {"action": "search"}).content.decode()
    assert 'href="?action=search&amp;page=2"' in page
