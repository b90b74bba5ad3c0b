"""Clothing colours by name and share, from pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
NAMES = tuple(COLOURS)

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

# Rows of the person's box (share of its height), and columns (share of its width).
UPPER = (0.17, 0.47)
LOWER = (0.54, 0.86)
MIDDLE = (0.28, 0.72)


def likeness(a: str, b: str) -> float:
    """0 to 1: how often one is taken for the other."""
    return 1.0 if a == b else ALIKE.get(frozenset((a, b)), 0.0)


def named(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Index into ``NAMES`` for each BGR pixel; pixels ``(n, 3) uint8`` to ``(n,) int64``.

    Rules on hue, saturation and value (OpenCV: hue 0 to 180), made for clothes under street light.
    """
    hsv = cv2.cvtColor(pixels.reshape(1, -1, 3), cv2.COLOR_BGR2HSV)[0].astype(int)
    hue, saturation, value = hsv[:, 0], hsv[:, 1], hsv[:, 2]
    result = np.full(len(pixels), NAMES.index("grey"))

    def put(mask: NDArray[np.bool_], name: str) -> None:
        result[mask] = NAMES.index(name)

    chroma = saturation * value // 255
    dark = value < 55
    neutral = ((saturation < 48) | (chroma < 22)) & ~dark
    coloured = ~dark & ~neutral
    put(dark & ~((saturation > 110) & (value > 34) & (hue > 95) & (hue < 135)), "black")
    put(dark & (saturation > 110) & (value > 34) & (hue > 95) & (hue < 135), "navy")
    put(neutral & (value < 68), "black")
    put(neutral & (value > 178), "white")
    put(coloured & ((hue < 9) | (hue >= 172)), "red")
    put(coloured & (hue >= 9) & (hue < 20), "orange")
    put(coloured & (hue >= 20) & (hue < 34), "yellow")
    put(coloured & (hue >= 34) & (hue < 86), "green")
    put(coloured & (hue >= 86) & (hue < 129), "blue")
    put(coloured & (hue >= 129) & (hue < 155), "purple")
    put(coloured & (hue >= 155) & (hue < 172), "pink")
    put(coloured & (hue >= 98) & (hue < 135) & (value < 105), "navy")
    put(coloured & ((hue < 20) | (hue >= 172)) & (value < 120) & (saturation < 190) & (hue >= 3) & (hue < 25), "brown")
    put(coloured & (hue >= 8) & (hue < 34) & (saturation < 115) & (value >= 120), "beige")
    put(coloured & (hue >= 8) & (hue < 34) & (value < 105), "brown")
    put(coloured & ((hue < 8) | (hue >= 160)) & (saturation < 125) & (value > 150), "pink")
    return result


def shares(pixels: NDArray[np.uint8], weights: NDArray[np.float32] | None = None) -> NDArray[np.float64]:
    """Share of each name, ``(len(NAMES),) float64`` adding up to 1; all 0 without pixels."""
    if not len(pixels):
        return np.zeros(len(NAMES))
    counts = np.bincount(named(pixels), weights=weights, minlength=len(NAMES)).astype(float)
    return counts / counts.sum()


def clothing(crop: Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of the names in the upper and lower clothing of one person's crop."""
    small = cv2.resize(crop, (48, 128), interpolation=cv2.INTER_AREA)
    return shares(_part(small, UPPER)), shares(_part(small, LOWER))


def _part(crop: Image, rows: tuple[float, float]) -> NDArray[np.uint8]:
    height, width = crop.shape[:2]
    part = crop[int(rows[0] * height) : int(rows[1] * height), int(MIDDLE[0] * width) : int(MIDDLE[1] * width)]
    return np.ascontiguousarray(part.reshape(-1, 3))


def is_grey_picture(image: Image) -> bool:
    """True for infrared and other colourless pictures: their clothing colours mean nothing."""
    small = cv2.resize(image, (64, 36), interpolation=cv2.INTER_AREA).astype(int)
    return float(np.mean(small.max(axis=2) - small.min(axis=2))) < 6.0


def summary(total: NDArray[np.float64], least: float = 0.08) -> dict[str, float]:
    """Names with a share of at least ``least``, largest first, scaled to add up to 1."""
    if not total.sum():
        return {}
    normal = total / total.sum()
    kept = {NAMES[i]: float(normal[i]) for i in np.argsort(-normal) if normal[i] >= least}
    whole = sum(kept.values())
    return {name: round(share / whole, 3) for name, share in kept.items()}
