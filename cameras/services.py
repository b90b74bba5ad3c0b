"""Footage in: a file becomes a recording, or is refused whole."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from .footage import FootageError, digest_of, probe
from .models import Camera, Recording

#: Sent by whoever let somebody bring footage in: ``recording``, ``request``. Apps above listen.
recording_imported = Signal()

FUTURE_TOLERANCE = timedelta(minutes=10)
SEAM = timedelta(seconds=2)  # files of one camera may overlap so much; the earlier one is kept whole


def import_recording(path: Path, camera: Camera, start: datetime, *, simulated: bool = False) -> Recording:
    """Copies a file into the footage folder and makes its recording.

    start: when the camera's own clock says that the file begins (aware); the camera's clock
    offset is taken off. FootageError says why a file is refused; then nothing is left behind.
    """
    if timezone.is_naive(start):
        raise FootageError(_("The start needs a time zone, such as 2026-11-24T14:00:00+09:00."))
    true_start = start - timedelta(seconds=camera.clock_offset_s)
    if true_start > timezone.now() + FUTURE_TOLERANCE:
        raise FootageError(_("The start lies in the future."))
    if true_start.year < 2000:
        raise FootageError(_("The start lies before the year 2000: the camera's clock may be wrong."))
    facts = probe(path)
    end = true_start + timedelta(seconds=facts.duration)
    true_start, end = _without_seams(camera, true_start, end)
    digest = digest_of(path)
    if Recording.objects.filter(camera=camera, digest=digest).exists():
        raise FootageError(_("This file was already imported for this camera."))
    relative = (
        Path(camera.district_id)
        / str(camera.pk)
        / f"{true_start:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}{path.suffix.lower()[:8]}"
    )
    target = Path(settings.FOOTAGE_ROOT) / relative
    _copy(path, target, facts.size)
    try:
        with transaction.atomic():
            return Recording.objects.create(
                camera=camera,
                start=true_start,
                end=end,
                file=str(relative),
                digest=digest,
                size=facts.size,
                codec=facts.codec,
                width=facts.width,
                height=facts.height,
                fps=facts.fps,
                gop_s=facts.gop,
                simulated=simulated,
                problem="truncated" if facts.truncated else "",
            )
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, IntegrityError):
            raise FootageError(_("The camera already has footage of that time.")) from error
        raise


def _without_seams(camera: Camera, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Trims the small overlap that consecutive files of one camera often have."""
    for other in camera.recordings.filter(start__lt=end, end__gt=start):
        if start - SEAM <= other.end - SEAM <= start and other.start < start:
            start = other.end
        elif end - SEAM <= other.start < end and other.end > end:
            end = other.start
        else:
            raise FootageError(_("The camera already has footage of that time."))
    return start, end


def _copy(source: Path, target: Path, size: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(target.parent).free < size + 64 * 1024 * 1024:
        raise FootageError(_("There is not enough disk space for this file."))
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        os.replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise FootageError(_("The file could not be stored: %(reason)s.") % {"reason": error.strerror}) from error
