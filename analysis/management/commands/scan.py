"""Runs the pipeline on any video, without a database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from analysis.pipeline.types import PipelineError, ScanResult
from analysis.scanner import scanner


class Command(BaseCommand):
    """Prints the people it found and how many times real time it ran."""

    help = "Scan video files: people found, their clothes, and the speed against real time."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--survey", action="store_true", help="look at keyframes only, as a search does at first")
        parser.add_argument("--pictures", type=Path, metavar="DIR", help="save each person's best picture there")

    def handle(self, *args: Any, **options: Any) -> None:
        console, failed = Console(), 0
        for path in options["files"]:
            try:
                result = self._scan(path, console, options["survey"])
            except PipelineError as error:
                failed += 1
                console.print(f"[red]{error}")
                continue
            console.print(_table(path, result))
            console.print(_summary(result))
            if options["pictures"]:
                _save(result, options["pictures"], path.stem)
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} files could not be scanned.")

    def _scan(self, path: Path, console: Console, survey: bool) -> ScanResult:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(path.name, total=1.0)

            def tell(share: float) -> bool:
                bar.update(task, completed=share)
                return True

            return (scanner().survey if survey else scanner().scan)(path, progress=tell)


def _table(path: Path, result: ScanResult) -> Table:
    table = Table(title=path.name, title_justify="left")
    for name in ("#", "from s", "to s", "boxes", "confidence", "upper", "lower"):
        table.add_column(name, justify="left" if name in ("upper", "lower") else "right")
    for number, found in enumerate(result.tracklets, start=1):
        track, looks = found.track, found.appearance
        table.add_row(
            str(number),
            f"{track.start:.1f}",
            f"{track.end:.1f}",
            str(len(track.times)),
            f"{track.confidence:.2f}",
            _colours(looks.upper),
            _colours(looks.lower),
        )
    return table


def _colours(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in list(shares.items())[:2])


def _summary(result: ScanResult) -> str:
    stats = result.stats
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stats.stages.items())
    return (
        f"{len(result.tracklets)} people in {stats.footage_s:.1f} s of footage; {stats.wall_s:.1f} s of work: "
        f"[bold]{stats.times_real_time:.1f} x real time[/bold]\n"
        f"looked closely at {stats.dense_s:.0f} s ({stats.frames} frames), at {stats.keyframes} keyframes before; "
        f"{stats.damaged_packets} damaged packets\n{stages}"
    )


def _save(result: ScanResult, folder: Path, stem: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, found in enumerate(result.tracklets, start=1):
        (folder / f"{stem}-{number:03d}.jpg").write_bytes(found.picture)
