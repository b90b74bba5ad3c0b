"""How long the arithmetic of a plan takes: the index of all areas, its stability, cameras placed in the chosen ones.

    .venv/bin/python -m tests.benchmarks.planning [AREAS] [CHOSEN] [EACH]

Made-up areas of 500 m by 500 m in cells of 10 m, as many as the city has of that size; half of each is covered already.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from cameras.planning.index import combined, normalised, stability
from cameras.planning.placement import View, place

CELL_M, SIDE = 10.0, 50
INDICATORS, RUNS = 12, 21


def timed(work: Callable[[], Any], runs: int = RUNS) -> tuple[float, float]:
    """Milliseconds: median, 95 %."""
    took = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - begin))
    return float(np.median(took)), float(np.percentile(took, 95))


def main(areas: int = 2500, chosen: int = 449, each: int = 4) -> None:
    rng = np.random.default_rng(1)
    values = rng.gamma(2.0, 1.0, (areas, INDICATORS))
    values[rng.random(values.shape) < 0.05] = np.nan
    worse = [1] * INDICATORS
    levels = normalised(values, worse, "z")
    weights = rng.uniform(0.1, 1.0, INDICATORS)
    grids = [
        np.where(rng.random((SIDE, SIDE)) < 0.5, 0.0, np.kron(rng.gamma(2.0, 1.0, (5, 5)), np.ones((10, 10))))
        for _ in range(chosen)
    ]
    allowed = np.ones((SIDE, SIDE), bool)
    gaps: list[float] = []

    def placed() -> None:
        gaps.clear()
        for weight in grids:
            found = place(weight, allowed, each, View(), CELL_M, apart_m=20.0)
            gaps.append(found.covered / found.bound)

    table = Table("what", "median ms", "95 % ms", title=f"{areas:,} areas, {INDICATORS} indicators")
    for name, work, runs in (
        ("values normalised", lambda: normalised(values, worse, "z"), RUNS),
        ("index after a weight is moved", lambda: combined(levels, weights), RUNS),
        (f"stability of {chosen}, 1,000 shakes", lambda: stability(levels, weights, chosen), 5),
        (f"{each} cameras in each of {chosen} areas", placed, 3),
    ):
        median, most = timed(work, runs)
        table.add_row(name, f"{median:,.1f}", f"{most:,.1f}")
    Console().print(table)
    Console().print(
        f"covered, of what no choice of as many exceeds: {np.median(gaps):.2f} (median), {min(gaps):.2f} (least)"
    )


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
