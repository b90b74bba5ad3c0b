"""Detectors side by side: rendered streets by light and size, and the part of a real clip that none was trained on.

    .venv/bin/python -m tests.benchmarks.detectors WEIGHTS@SIZE [WEIGHTS@SIZE ...] [--clip VIDEO_WITH_GT]

The first is the reference. Rendered pictures are of seeds that training never uses.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.evaluation.detection import DetectionScore, compare  # noqa: E402
from analysis.evaluation.real import real_clip  # noqa: E402
from analysis.pipeline.decode import Damage, frames  # noqa: E402
from analysis.pipeline.detect import Detector, DetectorConfig  # noqa: E402
from analysis.pipeline.types import Frame, Window  # noqa: E402
from analysis.simulation.city import build  # noqa: E402
from analysis.simulation.studio import Studio, TrueBox  # noqa: E402
from analysis.training.dataset import LIGHTS, street  # noqa: E402

PICTURES = 40  # of each light
SEED = 77_000  # training uses small ones
TRAINED_SHARE = 0.5  # of the real clip's time


def rendered() -> dict[str, list[tuple[Frame, list[TrueBox]]]]:
    """Full-size pictures by light."""
    result: dict[str, list[tuple[Frame, list[TrueBox]]]] = {}
    for light, rain, _share in LIGHTS:
        rows = []
        for n in range(PICTURES):
            rng = np.random.default_rng([SEED, n])
            camera = build("detectors", street(rng, light, rain), n).cameras[0]
            walk = camera.walks[int(rng.integers(len(camera.walks)))]
            moment = float(np.clip((walk.begin + walk.end) / 2, 0, camera.duration))
            picture, boxes = Studio(camera.scene, camera.walks).frame(moment)
            stored = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_COLOR)
            rows.append((Frame(0.0, np.asarray(stored, dtype=np.uint8)), boxes))
        result[light + (" rain" if rain else "")] = rows
    return result


def real(path: Path) -> list[tuple[Frame, list[TrueBox]]]:
    """Two frames a second of what training never saw."""
    rows = []
    with real_clip(path) as clip:
        last = max(clip.truth.frames) / clip.fps
        for frame in frames(clip.path, Window(TRAINED_SHARE * last + 1, last), 2.0, 10_000, Damage()):
            true = clip.truth.frames.get(round(frame.time * clip.fps) + 1, [])
            rows.append((frame, [TrueBox(frame.time, str(row[0]), row[1:]) for row in true]))
    return rows


def measured(detector: Detector, rows: list[tuple[Frame, list[TrueBox]]], label: str) -> tuple[DetectionScore, float]:
    """Counts, and milliseconds a picture."""
    score, seconds = DetectionScore(), 0.0
    for shape in {frame.image.shape for frame, _ in rows}:
        detector([Frame(0.0, np.zeros(shape, np.uint8))])  # compiled for the shape
    for frame, boxes in rows:
        begin = time.perf_counter()
        (found,) = detector([frame])
        seconds += time.perf_counter() - begin
        score += compare(boxes, found, label)
    return score, 1000 * seconds / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("detectors", nargs="+", metavar="WEIGHTS@SIZE")
    parser.add_argument("--clip", type=Path)
    arguments = parser.parse_args()
    sets = rendered()
    if arguments.clip:
        sets[f"{arguments.clip.stem}, from {TRAINED_SHARE:.0%} on"] = real(arguments.clip)
    console = Console(width=120)
    console.print(f"{platform.machine()}, {os.cpu_count()} cores; recall by height in pixels of the full picture")
    table = Table("pictures", "detector", "30-60", "60-120", "120+", "precision", "ms")
    for label, rows in sets.items():
        for name in arguments.detectors:
            weights, _, size = name.partition("@")
            config = DetectorConfig(Path(weights), settings.MODEL_CACHE, image_size=int(size or 640))
            score, milliseconds = measured(Detector(config), rows, label)
            cells = [score.recall(size=span) for span in ((30, 60), (60, 120), (120, 10_000))]
            texts = ["–" if value is None else f"{value:.2f}" for value in (*cells, score.precision())]
            last = name == arguments.detectors[-1]
            table.add_row(label, f"{Path(weights).stem}@{size}", *texts, f"{milliseconds:.0f}", end_section=last)
    console.print(table)


if __name__ == "__main__":
    main()
