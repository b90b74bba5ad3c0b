"""Indicators of areas from spreadsheets, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from cameras.models import IndicatorFile
from cameras.upgrades.indicator_file import IndicatorError, Reading, apply, reading_of, take_in, undo, usual

SHOWN = 20  # refused rows


class Command(BaseCommand):
    """Without an account: whoever can run it can do anything anyway."""

    help = "Read indicators by district, dong or point (CSV or Excel), say what they hold, and bring them in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", type=Path, nargs="*")
        parser.add_argument("--dry-run", action="store_true", help="only say what the files hold")
        parser.add_argument("--source", default="", help="who counted")
        parser.add_argument("--undo", type=int, metavar="NUMBER", help="take a file back")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            if options["undo"]:
                self._undo(options["undo"])
                return console.print("Undone.")
            if not options["files"]:
                raise CommandError("Say which files.")
            for path in options["files"]:
                self._one(path, options, console)
        except IndicatorError as error:
            raise CommandError(str(error)) from error
        return None

    def _one(self, path: Path, options: dict[str, Any], console: Console) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        content = path.read_bytes()
        if options["dry_run"]:
            self._tell(path.name, reading_of(path.name, content), console)
            return console.print("Nothing was changed (--dry-run).")
        file, reading = take_in(None, path.name, content)
        self._tell(path.name, reading, console)
        source = options["source"] or ("practice, made up" if path.name.startswith("practice") else path.name)
        try:
            apply(file, {one.key: {**usual(one.key), "source": source} for one in reading.indicators})
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        return console.print(f"Applied. To take it back: manage.py import_indicators --undo {file.pk}")

    def _undo(self, number: int) -> None:
        file = IndicatorFile.objects.filter(pk=number).first()
        if file is None:
            raise CommandError(f"There is no file {number}.")
        undo(file)

    def _tell(self, name: str, reading: Reading, console: Console) -> None:
        table = Table("indicator", "year", "level", "values", "without", title=f"{name} ({reading.form})")
        for one in reading.indicators:
            table.add_row(one.key, str(one.year or "–"), one.by, f"{len(one.values):,}", _some(one.missing))
        console.print(table)
        for kind, number in sorted(reading.mended.items()):
            console.print(f"  mended, {kind}: {number:,}")
        if reading.refused:
            console.print(f"  refused: {len(reading.refused):,}")
        for row in reading.refused[:SHOWN]:
            console.print(f"    line {row.line}: {row.reason} ({row.given})", markup=False)


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
