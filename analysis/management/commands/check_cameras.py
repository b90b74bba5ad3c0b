"""Looks at the condition of cameras by their latest recordings."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from analysis.health import check_some, due
from cameras.models import Camera, CameraHealth, District


class Command(BaseCommand):
    """Workers do the same now and then, a few cameras at a time, while no search waits."""

    help = "Look at the condition of cameras (dark, covered, moved, out of focus, silent) by their latest recordings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--district", help="legal code, such as 11110")
        parser.add_argument("--all", action="store_true", help="also those that were looked at lately")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["district"]
        if code and not District.objects.filter(pk=code).exists():
            raise CommandError(f"There is no district {code}.")
        everyone = Camera.objects.exclude(status=Camera.Status.RETIRED).filter(recordings__isnull=False).distinct()
        cameras = everyone.order_by("pk") if options["all"] else due()
        cameras = cameras.filter(district=code) if code else cameras
        console, counts = Console(), Counter[str]()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("Cameras", total=cameras.count())

            def told(camera: Camera, health: CameraHealth) -> None:
                bar.advance(task)
                counts.update(health.findings or ["in order"])
                if health.findings:
                    console.print(f"{camera}: {', '.join(health.findings)}")

            number = check_some(cameras.iterator(500), told)
        table = Table("condition", "cameras")
        for name, count in counts.most_common():
            table.add_row(name, str(count))
        console.print(f"{number} cameras looked at")
        if number:
            console.print(table)
