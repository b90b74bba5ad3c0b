"""What flows through the pipeline: frozen dataclasses, units in the docstrings.

Times are seconds since the start of the recording. Boxes are pixels of the full picture,
``x1 y1 x2 y2``, origin top left. Pictures are ``(height, width, 3) uint8, BGR``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]


class Problem(StrEnum):
    """Why a scan cannot go on; applications turn the code into a sentence in the reader's language."""

    CANNOT_OPEN = "cannot_open"
    NO_VIDEO = "no_video"
    NO_PICTURES = "no_pictures"
    WRONG_TIMES = "wrong_times"
    NO_WEIGHTS = "no_weights"
    STOPPED = "stopped"


class PipelineError(Exception):
    """A scan that cannot go on; the message is one sentence, in English, for logs and the command line."""

    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class WeightsMissing(PipelineError):
    """No weights where the settings say they are, or others."""

    def __init__(self, message: str) -> None:
        super().__init__(Problem.NO_WEIGHTS, message)


class Interrupted(PipelineError):
    """The caller asked the scan to stop."""

    def __init__(self) -> None:
        super().__init__(Problem.STOPPED, "the scan was stopped")


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded picture.

    scale: full-size pixels for each pixel of ``image``. cut: where the decoder still holds the full-size picture,
    gives a part of it (columns and rows ``x1 y1 x2 y2``, inside the picture).
    """

    time: float
    image: Image
    scale: float = 1.0
    cut: Callable[[int, int, int, int], Image] | None = None


@dataclass(frozen=True, slots=True)
class Detection:
    """One person in one frame. ``box (4,) float32`` pixels of the full picture, confidence 0 to 1."""

    time: float
    box: Boxes
    confidence: float


@dataclass(frozen=True, slots=True)
class Window:
    """A span of a recording, ``start <= t < end``, seconds."""

    start: float
    end: float

    @property
    def duration(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Track:
    """The path of one person through the picture.

    times ``(n,) float64`` seconds, ascending; boxes ``(n, 4) float32``; confidences ``(n,) float32``, 0 where nobody was
    seen and the box is put between two others.
    """

    number: int
    times: NDArray[np.float64]
    boxes: Boxes
    confidences: NDArray[np.float32]

    @property
    def start(self) -> float:
        return float(self.times[0])

    @property
    def end(self) -> float:
        return float(self.times[-1])

    @property
    def confidence(self) -> float:
        """Mean of where the person was seen."""
        return float(np.mean(self.confidences[self.confidences > 0]))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured number with its standard deviation, in the same unit."""

    value: float
    sd: float


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a track looks.

    embedding: ``(d,) float32`` of length 1, compare by dot product; which model made it
    stands in ``embedding_model``, vectors of different models do not compare.
    upper, lower: share (0 to 1, adding up to 1) of each named colour; empty when unknown.
    height: metres. heading: degrees clockwise from north. Both need the camera's geometry.
    things: probability of each thing that may be carried (``pipeline.things``); empty when unknown.
    """

    embedding: NDArray[np.float32]
    embedding_model: str
    upper: dict[str, float] = field(default_factory=dict)
    lower: dict[str, float] = field(default_factory=dict)
    height: Estimate | None = None
    heading: Estimate | None = None
    things: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tracklet:
    """A track with its appearance and its best picture (``picture``: JPEG bytes)."""

    track: Track
    appearance: Appearance
    picture: bytes
    picture_time: float


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the recording that was not looked at closely, and why (a code, see ``SkipReason``)."""

    window: Window
    reason: str


class SkipReason:
    QUIET = "quiet"  # nothing moves: packets stay small
    NOBODY = "nobody"  # something moves, but no person in the keyframes
    NOT_CLOSELY = "not_closely"  # people, seen in keyframes; none of them fits
    DAMAGED = "damaged"  # the decoder could not read it


@dataclass(frozen=True, slots=True)
class ScanStats:
    """What a scan did. Seconds of footage, seconds of wall clock; ``stages`` by stage name."""

    footage_s: float
    active_s: float
    dense_s: float
    wall_s: float
    keyframes: int
    frames: int
    detections: int
    damaged_packets: int
    stages: dict[str, float]
    skipped: tuple[Skipped, ...] = ()

    @property
    def times_real_time(self) -> float:
        return self.footage_s / self.wall_s if self.wall_s else 0.0


@dataclass(frozen=True, slots=True)
class ScanResult:
    tracklets: tuple[Tracklet, ...]
    stats: ScanStats
