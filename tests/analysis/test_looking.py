"""Who looks at what is a hint for colleagues, and goes by itself."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings

from analysis import looking
from analysis.looking import look, looked_at
from seoulcctv.roles import Role
from tests.factories import make_candidate, make_case, make_user

pytestmark = pytest.mark.django_db


def test_it_works(settings):
    case, other = make_case(), make_user(Role.SUPERVISOR)
    look(case, case.opened_by, 7)
    look(case, other, 8)
    assert looked_at(case, other) == {7: str(case.opened_by)}
    assert looked_at(case, case.opened_by) == {8: str(other)}
    assert looked_at(make_case(), other) == {}
    look(case, case.opened_by, None)
    assert looked_at(case, other) == {}


def test_it_goes_by_itself(monkeypatch):
    monkeypatch.setattr(looking, "KEPT_S", -1)
    case, other = make_case(), make_user(Role.SUPERVISOR)
    look(case, case.opened_by, 7)
    assert looked_at(case, other) == {}


def test_without_redis_nobody_looks(settings):
    case = make_case()
    settings.CACHES = {"default": {**django_settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    look(case, case.opened_by, 7)
    assert looked_at(case, make_user()) == {}


def test_the_page_tells_and_shows_it(client):
    case, supervisor = make_case(), make_user(Role.SUPERVISOR, first_name="이감독")
    candidate = make_candidate(case)
    client.force_login(supervisor)
    client.get(f"/cases/{case.number}/state/", {"looking": str(candidate.pk)})
    client.force_login(case.opened_by)
    panel = client.get(f"/cases/{case.number}/state/", {"looking": "x"}).json()["panels"]["candidates-panel"]
    assert str(supervisor) in panel
    assert "data-other" in panel
