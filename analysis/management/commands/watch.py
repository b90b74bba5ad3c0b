"""Watches live streams for the cases that are open: see ``analysis.watching``."""

from __future__ import annotations

import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from analysis.watching.watcher import WatchingProcess


class Command(BaseCommand):
    """What the process manager starts; ends on SIGTERM and Ctrl-C. Several may run, on several hosts."""

    help = "Watch the live streams of intelligent cameras for the cases that are open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--streams", type=int, default=40, help="how many this process can carry")
        parser.add_argument("--name", default=f"{settings.MACHINE}:{os.getpid()}")

    def handle(self, *args: Any, **options: Any) -> None:
        process = WatchingProcess(options["name"], options["streams"], list(settings.DISTRICTS))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_told: process.over.set())
        self.stdout.write(f"{process.name} watches up to {process.holds} streams")
        process.run()
