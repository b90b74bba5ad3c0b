"""Reads one file of an inventory that waits: see ``cameras.reading_beside``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cameras.reading_beside import read_here


class Command(BaseCommand):
    help = "Read a file of an inventory that was brought in and waits (the site starts this by itself)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        read_here(options["number"])
