"""A case from the report to its deletion, as people work it in the browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from analysis.retention import purge
from cases.models import Case
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_candidate, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_report_to_deletion(open_page):
    operator, supervisor = make_user(), make_user(Role.SUPERVISOR)
    desk = open_page(operator, "/cases/new/")
    desk.wait_for_selector("path.district")
    desk.click("#case-map", position={"x": 520, "y": 420})
    seen = timezone.localtime() - timedelta(hours=1)
    desk.fill("[name=last_seen_at]", f"{seen:%Y-%m-%dT%H:%M}")
    desk.fill("#report", "빨간 패딩에 검은 바지, 키 155cm 정도")
    desk.wait_for_selector("#fill-in:visible")
    desk.click("#fill-in")
    for name, value in (("category", "dementia"), ("legal_basis", "missing_act")):
        desk.select_option(f"[name={name}]", value)
    desk.fill("[name=agency]", "종로경찰서")
    desk.fill("[name=reference]", "2026-77")
    desk.click("button.primary")
    desk.wait_for_url("**/cases/2*/")
    case = Case.objects.get()

    boss = open_page(supervisor, f"/cases/{case.number}/")
    boss.click("form[action$='authorise/'] button")
    desk.click("[data-post$='/searches/']")
    recording = make_recording(make_camera(*DONGMYO, address="종로 401"), case.last_seen_at + timedelta(minutes=5), 600)
    make_candidate(case, make_tracklet(recording))
    desk.reload()
    desk.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    desk.keyboard.press("y")
    expect(boss.locator(".stop[data-stop]")).to_have_count(1)

    boss.click(".confirm summary")
    boss.click(".end-form .danger")  # without saying how it ended: the browser keeps it
    boss.wait_for_timeout(300)
    case.refresh_from_db()
    assert case.status == "authorised"
    boss.select_option(".end-form [name=outcome]", "safe")
    boss.fill(".end-form [name=found_where]", "종로 401 앞")
    boss.select_option(".end-form [name=helped]", "true")
    boss.click(".end-form .danger")
    expect(boss.locator(".chip.past").first).to_be_visible()
    case.refresh_from_db()
    assert (case.status, case.outcome, case.helped) == ("ended", "safe", True)
    expect(desk.locator("[data-post$='/searches/']")).to_have_count(0)

    purge(timezone.now() + timedelta(days=settings.RETENTION_DAYS, minutes=1))
    boss.reload()
    expect(boss.locator("h1")).to_contain_text("없")
    boss.goto(boss.url.split("/cases/")[0] + "/transparency/")
    expect(boss.locator(".tiles .figure").first).to_have_text("1")
