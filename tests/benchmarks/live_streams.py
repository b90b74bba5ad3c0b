"""How many live streams one machine carries without falling behind, quiet ones and ones with people always in view.

    .venv/bin/python -m tests.benchmarks.live_streams

``manage.py watch`` on streams of 720p and 15 pictures a second from a real RTSP server on the same machine, whose share of the
processors is told beside the watcher's. Memory a stream: what the most streams take more than one, divided by their number.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")
os.environ["SEOULCCTV_STREAM_NETWORKS"] = "127.0.0.0/8"

import django
import psutil
from rich.console import Console
from rich.table import Table

LEVELS = {"quiet": (1, 40, 60), "people always in view": (1, 8, 10)}
WARM_S, MEASURED_S = 15.0, 30.0
BEHIND_S = 1.0  # from which it counts as falling behind
MB = 2**20


@dataclass(frozen=True, slots=True)
class Carried:
    """cores, server_cores: of the watcher and of the cameras' server; behind: seconds, at the most and at the end; memory: bytes."""

    streams: int
    connected: int
    cores: float
    server_cores: float
    most_behind: float
    behind: float
    memory: int


def main() -> None:
    django.setup()
    from analysis.benchmark.crew import own_database

    console = Console()
    for kind, levels in LEVELS.items():
        rows = []
        for streams in levels:
            with own_database(), console.status(f"{kind}: {streams}"):
                rows.append(_carried(kind, streams))
        table = Table(title=f"{kind}: 1280x720, 15 fps, {os.cpu_count()} cores for everything")
        for head in (
            "streams",
            "connected",
            "cores",
            "cores of the cameras' server",
            "behind, most s",
            "behind at the end",
            "MB",
        ):
            table.add_column(head, justify="right")
        for row in rows:
            figures = (row.streams, row.connected, f"{row.cores:.2f}", f"{row.server_cores:.2f}", f"{row.most_behind:.2f}",
                       f"{row.behind:.2f}", f"{row.memory / MB:.0f}")  # fmt: skip
            table.add_row(*map(str, figures), style="" if row.most_behind < BEHIND_S else "red")
        console.print(table)
        first, last = rows[0], rows[-1]
        console.print(f"memory a stream: {(last.memory - first.memory) / (last.streams - first.streams) / MB:.1f} MB")
        kept = [row.streams for row in rows if row.most_behind < BEHIND_S and row.connected == row.streams]
        console.print(f"carried without falling behind: {max(kept, default=0)}\n")


def _carried(kind: str, streams: int) -> Carried:
    from django.conf import settings

    from analysis.models import Watcher
    from cameras.models import Stream
    from tests.benchmarks.live_alerts import watching
    from tests.benchmarks.street import repeated, street
    from tests.conftest import wait_for
    from tests.live.cameras import serving

    folder = settings.VAR_DIR / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    others = () if kind == "quiet" else tuple(range(2, 60, 7))
    film = repeated(street(folder, 2, 60.0, (), others).path, 4)
    with serving(film) as server, _cameras(server.port, streams), watching(streams) as process:
        wait_for(lambda: Stream.objects.filter(state="connected").count() == streams, 120, "not all are watched")
        time.sleep(WARM_S)
        watcher, cameras = psutil.Process(process.pid), psutil.Process(server.process.pid)
        watcher.cpu_percent()
        cameras.cpu_percent()
        behind = []
        end = time.monotonic() + MEASURED_S
        while time.monotonic() < end:
            time.sleep(1.0)
            behind.append(Watcher.objects.values_list("behind_s", flat=True).get())
        return Carried(
            streams,
            Stream.objects.filter(state="connected").count(),
            watcher.cpu_percent() / 100,
            cameras.cpu_percent() / 100,
            max(behind),
            behind[-1],
            watcher.memory_info().rss,
        )


@contextmanager
def _cameras(port: int, streams: int) -> Iterator[Any]:
    from django.utils import timezone

    from cameras.streams import set_stream
    from seoulcctv.roles import Role
    from tests.factories import DONGMYO, make_camera, make_case, make_user

    description = {"upper_colour": "yellow", "lower_colour": "yellow"}
    make_case(last_seen_at=timezone.now() - timedelta(minutes=3), description=description)
    by = make_user(Role.SUPERVISOR)
    for number in range(streams):
        camera = make_camera(DONGMYO[0] + 1e-5 * number, DONGMYO[1], kind="intelligent")
        set_stream(camera, by, f"rtsp://127.0.0.1:{port}/live")
    yield


if __name__ == "__main__":
    main()
