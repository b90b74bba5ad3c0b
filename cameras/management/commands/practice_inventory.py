"""Makes a practice inventory of the whole city's size."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cameras.models import District
from cameras.practice import practice_file, practice_rows


class Command(BaseCommand):
    help = "Write a practice inventory (CSV in the national standard form); none of its cameras is real."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--cameras", type=int, default=123_000)
        parser.add_argument("--district", default="", help="legal code of the only district")
        parser.add_argument("--dirt", type=float, default=0.0, help="share of rows that are dirty")
        parser.add_argument("--encoding", default="cp949", choices=["cp949", "utf-8", "utf-8-sig", "utf-16"])
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["district"] and not District.objects.filter(code=options["district"]).exists():
            raise CommandError(f"There is no district {options['district']}.")
        if not 0 < options["cameras"] <= 500_000 or not 0 <= options["dirt"] <= 1:
            raise CommandError("--cameras takes 1 to 500000, --dirt 0 to 1.")
        rows = list(practice_rows(options["cameras"], options["seed"], options["dirt"], options["district"]))
        options["out"].write_bytes(practice_file(rows, options["encoding"]))
        dirty = sum(bool(row.dirt) for row in rows)
        self.stdout.write(f"{options['out']}: {len(rows):,} cameras, {dirty:,} dirty rows")
