"""The plain way: ``YOLO.track()`` over every frame of a file, as its documentation shows it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..pipeline.boxes import overlap
from ..pipeline.types import Track

LEAST_S = 2.0  # tracks that last so long are people to be found
AGREES = 0.4  # intersection over union


@dataclass(frozen=True, slots=True)
class Reference:
    """What it found, in how many seconds."""

    tracks: tuple[Track, ...]
    wall_s: float


def run(path: Path, weights: Path, fps: float) -> Reference:
    """On all cores, with the weights through PyTorch."""
    from ultralytics import YOLO

    model = YOLO(str(weights))
    begin = time.perf_counter()
    boxes: dict[int, list[np.ndarray]] = {}
    times: dict[int, list[float]] = {}
    for index, result in enumerate(model.track(str(path), classes=[0], stream=True, verbose=False)):
        if result.boxes.id is None:
            continue
        for number, box in zip(result.boxes.id.int().tolist(), result.boxes.xyxy.cpu().numpy(), strict=True):
            boxes.setdefault(number, []).append(box)
            times.setdefault(number, []).append(index / fps)
    wall = time.perf_counter() - begin
    tracks = [
        Track(n, np.array(times[n]), np.array(boxes[n], np.float32), np.ones(len(boxes[n]), np.float32)) for n in boxes
    ]
    return Reference(tuple(tracks), wall)


def found(reference: Sequence[Track], ours: Sequence[Track]) -> tuple[int, int]:
    """How many of the reference's tracks of at least ``LEAST_S`` one of ours follows, and how many there are.

    One of ours follows it when most of its boxes within that track's time lie on it.
    """
    people = [track for track in reference if track.end - track.start >= LEAST_S]
    return sum(any(_follows(track, one) for one in ours) for track in people), len(people)


def _follows(reference: Track, one: Track) -> bool:
    inside = np.flatnonzero((one.times >= reference.start - 0.1) & (one.times <= reference.end + 0.1))
    if not len(inside):
        return False
    nearest = np.abs(one.times[inside][:, None] - reference.times[None]).argmin(axis=1)
    near = np.abs(one.times[inside] - reference.times[nearest]) <= 0.5
    on_it = [overlap(one.boxes[i], reference.boxes[n])[0, 0] >= AGREES for i, n in zip(inside, nearest, strict=True)]
    return bool((np.array(on_it) & near).sum() > len(inside) / 2)
