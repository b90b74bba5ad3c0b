"""Five thousand candidates do not slow the operator's hand."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.analysis.test_many_candidates import COUNT, case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
__all__ = ["case"]


def test_the_first_is_there_at_once_and_keys_walk_on(case, open_page):
    page = open_page(case.opened_by, "/board/")
    begin = time.monotonic()
    page.goto(page.url.replace("/board/", f"/cases/{case.number}/"))
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    assert time.monotonic() - begin < 10
    expect(page.locator("#open-count")).to_contain_text(str(COUNT)[0])
    first = page.get_attribute("[data-candidate].chosen", "data-candidate")
    for _ in range(20):
        page.keyboard.press("j")
    assert page.get_attribute("[data-candidate].chosen", "data-candidate") != first
    expect(page.locator("[data-candidate]")).to_have_count(60)
    page.wait_for_selector("#focus[aria-busy=false]")
    begin = time.monotonic()
    decided = page.get_attribute("[data-candidate].chosen", "data-candidate")
    page.keyboard.press("n")  # weighs all of them again
    expect(page.locator(f"[data-candidate='{decided}'].chosen")).to_have_count(0, timeout=20_000)
    expect(page.locator("[data-decision=rejected]")).to_have_count(
        0, timeout=20_000
    )  # further down than the first sixty
    page.wait_for_selector("[data-candidate].chosen", timeout=20_000)
    assert time.monotonic() - begin < 20
    page.click("[data-more]")
    expect(page.locator("[data-candidate]")).to_have_count(120)
