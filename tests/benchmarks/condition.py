"""How many people the detector still finds in the pictures of a camera that is dark, out of focus or partly covered.

    .venv/bin/python -m tests.benchmarks.condition CLIP [SECONDS]    # a video with STEM.gt.txt beside it, or a MOTChallenge folder

The clip's own pictures, made worse, at the size of a search's first look; beside it what ``analysis.pipeline.condition``
says of such pictures. From this table come the curves there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.evaluation.real import RealClip, real_clip  # noqa: E402
from analysis.pipeline.boxes import overlap  # noqa: E402
from analysis.pipeline.condition import WIDE_PX, judged  # noqa: E402
from analysis.pipeline.decode import Damage, frames  # noqa: E402
from analysis.pipeline.types import Frame, Image, Window  # noqa: E402
from analysis.scanner import scanner  # noqa: E402

Change = Callable[[Image], Image]


def darker(share: float) -> Change:
    """With the sensor's noise, which does not become less with the light."""
    rng = np.random.default_rng(1)
    return lambda image: np.clip(image * share + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


def blurred(px: float) -> Change:
    """px: of a picture ``WIDE_PX`` wide."""
    return lambda image: cv2.GaussianBlur(image, (0, 0), px * image.shape[1] / WIDE_PX)


def covered(share: float) -> Change:
    def change(image: Image) -> Image:
        out = image.copy()
        out[: round(image.shape[0] * share)] = 60
        return out

    return change


CHANGES: dict[str, Change] = {
    "as it is": lambda image: image,
    **{f"{share:g} of the light": darker(share) for share in (0.5, 0.22, 0.15, 0.1, 0.05)},
    **{f"blurred by {px:g} px": blurred(px) for px in (0.5, 1.0, 1.2, 1.5, 2.0, 3.0)},
    **{f"{share:.0%} covered": covered(share) for share in (0.5, 0.8, 0.95)},
}


def recall(clip: RealClip, pictures: list[Frame], change: Change) -> float:
    """Of the true boxes, those that some detection overlaps by half."""
    engine, wanted, found = scanner(), 0, 0
    for picture in pictures:
        true = np.array([row[1:] for row in clip.truth.frames.get(round(picture.time * clip.fps) + 1, [])])
        if not len(true):
            continue
        (seen,) = engine.detector([replace(picture, image=change(picture.image))], engine.config.survey.size)
        boxes = np.array([one.box for one in seen]).reshape(-1, 4)
        wanted += len(true)
        found += int((overlap(true, boxes).max(axis=1, initial=0) >= 0.5).sum())
    return found / wanted


def main(path: Path, seconds: float = 80.0) -> None:
    with real_clip(path) as clip:
        pictures = list(frames(clip.path, Window(0.0, seconds), 0.5, 10_000, Damage()))
        table = Table(
            "pictures", "recall", "of its own", "brightness", "sharpness, of its own", "blocks without detail"
        )
        usual = judged([_small(p, lambda image: image) for p in pictures]).sharpness
        best = 0.0
        for name, change in CHANGES.items():
            share = recall(clip, pictures, change)
            best = best or share
            told = judged([_small(picture, change) for picture in pictures])
            table.add_row(
                name, f"{share:.2f}", f"{share / best:.2f}", f"{told.brightness:.0f}", f"{told.sharpness / usual:.2f}",
                f"{told.plain:.2f}",
            )  # fmt: skip
    Console().print(table)


def _small(picture: Frame, change: Change) -> Frame:
    image = change(picture.image)
    size = (WIDE_PX, round(image.shape[0] * WIDE_PX / image.shape[1]))
    return replace(picture, image=cv2.resize(image, size, interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(float(value) for value in sys.argv[2:]))
