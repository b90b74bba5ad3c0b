"""Two shifts at one case: a note that names the colleague, a task ticked off before both, and the case passed on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cases.models import Handover
from cases.services import share
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_night_and_a_day(open_page):
    night, day = make_user(username="night.kim"), make_user(username="day.lee")
    case = make_case(by=night)
    share(case, day, night)
    board = open_page(day, "/board/")
    expect(board.locator("[data-case]")).to_have_count(1)
    desk = open_page(night, f"/cases/{case.number}/")

    desk.click("#note summary")
    desk.fill("#note textarea", "@nobody 확인")
    desk.click("#note .primary")
    expect(desk.locator("#note [role=alert]")).to_contain_text("@nobody")  # and what was typed is still there
    desk.fill("#note textarea", "@day.lee 버스 회사 회신 확인")
    desk.check("#note [name=is_task]")
    desk.click("#note .primary")
    expect(desk.locator("#notes-panel .task")).to_contain_text("버스 회사")
    board.reload()
    expect(board.locator("[data-case] .chip.wait")).to_have_count(1)

    other = open_page(day, f"/cases/{case.number}/")
    other.click("#notes-panel .check")
    expect(desk.locator("#notes-panel .task.done")).to_have_count(1)  # told at once
    board.reload()
    expect(board.locator("[data-case] .chip.wait")).to_have_count(0)

    desk.click("a[href$='/handover/']")
    desk.click(".card .primary")  # to nobody
    expect(desk.locator(".card [role=alert]")).to_have_count(1)
    desk.select_option("[name=to]", str(day.pk))
    desk.fill("[name=text]", "271번 버스부터")
    desk.click(".card .primary")
    desk.wait_for_url(f"**/cases/{case.number}/")
    expect(other.locator("#status-panel")).to_contain_text("271번 버스부터")
    board.reload()
    expect(board.locator("[data-case] .chip.wait")).to_have_count(1)
    other.click("form[action$='take-over/'] button")
    expect(other.locator("form[action$='take-over/']")).to_have_count(0)
    assert Handover.objects.get().taken_at


def test_keeps_on_a_phone(open_page):
    """Nothing wider than the screen, and the form is reached."""
    case = make_case()
    page = open_page(case.opened_by, f"/cases/{case.number}/handover/")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".card .primary").scroll_into_view_if_needed()
    expect(page.locator(".card .primary")).to_be_in_viewport()
