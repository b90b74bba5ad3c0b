"""Clothing colours by name and share, from pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .cloth import CLOTH, Light, overview, probabilities
from .cutting import scaled
from .types import Image

#: The names used everywhere: description, tracklet, match. Values: typical sRGB, for swatches.
COLOURS: dict[str, str] = {
    "black": "#1d1d20",
    "grey": "#85888d",
    "white": "#f1f1ee",
    "red": "#c9302c",
    "orange": "#e8822a",
    "yellow": "#e8c92f",
    "green": "#3a8f4b",
    "blue": "#2f6fc9",
    "navy": "#1f2c55",
    "purple": "#7d4aa3",
    "pink": "#e58fb0",
    "brown": "#6b4630",
    "beige": "#cdb893",
}
NAMES = tuple(CLOTH)

#: How alike two names are to an eye or a camera, beyond the same name (1): both ways.
ALIKE: dict[frozenset[str], float] = {
    frozenset(pair): value
    for pair, value in {
        ("black", "navy"): 0.5,
        ("black", "grey"): 0.35,
        ("black", "brown"): 0.3,
        ("grey", "white"): 0.35,
        ("grey", "beige"): 0.3,
        ("white", "beige"): 0.45,
        ("red", "orange"): 0.4,
        ("red", "pink"): 0.3,
        ("red", "brown"): 0.25,
        ("orange", "yellow"): 0.3,
        ("orange", "brown"): 0.35,
        ("yellow", "beige"): 0.25,
        ("blue", "navy"): 0.6,
        ("blue", "purple"): 0.3,
        ("navy", "purple"): 0.25,
        ("pink", "purple"): 0.35,
        ("brown", "beige"): 0.3,
        ("grey", "blue"): 0.15,
        ("grey", "navy"): 0.2,
    }.items()
}

# Rows of the person's box (share of its height).
UPPER = (0.17, 0.47)
LOWER = (0.54, 0.86)
SIZE = (48, 128)  # pixels that a crop is brought to
SPREAD = 11.0  # pixels about the middle within which the body is likely
EDGE = 5  # columns on each side that show the surroundings
UNLIKE_SURROUNDINGS = 30.0  # distance in Lab at which a pixel surely is not the street
LEAST_BODY = 40.0  # pixels: with fewer, surroundings cannot be told from clothes
MIDDLE = np.exp(-(((np.arange(SIZE[0]) - (SIZE[0] - 1) / 2) / SPREAD) ** 2)).astype(np.float32)  # of columns
WEIGHED = np.array([0.7, 1.0, 1.0], np.float32)  # of Lab: lightness varies within one surface


def likeness(a: str, b: str) -> float:
    """0 to 1: how often one is taken for the other."""
    return 1.0 if a == b else ALIKE.get(frozenset((a, b)), 0.0)


def named(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Index into ``NAMES`` of the likeliest name of each BGR pixel; pixels ``(n, 3) uint8`` to ``(n,) int64``."""
    return probabilities(pixels).argmax(axis=1)


def clothing(crop: Image, light: Light | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of the names in the upper and lower clothing of one person's crop, each adding up to 1; ``clothes``."""
    upper, lower = clothes([crop], light)
    return upper[0], lower[0]


def clothes(crops: list[Image], light: Light | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of the names in the upper and lower clothing of people in one picture, ``(n, names)`` each, rows adding up to 1.

    light: of the whole picture. Pixels count by how likely they are to be the body: near the middle, and
    unlike what is seen at the crop's sides at that height.
    """
    small, lab = _small([light.corrected(crop) if light else crop for crop in crops])
    parts = [slice(int(top * SIZE[1]), int(bottom * SIZE[1])) for top, bottom in (UPPER, LOWER)]
    upper, lower = (_shares(small[:, part], lab[:, part]) for part in parts)
    return upper, lower


def bands(crop: Image, count: int) -> NDArray[np.float64]:
    """Shares of the names in each of ``count`` equal bands from head to foot, ``(count, names)``."""
    (small,), (lab,) = _small([crop])
    rows = int(0.96 * SIZE[1]) // count
    top = (SIZE[1] - rows * count) // 2
    kept, shape = slice(top, top + rows * count), (count, rows, SIZE[0], 3)
    return _shares(small[kept].reshape(shape), lab[kept].reshape(shape))


def _small(crops: list[Image]) -> tuple[Image, NDArray[np.float32]]:
    """All of one size, and in Lab, ``(n, h, w, 3)``."""
    small = np.array([scaled(crop, *SIZE) for crop in crops])
    stacked = small.reshape(-1, SIZE[0], 3)
    return small, cv2.cvtColor(stacked, cv2.COLOR_BGR2LAB).astype(np.float32).reshape(small.shape)


def _shares(small: Image, lab: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of the names in bands ``(n, h, w, 3)``: ``(n, names)``."""
    weights = _body(lab)
    weights /= weights.sum(axis=1, keepdims=True)
    found = probabilities(small).reshape(len(small), -1, len(NAMES))
    return np.asarray((weights[:, None] @ found)[:, 0], np.float64)


def _body(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    """How likely each pixel of bands (Lab, ``(n, h, w, 3)``) is to be the body, ``(n, h * w)``."""
    edges = (part.reshape(len(lab), -1, 3) for part in (lab[:, :, :EDGE], lab[:, :, -EDGE:]))
    left, right = (np.abs(lab - np.median(edge, axis=1)[:, None, None]) @ WEIGHED for edge in edges)
    unlike = MIDDLE * np.minimum(np.minimum(left, right) / UNLIKE_SURROUNDINGS, 1) ** 2
    told = unlike.sum(axis=(1, 2)) >= LEAST_BODY
    return np.where(told[:, None, None], unlike, MIDDLE).reshape(len(lab), -1)


def is_grey_picture(image: Image) -> bool:
    """True for infrared and other colourless pictures: their clothing colours mean nothing."""
    small = overview(image).astype(int)
    return float(np.mean(small.max(axis=2) - small.min(axis=2))) < 6.0


def summary(total: NDArray[np.float64], least: float = 0.08) -> dict[str, float]:
    """Names with a share of at least ``least``, largest first, scaled to add up to 1."""
    if not total.sum():
        return {}
    normal = total / total.sum()
    kept = {NAMES[i]: float(normal[i]) for i in np.argsort(-normal) if normal[i] >= least}
    whole = sum(kept.values())
    return {name: round(share / whole, 3) for name, share in kept.items()}
