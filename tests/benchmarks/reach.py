"""How long the reach of all of a city's cameras takes, and the plan of their footage.

.venv/bin/python -m tests.benchmarks.reach
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from analysis.search.field import field
from analysis.search.plan import Footage, plan
from analysis.search.reach import LastKnown, reach

CAMERAS, RUNS = 123_000, 7


def seconds(what: Callable[[], object]) -> float:
    what()
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        what()
        times.append(time.perf_counter() - begin)
    return median(times)


def main() -> None:
    rng = np.random.default_rng(1)
    lons, lats = rng.uniform(126.77, 127.18, CAMERAS), rng.uniform(37.43, 37.70, CAMERAS)
    begin, end = np.zeros(CAMERAS), np.full(CAMERAS, 3600.0)
    table = Table("what", "ms, median of 7", "cameras a ms")
    knowns = {way: LastKnown(127.0, 37.56, 0.0, 90.0, way) for way in ("foot", "bus")}
    rows: dict[str, Callable[[], object]] = {
        f"reach and chance of an hour, {way}": lambda known=known: reach(known, lons, lats).chance(begin, end)  # type: ignore[misc]
        for way, known in knowns.items()
    }
    homeward = LastKnown(127.0, 37.56, 0.0, 90.0, places=((127.03, 37.58), (126.98, 37.50)))
    rows["reach and chance of an hour, two places to head for"] = lambda: reach(homeward, lons, lats).chance(begin, end)
    rows["where the person may be now"] = lambda: reach(knowns["foot"], lons, lats).present(1800.0)
    footage = [Footage(n, n, float(lons[n]), float(lats[n]), 0.0, 3600.0) for n in range(CAMERAS)]
    several = [LastKnown(127.0 + 0.003 * n, 37.56, 600.0 * n, 90.0) for n in range(5)]
    rows["plan of an hour of each, one last known point"] = lambda: plan([knowns["foot"]], footage, 3600.0)
    rows["the same, five sightings"] = lambda: plan(several, footage, 3600.0)
    rows["the field on the map"] = lambda: field([knowns["foot"]], 1800.0)
    for name, what in rows.items():
        took = seconds(what)
        table.add_row(name, f"{1000 * took:.0f}", f"{CAMERAS / took / 1000:.0f}" if "map" not in name else "–")
    Console().print(table)


if __name__ == "__main__":
    main()
