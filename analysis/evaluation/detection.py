"""Are people found in single frames? By light, by size and by how much of them is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..pipeline.boxes import overlap
from ..pipeline.decode import Damage, frames, in_batches
from ..pipeline.types import Detection, Frame, Window
from ..simulation.footage import Truth
from ..simulation.studio import TrueBox

Span = tuple[float, float]

SIZES: tuple[Span, ...] = ((0, 30), (30, 60), (60, 120), (120, 10_000))  # height in pixels of the full picture
SHARES: tuple[Span, ...] = ((0.3, 0.7), (0.7, 0.95), (0.95, 1.01))  # of the person, visible
SEEN = 0.7  # visible share from which a person should be found
GLIMPSED = 0.15  # from which finding them is no false alarm
MATCH = 0.5  # intersection over union
LOOSE = 0.3  # from which a detection is about a person at all

Detector = Callable[[list[Frame]], list[list[Detection]]]


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of true person: the light, and the spans of height and visible share."""

    light: str
    size: Span
    share: Span


@dataclass(slots=True)
class DetectionScore:
    """Counts of people and of those found, by sort; of detections and of false ones, by light."""

    wanted: Counter[Sort] = field(default_factory=Counter)
    found: Counter[Sort] = field(default_factory=Counter)
    detections: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)

    def recall(
        self, least_height: int = 60, size: Span | None = None, share: Span | None = None, light: str | None = None
    ) -> float | None:
        """Share found; None without anybody. Without ``size`` all of ``least_height`` pixels and more,
        without ``share`` all of whom at least ``SEEN`` is visible, without ``light`` in any."""
        sorts = [
            sort
            for sort in self.wanted
            if (sort.size == size if size else sort.size[0] >= least_height)
            and (sort.share == share if share else sort.share[0] >= SEEN)
            and light in (None, sort.light)
        ]
        wanted = sum(self.wanted[sort] for sort in sorts)
        return sum(self.found[sort] for sort in sorts) / wanted if wanted else None

    def precision(self, light: str | None = None) -> float | None:
        """Share of the detections that are people; None without any."""
        total = self.detections[light] if light else self.detections.total()
        wrong = self.false[light] if light else self.false.total()
        return 1 - wrong / total if total else None

    @property
    def lights(self) -> list[str]:
        """Those in which somebody was to be found."""
        return sorted({sort.light for sort in self.wanted})

    def __add__(self, other: DetectionScore) -> DetectionScore:
        return DetectionScore(
            self.wanted + other.wanted, self.found + other.found, self.detections + other.detections,
            self.false + other.false,
        )  # fmt: skip


def measure(detector: Detector, truth: Truth, rate: float = 1.0, width: int = 1280, batch: int = 8) -> DetectionScore:
    """Looks at ``rate`` frames a second of one file."""
    result = DetectionScore()
    by_time: dict[float, list[TrueBox]] = {}
    for box in truth.boxes:
        by_time.setdefault(box.time, []).append(box)
    scene = truth.camera.scene
    light = scene.light + (" rain" if scene.rain else "")
    source = frames(truth.path, Window(0.0, truth.camera.duration), rate, width, Damage())
    for group in in_batches(source, batch):
        for frame, people in zip(group, detector(group), strict=True):
            result += compare(by_time.get(round(frame.time, 4), []), people, light)
    return result


def compare(true: list[TrueBox], people: list[Detection], light: str = "day") -> DetectionScore:
    """One frame; the surest detection chooses first."""
    result = DetectionScore(detections=Counter({light: len(people)}))
    close = overlap([box.box for box in true], np.array([p.box for p in people]))
    taken: set[int] = set()
    for index in sorted(range(len(people)), key=lambda i: -people[i].confidence):
        best = max((i for i in range(len(true)) if i not in taken), key=lambda i: close[i, index], default=None)
        if best is not None and close[best, index] >= MATCH:
            taken.add(best)
        elif not any(close[i, index] >= LOOSE and true[i].visible >= GLIMPSED for i in range(len(true))):
            result.false[light] += 1
    for index, box in enumerate(true):
        height = box.box[3] - box.box[1]
        share = next((span for span in SHARES if span[0] <= box.visible < span[1]), None)
        if share is None:
            continue
        sort = Sort(light, next(span for span in SIZES if span[0] <= height < span[1]), share)
        result.wanted[sort] += 1
        result.found[sort] += index in taken
    return result
