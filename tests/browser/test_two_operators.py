"""Two at one case take different candidates, and see what the other decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from seoulcctv.roles import Role
from tests.factories import make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_they_divide_the_candidates(open_page):
    case = make_case()
    for index in range(5):
        recording = make_recording(start=case.last_seen_at + timedelta(minutes=5 + index))
        make_candidate(case, make_tracklet(recording), score=0.9 - 0.1 * index)
    supervisor = make_user(Role.SUPERVISOR, first_name="이감독")
    one = open_page(case.opened_by, f"/cases/{case.number}/")
    one.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    one.wait_for_timeout(400)
    one.reload()  # its choice is told with the next state
    one.wait_for_selector("[data-candidate].chosen")
    first = one.get_attribute("[data-candidate].chosen", "data-candidate")
    one.wait_for_timeout(600)
    two = open_page(supervisor, f"/cases/{case.number}/")
    two.wait_for_selector("[data-candidate].chosen")
    second = two.get_attribute("[data-candidate].chosen", "data-candidate")
    assert first != second
    expect(two.locator(f"[data-candidate='{first}'] .chip.wait")).to_be_visible()
    two.wait_for_selector("#focus[aria-busy=false] [data-decide=reject]")
    two.keyboard.press("n")
    expect(one.locator(f"[data-candidate='{second}']")).to_have_attribute("data-decision", "rejected")
    expect(one.locator("[data-candidate].chosen")).to_have_attribute("data-candidate", first)  # nothing jumped
    third = two.get_attribute("[data-candidate].chosen:not([data-decision=rejected])", "data-candidate")
    assert third not in (first, second)
