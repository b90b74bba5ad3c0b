"""Brings video files in as recordings of a camera."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.footage import FootageError
from cameras.models import Camera
from cameras.services import import_recording


class Command(BaseCommand):
    """Files follow each other in time: the first begins at --start, each next where the last ended."""

    help = "Import video files as recordings of one camera."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--camera", required=True, help="the camera's id, or its asset number")
        parser.add_argument(
            "--start", required=True, help="ISO time, e.g. 2026-11-24T14:00:00+09:00 (Seoul time if no zone)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        camera = self._camera(options["camera"])
        start = self._start(options["start"])
        refused = 0
        for path in options["files"]:
            try:
                recording = import_recording(path, camera, start)
            except FootageError as error:
                refused += 1
                self.stderr.write(self.style.ERROR(f"{path}: {error}"))
                continue
            start = recording.end
            self.stdout.write(
                f"{path}: {recording.codec} {recording.width}x{recording.height}, {recording.fps:g} fps, "
                f"{recording.duration.total_seconds():.1f} s -> #{recording.pk} "
                f"{timezone.localtime(recording.start):%Y-%m-%d %H:%M:%S}"
                + (f" ({recording.problem_text})" if recording.problem else "")
            )
        if refused:
            raise CommandError(_("%(count)s files were refused.") % {"count": refused})

    def _camera(self, value: str) -> Camera:
        found = Camera.objects.filter(asset_number=value)
        if value.isdigit() and not found.exists():
            found = Camera.objects.filter(pk=int(value))
        if found.count() != 1:
            raise CommandError(_("There is no single camera %(name)s.") % {"name": value})
        return found.get()

    def _start(self, value: str) -> datetime:
        try:
            start = datetime.fromisoformat(value)
        except ValueError as error:
            raise CommandError(_("%(value)s is not an ISO time.") % {"value": value}) from error
        return timezone.make_aware(start) if timezone.is_naive(start) else start
