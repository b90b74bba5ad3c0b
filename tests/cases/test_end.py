"""How a case ended, for the statistics; and tables that spreadsheets do not run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.access import log_for
from cases.models import AccessLog
from seoulcctv.roles import Role
from seoulcctv.tables import safe
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    boss = make_user(Role.SUPERVISOR)
    client.force_login(boss)
    return boss


def test_found(boss, client):
    case = make_case()
    at = timezone.localtime() - timedelta(minutes=5)
    found = {"outcome": "safe", "found_at": f"{at:%Y-%m-%dT%H:%M}", "found_where": "동묘역 3번 출구", "helped": "true"}
    client.post(f"/cases/{case.number}/end/", found)
    case.refresh_from_db()
    assert (case.status, case.outcome, case.helped, case.found_where) == ("ended", "safe", True, "동묘역 3번 출구")
    assert abs(case.found_at - at) < timedelta(minutes=1)


def test_where_somebody_was_found_is_not_kept_of_somebody_who_was_not(boss, client):
    case = make_case()
    answer = client.post(
        f"/api/cases/{case.number}/end/", {"outcome": "not_found", "found_where": "x", "found_at": "2026-01-01T00:00"}
    )
    assert answer.status_code == 200
    case.refresh_from_db()
    assert (case.outcome, case.found_where, case.found_at, case.helped) == ("not_found", "", None, None)


@pytest.mark.parametrize("wrong", [{}, {"outcome": "x"}, {"outcome": "safe", "found_at": "2039-01-01T00:00"}])
def test_a_case_does_not_end_without_its_outcome(boss, client, wrong):
    case = make_case()
    assert client.post(f"/api/cases/{case.number}/end/", wrong).status_code == 400
    page = client.post(f"/cases/{case.number}/end/", wrong, follow=True).content.decode()
    assert "notice error" in page
    case.refresh_from_db()
    assert case.status == "authorised"


def test_the_log_for_the_auditor_is_no_formula(client):
    log_for(make_user(), AccessLog.Action.SEARCH, None, '=HYPERLINK("http://evil")')
    auditor = make_user(Role.AUDITOR)
    client.force_login(auditor)
    table = b"".join(client.get("/access-log/csv/")).decode("utf-8-sig").splitlines()
    assert table[0].startswith("position,at,account")
    assert "\"'=HYPERLINK" in table[1]
    assert AccessLog.objects.filter(action="log_exported", user=auditor).count() == 1
    assert [safe(cell) for cell in ("@a", "-1", -1, "a=1", "", "\t=1")] == ["'@a", "'-1", -1, "a=1", "", "'\t=1"]
