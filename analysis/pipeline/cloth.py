"""What a pixel of clothing is called, given what cameras do to colours.

For each name, cloth of that name (ranges of hue, saturation and value in good light) is put through many
cameras: exposure, shading, casts, bluish shade, stray light, noise. How often a name leads to a pixel's
colour, times how common the name is, gives the name's probability for that colour (Bayes' rule), kept as
a table of colours. So a dark pixel is black with 0.6 and navy with 0.3, instead of one or the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from .cutting import scaled
from .types import Image

Range = tuple[float, float]

#: Hue (0 to 180, may run over), saturation and value (0 to 255) of cloth in good light.
CLOTH: dict[str, tuple[tuple[Range, Range, Range], ...]] = {
    "black": (((0, 180), (0, 70), (8, 42)),),
    "grey": (((0, 180), (0, 26), (70, 175)),),
    "white": (((0, 180), (0, 20), (205, 252)),),
    "red": (((174, 186), (150, 245), (95, 215)),),
    "orange": (((6, 16), (150, 240), (170, 245)),),
    "yellow": (((18, 30), (110, 235), (150, 245)),),
    "green": (((36, 88), (60, 220), (45, 190)), ((28, 45), (60, 150), (50, 120))),
    "blue": (((100, 120), (110, 235), (100, 215)), ((98, 118), (50, 120), (150, 235))),
    "navy": (((104, 124), (90, 220), (32, 82)),),
    "purple": (((130, 156), (60, 190), (55, 170)),),
    "pink": (((160, 178), (45, 150), (170, 248)),),
    "brown": (((3, 16), (80, 190), (45, 115)),),
    "beige": (((8, 22), (25, 85), (145, 228)),),
}

#: How common each is in a street, roughly.
COMMON = {
    "black": 0.17, "grey": 0.12, "white": 0.13, "red": 0.05, "orange": 0.03, "yellow": 0.04, "green": 0.05,
    "blue": 0.11, "navy": 0.12, "purple": 0.03, "pink": 0.04, "brown": 0.05, "beige": 0.06,
}  # fmt: skip

BITS = 5  # of each channel in the table
PLACES = np.array([1 << 2 * BITS, 1 << BITS, 1], np.float32)  # what a channel counts for a colour's row of the table
SAMPLES = 20_000  # of each name
GAMMA = 2.2
EXPOSURE = (0.6, 1.2)  # times good light, even over the logarithm
SHADING = (0.75, 1.10)
CAST = 0.08  # standard deviation of the channels' logarithmic gain
SKY = 0.25  # most that shade gains in blue
STRAY = 0.025  # most light, of full scale, that falls on everything
NOISE = 3.0  # grey levels

ROWS = 72  # of the picture, of whose pixels the light is told
BLACK_PERCENTILE = 1.0
SHINE = np.array([0.11, 0.59, 0.30])  # of blue, green, red
MIDDLE_GREY = 110.0  # what the median of a street is brought to
KEPT = 0.2  # of the logarithm of a picture's own brightness: dusk stays a little darker


@lru_cache(maxsize=1)
def table() -> NDArray[np.float32]:
    """Probability of each name (in the order of ``CLOTH``) for each colour: ``(2 ** (3 * BITS), names)``."""
    rng, side = np.random.default_rng(1), 1 << BITS
    found = np.zeros((len(CLOTH), side, side, side))
    for index, (name, kinds) in enumerate(CLOTH.items()):
        seen = _filmed(np.concatenate([_cloth(kind, SAMPLES // len(kinds), rng) for kind in kinds]), rng)
        blue, green, red = (seen >> (8 - BITS)).T
        np.add.at(found[index], (blue, green, red), COMMON[name] / len(seen))
        found[index] = gaussian_filter(found[index], 1.0)
    found += 1e-9 * np.array(list(COMMON.values()))[:, None, None, None]
    return (found / found.sum(axis=0)).reshape(len(CLOTH), -1).T.astype(np.float32)


def _cloth(kind: tuple[Range, Range, Range], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Light off the cloth, ``(count, 3)`` BGR, linear, 0 to 1."""
    hue, saturation, value = (rng.uniform(low, high, count) for low, high in kind)
    hsv = np.stack([hue % 180 * 2, saturation / 255, value / 255], axis=1).astype(np.float32)
    return cv2.cvtColor(hsv[None], cv2.COLOR_HSV2BGR)[0].astype(np.float64) ** GAMMA


def _filmed(light: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """As many cameras render it, ``(n, 3)`` BGR 0 to 255."""
    n = len(light)
    darkest, brightest = np.log(EXPOSURE)
    exposure = np.exp(rng.uniform(darkest, brightest, (n, 1))) * rng.uniform(*SHADING, (n, 1))
    sky = 1 + rng.uniform(0, SKY, (n, 1)) * np.array([[1.0, 0.25, -0.6]])
    stray = rng.uniform(0, STRAY, (n, 1)) * np.exp(rng.normal(0, 0.35, (n, 3))) * sky
    lit = light * exposure * np.exp(rng.normal(0, CAST, (n, 3))) * sky + stray
    picture = 255 * np.clip(lit, 0, 1) ** (1 / GAMMA) + rng.normal(0, NOISE, (n, 3))
    return np.clip(picture, 0, 255).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Light:
    """How a camera renders a street just now: the corrected value of each, by channel. curves ``(256, 1, 3) uint8``."""

    curves: NDArray[np.uint8]

    def corrected(self, crop: Image) -> Image:
        """The crop as if the camera had no haze and the street middle brightness."""
        return cv2.LUT(crop, self.curves)


def overview(picture: Image) -> Image:
    """The whole picture at ``(36, 64)``: enough to tell colourlessness from; one so small comes back as it is."""
    return scaled(picture, 64, 36)


def light_of(picture: Image) -> Light:
    """From the whole picture, without the sky: its darkest pixels are taken for black, its median for grey. Pixels, not
    means over places: in a street without a large dark place these are all lighter than black."""
    apart = max(1, min(picture.shape[:2]) // ROWS)
    street = picture[len(picture) // 4 :: apart, ::apart].reshape(-1, 3)
    black = np.percentile(np.ascontiguousarray(street.T), BLACK_PERCENTILE, axis=1)
    lit = np.clip((np.arange(256)[:, None] - black) / np.maximum(255 - black, 1.0), 0, 1) ** GAMMA  # of each value
    shine = (lit * SHINE)[street, np.arange(3)].sum(axis=1)
    median = max(float(np.median(shine)), 1e-4)
    gain = ((MIDDLE_GREY / 255) ** GAMMA / median) ** (1 - KEPT)
    curves = np.clip(lit * gain, 0, 1) ** (1 / GAMMA)
    return Light((255 * curves[:, None]).astype(np.uint8))


def probabilities(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Of each name for each BGR pixel, ``(n, 3) uint8`` to ``(n, names)``."""
    coarse = (pixels.reshape(-1, 3) >> (8 - BITS)).astype(np.float32)
    return table()[(coarse @ PLACES).astype(np.int64)]
