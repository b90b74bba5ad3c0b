"""Real footage with ground truth: identities compared across two halves of its time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..pipeline.boxes import overlap
from ..pipeline.cutting import crop_of
from ..pipeline.decode import Damage, frames
from ..pipeline.embed import Embedder
from ..pipeline.types import Frame, Image, Window
from .tracking import Truth

RATE = 1.0  # crops a second of each person
FREE = 0.10  # a crop whose box overlaps another's by more shows two people
LEAST_HEIGHT = 40  # pixels


@dataclass(frozen=True, slots=True)
class ReidScore:
    """Of the pictures of the second half, by cosine against everybody's mean of the first: share whose
    likest person is the right one, and mean average precision with pictures against pictures.
    None without anybody in both halves. queries: pictures; people: to choose from."""

    rank1: float | None
    mean_ap: float | None
    queries: int
    people: int


def across_halves(path: Path, truth: Truth, fps: float, duration: float, embedder: Embedder) -> ReidScore:
    """Crops at the true boxes, so that it is the appearance that is measured and not the tracker.
    A tenth of the time around the middle is left out: neighbouring pictures are too alike."""
    people: dict[int, tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]] = defaultdict(lambda: ([], []))
    for frame in frames(path, Window(0.0, duration), RATE, 100_000, Damage()):
        half = 0 if frame.time < 0.45 * duration else 1 if frame.time > 0.55 * duration else None
        rows = truth.frames.get(round(frame.time * fps) + 1, [])
        if half is None or not rows:
            continue
        crops = _free_crops(frame, rows)
        vectors = embedder([crop for _, crop in crops]) if crops else np.zeros((0, 1), np.float32)
        for (identity, _crop), vector in zip(crops, vectors, strict=True):
            people[identity][half].append(vector)
    return ranked(people)


def _free_crops(frame: Frame, rows: list[tuple[int, float, float, float, float]]) -> list[tuple[int, Image]]:
    """People whom nobody covers, with who they are."""
    boxes = np.array([row[1:] for row in rows])
    close = overlap(boxes, boxes) - np.eye(len(rows))
    height, width = frame.image.shape[:2]
    result = []
    for index, (identity, x1, y1, x2, y2) in enumerate(rows):
        inside = x1 >= 0 and y1 >= 0 and x2 <= width and y2 <= height
        if inside and y2 - y1 >= LEAST_HEIGHT and close[index].max() <= FREE:
            result.append((identity, crop_of(frame, boxes[index])))
    return result


def ranked(people: Mapping[int, tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]]) -> ReidScore:
    """people: vectors of length 1 of the first and the second half, by identity."""
    names = [key for key, (first, _) in people.items() if first]
    queries = [(key, vector) for key, (first, second) in people.items() if first for vector in second]
    if not queries or len(names) < 2:
        return ReidScore(None, None, 0, len(names))
    means = np.array([np.mean(people[key][0], axis=0) for key in names])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    gallery = [(key, vector) for key in names for vector in people[key][0]]
    vectors, owners = np.array([v for _, v in gallery]), np.array([k for k, _ in gallery])
    hits, precisions = [], []
    for key, vector in queries:
        hits.append(names[int((means @ vector).argmax())] == key)
        right = owners[np.argsort(-(vectors @ vector), kind="stable")] == key
        places = np.flatnonzero(right) + 1
        precisions.append(float(np.mean(np.arange(1, len(places) + 1) / places)))
    return ReidScore(float(np.mean(hits)), float(np.mean(precisions)), len(queries), len(names))
