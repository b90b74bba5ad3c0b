"""Signs the end of the access log and keeps it outside the database."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.chain import anchor


class Command(BaseCommand):
    """The watchdog does it once a day; copy the file to where the database's keepers cannot write."""

    help = "Add the access log's end, signed, to the file of anchors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, default=settings.ANCHORS, help="file of signed anchors")

    def handle(self, *args: Any, **options: Any) -> None:
        end = anchor(options["anchors"])
        self.stdout.write(f"Row {end.position} anchored in {options['anchors']}." if end else "The log is empty.")
