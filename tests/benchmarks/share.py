"""Many who follow one live case by share links: does every update arrive, and how fast?

    .venv/bin/python -m tests.benchmarks.share [VIEWERS] [UPDATES]

Starts a web process on the loopback against a test database (script/servers start first), opens a socket for each viewer,
confirms sightings one after another, and measures from the commit until each viewer is told, and until one in ten of them
has read the new state as the page does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import httpx  # noqa: E402
import numpy as np  # noqa: E402
import websockets  # noqa: E402
from asgiref.sync import sync_to_async  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.decisions import confirm  # noqa: E402
from cases.links import make_link  # noqa: E402
from cases.models import ShareLink  # noqa: E402
from tests.benchmarks.site import web  # noqa: E402
from tests.conftest import REDIS, free_port, listens, wait_for  # noqa: E402
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet  # noqa: E402

PAUSE_S, GRACE_S = 1.5, 5.0
READERS = 10  # one in so many reads the state


async def follow(
    port: int, cookie: str, told: list[list[float]], reads: list[float], number: int, ready: asyncio.Event
) -> None:
    """One viewer: when each message came; one in ten reads the state, too."""
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/ws/share/", additional_headers=headers, open_timeout=60
    ) as line:
        await line.recv()
        ready.set()
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"Cookie": cookie}, timeout=30
        ) as client:
            async for _message in line:
                told[number].append(time.monotonic())
                if number % READERS == 0:
                    begin = time.monotonic()
                    (await client.get("/s/state/")).raise_for_status()
                    reads.append(time.monotonic() - begin)


async def measure(port: int, cookie: str, viewers: int, candidates: list, by: object) -> tuple[list[float], list, list]:
    told: list[list[float]] = [[] for _ in range(viewers)]
    reads: list[float] = []
    ready = [asyncio.Event() for _ in range(viewers)]
    tasks = [asyncio.create_task(follow(port, cookie, told, reads, n, ready[n])) for n in range(viewers)]
    await asyncio.wait_for(asyncio.gather(*(one.wait() for one in ready)), 120)
    await asyncio.sleep(2)
    moments = []
    for candidate in candidates:
        await sync_to_async(confirm)(candidate, by)
        moments.append(time.monotonic())
        await asyncio.sleep(PAUSE_S)
    await asyncio.sleep(GRACE_S)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await sync_to_async(lambda: connection.close())()  # of the thread that confirmed
    return moments, told, reads


def main() -> None:
    viewers, updates = (
        (int(value) for value in [*sys.argv[1:], "500", "20"][:2]) if len(sys.argv) != 2 else (int(sys.argv[1]), 20)
    )
    runner = DiscoverRunner(verbosity=0, interactive=False)
    old = runner.setup_databases()
    process = None
    try:
        logging.getLogger("httpx").setLevel(logging.WARNING)
        layer = settings.CHANNEL_LAYERS["default"]
        layer["CONFIG"] = {**layer["CONFIG"], "hosts": [REDIS]}
        case = make_case()
        camera = [make_camera(DONGMYO[0] + 0.001 * n, DONGMYO[1]) for n in range(updates)]
        recordings = [make_recording(c, case.last_seen_at + timedelta(minutes=2 + 2 * n)) for n, c in enumerate(camera)]
        candidates = [make_candidate(case, make_tracklet(recording)) for recording in recordings]
        _link, token, passcode = make_link(case, case.opened_by, ShareLink(name="benchmark"), 1)
        port = free_port()
        process = web(port)
        wait_for(lambda: listens(port), 60, "the web process does not start")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            csrf = client.get("/s/").cookies["csrftoken"]
            answer = client.post("/s/open/", json={"token": token, "passcode": passcode}, headers={"X-CSRFToken": csrf})
            answer.raise_for_status()
            cookie = f"{settings.SESSION_COOKIE_NAME}={answer.cookies[settings.SESSION_COOKIE_NAME]}"
        moments, told, reads = asyncio.run(measure(port, cookie, viewers, candidates, case.opened_by))
    finally:
        if process:
            process.terminate()
            process.wait(20)
        connection.close()
        runner.teardown_databases(old)
    report(viewers, moments, told, reads)


def report(viewers: int, moments: list[float], told: list[list[float]], reads: list[float]) -> None:
    """An update has arrived at a viewer with the first message after it."""
    late = [[min((t for t in one if t >= m - 0.2), default=np.inf) - m for m in moments] for one in told]
    delays = np.maximum(np.array(late), 0.0)
    arrived = delays[np.isfinite(delays)]
    table = Table(
        "viewers", "updates", "arrived", "within 1 s", "median ms", "95 % ms", "worst ms", "state read, 95 % ms"
    )
    table.add_row(
        str(viewers), str(len(moments)), f"{arrived.size / delays.size:.4f}", f"{np.mean(delays <= 1):.4f}",
        *(f"{1000 * float(np.quantile(arrived, q)):.0f}" for q in (0.5, 0.95, 1.0)), f"{1000 * float(np.quantile(reads, 0.95)):.0f}",
    )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
