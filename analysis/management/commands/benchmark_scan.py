"""How many times real time the product scans, from the file to tracklets in the database, matched."""

from __future__ import annotations

import os
import platform
import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from analysis import demo
from analysis.benchmark import footage, reference
from analysis.benchmark.crew import Crew, Ran, own_database
from analysis.evaluation.everybody import Everybody, everybody
from analysis.evaluation.tables import text
from analysis.pipeline.accelerator import gpu_usable
from analysis.pipeline.decode import read_packets
from analysis.pipeline.types import PipelineError, Track
from analysis.scanner import scanner
from analysis.simulation.footage import Truth, rendered
from analysis.simulation.scenario import Scenario, SimulatedCamera
from analysis.storing import as_found
from cameras.models import Recording

QUICK_MINUTES = 0.34
REFERENCE_S = 90.0  # of footage that the reference looks at


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of footage: what the crews made of it. found: of everybody by the simulator's truth."""

    name: str
    several: dict[int, list[Ran]]
    found: Everybody
    reference_x: float | None
    reference_found: tuple[int, int] | None

    def speed(self, workers: int) -> float:
        """Times real time, median of the runs."""
        return median(run.footage_s / run.wall_s for run in self.several[workers])


class Command(BaseCommand):
    """Uses a database and footage of its own, which are removed afterwards; rendered files are kept."""

    help = "Measure the scan end to end with real workers, against YOLO.track() over every frame; print tables."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=5)
        parser.add_argument("--workers", nargs="+", type=int, default=[1, 2], help="one core each")
        parser.add_argument("--clip", type=Path, help="real footage with people always in view; scaled to 1080 lines")
        parser.add_argument("--reference", type=Path, help="weights of YOLO.track(); default: the scanner's own")
        parser.add_argument("--no-reference", action="store_true", help="it takes some minutes")
        parser.add_argument("--hours", type=float, default=0.0, help="watch a worker's memory over so many hours")
        parser.add_argument(
            "--quick", action="store_true", help="twenty seconds a camera, the first kind of footage only"
        )
        parser.add_argument("--out", type=Path, help="folder for rendered files, kept for the next run")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        console = Console(width=max(console.width, 120))
        folder = options["out"] or settings.VAR_DIR / "benchmark"
        folder.mkdir(parents=True, exist_ok=True)
        cores = len(os.sched_getaffinity(0))
        if max(options["workers"]) > cores:
            raise CommandError(f"There are {cores} cores; each worker takes one.")
        console.print(
            f"{platform.machine()}, {cores} cores, Python {platform.python_version()}; people found and compared on "
            f"{'a GPU' if gpu_usable() else 'the CPU'}, decoder: {settings.DECODER}\n{scanner().version}"
        )
        try:
            rows = [self._row(name, stage, options, console) for name, stage in self._stages(folder, options, console)]
            console.print(_speeds(rows))
            for row in rows:
                console.print(_stages_table(row, max(options["workers"])))
            if options["hours"]:
                minutes = QUICK_MINUTES if options["quick"] else None
                console.print(self._memory(folder, options["hours"], minutes, console))
        except PipelineError as error:
            raise CommandError(str(error)) from error

    def _stages(
        self, folder: Path, options: dict[str, Any], console: Console
    ) -> Iterator[tuple[str, tuple[Scenario, list[Truth]]]]:
        for name in list(footage.SPECS)[: 1 if options["quick"] else None]:
            made = footage.scenario(name, QUICK_MINUTES if options["quick"] else None)
            with _bar(console, f"render: {name}", sum(c.working for c in made.cameras)) as told:
                yield name, (made, rendered(made, folder / name.replace(" ", "-"), told))
        if clip := options["clip"]:
            if not clip.is_file():
                raise CommandError(f"There is no file {clip} (--clip).")
            with _bar(console, f"bring to form: {clip.name}", 1) as told:
                path = footage.brought_to_form(clip, folder / f"{clip.stem}-1080.mp4", told)
            yield f"{clip.name} at 1080 lines", _real(path)

    def _row(self, name: str, stage: tuple[Scenario, list[Truth]], options: dict[str, Any], console: Console) -> Row:
        made, truths = stage
        several, seen = _searches(made, truths, options["workers"], options["runs"], name, console)
        found = Everybody()
        for truth, tracks in seen:
            found += everybody(truth, tracks)
        speed, agreed = None, None
        if not options["no_reference"]:
            with _bar(console, f"YOLO.track(): {name}", 1):
                speed, agreed = _compared(truths[0], options["reference"] or settings.WEIGHTS_PATH)
        return Row(name, several, found, speed, agreed)

    def _memory(self, folder: Path, hours: float, minutes: float | None, console: Console) -> Table:
        name = next(iter(footage.SPECS))
        made = footage.scenario(name, minutes)
        truths = rendered(made, folder / name.replace(" ", "-"))
        times = max(1, round(3600 * hours / sum(truth.camera.duration for truth in truths)))
        many = [
            replace(truth, camera=replace(truth.camera, name=f"{truth.camera.name}-{n}"))
            for n in range(times)
            for truth in truths
        ]
        made = replace(made, cameras=tuple(truth.camera for truth in many))
        several, _seen = _searches(made, many, [1], 1, f"{hours:g} hours", console)
        memory = several[1][0].memory
        table = Table("footage, one worker", "memory, MB", title="Memory over hours", title_justify="left")
        for count in sorted({1, len(memory) // 2, len(memory)}):
            scanned = sum(truth.camera.duration for truth in many[:count]) / 3600
            table.add_row(f"{scanned:.1f} h", f"{memory[count - 1] / 1e6:.0f}")
        return table


def _real(path: Path) -> tuple[Scenario, list[Truth]]:
    """The clip as footage of four cameras; what is known of a street's camera stands in for what is not."""
    made = footage.scenario(next(iter(footage.SPECS)))
    duration = read_packets(path).duration
    cameras = tuple(
        replace(camera, name=f"R{n}", duration=duration, walks=(), clock_offset=0.0)
        for n, camera in enumerate(made.cameras[:4])
    )
    return replace(made, name=path.stem, cameras=cameras), [Truth(camera, path, ()) for camera in cameras]


def _searches(
    made: Scenario, truths: list[Truth], crews: list[int], runs: int, name: str, console: Console
) -> tuple[dict[int, list[Ran]], list[tuple[Truth, list[Track]]]]:
    """Runs by number of workers, and what the last one found, camera by camera."""
    several: dict[int, list[Ran]] = {}
    with TemporaryDirectory(prefix="benchmark-", dir=settings.VAR_DIR) as root, own_database():
        kept, settings.FOOTAGE_ROOT = settings.FOOTAGE_ROOT, Path(root)
        try:
            stage = demo.stage(made, truths)
            users = demo.people(secrets.token_urlsafe(9))
            case = demo.open_demo_case(stage, users)
            with _bar(console, name, runs * len(crews)) as told:
                for workers in crews:
                    crew = Crew(workers, truths[0].path)
                    try:
                        for _ in range(runs):
                            several.setdefault(workers, []).append(crew.search(case, users["operator"]))
                            told(sum(len(of) for of in several.values()))
                    finally:
                        crew.close()
            seen = [
                (truth, [as_found(row).track for row in Recording.objects.get(pk=pk).tracklets.all()])
                for pk, truth in stage.truths.items()
            ]
        finally:
            settings.FOOTAGE_ROOT = kept
    return several, seen


def _compared(truth: Truth, weights: Path) -> tuple[float, tuple[int, int]]:
    """The reference's times real time, and how many of its people a survey of the same piece finds."""
    camera: SimulatedCamera = truth.camera
    with TemporaryDirectory() as folder:
        start = _busiest(truth)
        path = footage.piece(truth.path, start, REFERENCE_S, Path(folder) / "piece.mp4")
        duration = read_packets(path).duration
        plain = reference.run(path, weights, footage.FPS)
        ours = [found.track for found in scanner().survey(path, camera.scene.geometry).tracklets]
    return duration / plain.wall_s, reference.found(plain.tracks, ours)


def _busiest(truth: Truth) -> float:
    """Where in a recording most people are within the reference's time, seconds."""
    starts = range(0, max(1, int(truth.camera.duration - REFERENCE_S)), 10)
    times = [box.time for box in truth.boxes]
    return float(max(starts, key=lambda start: sum(start <= time < start + REFERENCE_S for time in times)))


def _speeds(rows: list[Row]) -> Table:
    crews = sorted(rows[0].several)
    table = Table(title="From the file to tracklets in the database, matched", title_justify="left")
    table.add_column("footage")
    for name in (
        *(f"{n} worker{'s' * (n > 1)}" for n in crews), "2 to 1", "YOLO.track()", "ratio", "of its people", "of everybody",
        "tracks each", "of nobody", "looked closely",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for row in rows:
        fastest = row.speed(crews[-1])
        table.add_row(
            row.name,
            *(f"{row.speed(n):.0f} x" for n in crews),
            text(row.speed(crews[-1]) / row.speed(crews[0])) if len(crews) > 1 else "–",
            f"{row.reference_x:.2f} x" if row.reference_x else "–",
            f"{fastest / row.reference_x:.0f}" if row.reference_x else "–",
            "{} of {}".format(*row.reference_found) if row.reference_found else "–",
            f"{row.found.found} of {row.found.people}" if row.found.people else "–",
            text(row.found.tracks_each),
            str(row.found.others) if row.found.people else "–",
            str(row.several[crews[-1]][-1].closely),
        )
    return table


def _stages_table(row: Row, workers: int) -> Table:
    """Each stage's share of the work, and how many times real time one core would reach if it were all."""
    run = sorted(row.several[workers], key=lambda ran: ran.wall_s)[len(row.several[workers]) // 2]
    table = Table("stage", title=f"{row.name}: where the time goes", title_justify="left")
    table.add_column("share", justify="right")
    table.add_column("alone, one core", justify="right")
    other = max(0.0, run.survey_s - sum(run.stages.values()))
    parts = {**run.stages, "rest of the survey": other, "closer looks, matching, database": run.after_s}
    whole = sum(parts.values())
    for name, seconds in parts.items():
        table.add_row(name, f"{seconds / whole:.0%}", f"{run.footage_s / max(seconds, 1e-3):,.0f} x")
    return table


@contextmanager
def _bar(console: Console, name: str, total: int) -> Iterator[Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=total)
        yield lambda done: bar.update(task, completed=done)
