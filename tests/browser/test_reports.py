"""A bus driver calls: the report is entered, doubted, contradicted and withdrawn, all on the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from analysis.search import geo
from analysis.services import start_search
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_report, make_tracklet

pytestmark = pytest.mark.django_db(transaction=True)


def spot(east: float) -> tuple[float, float]:
    lon, lat = geo.offset(*DONGMYO, east, 0)[0]
    return float(lon), float(lat)


def test_a_report_is_entered_on_the_map(open_page):
    case = make_case()
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#live.on")
    page.click("#report summary")
    page.fill("#report [name=reporter]", "마을버스 기사")
    page.fill("#report [name=time]", f"{timezone.localtime() - timedelta(minutes=20):%Y-%m-%dT%H:%M}")
    page.click("#report .primary")
    expect(page.locator("#report [role=alert]")).to_contain_text("지도에서 누르세요")
    page.locator("#case-map").click(position={"x": 420, "y": 330})
    page.wait_for_selector("#case-map .case-pin")
    page.click("#report .primary")
    expect(page.locator(".stop.perhaps")).to_contain_text("마을버스 기사")
    expect(page.locator("#case-map .route-stop.perhaps")).to_have_count(1)
    expect(page.locator("#case-map .case-pin")).to_have_count(0)
    sighting = case.sightings.get()
    assert (sighting.camera, sighting.certainty, sighting.reporter) == (None, 0.7, "마을버스 기사")
    page.click(".stop.perhaps .link")
    expect(page.locator(".stop.perhaps")).to_have_count(0)


def test_two_stories_stand_side_by_side(open_page):
    case = make_case()
    for east in (1300, -1300):
        make_recording(make_camera(*spot(east)), case.last_seen_at, 3600)
    make_report(case, *spot(1000), minute=16)
    make_report(case, *spot(-1000), minute=17, certainty=0.5, reporter="꽃집 주인")
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#live.on")
    expect(page.locator(".stop.doubted")).to_contain_text("꽃집 주인")
    expect(page.locator(".story")).to_contain_text("확인할 곳")
    expect(page.locator("#case-map path.doubtful")).to_have_count(1)


def test_perhaps_by_key_and_then_sure(open_page):
    case = make_case()
    recording = make_recording(start=case.last_seen_at + timedelta(minutes=5))
    candidate = make_candidate(case, make_tracklet(recording))
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=perhaps]")
    page.keyboard.press("u")
    row = page.locator(f"[data-candidate='{candidate.pk}']")
    expect(row).to_have_attribute("data-decision", "unsure")
    expect(page.locator(".stop.perhaps")).to_have_count(1)
    row.click()
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=undo]")
    page.keyboard.press("y")
    expect(row).to_have_attribute("data-decision", "confirmed")
    expect(page.locator(".stop.perhaps")).to_have_count(0)
    expect(page.locator(".stop[data-stop]")).to_have_count(1)


def test_a_place_to_head_for_is_set_on_the_map_and_removed(open_page):
    case = make_case()
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#live.on")
    page.click("#place summary")
    page.fill("#place [name=name]", "예전 집")
    page.locator("#case-map").click(position={"x": 300, "y": 400})
    page.click("#place .primary")
    expect(page.locator("#places-panel")).to_contain_text("예전 집")
    expect(page.locator("#case-map .known-place")).to_have_count(1)
    page.click("#places-panel .link")
    expect(page.locator("#case-map .known-place")).to_have_count(0)
    assert case.places.get().removed_at is not None


def test_a_camera_says_why(open_page):
    case = make_case()
    camera = make_camera(*spot(250), status="faulty")
    start_search(case, case.opened_by)
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    page.wait_for_selector("#live.on")
    page.wait_for_timeout(800)
    box = page.locator("#case-map").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for dx in range(0, 400, 4):  # the camera stands somewhere east of the middle
        page.mouse.click(middle[0] + dx, middle[1])
        page.wait_for_timeout(150)  # for the answer, or the next click would ask again
        if page.locator(".about-camera").count():
            break
    told = page.locator(".about-camera").last  # an earlier one may still be fading away
    expect(told).to_contain_text(camera.asset_number)
    expect(told).to_contain_text("고장")
