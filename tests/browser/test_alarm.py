"""An alert of a live camera in the browser: heard on any page, taken by name, passed on, and on a link that allows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from analysis.alarms import escalate
from analysis.models import Alert, Watch, Watcher
from analysis.watching.choosing import choose
from cases.links import make_link
from cases.models import ShareLink
from cases.services import share
from seoulcctv.roles import Role
from tests.factories import make_alert, make_candidate, make_case, make_recording, make_tracklet, make_user
from tests.live.test_watching import _networks, lately, watched_camera  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def raised(case) -> Alert:
    """Just now, walking east."""
    recording = make_recording(start=timezone.now() - timedelta(seconds=20))
    return make_alert(case, make_tracklet(recording, second=15, heading=90.0))


def test_it_is_heard_on_any_page_and_taken_by_one(open_page):
    case, colleague = make_case(), make_user(first_name="김", last_name="주임")
    share(case, colleague, case.opened_by)
    one = open_page(case.opened_by, f"/cases/{case.number}/", permissions=["notifications"])
    two = open_page(colleague, "/cameras/table/")
    one.wait_for_selector("#live.on")
    expect(two.locator("#alarms")).to_be_hidden()
    two.mouse.click(5, 400)  # from here on the browser lets the page make a sound
    told = raised(case)
    expect(one.locator(f"[data-alert='{told.pk}']")).to_be_visible()
    expect(two.locator(f"[data-alert='{told.pk}']")).to_contain_text(case.number)
    expect(two.locator("#alarms")).to_have_class("alarms ringing")
    expect(two.locator("#alarms")).to_have_attribute("data-sound", "on")
    assert two.title().startswith("(1) ")
    expect(one.locator(".alert-mark")).to_have_count(1)
    expect(one.locator("[data-candidate] .live-chip")).to_be_visible()

    two.click(".alarm .button:not(.primary)")  # silence
    expect(two.locator("#alarms")).to_have_class("alarms")
    expect(one.locator("#alarms")).to_have_class("alarms ringing")  # on the other computer it rings on
    two.click(".alarm .primary")
    two.wait_for_url(f"**/cases/{case.number}/**")
    expect(two.locator("[data-candidate].chosen")).to_have_attribute("data-candidate", str(told.candidate_id))
    expect(one.locator("#alarms")).to_be_hidden()
    assert not one.title().startswith("(")
    told.refresh_from_db()
    assert told.acknowledged_by == colleague
    two.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    two.keyboard.press("y")
    expect(one.locator("[data-stop]")).to_have_count(1)  # confirmed, it extends the route at once


def test_taken_on_the_page_itself_it_is_chosen(open_page):
    case = make_case()
    make_candidate(case, score=0.95)  # likelier, and chosen until then
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("[data-candidate].chosen")
    told = raised(case)
    page.click(".alarm .primary")
    expect(page.locator("[data-candidate].chosen")).to_have_attribute("data-candidate", str(told.candidate_id))
    expect(page.locator("#alarms")).to_be_hidden()


def test_supervisors_hear_what_nobody_answers(open_page):
    case, supervisor = make_case(), make_user(Role.SUPERVISOR)
    page = open_page(supervisor, "/board/")
    told = raised(case)
    page.wait_for_timeout(1500)
    expect(page.locator("#alarms")).to_be_hidden()
    escalate(timezone.now() + timedelta(seconds=61))
    expect(page.locator(f"[data-alert='{told.pk}'].passed-on")).to_be_visible()


def test_cameras_are_pinned_and_unpinned(open_page):
    case, near, far = lately(1), watched_camera(), watched_camera(127.15, 37.55)
    Watcher.objects.create(name="a", holds=9)
    choose(case, 5)
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    row = page.locator(".watch-row")
    expect(row).to_contain_text([str(near)])
    row.locator(".pin").first.click()
    expect(row.locator(".pin").first).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/never/"):
        row.locator(".pin").last.click()
    choose(case, 5)  # as the watcher does
    page.reload()
    expect(page.locator(".watch-row:visible")).to_have_count(0)
    assert Watch.objects.get(camera=near).wish == "never"
    assert not Watch.objects.filter(camera=far).exists()


def test_on_a_link_only_if_its_scope_allows(open_page, chromium, processes):
    case = make_case()
    told, phones = raised(case), []
    for alerts in (True, False):
        _link, token, passcode = make_link(case, case.opened_by, ShareLink(name="112", alerts=alerts), 1)
        phone = chromium.new_context(viewport={"width": 390, "height": 844}, locale="ko-KR").new_page()
        phone.goto(f"{processes.web()}/s/#{token}")
        phone.fill("#passcode", passcode)
        phone.click("#door button")
        expect(phone.locator("#live.on")).to_be_visible()
        phones.append(phone)
    expect(phones[0].locator(".alert-box")).to_have_count(1)
    expect(phones[0].locator(".alert-box img")).to_have_count(0)  # nobody has looked: no picture
    expect(phones[1].locator(".alert-box")).to_have_count(0)
    assert str(told.candidate.tracklet.recording.camera.district) in phones[0].inner_text(".alert-box")
    desk = open_page(case.opened_by, f"/cases/{case.number}/")
    desk.wait_for_selector("#focus[aria-busy=false] [data-decide=reject]")
    desk.keyboard.press("n")
    expect(phones[0].locator(".alert-box")).to_have_count(0)
    for phone in phones:
        phone.context.close()
