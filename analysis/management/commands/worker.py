"""Runs the task cluster under its watchdog."""

from typing import Any

from django.core.management.base import BaseCommand

from analysis import watchdog


class Command(BaseCommand):
    """What the process manager starts; ends on SIGTERM and Ctrl-C."""

    help = "Run the task cluster under a watchdog that restarts it when it stalls."

    def handle(self, *args: Any, **options: Any) -> None:
        watchdog.run()
