"""An inventory of the whole city from the file to the result, twice, and back.

    .venv/bin/python -m tests.benchmarks.intake [CAMERAS] [RUNS]

On a database of the benchmark's own: read and compared with an empty inventory, applied; the same file again with a tenth of
its rows changed, applied; undone. Medians of the runs.
"""

from __future__ import annotations

import os
import sys
import time
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django
from rich.console import Console
from rich.table import Table

STEPS = ("first: read and compare", "first: apply", "again: read and compare", "again: apply a tenth", "undo that")


def once(rows: list, content: bytes, changed: bytes) -> list[float]:
    """Seconds of each step."""
    from cameras.intake import apply, read, take_in, undo
    from cameras.models import Camera, CameraChange, Intake

    laps, began = [], time.perf_counter()

    def lap() -> None:
        nonlocal began
        laps.append(time.perf_counter() - began)
        began = time.perf_counter()

    first = read(take_in(None, None, "first.csv", content))
    lap()
    apply(first, None)
    lap()
    assert Camera.objects.count() == len(rows)
    began = time.perf_counter()
    second = read(take_in(None, None, "second.csv", changed))
    lap()
    apply(second, None)
    lap()
    undo(second, None)
    lap()
    assert Camera.objects.filter(retention_days=60).count() == 0
    CameraChange.objects.all().delete()
    Camera.objects.all().delete()
    Intake.objects.all().delete()
    return laps


def main(count: int = 123_000, runs: int = 3) -> None:
    django.setup()
    from analysis.benchmark.crew import own_database
    from cameras.practice import practice_file, practice_rows

    with own_database():
        rows = list(practice_rows(count))
        content = practice_file(rows)
        for row in rows[::10]:
            row.cells[9] = "60"
        changed = practice_file(rows)
        took = [once(rows, content, changed) for _ in range(runs)]
    table = Table(
        "step", "seconds", "rows a second", title=f"{count:,} cameras, {len(content) / 1e6:.0f} MB, {runs} runs"
    )
    for number, step in enumerate(STEPS):
        seconds = median(laps[number] for laps in took)
        table.add_row(step, f"{seconds:.1f}", f"{count / seconds:,.0f}")
    whole = median(laps[0] + laps[1] for laps in took)
    table.add_row("from the file to the result, the first time", f"{whole:.1f}", f"{count / whole:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
