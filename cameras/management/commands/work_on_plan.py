"""Makes a plan that waits, or measures areas: see ``cameras.upgrades.beside``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cameras.upgrades.beside import make_here, measure_here


class Command(BaseCommand):
    help = "Make a plan that waits, or measure areas (the site starts this by itself)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--plan", type=int)
        which.add_argument("--areas", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"]:
            make_here(options["plan"])
        else:
            measure_here(options["areas"])
