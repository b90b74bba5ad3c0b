"""Makes the project's appearance model again: rendered people before many cameras, real ones, then training."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.evaluation.real import RealFootageError
from analysis.pipeline.types import PipelineError
from analysis.scanner import scanner
from analysis.training.appearance import AppearanceConfig, begun, train
from analysis.training.crops import Crops, real_crops, rendered_crops, seen_crops
from analysis.training.pictures import photographs
from analysis.training.teacher import OpenVinoTeacher

#: Of person-reidentification-retail-0288, where it has what the pupil's stages are to say.
LAYERS = ["567", "643", "754", "830", "941", "1017", "1126"]
DEFAULT = AppearanceConfig()  # of one made: the class itself has no numbers, only places for them
COMPILERS = ("g++", "clang++")  # of which PyTorch takes one


class Command(BaseCommand):
    """Needs no database. The figures of old and new weights: ``manage.py evaluate --embedder``."""

    help = "Train an appearance model on rendered and real people, taught by a larger one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--teacher", type=Path, required=True, help="a re-identification model (.xml)")
        parser.add_argument("--out", type=Path, required=True, help="the model to write (.xml)")
        parser.add_argument("--streets", type=int, default=300, help="rendered streets")
        parser.add_argument("--people", type=int, default=400, help="who are met in them")
        parser.add_argument(
            "--real", nargs="+", type=Path, default=[], metavar="PATH", help="clips with MOTChallenge ground truth"
        )
        parser.add_argument(
            "--share", type=float, default=1.0, help="of the time of real clips: what follows stays for measuring"
        )
        parser.add_argument(
            "--seen", nargs="+", type=Path, default=[], metavar="VIDEO", help="clips in which the detector finds people"
        )
        parser.add_argument("--photos", type=Path, help="a folder of photographs of anything, whose textures are worn")
        parser.add_argument(
            "--layers",
            nargs="*",
            default=LAYERS,
            metavar="NAME",
            help="of the teacher, at the places of the stages; those of person-reidentification-retail-0288 where left out",
        )
        parser.add_argument("--apart", type=int, default=DEFAULT.apart, help="steps, each stage for itself")
        parser.add_argument("--steps", type=int, default=DEFAULT.steps, help="and then all together")
        parser.add_argument(
            "--beyond", type=int, default=DEFAULT.beyond, help="and last from a teacher who sees the pictures unchanged"
        )
        parser.add_argument(
            "--level",
            type=int,
            default=DEFAULT.level,
            help="steps after which batch normalisation is steady; 0 where --kept goes on from a pupil that knows",
        )
        parser.add_argument(
            "--compiled",
            action="store_true",
            help="let PyTorch compile the stages: needs a C++ compiler, twice as fast",
        )
        parser.add_argument(
            "--kept", type=Path, help="keep the learner in this file (.pt), and go on from it when there"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--crops", type=Path, help="keep the pictures in this file (.npz), and use it when there")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        for path in (options["teacher"], options["teacher"].with_suffix(".bin")):
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        if options["compiled"] and not any(map(which, COMPILERS)):
            raise CommandError(f"--compiled needs a C++ compiler: none of {', '.join(COMPILERS)} is installed.")
        try:
            teacher = OpenVinoTeacher(options["teacher"], options["layers"])
            begun(DEFAULT.size, options["kept"])  # said now, not after the pictures are made
        except ValueError as error:
            raise CommandError(str(error)) from error
        try:
            crops = self._crops(options, console)
        except (RealFootageError, PipelineError) as error:
            raise CommandError(str(error)) from error
        console.print(f"{len(crops.pictures)} pictures, {len(np.unique(crops.identities)) - 1} rendered people")
        photos = photographs(options["photos"]) if options["photos"] else []
        if options["photos"] and not photos:
            raise CommandError(f"There are no pictures in {options['photos']}.")
        config = AppearanceConfig(
            apart=options["apart"],
            beyond=options["beyond"],
            steps=options["steps"],
            seed=options["seed"],
            level=options["level"],
            compiled=options["compiled"],
        )
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            steps = config.apart + config.steps + config.beyond
            task = bar.add_task("Hearing what the teacher says of some pictures", total=None)

            def told(step: int, unlike: float, between: float) -> None:
                bar.update(
                    task, total=steps, completed=step, description=f"Cosine {1 - unlike:.3f}, between {between:.3f}"
                )

            out = train(crops, teacher, options["out"], config, told, photos, options["kept"])
        console.print(f"{out}: {out.with_suffix('.bin').stat().st_size / 1e6:.1f} MB")

    def _crops(self, options: dict[str, Any], console: Console) -> Crops:
        kept: Path | None = options["crops"]
        if kept and kept.is_file():
            with np.load(kept) as content:
                return Crops(content["pictures"], content["identities"], content["cameras"])
        rng = np.random.default_rng(options["seed"])
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("Rendered streets", total=options["streets"])
            several = [
                rendered_crops(
                    options["streets"],
                    options["people"],
                    options["seed"],
                    os.cpu_count() or 1,
                    lambda done: bar.update(task, completed=done),
                )
            ]
        several += [real_crops(path, 0.2, options["share"], rng) for path in options["real"]]
        several += [seen_crops(path, 0.3, scanner().detector, rng) for path in options["seen"]]
        crops = Crops.together(several)
        if kept:
            np.savez_compressed(kept, pictures=crops.pictures, identities=crops.identities, cameras=crops.cameras)
        return crops
