"""A district's spreadsheet into the inventory, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cameras.intake import IntakeError, apply, name_columns, put_away, read, take_in, undo
from cameras.inventory.clean import MENDS, REFUSES
from cameras.inventory.columns import ALIASES
from cameras.models import District, Intake
from cameras.problems import note_text, table_problem

SHOWN = 20  # refused rows


class Command(BaseCommand):
    """Without an account: whoever can run it can do anything anyway."""

    help = "Read a camera inventory (CSV or Excel), say what it would change, and apply it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--district", help="legal code (11110), or 'all' for a file of the whole city")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument(
            "--without", nargs="+", default=[], choices=MENDS, metavar="KIND", help="mendings not to take"
        )
        parser.add_argument(
            "--retire-missing", action="store_true", help="cameras that the file does not have are retired"
        )
        parser.add_argument(
            "--columns",
            nargs="+",
            default=[],
            metavar="FIELD=NAME",
            help="which column says what, remembered for the form",
        )
        parser.add_argument("--undo", type=int, metavar="NUMBER", help="take an applied file back")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        try:
            if options["undo"]:
                return self._undo(options["undo"], console)
            intake = self._read(options, console)
            self._tell(intake, console)
            if options["dry_run"]:
                put_away(intake)
                console.print("Nothing was changed (--dry-run).")
                return None
            apply(intake, None, options["without"], options["retire_missing"])
        except IntakeError as error:
            raise CommandError(str(error)) from error
        console.print(f"Applied. To take it back: manage.py import_inventory --undo {intake.pk}")
        return None

    def _undo(self, number: int, console: Console) -> None:
        intake = Intake.objects.filter(pk=number).first()
        if intake is None:
            raise CommandError(f"There is no file {number}.")
        undo(intake, None)
        console.print(f"Undone. {intake.kept} cameras were changed since, and stay." if intake.kept else "Undone.")

    def _read(self, options: dict[str, Any], console: Console) -> Intake:
        path: Path | None = options["file"]
        if path is None or not path.is_file():
            raise CommandError(f"There is no file {path}." if path else "Say which file.")
        code = options["district"]
        district = District.objects.filter(code=code).first()
        if not code or (district is None and code != "all"):
            raise CommandError("Say which district: --district CODE (11110, ...) or --district all.")
        intake = take_in(None, district, path.name, path.read_bytes())
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Reading", total=100)
            read(intake, lambda percent: bar.update(task, completed=percent))
            if options["columns"] and intake.status in (Intake.Status.COLUMNS, Intake.Status.READY):
                name_columns(intake, None, self._named(options["columns"], intake))
                read(intake, lambda percent: bar.update(task, completed=percent))
        if intake.status == Intake.Status.FAILED:
            raise CommandError(str(table_problem(intake.problem)))
        if intake.status == Intake.Status.COLUMNS:
            raise CommandError(
                f"Columns not recognised: {', '.join(intake.header)}. Say --columns latitude=NAME longitude=NAME ..."
            )
        return intake

    def _named(self, pairs: list[str], intake: Intake) -> dict[str, int]:
        named = dict(intake.columns)
        for pair in pairs:
            field, _, name = pair.partition("=")
            if field not in ALIASES or name not in intake.header:
                raise CommandError(f"{pair}: a field ({', '.join(ALIASES)}) and a column of the file.")
            named[field] = intake.header.index(name)
        return named

    def _tell(self, intake: Intake, console: Console) -> None:
        counts = intake.counts
        table = Table("", "rows", title=f"{intake.name} ({intake.form})")
        for name in ("rows", "added", "changed", "unchanged", "refused", "missing"):
            table.add_row(name, f"{counts.get(name, 0):,}")
        for kind in (*REFUSES, *MENDS):
            if kind in counts["kinds"]:
                table.add_row(f"  {kind}: {note_text(kind)}", f"{counts['kinds'][kind]:,}")
        for name, number in sorted(counts["fields"].items()):
            table.add_row(f"  changes {name}", f"{number:,}")
        console.print(table)
        for row in intake.rows.filter(verdict="refused")[:SHOWN]:
            reasons = "; ".join(f"{note_text(kind)} ({field}: {given})" for kind, field, given, _ in row.notes)
            console.print(f"  line {row.line}: {reasons}", markup=False)
