"""Writes practice indicators of the whole city: plausible, marked as practice, none of them real."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cameras.upgrades.practice import practice_files


class Command(BaseCommand):
    help = "Write practice indicators as CSV files for import_indicators; none of their values is real."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="a folder")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        options["out"].mkdir(parents=True, exist_ok=True)
        for name, content in practice_files(options["seed"]).items():
            (options["out"] / name).write_bytes(content)
            self.stdout.write(f"{options['out'] / name}: {len(content):,} bytes")
