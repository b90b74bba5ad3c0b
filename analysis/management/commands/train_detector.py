"""Makes the project's person detector again: rendered streets and real frames, then training."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.evaluation.real import RealFootageError
from analysis.pipeline.detect import Detector, DetectorConfig
from analysis.pipeline.types import PipelineError
from analysis.training.dataset import real_pictures, rendered_pictures, taught_pictures
from analysis.training.detector import TrainingConfig, train
from analysis.training.eight_bit import MOST, quantised


class Command(BaseCommand):
    """Needs no database. The figures of old and new weights: ``manage.py evaluate --weights``."""

    help = "Train a person detector on rendered streets and real frames."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--start", type=Path, required=True, help="weights to start from, such as yolo11n.pt")
        parser.add_argument("--out", type=Path, required=True, help="weights to write (.pt)")
        parser.add_argument("--rendered", type=int, default=600, help="rendered pictures")
        parser.add_argument(
            "--real", nargs="+", type=Path, default=[], metavar="PATH", help="clips with MOTChallenge ground truth"
        )
        parser.add_argument(
            "--share", type=float, default=1.0, help="of the time of real clips: what follows stays for measuring"
        )
        parser.add_argument(
            "--taught", nargs="+", type=Path, default=[], metavar="VIDEO", help="clips labelled by the starting weights"
        )
        parser.add_argument("--every", type=float, default=0.4, help="seconds between real frames")
        parser.add_argument(
            "--epochs", type=int, default=6, help="0: no training; the starting weights get their form in eight bits"
        )
        parser.add_argument("--size", type=int, default=416, help="pixels of the longer side")
        parser.add_argument("--frozen", type=int, default=10, help="layers at the bottom that stay as they are")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--work", type=Path, help="folder for pictures and the library's files; kept")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["start"].is_file():
            raise CommandError(f"There are no weights {options['start']}.")
        if not (options["rendered"] or options["real"] or options["taught"]):
            raise CommandError("There are no pictures: --rendered, --real or --taught.")
        if options["work"]:
            self._run(options["work"].resolve(), options)
            return
        with TemporaryDirectory(prefix="training-") as folder:
            self._run(Path(folder), options)

    def _run(self, work: Path, options: dict[str, Any]) -> None:
        console, data = Console(), work / "data"
        work.mkdir(parents=True, exist_ok=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        parts = [("train", options["rendered"], options["seed"])]
        if options["epochs"]:
            parts.append(("val", 40, options["seed"] + 1000))
        for part, count, seed in parts:
            with Progress(*columns, console=console) as bar:
                task = bar.add_task(f"Rendered pictures, {part}", total=count)
                made = rendered_pictures(
                    data / part,
                    count,
                    seed,
                    os.cpu_count() or 1,
                    lambda done, b=bar, t=task: b.update(t, completed=done),
                )
            console.print(f"{made.pictures} pictures with {made.people} people")
        try:
            for path in options["real"]:
                made = real_pictures(data / "train", path, options["every"], options["share"])
                console.print(f"{path.name}: {made.pictures} frames with {made.people} people by ground truth")
            for path in options["taught"]:
                made = taught_pictures(data / "train", path, 2 * options["every"], self._teacher(options))
                console.print(f"{path.name}: {made.pictures} frames with {made.people} people by the starting weights")
        except (RealFootageError, PipelineError) as error:
            raise CommandError(str(error)) from error
        config = replace(
            TrainingConfig(), epochs=options["epochs"], size=options["size"], seed=options["seed"],
            frozen=options["frozen"],
        )  # fmt: skip
        out = train(options["start"], data, work, options["out"], config)
        console.print(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
        pictures = sorted((data / "train" / "images").glob("*.jpg"))
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("In eight bits, for processors", total=min(len(pictures), MOST))
            small = quantised(out, settings.MODEL_CACHE, pictures, lambda seen: bar.update(task, completed=seen))
        console.print(f"{small}: {small.with_suffix('.bin').stat().st_size / 1e6:.1f} MB")

    def _teacher(self, options: dict[str, Any]) -> Detector:
        """The starting weights, at a larger size than will be trained for."""
        return Detector(
            DetectorConfig(options["start"], settings.MODEL_CACHE, image_size=max(736, options["size"]), confidence=0.4)
        )
