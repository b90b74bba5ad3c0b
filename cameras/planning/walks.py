"""How long until somebody who walks through the city comes by a camera: before a plan and after it, on the same ways.

A persistent random walk (Kareiva and Shigesada 1983): so many metres a second, turning a little with every step, turning
back at the city's edge. It knows no streets: times compare plans, they promise nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ground import Ground, Mask, Points

STEP_S = 10.0
SPEED = (0.6, 1.3)  # metres a second: people with dementia, children
TURN = 0.25  # radians, standard deviation of a step's turn


@dataclass(frozen=True, slots=True)
class Passed:
    """found: share of walkers who came by a camera in time; median_s: time until half of all walkers had, None where fewer
    did; mean_s: the mean over all of them, those who did not counted with the whole time."""

    found: float
    median_s: float | None
    mean_s: float


def starts(weight: NDArray[np.float64], number: int, seed: int) -> NDArray[np.int64]:
    """Cells where walks begin, drawn with ``weight`` (flat, not negative). ValueError where all are nothing."""
    share = np.asarray(weight, float).ravel()
    if share.sum() <= 0:
        raise ValueError("nowhere to begin")
    edges = np.cumsum(share)
    rng = np.random.default_rng(seed)
    return np.searchsorted(edges, rng.uniform(0, edges[-1], number), side="right")


def passed(
    ground: Ground,
    inside: Mask,
    covers: Mapping[str, Mask],
    begin: NDArray[np.int64],
    seed: int = 1,
    limit_s: float = 7200,
) -> dict[str, Passed]:
    """inside, covers: masks of the grid; begin: flat numbers of cells. All masks are tried on the same walks, so that they
    differ by the cameras alone. The same seed gives the same walks."""
    rng = np.random.default_rng(seed)
    rows, columns = np.unravel_index(begin, ground.shape)
    at: Points = np.column_stack([
        ground.west + (columns + rng.uniform(0, 1, len(begin))) * ground.cell,
        ground.north - (rows + rng.uniform(0, 1, len(begin))) * ground.cell,
    ])  # fmt: skip
    pace = rng.uniform(*SPEED, len(begin)) * STEP_S
    turn = rng.uniform(0, 2 * np.pi, len(begin))
    times = {name: np.full(len(begin), np.inf) for name in covers}
    for step in range(int(limit_s / STEP_S) + 1):
        row, column, _ = ground.cells(at)
        for name, mask in covers.items():
            came = mask[row, column] & ~np.isfinite(times[name])
            times[name][came] = step * STEP_S
        turn = turn + rng.normal(0, TURN, len(begin))
        ahead = at + np.column_stack([np.sin(turn), np.cos(turn)]) * pace[:, None]
        row, column, on = ground.cells(ahead)
        free = on & inside[row, column]
        at = np.where(free[:, None], ahead, at)
        turn = np.where(free, turn, turn + np.pi)
    return {name: _told(time, limit_s) for name, time in times.items()}


def _told(times: NDArray[np.float64], limit_s: float) -> Passed:
    found = np.isfinite(times)
    middle = float(np.sort(times)[(len(times) - 1) // 2]) if len(times) else np.inf
    return Passed(
        float(found.mean()), middle if np.isfinite(middle) else None, float(np.minimum(times, limit_s).mean())
    )
