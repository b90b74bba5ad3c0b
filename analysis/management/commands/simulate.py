"""Renders a scenario of the simulated city into video files, with its truth and a contact sheet."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from analysis.simulation.city import SPECS, SpecError, build, read_spec
from analysis.simulation.footage import rendered
from analysis.simulation.sheet import contact_sheet, gallery, lineup
from analysis.simulation.truth import write_truth


class Command(BaseCommand):
    """Needs no database."""

    help = "Render a scenario: a video file a camera, truth.json, and sheet.jpg to look at."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scenario", help="a name (see --list), or a TOML file")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, help="folder for the files")
        parser.add_argument(
            "--gallery", type=Path, metavar="FILE", help="write a picture of every place at every hour and end"
        )
        parser.add_argument("--people", type=Path, metavar="FILE", help="write a picture of kinds of people and end")
        parser.add_argument("--list", action="store_true", help="name the scenarios and end")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        if options["list"]:
            table = Table("scenario", "what it is")
            for name, spec in SPECS.items():
                table.add_row(name, spec.about)
            console.print(table)
            return
        if options["gallery"]:
            gallery(options["gallery"], options["seed"])
            return
        if options["people"]:
            lineup(options["people"], options["seed"])
            return
        if not options["scenario"] or not options["out"]:
            raise CommandError("Name a scenario and a folder: --scenario NAME|FILE --out DIR (names: --list).")
        name, spec = scenario_spec(options["scenario"])
        scenario = build(name, spec, options["seed"])
        working = sum(camera.working for camera in scenario.cameras)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task(f"{name}, seed {options['seed']}", total=working)
            truths = rendered(scenario, options["out"], lambda done: bar.update(task, completed=done))
        write_truth(scenario, truths, options["out"] / "truth.json")
        contact_sheet(truths, options["out"] / "sheet.jpg")
        seen = sum(truth.visible(scenario.target.key) is not None for truth in truths)
        console.print(
            f"{working} cameras, {len(scenario.cameras) - working} without footage; {len(scenario.others)} other people; "
            f"the person is in view of {seen}. See {options['out'] / 'sheet.jpg'}."
        )


def scenario_spec(value: str) -> tuple[str, Any]:
    """Name and spec of a named scenario or of a TOML file. CommandError when it is neither."""
    if value in SPECS:
        return value, SPECS[value]
    path = Path(value)
    if not path.is_file():
        raise CommandError(f"{value} is neither a scenario nor a file. Scenarios: {', '.join(SPECS)}.")
    try:
        return path.stem, read_spec(path)
    except SpecError as error:
        raise CommandError(str(error)) from error
