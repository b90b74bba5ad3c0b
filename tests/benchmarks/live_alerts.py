"""From the person's first clear frame to the alert in another browser, over many walks past live cameras.

    .venv/bin/python -m tests.benchmarks.live_alerts [WALKS]

Real RTSP servers send films of simulated streets; ``manage.py watch`` watches them; the site's page in Chromium hears of the
alert over its socket. When a frame is sent is seen on the wire between the two, by the last bytes of its packet. Everything runs on
this one machine, the cameras and the browser too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")
os.environ["SEOULCCTV_STREAM_NETWORKS"] = "127.0.0.0/8"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread

import django
import numpy as np
from rich.console import Console
from rich.table import Table

CAMERAS = (0, 1, 2, 3, 6)  # of the simulated walk; all stand about where the person was last seen
MOMENTS, OTHERS, LENGTH = (12.0, 34.0, 56.0), (23.0, 46.0), 68.0
WITHIN_S = 3.0
OBSERVER = """() => {
    window.heard = {};
    new MutationObserver(() => {
        for (const row of document.querySelectorAll("[data-alert]")) window.heard[row.dataset.alert] ??= Date.now();
    }).observe(document.getElementById("alarms"), { childList: true });
}"""


def main(walks: int = 100) -> None:
    django.setup()
    from analysis.benchmark.crew import own_database

    console = Console()
    with own_database():
        delays, missed, told = _measured(walks, console)
    table = Table(
        "figure", "value", title=f"{len(delays) + missed} walks past {len(CAMERAS)} live cameras of 720p and {15} fps"
    )
    seconds = np.array(delays + [np.inf] * missed)
    table.add_row("from first clear frame to the alert in another browser, median", f"{np.median(seconds):.2f} s")
    table.add_row("95 %", f"{np.quantile(seconds, 0.95, method='higher'):.2f} s")
    table.add_row("longest", f"{seconds.max():.2f} s")
    table.add_row(f"within {WITHIN_S:.0f} s", f"{np.mean(seconds <= WITHIN_S):.3f}")
    table.add_row("of that, from the first clear frame to the row in the database, median", f"{np.median(told):.2f} s")
    table.add_row("walks without an alert", str(missed))
    console.print(table)


def _measured(walks: int, console: Console) -> tuple[list[float], int, list[float]]:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from analysis.models import Alert
    from tests.benchmarks.site import page_of
    from tests.benchmarks.street import repeated, street
    from tests.factories import make_case, make_user

    folder = settings.VAR_DIR / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    rounds = -(-walks // (len(CAMERAS) * len(MOMENTS)))
    with console.status("films"):
        streets = [street(folder, number, LENGTH, MOMENTS, OTHERS) for number in CAMERAS]
        films = [repeated(one.path, rounds) for one in streets]
    user = make_user()
    description = {"upper_colour": "red", "lower_colour": "black"}
    make_case(by=user, last_seen_at=timezone.now() - timedelta(minutes=2), description=description)
    with ExitStack() as stack:
        cameras = [stack.enter_context(_camera(one, film)) for one, film in zip(streets, films, strict=True)]
        stack.enter_context(watching())
        page, _address = stack.enter_context(page_of(user))
        page.evaluate(OBSERVER)
        crew = stack.enter_context(ThreadPoolExecutor(1))  # outside Playwright's event loop
        heard: dict[int, float] = {}
        end = time.time() + rounds * LENGTH + 25
        with console.status(f"walks: {end - time.time():.0f} s") as status:
            while time.time() < end and min(len(wire.passed) for _row, wire in cameras) < rounds * len(MOMENTS):
                page.wait_for_timeout(2000)
                heard |= {int(pk): at / 1000 for pk, at in page.evaluate("window.heard").items()}
                crew.submit(_answer_old, user).result()
                status.update(f"walks: {end - time.time():.0f} s left, {len(heard)} alerts")
            page.wait_for_timeout(6000)  # for those who have just come
            heard |= {int(pk): at / 1000 for pk, at in page.evaluate("window.heard").items()}
        rows = Alert.objects.select_related("candidate__tracklet__recording")
        alerts = [(one.candidate.tracklet.recording.camera_id, one.at.timestamp(), heard.get(one.pk)) for one in rows]
        connection.close()  # that of Playwright's event loop
    delays, told, missed = [], [], 0
    for camera, wire in cameras:
        for start in wire.passed[: rounds * len(MOMENTS)]:
            of = [(at, seen) for pk, at, seen in alerts if pk == camera.pk and start - 3 < at < start + 15 and seen]
            missed += not of
            if of:
                at, seen = min(of)
                delays.append(max(0.0, seen - start))
                told.append(max(0.0, at - start))
    return delays, missed, told


class Wire:
    """Between a camera and whoever watches it. passed: when (s since 1970) the last bytes of a packet of ``marks`` went by."""

    def __init__(self, marks: list[bytes]) -> None:
        self.marks, self.passed = marks, list[float]()
        self._rest = b""

    def __call__(self, sent: bytes) -> None:
        seen, now = self._rest + sent, time.time()
        self.passed += [now for mark in self.marks if mark in seen]
        self._rest = seen[-len(self.marks[0]) + 1 :]


@contextmanager
def _camera(one: Any, film: Path) -> Iterator[tuple[Any, Wire]]:
    """A row of the inventory with a stream, and the wire on which its film is sent."""
    from cameras.streams import set_stream
    from seoulcctv.roles import Role
    from tests.benchmarks.street import tails
    from tests.factories import make_camera, make_user
    from tests.live.cameras import LOOP, serving
    from tests.live.network import forwarded
    from tests.live.test_watching import NEAR

    g = one.camera.scene.geometry
    wire = Wire(tails(one.path, [clear for clear, _last in one.passes]))
    with serving(film) as server, forwarded((LOOP, server.port), LOOP, wire) as port:
        row = make_camera(
            *NEAR, kind="intelligent", heading=g.heading, tilt=g.tilt, field_of_view=g.field_of_view,
            mounting_height=g.mounting_height, width=g.picture_width, height=g.picture_height,
        )  # fmt: skip
        set_stream(row, make_user(Role.SUPERVISOR), f"rtsp://{LOOP}:{port}/live")
        yield row, wire


@contextmanager
def watching(streams: int = 40) -> Iterator[subprocess.Popen[bytes]]:
    """``manage.py watch`` on the benchmark's database."""
    from tests.conftest import ROOT, own_environment

    environment = {**own_environment(), "SEOULCCTV_WATCH_CAMERAS": str(streams)}
    command = [sys.executable, "manage.py", "watch", "--streams", str(streams)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answer_old(user: Any) -> None:
    """As an operator would: what was heard some seconds ago is answered."""
    from django.db import connection
    from django.utils import timezone

    from analysis.alarms import acknowledge
    from analysis.models import Alert

    for one in Alert.objects.waiting().filter(at__lt=timezone.now() - timedelta(seconds=8)).select_related("candidate"):
        acknowledge(one, user)
    connection.close()


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
