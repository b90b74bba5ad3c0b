"""What a person carries, pushes or rides: probabilities from the pictures in which that can be told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .cutting import scaled
from .inference import Network, named, there
from .types import Image

#: The names used everywhere, and how many of those who pass in a street have the thing (estimate for city streets).
#: ``bag``: in the hand or over the shoulder.
BASE_RATE: dict[str, float] = {
    "backpack": 0.20,
    "bag": 0.30,
    "umbrella": 0.03,
    "stick": 0.03,
    "walker": 0.01,
    "wheelchair": 0.01,
    "stroller": 0.02,
    "bicycle": 0.03,
}
THINGS = tuple(BASE_RATE)

SIDE = 128  # pixels of the network's square input
ROOM = 1.3  # side of the square about a person, in heights of the person
ABOVE = 0.18  # share of the square that lies over the head's top
LEAST_HEIGHT = 40.0  # pixels of a person below which nothing is said


def square(box: NDArray[np.floating]) -> tuple[float, float, float, float]:
    """The surroundings of a person in which things are looked for, ``x1 y1 x2 y2``; may reach out of the picture."""
    side = ROOM * max(float(box[3] - box[1]), float(box[2] - box[0]))
    left, top = (float(box[0]) + float(box[2]) - side) / 2, float(box[1]) - ABOVE * side
    return left, top, left + side, top + side


def within(box: NDArray[np.floating], width: int, height: int) -> tuple[int, int, int, int]:
    """The part of the square that lies in a picture: columns and rows ``x1 y1 x2 y2``, at least two of each, beginning
    at even ones."""
    left, top, right, bottom = square(box)
    x1, y1 = int(np.clip(left, 0, width - 2)) // 2 * 2, int(np.clip(top, 0, height - 2)) // 2 * 2
    return x1, y1, int(np.clip(np.ceil(right), x1 + 2, width)), int(np.clip(np.ceil(bottom), y1 + 2, height))


def squared(
    picture: Image, corner: tuple[float, float], box: NDArray[np.floating], side: int = SIDE
) -> NDArray[np.uint8]:
    """The square about a person at ``(side, side, 3)``, grey where the picture ends. picture: a part of the whole
    whose upper left pixel lies at ``corner``, in the units of ``box``."""
    left, top, right, _bottom = square(box)
    scale = side / (right - left)
    shrunk = max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale))
    small = scaled(picture, *shrunk)
    x, y = round((corner[0] - left) * scale), round((corner[1] - top) * scale)
    out = np.full((side, side, 3), 114, np.uint8)
    x1, y1, x2, y2 = max(x, 0), max(y, 0), min(x + shrunk[0], side), min(y + shrunk[1], side)
    if x2 > x1 and y2 > y1:
        out[y1:y2, x1:x2] = small[y1 - y : y2 - y, x1 - x : x2 - x]
    return out


class ThingsNetwork:
    """The project's own network, in OpenVINO's form."""

    def __init__(self, weights: Path, threads: int = 0) -> None:
        self.name = named(weights)
        self._network = Network(weights, threads)

    def __call__(self, squares: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """Log-odds of each thing in each square ``(n, len(THINGS))``, for a street with ``BASE_RATE``."""
        pictures = [np.ascontiguousarray(one.transpose(2, 0, 1)[None], dtype=np.float32) for one in squares]
        return np.array([row[0] for row in self._network(pictures)], np.float64).reshape(len(squares), len(THINGS))


def things_model(weights: Path | None, threads: int = 0) -> ThingsNetwork | None:
    """The network where its weights are."""
    return ThingsNetwork(weights, threads) if weights and there(weights) else None


def evidence(probabilities: dict[str, float], thing: str) -> float | None:
    """Log-likelihood ratio (natural logarithm) that the person has the thing; None when nothing is known."""
    if thing not in probabilities:
        return None
    p, base = min(max(probabilities[thing], 1e-3), 1 - 1e-3), BASE_RATE[thing]
    return float(np.log(p / (1 - p)) - np.log(base / (1 - base)))


def summary(odds: NDArray[np.float64]) -> dict[str, float]:
    """Probability of each thing from looks' log-odds ``(n, things)``: their mean, for looks at one passage err alike;
    nothing from no looks."""
    if not len(odds):
        return {}
    return {
        name: round(float(1 / (1 + np.exp(-value))), 3) for name, value in zip(THINGS, odds.mean(axis=0), strict=True)
    }
