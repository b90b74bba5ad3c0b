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


def main(cameras: int = 123_000, viewports: int = 300) -> None:
    django.setup()
    from analysis.benchmark.crew import own_database

    with own_database():
        took = _measured(cameras, viewports)
    table = Table("zoom", "cameras in view, median", "median ms", "95 % ms", "worst ms", title=f"{cameras:,} cameras")
    for zoom in (*ZOOMS, None):
        rows = [row for row in took if zoom in (None, row[0])]
        ms = np.array([row[2] for row in rows])
        seen = f"{np.median([row[1] for row in rows]):,.0f}"
        figures = [f"{value:.0f}" for value in (np.median(ms), np.percentile(ms, 95), ms.max())]
        table.add_row("all" if zoom is None else str(zoom), seen, *figures)
    Console().print(table)


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
        across, down = (side * 360 / 256 / 2**zoom for side in (SCREEN[0], SCREEN[1] * 0.79))
        lon, lat = rng.uniform(126.85, 127.1), rng.uniform(37.48, 37.62)
        box = f"{lon - across / 2:.5f},{lat - down / 2:.5f},{lon + across / 2:.5f},{lat + down / 2:.5f}"
        begin = time.perf_counter()
        answer = client.get("/api/cameras/clusters/", {"bbox": box, "zoom": zoom})
        ms = 1000 * (time.perf_counter() - begin)
        if number >= 5:  # the first ones warm up
            took.append((zoom, answer.json()["total"], ms))
    return took


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
