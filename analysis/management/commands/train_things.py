"""Makes the project's model of things carried again: rendered people, real ones, then training."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.evaluation.real import RealFootageError
from analysis.pipeline.types import PipelineError
from analysis.training.things import Squares, ThingsConfig, real_squares, rendered_squares, train


class Command(BaseCommand):
    """Needs no database."""

    help = "Train the model of what people carry, push and ride."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="the model to write (.xml)")
        parser.add_argument("--streets", type=int, default=300, help="rendered streets")
        parser.add_argument(
            "--real", nargs="+", type=Path, default=[], metavar="PATH",
            help="clips with MOTChallenge ground truth, in which nobody has an umbrella, aid, stroller or bicycle",
        )  # fmt: skip
        parser.add_argument("--share", type=float, default=1.0, help="of the time of real clips")
        parser.add_argument("--steps", type=int, default=ThingsConfig().steps)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        rng = np.random.default_rng(options["seed"])
        config = ThingsConfig(steps=options["steps"], seed=options["seed"])
        with Progress(*columns, console=console) as bar:
            streets = bar.add_task("Rendered streets", total=options["streets"])
            try:
                real = [real_squares(path, 0.3, options["share"], rng) for path in options["real"]]
            except (RealFootageError, PipelineError) as error:
                raise CommandError(str(error)) from error
            rendered = rendered_squares(
                options["streets"], options["seed"], os.cpu_count() or 1,
                lambda done: bar.update(streets, completed=done),
            )  # fmt: skip
            squares = Squares.together([rendered, *real])
            console.print(f"{len(squares.pictures)} pictures, {sum(len(one.pictures) for one in real)} of them real")
            steps = bar.add_task("Training", total=config.steps)

            def told(step: int, loss: float) -> None:
                bar.update(steps, completed=step, description=f"Training: loss {loss:.3f}")

            out = train(squares, settings.WEIGHTS_PATH, options["out"], config, told)
        console.print(f"{out}: {out.with_suffix('.bin').stat().st_size / 1e6:.1f} MB")
