"""Viewports of the map of all cameras, through the site and out of the full inventory.

    .venv/bin/python -m tests.benchmarks.camera_map [CAMERAS] [VIEWPORTS]

Random places and zooms from the whole city to a street, on a database of the benchmark's own; each as the page asks for it,
through all of Django. In Chromium: the first picture, and pictures a second while the map is dragged.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django
import numpy as np
from rich.console import Console
from rich.table import Table

ZOOMS = (10, 11, 12, 13, 14, 15, 16, 17, 18)
SCREEN = (1440, 850)
BLIND_VIEWS, PAINTS, DRAGS = 90, 5, 5


def main(cameras: int = 123_000, viewports: int = 300) -> None:
    django.setup()
    from analysis.benchmark.crew import own_database

    with own_database():
        took = _measured(cameras, viewports)
        blind = _blind(BLIND_VIEWS)
        in_browser = _in_browser()
    table = Table("zoom", "cameras in view, median", "median ms", "95 % ms", "worst ms", title=f"{cameras:,} cameras")
    for zoom in (*ZOOMS, None):
        rows = [row for row in took if zoom in (None, row[0])]
        ms = np.array([row[2] for row in rows])
        seen = f"{np.median([row[1] for row in rows]):,.0f}"
        figures = [f"{value:.0f}" for value in (np.median(ms), np.percentile(ms, 95), ms.max())]
        table.add_row("all" if zoom is None else str(zoom), seen, *figures)
    Console().print(table)
    told = Table("zoom", "median ms", "95 % ms", "worst ms", title="blind spots, pictures of a viewport")
    for zoom in (*ZOOMS, None):
        ms = np.array([row[1] for row in blind if zoom in (None, row[0])])
        told.add_row(
            "all" if zoom is None else str(zoom),
            *(f"{v:.0f}" for v in (np.median(ms), np.percentile(ms, 95), ms.max())),
        )
    Console().print(told)
    told = Table("in Chromium", "figure", title="without a GPU, the site on the same machine")
    for name, figure in in_browser.items():
        told.add_row(name, figure)
    Console().print(told)


def _measured(cameras: int, viewports: int) -> list[tuple[int, int, float]]:
    from django.db import connection
    from django.test import Client

    from cameras.intake import apply, read, take_in
    from cameras.practice import practice_file, practice_rows
    from tests.factories import make_user

    apply(read(take_in(None, None, "city.csv", practice_file(list(practice_rows(cameras))))), None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cameras_camera")
    client, rng, took = Client(SERVER_NAME="127.0.0.1"), np.random.default_rng(1), []
    client.force_login(make_user())
    for number in range(viewports + 5):
        zoom = ZOOMS[number % len(ZOOMS)]
        box = _box(rng, zoom)
        begin = time.perf_counter()
        answer = client.get("/api/cameras/clusters/", {"bbox": box, "zoom": zoom})
        ms = 1000 * (time.perf_counter() - begin)
        if number >= 5:  # the first ones warm up
            took.append((zoom, answer.json()["total"], ms))
    return took


def _box(rng: np.random.Generator, zoom: int) -> str:
    """A screen's worth of the city, anywhere in it."""
    across, down = (side * 360 / 256 / 2**zoom for side in (SCREEN[0], SCREEN[1] * 0.79))
    lon, lat = rng.uniform(126.85, 127.1), rng.uniform(37.48, 37.62)
    return f"{lon - across / 2:.5f},{lat - down / 2:.5f},{lon + across / 2:.5f},{lat + down / 2:.5f}"


def _blind(views: int) -> list[tuple[int, float]]:
    from django.test import Client

    from tests.factories import make_user

    client, rng, took = Client(SERVER_NAME="127.0.0.1"), np.random.default_rng(2), []
    client.force_login(make_user())
    for number in range(views + len(ZOOMS)):
        zoom = ZOOMS[number % len(ZOOMS)]
        asked = {"bbox": _box(rng, zoom), "zoom": zoom, "far": 100}
        begin = time.perf_counter()
        client.get("/api/cameras/blind-spots/", asked)
        if number >= len(ZOOMS):
            took.append((zoom, 1000 * (time.perf_counter() - begin)))
    return took


def _in_browser() -> dict[str, str]:
    """Until the first view is painted, the page's own clock; pictures a second while the map is dragged."""
    from tests.benchmarks.site import page_of
    from tests.factories import make_user

    found = {}
    with page_of(make_user()) as (page, address):
        paints = [_first_view(page, f"{address}/cameras/") for _ in range(PAINTS)]
        found["first view painted, median s (worst)"] = f"{np.median(paints):.2f} ({max(paints):.2f})"
        for zoom in (11, 13, 15, 18):
            page.goto("about:blank")
            _first_view(page, f"{address}/cameras/#37.5600/126.9800/{zoom}")
            rates, longest = zip(*(_dragged(page) for _ in range(DRAGS)), strict=True)
            found[f"zoom {zoom}: pictures a second while dragged, median (least)"] = (
                f"{np.median(rates):.0f} ({min(rates):.0f}), longest pause {max(longest):.0f} ms"
            )
    return found


def _first_view(page, address: str) -> float:
    page.goto(address, wait_until="commit")
    page.locator("#camera-total:not(:empty)").wait_for()
    return page.evaluate("new Promise((told) => requestAnimationFrame(() => told(performance.now())))") / 1000


def _dragged(page) -> tuple[float, float]:
    """Pictures a second, and the longest between two (ms), over two seconds of the mouse going to and fro."""
    page.evaluate(
        """() => {
            window.pictures = [];
            const each = (at) => { window.pictures.push(at); window.counting = requestAnimationFrame(each); };
            window.counting = requestAnimationFrame(each);
        }"""
    )
    page.mouse.move(720, 500)
    page.mouse.down()
    begin, step = time.monotonic(), 0
    while time.monotonic() - begin < 2.0:
        step += 1
        page.mouse.move(720 + 300 * np.sin(step / 12), 500 + 120 * np.sin(step / 17))
    page.mouse.up()
    at = np.array(page.evaluate("() => { cancelAnimationFrame(window.counting); return window.pictures; }"))
    page.wait_for_timeout(400)  # what the new place holds is drawn
    gaps = np.diff(at)
    return 1000 / float(gaps.mean()), float(gaps.max())


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
