"""Counts for everybody, and nothing of anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from analysis.models import ScanTask
from analysis.retention import purge_case
from analysis.statistics import statistics
from cases.models import Case
from cases.services import end_case
from seoulcctv.roles import Role
from tests.factories import make_case, make_recording, make_search, make_user

pytestmark = pytest.mark.django_db


def ended(outcome: str, helped: bool | None = None) -> Case:
    case = make_case(description={"name": "김영희"}, last_seen_address="비밀길 7")
    return end_case(case, make_user(Role.SUPERVISOR), Case(outcome=outcome, helped=helped))


def test_it_adds_up_and_stays_when_cases_are_deleted(client):
    found, *_ = ended("safe", True), ended("safe", False), ended("not_found")
    make_case(authorised=False, emergency_until=timezone.now(), emergency_reason="at night")
    search = make_search(found, make_recording(seconds=5400), make_recording(seconds=600))
    search.tasks.update(status="done", finished_at=timezone.now())
    ScanTask.objects.filter(recording__end__lt=search.window_end - timedelta(minutes=1)).update(reused=False)
    before = statistics()
    purge_case(found, timezone.now())
    after = statistics()
    (month,) = after.months
    assert (month.cases, month.found, month.helped, month.emergencies, month.deleted) == (4, 2, 1, 1, 1)
    assert before.months[0].hours == pytest.approx(100 / 60)
    assert (month.name, after.outcomes) == (f"{timezone.localdate():%Y-%m}", {"safe": 2, "not_found": 1})
    jongno = next(row for row in after.districts if row.cases)
    assert (jongno.cases, jongno.found, jongno.helped) == (4, 2, 1)
    page = client.get("/transparency/").content.decode()
    assert "김영희" not in page
    assert "비밀길" not in page
    assert (
        b"".join(client.get("/transparency/?csv=months"))
        .decode("utf-8-sig")
        .splitlines()[1]
        .startswith(f"{month.name},4,2,1")
    )


def test_few_cases_of_a_district_are_not_told(client):
    ended("safe")
    page = client.get("/transparency/").content.decode()
    assert page.count("&lt; 3") == 25
    table = b"".join(client.get("/transparency/?csv=districts")).decode("utf-8-sig")
    assert table.count("<3") == 25


def test_nothing_yet(client):
    assert statistics().months == []
    assert "아직" in client.get("/transparency/").content.decode()
