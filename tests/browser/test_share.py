"""The police on a phone: passcode, live route, the link is taken back while they look."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from analysis.decisions import confirm
from cases.models import ShareLink
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet

pytestmark = pytest.mark.django_db(transaction=True)


def seen(case, minute: float):
    camera = make_camera(DONGMYO[0] + 0.0006 * minute, DONGMYO[1] + 0.0001 * minute, address="왕십리로 교차로")
    recording = make_recording(camera, case.last_seen_at + timedelta(minutes=minute), 600)
    return make_candidate(case, make_tracklet(recording, heading=120, heading_sd=10))


def test_a_shared_case_from_link_to_revocation(open_page, chromium):
    case = make_case(description={"upper_kind": "패딩", "age": 78}, last_seen_address="동묘앞역 1번 출구")
    for minute in (6, 13):
        confirm(seen(case, minute), case.opened_by)
    waiting = seen(case, 20)
    desk = open_page(case.opened_by, f"/cases/{case.number}/")
    desk.wait_for_selector("#live.on")
    desk.click("#link summary")
    desk.fill("#link [name=name]", "서울청 112 상황실")
    for box in ("pictures", "may_report"):
        desk.check(f"#link [name={box}]")
    desk.click("#link .primary")
    expect(desk.locator("#made-link")).to_be_visible()
    address, passcode = desk.input_value("#made-link input"), desk.inner_text("#made-link b")

    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="ko-KR", is_mobile=True, has_touch=True
    )
    phone, asked = context.new_page(), []
    phone.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))
    phone.goto(address)
    assert phone.url.endswith("/s/")  # the token has left the address
    phone.fill("#passcode", "000000")
    phone.click("#door button")
    expect(phone.locator("#door [role=alert]")).to_be_visible()
    phone.fill("#passcode", passcode)
    phone.click("#door button")
    expect(phone.locator(".sheet h1")).to_contain_text("전")
    expect(phone.locator("[data-sighting]")).to_have_count(2)
    expect(phone.locator("#live.on")).to_be_visible()
    until_loaded = (
        "() => [...document.querySelectorAll('.sheet img')].every((image) => image.complete && image.naturalWidth)"
    )
    phone.wait_for_timeout(800)
    assert phone.evaluate(until_loaded)

    desk.click(f"[data-candidate='{waiting.pk}']")
    desk.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    desk.keyboard.press("y")
    expect(phone.locator("[data-sighting]")).to_have_count(3)  # by itself

    context.set_offline(True)
    phone.evaluate("dispatchEvent(new Event('offline'))")
    context.set_offline(False)
    desk.click("#links-panel .link")
    expect(phone.locator(".sheet .problem")).to_be_visible(timeout=5000)
    expect(phone.locator("#case-map")).to_be_hidden()
    token = address.split("#")[1]
    assert all(token not in url and token not in referer for url, referer in asked)
    logs = b"".join(path.read_bytes() for path in Path(settings.FOOTAGE_ROOT).parent.glob("*.log"))
    assert logs
    assert token.encode() not in logs
    assert ShareLink.objects.get().views == 1
    context.close()
