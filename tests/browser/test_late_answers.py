"""Answers that come late, or not at all: nothing is decided about somebody who is not shown yet, and nobody is shown anew
whom one just decided about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from analysis.decisions import reject
from analysis.models import Candidate
from seoulcctv.roles import Role
from tests.browser.line import Line
from tests.conftest import wait_for
from tests.factories import make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db(transaction=True)

SHOWN = "#focus[aria-busy=false] [data-decide=confirm]"


@pytest.fixture
def case(transactional_db):
    case = make_case()
    for index in range(4):
        recording = make_recording(start=case.last_seen_at + timedelta(minutes=5 * (index + 1)))
        make_candidate(case, make_tracklet(recording), score=0.9 - 0.1 * index)
    return case


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def page(case, open_page, line):
    page = open_page(case.opened_by, f"/cases/{case.number}/", line)
    page.wait_for_selector("#live.on")
    page.wait_for_selector(SHOWN)
    return page


def chosen(page) -> int:
    return int(page.get_attribute("[data-candidate].chosen", "data-candidate"))


def rejected() -> list[int]:
    return list(Candidate.objects.filter(decision="rejected").values_list("pk", flat=True))


def until(page, true, complaint: str) -> None:
    wait_for(lambda: page.wait_for_timeout(50) or true(), 10, complaint)


def test_a_list_asked_for_before_a_decision_does_not_bring_it_back(case, page, line):
    first, *_, last = case.candidates.order_by("-score")
    held = []
    line.rules["/state/"] = lambda route: route.continue_() if held else held.append((route, route.fetch()))
    reject(last, make_user(Role.SUPERVISOR))  # a colleague's, who makes every page ask
    until(page, lambda: held, "the page did not ask")
    page.keyboard.press("n")
    until(page, lambda: first.pk in rejected(), "nothing was decided")
    page.wait_for_timeout(300)
    route, answer = held[0]
    route.fulfill(response=answer)  # knows the first as open yet
    expect(page.locator(f"[data-candidate='{first.pk}']")).to_have_attribute("data-decision", "rejected")
    page.wait_for_selector(SHOWN)
    assert chosen(page) not in (first.pk, last.pk)


def test_what_was_held_back_is_dropped_with_a_decision(case, page):
    first, second, *_ = case.candidates.order_by("-score")
    page.locator(f"[data-candidate='{second.pk}']").hover()
    make_candidate(case, make_tracklet(make_recording(start=case.last_seen_at + timedelta(minutes=50))), score=0.3)
    reject(case.candidates.order_by("-score")[2], make_user(Role.SUPERVISOR))
    expect(page.locator("#held-back")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(f"[data-candidate='{first.pk}']")).to_have_attribute("data-decision", "rejected")
    expect(page.locator("#held-back")).to_be_hidden()
    page.mouse.move(300, 300)
    page.wait_for_timeout(300)
    assert page.get_attribute(f"[data-candidate='{first.pk}']", "data-decision") == "rejected"
    assert page.locator("[data-candidate]").count() == 5


def test_keys_decide_only_about_whom_the_panel_shows(case, page, line):
    second = case.candidates.order_by("-score")[1]
    held = line.hold(f"/candidates/{second.pk}/")
    page.keyboard.press("j")
    until(page, lambda: held, "the panel did not ask")
    assert chosen(page) == second.pk
    expect(page.locator("#focus")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("n")
    page.click("#focus [data-decide=reject]")  # the first one's, dimmed
    page.wait_for_timeout(300)
    assert rejected() == []
    line.mend(f"/candidates/{second.pk}/")
    held[0].continue_()
    page.wait_for_selector(SHOWN)
    page.keyboard.press("n")
    until(page, rejected, "nothing was decided")
    assert rejected() == [second.pk]


def test_a_panel_that_could_not_be_fetched_is_asked_for_again(case, page, line):
    second = case.candidates.order_by("-score")[1]
    asked = line.cut(f"/candidates/{second.pk}/")
    page.keyboard.press("j")
    until(page, lambda: asked, "the panel did not ask")
    expect(page.locator("#focus")).to_have_attribute("aria-busy", "true")
    line.mend(f"/candidates/{second.pk}/")
    expect(page.locator("#focus")).to_have_attribute("aria-busy", "false", timeout=5000)
    assert chosen(page) == second.pk


def test_after_a_decision_a_list_that_could_not_be_fetched_is_asked_for_again(case, page, line):
    first = case.candidates.order_by("-score")[0]
    asked = line.cut("/state/")
    page.keyboard.press("n")
    until(page, lambda: rejected() and asked, "nothing was decided, or nothing asked")
    line.mend("/state/")
    expect(page.locator(f"[data-candidate='{first.pk}']")).to_have_attribute("data-decision", "rejected", timeout=5000)
    page.wait_for_selector(SHOWN)
