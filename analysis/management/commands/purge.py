"""Deletes what is due, or lists it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from analysis.retention import purge


class Command(BaseCommand):
    """The watchdog does it once a day."""

    help = "Delete cases and footage whose retention is over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        gone = purge(dry_run=options["dry_run"])
        verb = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"{len(gone.cases)} cases {verb}: {', '.join(gone.cases) or '-'}")
        self.stdout.write(f"{gone.tracklets} people's tracks and pictures {verb}")
        self.stdout.write(f"{gone.recordings} recordings {verb}, {gone.size / 1e6:.1f} MB")
