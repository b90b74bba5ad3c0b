"""In what condition a camera is, by its own recordings: whether its picture is too dark, covered, out of focus, or shows
another place than before.

Judged from the background alone: the median of a few pictures, in which whoever passes has vanished (Lo and Velastin 2001,
Automatic congestion detection system for underground platforms). Nobody is looked for, and what is kept shows no people.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from .decode import Damage, keyframes, read_packets
from .types import Frame

PICTURES = 9  # of a recording
WIDE_PX = 320
BLOCKS = (6, 8)  # down and across, each of which has detail or none
PLAIN = 3.0  # standard deviation of grey levels in a block without detail
COLOUR = 4.0  # mean difference of the channels, from which on a picture is in colour and not infrared
DARK = 10.0  # mean grey level
COVERED = 0.6  # share of blocks without detail
UNSHARP = 0.4  # of the sharpness that the camera had
MOVED = 0.035  # of the picture's width
ELSEWHERE = 0.5  # correlation of edges below which it shows another place
#: Of the people whom the detector finds in good pictures, those it finds in worse ones: measured on a real clip made darker
#: and blurred (``tests.benchmarks.condition``). By mean grey level, by sharpness against its own, by blocks without detail.
SEES_DARK = ((0.0, 6.0, 12.0), (0.0, 0.8, 1.0))
SEES_UNSHARP = ((0.1, 0.21, 0.3, 0.38, 0.51), (0.2, 0.62, 0.87, 0.94, 1.0))
SEES_COVERED = ((0.3, 0.5, 0.67), (1.0, 0.3, 0.0))
MIDDLE = 0.7  # of the picture, which is sought in the earlier one
Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Condition:
    """background: grey, ``WIDE_PX`` wide; brightness: mean grey level; sharpness: of its strongest edges, in units of its
    contrast; plain: share of its blocks without detail; colour: not infrared."""

    background: Grey
    brightness: float
    sharpness: float
    plain: float
    colour: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """correlation: of edges, 1 the same, 0 nothing alike; moved: share of the picture's width."""

    correlation: float
    moved: float


def condition_of(path: Path) -> Condition | None:
    """None where no picture can be decoded. PipelineError as ``decode.opened``."""
    table = read_packets(path)
    times = table.times[table.keyframes]
    chosen = times[np.unique(np.linspace(0, len(times) - 1, PICTURES).astype(int))] if len(times) else times
    found = list(keyframes(path, chosen, WIDE_PX, Damage()))
    return judged(found) if found else None


def judged(pictures: list[Frame]) -> Condition:
    """pictures: of one camera, all of one size."""
    images = [frame.image for frame in pictures if frame.image.shape == pictures[0].image.shape]
    median = np.median(np.stack(images), axis=0).astype(np.uint8)
    grey: Grey = cv2.cvtColor(median, cv2.COLOR_BGR2GRAY)
    blue, green, red = (median[:, :, channel].astype(np.int16) for channel in range(3))
    colour = float(np.mean(np.abs(blue - green)) + np.mean(np.abs(red - green)))
    rows, columns = (side // count for side, count in zip(grey.shape, BLOCKS, strict=True))
    blocks = grey[: rows * BLOCKS[0], : columns * BLOCKS[1]].reshape(BLOCKS[0], rows, BLOCKS[1], columns)
    deviations = blocks.astype(np.float32).std(axis=(1, 3))
    return Condition(grey, float(grey.mean()), _sharpness(grey), float(np.mean(deviations < PLAIN)), colour > COLOUR)


def sees(now: Condition, usual_sharpness: float | None) -> float:
    """Chance (0 to 1) that somebody is noticed whom the camera in good order would notice."""
    share = float(np.interp(now.brightness, *SEES_DARK) * np.interp(now.plain, *SEES_COVERED))
    if usual_sharpness and now.brightness >= DARK:
        share *= float(np.interp(now.sharpness / usual_sharpness, *SEES_UNSHARP))
    return share


def shift_of(before: Grey, now: Grey) -> Shift:
    """How far the camera looks elsewhere than before: the middle of the picture is sought in the earlier one by its edges
    (normalised cross-correlation: Lewis 1995)."""
    if before.shape != now.shape:
        now = cv2.resize(now, before.shape[::-1], interpolation=cv2.INTER_AREA)
    old, new = _edges(before), _edges(now)
    high, wide = new.shape
    top, left = round(high * (1 - MIDDLE) / 2), round(wide * (1 - MIDDLE) / 2)
    middle = new[top : high - top, left : wide - left]
    _least, best, _where, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(old, middle, cv2.TM_CCOEFF_NORMED))
    return Shift(float(best), float(np.hypot(x - left, y - top) / wide))


def _edges(grey: Grey) -> NDArray[np.float32]:
    """Strength of edges, alike in any light."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.5).astype(np.float32)
    strength = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    local = cv2.GaussianBlur(strength, (0, 0), 24) + 4.0
    return np.asarray(cv2.GaussianBlur(strength / local, (0, 0), 1.0), np.float32)


def _sharpness(grey: Grey) -> float:
    steps = np.hypot(np.diff(grey.astype(np.float32), axis=1)[:-1], np.diff(grey.astype(np.float32), axis=0)[:, :-1])
    low, high = np.percentile(grey, (2, 98))
    return float(np.percentile(steps, 98) / (high - low + 16.0))
