"""Pictures of the pages during a demonstration, at both sizes.

script/demo &  ...  .venv/bin/python -m tests.browser.screenshots ADDRESS PASSWORD DIR [dark|light] [ko|en]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

REPORT = {
    "ko": "78세 할머니, 아마 빨간 패딩에 검은 바지, 지팡이를 짚고 동쪽으로 걸어감. 키 155cm 정도, 목걸이",
    "en": "Woman, 78, probably a red padded jacket, black trousers, walking east with a cane. 155 cm, necklace",
}
SIZES = ((1440, 900), (390, 844))


def sign_in(page: Page, address: str, account: str, password: str) -> None:
    """Through the form, as anybody."""
    page.goto(f"{address}/sign-in/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", password)
    page.click("button.primary")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def main(address: str, password: str, folder: Path, theme: str = "dark", language: str = "ko") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        for width, height in SIZES:
            context = browser.new_context(viewport={"width": width, "height": height}, locale="ko-KR")
            cookies = {"theme": theme, "django_language": language}
            context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
            page = context.new_page()
            sign_in(page, address, "operator", password)
            page.goto(f"{address}/board/")
            page.wait_for_selector("path.district")
            page.wait_for_timeout(500)
            page.screenshot(path=folder / f"board-{width}.png")
            page.goto(f"{address}/cases/new/")
            page.wait_for_selector("path.district")
            page.fill("#report", REPORT[language])
            page.wait_for_selector("#fill-in:visible")
            page.click("#fill-in")
            page.wait_for_timeout(800)
            page.screenshot(path=folder / f"new-{width}.png")
            page.goto(f"{address}/board/")
            page.click("[data-case] >> nth=0")
            page.wait_for_selector("#live.on")
            page.wait_for_selector("path.district")
            page.wait_for_timeout(1500)
            confirmed = page.locator("[data-candidate][data-decision=confirmed]")
            if width > 820 and confirmed.count():
                confirmed.last.click()
                page.wait_for_selector("#focus:not([hidden]) .factors")
                page.wait_for_timeout(800)
            page.screenshot(path=folder / f"workspace-{width}.png")
            play = page.locator("[data-decide=play]")
            if play.count():
                play.click()
                page.wait_for_selector("#player canvas[data-drawn='1']", timeout=20000)
                page.locator("#player").scroll_into_view_if_needed()
                page.screenshot(path=folder / f"player-{width}.png")
            if width > 820:
                shared(browser, page, address, folder)
            context.close()
        browser.close()


def shared(browser: Browser, page: Page, address: str, folder: Path) -> None:
    """A link to the case that the page shows, opened on a phone."""
    if not page.locator("#link").count():
        return
    page.click("#link summary")
    page.fill("#link [name=name]", "서울청 112 상황실")
    for box in ("pictures", "may_report"):
        page.check(f"#link [name={box}]")
    page.click("#link .primary")
    page.wait_for_selector("#made-link:visible")
    width, height = SIZES[1]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ko-KR", is_mobile=True)
    context.add_cookies([{"name": "django_language", "value": "ko", "url": address}])
    phone = context.new_page()
    phone.goto(page.input_value("#made-link input"))
    phone.fill("#passcode", page.inner_text("#made-link b"))
    phone.click("#door button")
    phone.wait_for_selector(".sheet h1")
    phone.wait_for_selector("path.district")
    phone.wait_for_timeout(1500)
    phone.screenshot(path=folder / f"share-{width}.png")
    context.close()
    page.click("#links-panel .link")  # taken back


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
