"""How fast the simulated city is rendered, on one core.

.venv/bin/python -m tests.benchmarks.simulation
"""

from __future__ import annotations

import os
import platform
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from analysis.pipeline.activity import bytes_per_second
from analysis.pipeline.decode import read_packets
from analysis.simulation.city import SPECS, build
from analysis.simulation.film import Rendered, render
from analysis.simulation.people import Stroll
from analysis.simulation.scenario import SimulatedCamera
from analysis.simulation.wardrobe import passer_by

RUNS = 3
SIZES = ((1280, 720), (1920, 1080))
FPS = 15


def camera(size: tuple[int, int], seconds: float, people: int, share: float = 1.0) -> SimulatedCamera:
    """A road; ``people`` who walk to and fro in view for a ``share`` of the time."""
    spec = replace(
        SPECS["few_people"],
        sizes=(size,),
        size_shares=(1.0,),
        kinds=("road",),
        cameras=1,
        aside=0,
        traffic=0.0,
        wind=0.0,
    )
    made = build("benchmark", spec, 1).cameras[0]
    rng = np.random.default_rng(1)
    walks = []
    for n in range(people):
        a, b = (tuple(float(v) for v in made.scene.place(x, rng.uniform(6, 13))) for x in (-3, 3))
        turns = np.arange(0, seconds * share + 6, 6.0)
        walks.append(Stroll(passer_by(str(n), rng), tuple((float(t), *(a, b)[i % 2]) for i, t in enumerate(turns))))
    return replace(made, duration=seconds, walks=tuple(walks))


def main() -> None:
    console = Console()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    console.print(
        f"{platform.machine()}, one of {os.cpu_count()} cores, {platform.python_version()}, {FPS} frames a second"
    )
    table = Table("footage", "people a frame", "x real time", "kB/s quiet", "kB/s with people")
    with TemporaryDirectory() as folder:
        for size in SIZES:
            for name, seconds, people, share in (
                ("always people", 20.0, 10, 1.0), ("people in a tenth", 1200.0, 3, 0.1), ("nobody", 3600.0, 0, 0.0),
            ):  # fmt: skip
                shown = camera(size, seconds, people, share)
                path, times = Path(folder) / "a.mp4", []
                for _ in range(RUNS if seconds < 1000 else 1):
                    begin = time.perf_counter()
                    made = render(shown.scene, shown.walks, path, seconds, FPS)
                    times.append(time.perf_counter() - begin)
                quiet, busy = load(made)
                seen = len(made.boxes) / max(len({b.time for b in made.boxes}), 1)
                label = f"{size[1]}p, {name}"
                table.add_row(label, f"{seen:.1f}", f"{seconds / median(times):.1f}", text(quiet), text(busy))
    console.print(table)


def load(made: Rendered) -> tuple[float | None, float | None]:
    """Median bytes of inter-coded packets in seconds without and with people."""
    seconds = bytes_per_second(read_packets(made.path))
    there = np.zeros(len(seconds), bool)
    there[[int(b.time) for b in made.boxes]] = True
    return tuple(float(np.median(seconds[mask])) if mask.any() else None for mask in (~there, there))  # type: ignore[return-value]


def text(value: float | None) -> str:
    return "–" if value is None else f"{value / 1000:.1f}"


if __name__ == "__main__":
    main()
