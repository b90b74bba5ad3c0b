"""Prints how good the system is on scenarios of the simulated city, and on real footage with ground truth."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from analysis.evaluation.report import Figures
from analysis.evaluator import engine_name, evaluate_scenario
from analysis.pipeline.types import PipelineError
from analysis.scanner import scanner
from analysis.simulation.city import SPECS

from .simulate import scenario_spec

PEOPLE = (
    ("recall", "detection", "recall_60"), ("precision", "detection", "precision"), ("HOTA", "tracking", "hota"),
    ("IDF1", "tracking", "idf1"), ("switches", "tracking", "switches"), ("upper", "attributes", "upper", "accuracy"),
    ("lower", "attributes", "lower", "accuracy"), ("unknown", "attributes", "upper", "unknown"),
    ("height ±m", "attributes", "height", "median_error_m"),
)  # fmt: skip
PERSON = (
    ("rank-1", "ranking", "rank1"), ("rank-5", "ranking", "rank5"), ("MRR", "ranking", "mrr"), ("route", "route", "found"),
    ("decisions", "route", "decisions"), ("≤5", "route", "complete_in_5"), ("≤10", "route", "complete_in_10"),
    ("≤20", "route", "complete_in_20"), ("hop P", "route", "hop_precision"), ("hop R", "route", "hop_recall"),
    ("h plan", "order_h", "planned"), ("h time", "order_h", "by_time"), ("h near", "order_h", "by_distance"),
)  # fmt: skip
LEAST_WIDTH = 120  # characters; a table cut short says nothing


class Command(BaseCommand):
    """Needs no database; it takes a minute or two a scenario and seed on two cores."""

    help = "Measure detection, tracking, attributes, ranking, route and search order; print a table, write JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", nargs="+", default=[], help="names or TOML files; default: all named ones")
        parser.add_argument("--seeds", nargs="+", type=int, default=[1])
        parser.add_argument(
            "--mot",
            nargs="+",
            type=Path,
            default=[],
            metavar="VIDEO",
            help="videos with VIDEO's stem + .gt.txt beside them",
        )
        parser.add_argument("--only-mot", action="store_true", help="no scenarios")
        parser.add_argument("--json", type=Path, help="write the figures there")
        parser.add_argument("--out", type=Path, help="folder for rendered files, kept for the next run")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        console = Console(width=max(console.width, LEAST_WIDTH))
        specs = [scenario_spec(value) for value in options["scenario"] or list(SPECS)]
        folder = options["out"] or settings.VAR_DIR / "evaluation"
        try:
            report: Figures = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **engine_name()}
            if not options["only_mot"]:
                report["scenarios"] = self._scenarios(specs, options["seeds"], folder, console)
            if options["mot"]:
                report["real"] = {path.name: real_figures(path) for path in options["mot"]}
        except (PipelineError, RealFootageError) as error:
            raise CommandError(str(error)) from error
        console.print(f"Detector and embedder: {report['version']}")
        if "scenarios" in report:
            console.print("Simulated city; never to be quoted as accuracy on its own.")
            console.print(scenario_table("Finding people", PEOPLE, report["scenarios"]))
            console.print(scenario_table("Finding the person", PERSON, report["scenarios"]))
        if "real" in report:
            console.print(real_table(report["real"]))
        if options["json"]:
            options["json"].write_text(json.dumps(report, indent=1))

    def _scenarios(self, specs: list[tuple[str, Any]], seeds: list[int], folder: Path, console: Console) -> Figures:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        result = {}
        for name, spec in specs:
            with Progress(*columns, console=console, transient=True) as bar:
                task = bar.add_task(name)

                def told(what: str, done: int, total: int, name: str = name, task: Any = task, bar: Any = bar) -> None:
                    bar.update(task, description=f"{name}: {what}", completed=done, total=total)

                result[name] = evaluate_scenario(name, spec, seeds, folder, told)
        return result


class RealFootageError(Exception):
    """Ground truth that is absent or cannot be read."""


def real_figures(path: Path) -> Figures:
    """A video and its MOTChallenge ground truth beside it."""
    import av

    from analysis.evaluation.reid import across_halves
    from analysis.evaluation.tracking import Truth, score

    truth_path = path.with_name(f"{path.stem}.gt.txt")
    if not truth_path.is_file():
        raise RealFootageError(f"There is no ground truth {truth_path}.")
    try:
        truth = Truth.read(truth_path)
    except ValueError as error:
        raise RealFootageError(f"{truth_path} is no MOTChallenge ground truth: {error}") from error
    result = scanner().scan(path)
    with av.open(str(path)) as container:
        fps = float(container.streams.video[0].average_rate or 25)
    found = score(truth, [t.track for t in result.tracklets], fps, min(settings.SCAN_RATE, fps))
    again = across_halves(result.tracklets, truth, fps, result.stats.footage_s)
    return {
        "recall": found.recall, "precision": found.precision, "mota": found.mota, "idf1": found.idf1, "hota": found.hota,
        "switches": found.switches, "reid_rank1": again.rank1, "reid_queries": again.queries,
        "times_real_time": result.stats.times_real_time,
    }  # fmt: skip


def scenario_table(title: str, columns: Sequence[Sequence[str]], figures: Figures) -> Table:
    """A row a scenario; shares 0 to 1, hours of footage until the first true sighting."""
    table = Table(title=title, title_justify="left")
    table.add_column("scenario")
    for column in columns:
        table.add_column(column[0], justify="right")
    for name, rows in figures.items():
        table.add_row(name, *(_text(_at(rows, path)) for _, *path in columns))
    return table


def real_table(figures: Figures) -> Table:
    """A row a video."""
    table = Table(title="Real footage", title_justify="left")
    table.add_column("video")
    names = list(next(iter(figures.values())))
    for name in names:
        table.add_column(name, justify="right")
    for video, row in figures.items():
        table.add_row(video, *(_text(row[name]) for name in names))
    return table


def _at(figures: Figures, path: list[str]) -> Any:
    for name in path:
        figures = figures[name]
    return figures


def _text(value: Any) -> str:
    return "–" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
