"""Checks the access log from its first row to its last."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.signing import BadSignature

from cases.chain import anchors_of, breaks, end_of_chain

SHOWN = 20
WORDS = {
    "edited": "was changed",
    "missing": "is missing",
    "unchained": "was put in past the chain",
    "cut_off": "is gone: the log was longer when it was anchored",
}


class Command(BaseCommand):
    """Ends with an error when a row was changed, removed, put in or moved; says which."""

    help = "Verify the access log's chain, and its end against the signed anchors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, default=settings.ANCHORS, help="file of signed anchors")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchors = anchors_of(options["anchors"])
        except BadSignature as error:
            raise CommandError(f"{options['anchors']}: an anchor's signature is wrong.") from error
        found = list(breaks(anchors))
        for one in found[:SHOWN]:
            where = f"Row {one.position}" if one.position else f"The row with id {one.row}"
            self.stderr.write(f"{where} {WORDS[one.kind]}.")
        if len(found) > SHOWN:
            self.stderr.write(f"... and {len(found) - SHOWN} more.")
        if found:
            raise CommandError(f"The access log is not as it was written: {len(found)} rows.")
        end = end_of_chain()
        self.stdout.write(
            f"The access log is whole: {end.position if end else 0} rows, {len(anchors)} anchors. End: {end.hash if end else '-'}"
        )
