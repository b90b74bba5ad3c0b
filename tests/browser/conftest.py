"""A real Chromium against the real web process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .line import Line

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture(scope="package")  # not longer: its event loop would be in the way of other tests
def chromium() -> Iterator:
    """Debian's Chromium; skips where it is not installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium: script/bootstrap --tests installs it")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # machines of CI are busy; tests that promise a time measure it

    # Playwright's own event loop runs in this thread; Django's guard would take tests for coroutines.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, processes):
    """``open_page(user, path, line=None)``: a signed-in page in a browser profile of its own. Errors in it fail the test."""
    from tests.factories import PASSWORD

    address = processes.web()
    contexts, problems = [], []

    def opened(user, path: str, line: Line | None = None, **options):
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="ko-KR", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda message: problems.append(message.text) if "Content Security" in message.text else None
        )
        page.goto(f"{address}/sign-in/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        if line:
            page.route("**/*", line)
        page.goto(f"{address}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems
