"""The site in a process of its own, on the database of a benchmark."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, free_port, listens, own_environment, wait_for


def web(port: int) -> subprocess.Popen[bytes]:
    """At that port of the loopback; to be ended by whoever started it."""
    uvicorn = str(Path(sys.executable).parent / "uvicorn")
    command = [
        uvicorn,
        "seoulcctv.asgi:application",
        "--port",
        str(port),
        "--lifespan",
        "off",
        "--log-level",
        "warning",
    ]
    return subprocess.Popen(command, cwd=ROOT, env=own_environment())


@contextmanager
def page_of(user: Any) -> Iterator[tuple[Any, str]]:
    """A signed-in page of Chromium at 1440x900 and the address of the site, which runs until the page is done with."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS
    from tests.factories import PASSWORD

    port = free_port()
    address, site = f"http://127.0.0.1:{port}", web(port)
    try:
        wait_for(lambda: listens(port), 60, "the site does not answer")
        with sync_playwright() as playwright:
            flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ko-KR").new_page()
            page.goto(f"{address}/sign-in/")
            page.fill("[name=username]", user.username)
            page.fill("[name=password]", PASSWORD)
            page.click("button.primary")
            page.wait_for_url("**/board/")
            yield page, address
            browser.close()
    finally:
        site.terminate()
        site.wait(10)
