"""Prints how good the system is on scenarios of the simulated city, and on real footage with ground truth."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.evaluation.real import RealFootageError, real_figures
from analysis.evaluation.report import Figures, pooled
from analysis.evaluation.tables import beside_table, tables
from analysis.evaluator import Evaluated, Told, engine_name, evaluate_scenario, watch_scenario
from analysis.pipeline.types import PipelineError
from analysis.scanner import scanner
from analysis.simulation.city import SPECS

from .simulate import scenario_spec

LEAST_WIDTH = 120  # characters; a table cut short says nothing

#: Options that choose the engine: the setting that they stand for, and its name in the environment of
#: the processes that scan.
ENGINE = {
    "weights": ("WEIGHTS_PATH", "SEOULCCTV_DETECTOR_WEIGHTS"),
    "embedder": ("EMBEDDER_PATH", "SEOULCCTV_EMBEDDER_WEIGHTS"),
    "image_size": ("DETECTOR_SIZE", "SEOULCCTV_DETECTOR_SIZE"),
    "rate": ("SCAN_RATE", "SEOULCCTV_SCAN_RATE"),
}


class Command(BaseCommand):
    """Needs no database; it takes a minute or two a scenario and seed on two cores."""

    help = "Measure detection, tracking, attributes, ranking, route and search order; print tables, write JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", nargs="+", default=[], help="names or TOML files; default: all named ones")
        parser.add_argument("--seeds", nargs="+", type=int, default=[1])
        parser.add_argument(
            "--mot", nargs="+", type=Path, default=[], metavar="PATH",
            help="real footage: folders of MOTChallenge sequences, or videos with STEM.gt.txt beside them",
        )  # fmt: skip
        parser.add_argument("--only-mot", action="store_true", help="no scenarios")
        parser.add_argument(
            "--live", action="store_true",
            help="as live streams: passes that are told, alerts of others, seconds until the alert",
        )  # fmt: skip
        parser.add_argument("--weights", type=Path, help="another detector")
        parser.add_argument("--embedder", type=Path, help="another appearance model (.xml); 'none': colours alone")
        parser.add_argument("--image-size", type=int, help="pixels of the longer side for the detector")
        parser.add_argument("--rate", type=float, help="frames a second that are tracked")
        parser.add_argument("--json", type=Path, help="write the figures there")
        parser.add_argument("--beside", type=Path, metavar="JSON", help="show an earlier run's figures beside these")
        parser.add_argument("--out", type=Path, help="folder for rendered files, kept for the next run")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        console = Console(width=max(console.width, LEAST_WIDTH))
        specs = [scenario_spec(value) for value in options["scenario"] or list(SPECS)]
        before = _read(options["beside"]) if options["beside"] else None
        folder = options["out"] or settings.VAR_DIR / "evaluation"
        with _Engine(options):
            try:
                report: Figures = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **engine_name()}
                if options["mot"]:
                    report["real"] = {path.name: real_figures(path, scanner()) for path in options["mot"]}
                if not options["only_mot"]:
                    scenarios = self._live if options["live"] else self._scenarios
                    for part in scenarios(specs, options["seeds"], folder, console):
                        report |= part
                        _write(report, options["json"])  # half an hour's work is not lost with its last minute
            except (PipelineError, RealFootageError) as error:
                raise CommandError(str(error)) from error
        console.print(f"Detector and embedder: {report['version']}")
        if "scenarios" in report or "live" in report:
            console.print("Simulated city; never to be quoted as accuracy on its own.")
        for table in tables(report):
            console.print(table)
        if before:
            console.print(beside_table(before, report))
        _write(report, options["json"])

    def _scenarios(
        self, specs: list[tuple[str, Any]], seeds: list[int], folder: Path, console: Console
    ) -> Iterator[Figures]:
        """What is known after each scenario."""
        done: dict[str, Evaluated] = {}
        for name, evaluated in _measured(evaluate_scenario, specs, seeds, folder, console):
            done[name] = evaluated
            everything = [one for several in done.values() for one in several.scanned]
            yield {
                "scenarios": {name: one.figures for name, one in done.items()},
                "all": pooled([one.detection for one in done.values()], everything),
            }

    def _live(
        self, specs: list[tuple[str, Any]], seeds: list[int], folder: Path, console: Console
    ) -> Iterator[Figures]:
        """Likewise, of live watch."""
        done: dict[str, Figures] = {}
        for name, figures in _measured(watch_scenario, specs, seeds, folder, console):
            done[name] = figures
            yield {"live": done}


def _measured(
    measure: Callable[..., Any], specs: list[tuple[str, Any]], seeds: list[int], folder: Path, console: Console
) -> Iterator[tuple[str, Any]]:
    """One scenario after the other, by ``evaluate_scenario`` or ``watch_scenario``."""
    for name, spec in specs:
        with _progress(name, console) as told:
            found = measure(name, spec, seeds, folder, told)
        yield name, found


@contextmanager
def _progress(name: str, console: Console) -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name)
        yield lambda what, done, total: bar.update(task, description=f"{name}: {what}", completed=done, total=total)


class _Engine:
    """The settings that the options name, here and in the processes started meanwhile."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.chosen = {name: options[name] for name in ENGINE if options[name] is not None}

    def __enter__(self) -> None:
        for name in ("weights", "embedder"):
            path = self.chosen.get(name)
            if path and not path.is_file() and not (name == "embedder" and str(path) == "none"):
                raise CommandError(f"There is no file {path} (--{name}).")
        self.kept: list[tuple[str, Any, str, str | None]] = []
        for name, value in self.chosen.items():
            setting, variable = ENGINE[name]
            value = value.resolve() if isinstance(value, Path) else value  # "none" names no file, on purpose
            self.kept.append((setting, getattr(settings, setting), variable, os.environ.get(variable)))
            setattr(settings, setting, value)
            os.environ[variable] = str(value)
        scanner.cache_clear()

    def __exit__(self, *error: object) -> None:
        for setting, value, variable, text in self.kept:
            setattr(settings, setting, value)
            os.environ.pop(variable) if text is None else os.environ.__setitem__(variable, text)
        scanner.cache_clear()


def _write(report: Figures, path: Path | None) -> None:
    if path:
        part = path.with_name(f"{path.name}.part")
        part.write_text(json.dumps(report, indent=1))
        part.replace(path)


def _read(path: Path) -> Figures:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is no report of an evaluation: {error}") from error
    if not isinstance(report, dict) or "version" not in report:
        raise CommandError(f"{path} is no report of an evaluation.")
    return dict(report)
