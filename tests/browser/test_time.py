"""One moment for map, route and list; and an address for every state of the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from analysis.decisions import confirm
from cases.services import share
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db):
    """Confirmed before three cameras, ten minutes apart; a fourth candidate waits."""
    case = make_case()
    for index in range(4):
        camera = make_camera(DONGMYO[0] + 0.004 * index, DONGMYO[1])
        recording = make_recording(camera, start=case.last_seen_at + timedelta(minutes=10 * (index + 1)))
        candidate = make_candidate(case, make_tracklet(recording), score=0.9 - 0.1 * index)
        if index < 3:
            confirm(candidate, case.opened_by)
    return case


def slide(page, moment: float) -> None:
    page.evaluate(
        """value => { const range = document.getElementById("moment"); range.value = value;
                      range.dispatchEvent(new Event("input", { bubbles: true })); }""",
        moment,
    )


def test_the_slider_moves_map_route_list_and_field_together(case, open_page):
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#live.on")
    expect(page.locator("[data-sighting]")).to_have_count(3)
    page.wait_for_selector(".leaflet-field-pane img")
    now = page.get_attribute(".leaflet-field-pane img", "src")
    first, second = (s.time.timestamp() for s in case.sightings.standing()[:2])
    slide(page, (first + second) // 2)
    expect(page.locator("[data-sighting]")).to_have_count(1)
    expect(page.locator("[data-stop].later")).to_have_count(2)
    expect(page.locator("[data-candidate].later")).to_have_count(3)
    expect(page.locator(f".leaflet-field-pane img:not([src='{now}'])")).to_have_count(1)
    page.click("[data-stop] >> nth=1")  # a stop of the route is a moment, too
    expect(page.locator("[data-sighting]")).to_have_count(2)
    page.uncheck("#show-field")
    expect(page.locator(".leaflet-field-pane img")).to_have_count(0)
    page.click("#to-now")
    expect(page.locator("[data-sighting]")).to_have_count(3)
    expect(page.locator(".later")).to_have_count(0)


def test_the_address_brings_a_colleague_to_the_same_moment_and_candidate(case, open_page):
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#live.on")
    expect(page.locator("[data-sighting]")).to_have_count(3)  # before that the slider has no span
    page.click("[data-candidate][data-decision=confirmed] >> nth=1")
    first, second = (s.time.timestamp() for s in case.sightings.standing()[:2])
    slide(page, (first + second) // 2)
    chosen = page.get_attribute("[data-candidate].chosen", "data-candidate")
    address = page.evaluate("location.pathname + location.hash")
    page.wait_for_timeout(300)
    other = open_page(make_user(Role.SUPERVISOR), address)
    expect(other.locator("[data-candidate].chosen")).to_have_attribute("data-candidate", chosen)
    expect(other.locator("[data-sighting]")).to_have_count(1)
    expect(other.locator("#moment-shown")).to_have_text(page.inner_text("#moment-shown"))


def test_a_liaison_sees_the_field_and_nobody_else_does(case, open_page, client):
    liaison = make_user(Role.LIAISON)
    share(case, liaison, case.opened_by)
    page = open_page(liaison, f"/cases/{case.number}/#at=1&candidate=1")
    page.wait_for_selector(".leaflet-field-pane img")
    for moment in ("", "x", "nan", "inf", "-1", "1e300", str(case.last_seen_at.timestamp() - 1)):
        client.force_login(liaison)
        assert client.get(f"/cases/{case.number}/where/", {"at": moment}).status_code == 400
    client.force_login(make_user(Role.LIAISON))
    at = case.last_seen_at.timestamp() + 60
    assert client.get(f"/cases/{case.number}/where/", {"at": at}).status_code == 404
