"""The pipeline against a plain detector-and-tracker loop over every frame, in one run.

    .venv/bin/python -m tests.benchmarks.scan [FOOTAGE_DIR]

FOOTAGE_DIR holds pets09-s2l1.avi with its ground truth; without it only the simulated street is
measured. Each way runs RUNS times, in turn; medians are printed, and the ratio of the two.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.evaluation.tracking import Truth, score  # noqa: E402
from analysis.pipeline.types import Track  # noqa: E402
from analysis.scanner import scanner  # noqa: E402
from analysis.simulation.film import render  # noqa: E402
from analysis.simulation.walk import first_walk  # noqa: E402

RUNS = 3


def ours(path: Path) -> list[Track]:
    """The product's own scan, at the settings' sampling."""
    return [tracklet.track for tracklet in scanner().scan(path).tracklets]


class Plain:
    """``YOLO(weights).track()`` over every frame, as its documentation shows it."""

    def __call__(self, path: Path, fps: float) -> list[Track]:
        from ultralytics import YOLO

        boxes: dict[int, list[np.ndarray]] = {}
        times: dict[int, list[float]] = {}
        model = YOLO(str(settings.WEIGHTS_PATH))
        for index, result in enumerate(model.track(str(path), classes=[0], stream=True, verbose=False)):
            if result.boxes.id is None:
                continue
            for number, box in zip(result.boxes.id.int().tolist(), result.boxes.xyxy.numpy(), strict=True):
                boxes.setdefault(number, []).append(box)
                times.setdefault(number, []).append(index / fps)
        return [
            Track(n, np.array(times[n]), np.array(boxes[n], np.float32), np.ones(len(boxes[n]), np.float32))
            for n in boxes
        ]


def timed(run: Callable[[], list[Track]]) -> tuple[float, list[Track]]:
    """Wall seconds and what came out."""
    begin = time.perf_counter()
    tracks = run()
    return time.perf_counter() - begin, tracks


def compare(path: Path, seconds: float, fps: float) -> tuple[float, float, float, list[Track], list[Track]]:
    """Times real time of both, the median ratio, and the last tracks of both."""
    mine, plain, ratios = [], [], []
    tracks: tuple[list[Track], list[Track]] = ([], [])
    ours(path)  # loads the models
    for _ in range(RUNS):
        a, found = timed(lambda: ours(path))
        b, reference = timed(lambda: Plain()(path, fps))
        mine.append(a)
        plain.append(b)
        ratios.append(b / a)
        tracks = (found, reference)
    return seconds / median(mine), seconds / median(plain), median(ratios), *tracks


def main() -> None:
    console = Console()
    console.print(
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}, {settings.WEIGHTS_PATH.name}"
    )
    table = Table()
    for name in ("footage", "way", "x real time", "recall", "precision", "MOTA", "IDF1", "HOTA", "switches"):
        table.add_column(name, justify="left" if name in ("footage", "way") else "right")
    with TemporaryDirectory() as folder:
        camera = first_walk(1).cameras[0]
        street = render(camera.scene, list(camera.walks), Path(folder) / "street.mp4", camera.duration)
        fast, slow, ratio, _, _ = compare(street.path, camera.duration, 8)
        table.add_row("simulated street, 4 min, people in a third", "scan", f"{fast:.1f}")
        table.add_row("", "every frame", f"{slow:.1f}")
        table.add_row("", "[bold]ratio", f"[bold]{ratio:.1f}", end_section=True)
    if len(sys.argv) > 1:
        real = Path(sys.argv[1])
        truth = Truth.read(real / "pets09-s2l1.gt.txt")
        fast, slow, ratio, found, reference = compare(real / "pets09-s2l1.avi", 79.5, 10)
        for name, speed, tracks, rate in (("scan", fast, found, 5), ("every frame", slow, reference, 10)):
            s = score(truth, tracks, 10, rate)
            numbers = [s.recall, s.precision, s.mota, s.idf1, s.hota]
            table.add_row(
                "PETS09-S2L1, people always in view" if name == "scan" else "", name, f"{speed:.1f}",
                *(f"{n:.2f}" for n in numbers), str(s.switches),
            )  # fmt: skip
        table.add_row("", "[bold]ratio", f"[bold]{ratio:.1f}")
    console.print(table)


if __name__ == "__main__":
    main()
