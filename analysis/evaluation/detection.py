"""Are people found in single frames? By size and by how much of them is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from ..pipeline.decode import Damage, frames
from ..pipeline.types import Detection, Frame, Window
from ..simulation.footage import Truth
from ..simulation.studio import TrueBox
from .tracking import overlap

SIZES = ((0, 60), (60, 120), (120, 10_000))  # height in pixels of the full picture
SEEN = 0.7  # visible share from which a person should be found
GLIMPSED = 0.15  # from which finding them is no false alarm
MATCH = 0.5  # intersection over union
LOOSE = 0.3  # from which a detection is about a person at all

Detector = Callable[[list[Frame]], list[list[Detection]]]


@dataclass(slots=True)
class DetectionScore:
    """Counts of people (by size), of those found, of detections and of false ones."""

    wanted: dict[tuple[int, int], int] = field(default_factory=lambda: dict.fromkeys(SIZES, 0))
    found: dict[tuple[int, int], int] = field(default_factory=lambda: dict.fromkeys(SIZES, 0))
    detections: int = 0
    false: int = 0

    def recall(self, least_height: int = 60) -> float | None:
        """Share found of the people at least so tall (pixels) and ``SEEN`` visible; None without any."""
        sizes = [size for size in SIZES if size[0] >= least_height]
        wanted = sum(self.wanted[size] for size in sizes)
        return sum(self.found[size] for size in sizes) / wanted if wanted else None

    @property
    def precision(self) -> float | None:
        """Share of the detections that are people; None without any."""
        return 1 - self.false / self.detections if self.detections else None

    def __add__(self, other: DetectionScore) -> DetectionScore:
        return DetectionScore(
            {size: self.wanted[size] + other.wanted[size] for size in SIZES},
            {size: self.found[size] + other.found[size] for size in SIZES},
            self.detections + other.detections,
            self.false + other.false,
        )


def measure(detector: Detector, truth: Truth, rate: float = 1.0, width: int = 1280, batch: int = 8) -> DetectionScore:
    """Looks at ``rate`` frames a second of one file."""
    result = DetectionScore()
    by_time: dict[float, list[TrueBox]] = {}
    for box in truth.boxes:
        by_time.setdefault(box.time, []).append(box)
    source = frames(truth.path, Window(0.0, truth.camera.duration), rate, width, Damage())
    for group in _batches(source, batch):
        for frame, people in zip(group, detector(group), strict=True):
            result += compare(by_time.get(round(frame.time, 4), []), people)
    return result


def compare(true: list[TrueBox], people: list[Detection]) -> DetectionScore:
    """One frame; the surest detection chooses first."""
    result = DetectionScore(detections=len(people))
    boxes = np.array([box.box for box in true]).reshape(-1, 4)
    close = overlap(boxes, np.array([p.box for p in people]).reshape(-1, 4))
    taken: set[int] = set()
    for index in sorted(range(len(people)), key=lambda i: -people[i].confidence):
        best = max((i for i in range(len(true)) if i not in taken), key=lambda i: close[i, index], default=None)
        if best is not None and close[best, index] >= MATCH:
            taken.add(best)
        elif not any(close[i, index] >= LOOSE and true[i].visible >= GLIMPSED for i in range(len(true))):
            result.false += 1
    for index, box in enumerate(true):
        if box.visible < SEEN:
            continue
        height = box.box[3] - box.box[1]
        size = next(size for size in SIZES if size[0] <= height < size[1])
        result.wanted[size] += 1
        result.found[size] += index in taken
    return result


def _batches(source: Iterable[Frame], size: int) -> Iterator[list[Frame]]:
    iterator = iter(source)
    while group := list(islice(iterator, size)):
        yield group
