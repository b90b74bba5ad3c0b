"""The list of candidates does not move under the pointer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from seoulcctv.roles import Role
from tests.factories import make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def order(page) -> list[int]:
    return [int(row.get_attribute("data-candidate")) for row in page.locator("[data-candidate]").all()]


def test_what_is_new_waits_until_the_pointer_leaves(open_page):
    case = make_case()
    recording = make_recording(start=case.last_seen_at + timedelta(minutes=5))
    first, second, third = (
        make_candidate(case, make_tracklet(recording, 5.0 * n), score=0.9 - 0.1 * n) for n in range(3)
    )
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    page.locator(f"[data-candidate='{second.pk}']").hover()
    better = make_candidate(case, make_tracklet(recording, 40.0), score=0.99)
    colleague = open_page(make_user(Role.SUPERVISOR), f"/cases/{case.number}/")
    colleague.click(f"[data-candidate='{third.pk}']")
    colleague.wait_for_selector("#focus[aria-busy=false] [data-decide=reject]")
    colleague.keyboard.press("n")  # tells every page
    expect(page.locator(f"[data-candidate='{third.pk}']")).to_have_attribute("data-decision", "rejected")
    assert order(page) == [first.pk, second.pk, third.pk]
    expect(page.locator("#held-back")).to_contain_text("1")
    page.mouse.move(300, 300)
    expect(page.locator("#held-back")).to_be_hidden()
    expect(page.locator(f"[data-candidate='{better.pk}']")).to_have_count(1)
    assert order(page)[-1] == third.pk
    assert better.pk in order(page)


def test_what_is_done_on_the_page_shows_at_once(open_page):
    case = make_case()
    recording = make_recording(start=case.last_seen_at + timedelta(minutes=5))
    first, second = (make_candidate(case, make_tracklet(recording, 5.0 * n), score=0.9 - 0.1 * n) for n in range(2))
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    page.locator(f"[data-candidate='{first.pk}']").hover()
    page.keyboard.press("n")
    expect(page.locator("[data-candidate]").last).to_have_attribute("data-candidate", str(first.pk))
    expect(page.locator(f"[data-candidate='{second.pk}']")).to_have_class("candidate open chosen")
