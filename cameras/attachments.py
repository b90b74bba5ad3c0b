"""Photographs and papers about cameras: checked, made anew where that can be done, kept outside what the web serves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from seoulcctv.pictures import PictureError, as_jpeg

from .keeping import KeepingError, refuse_strangers
from .models import Attachment, Camera

MOST = 40  # of a camera
LARGEST_PAPER = 20 * 1024 * 1024
PDF = b"%PDF-"
ENDINGS = {Attachment.Kind.PHOTO: "jpg", Attachment.Kind.PAPER: "pdf"}


@transaction.atomic
def attach(camera: Camera, by: Any, file: UploadedFile, name: str = "") -> Attachment:
    """A photograph (JPEG, PNG, WebP) or a PDF. KeepingError says why it is refused; then nothing is left behind."""
    refuse_strangers(by, camera.district)
    Camera.objects.select_for_update().only("pk").get(pk=camera.pk)
    if camera.attachments.count() >= MOST:
        raise KeepingError(_("There are enough attachments; remove one first."))
    kind, content = _content(file)
    relative = f"{camera.district_id}/{camera.pk}/{uuid4().hex}.{ENDINGS[kind]}"
    target = Path(settings.ATTACHMENTS_ROOT) / relative
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        part.write_bytes(content)
        os.replace(part, target)
    except OSError as error:
        raise KeepingError(_("The file could not be stored: %(reason)s.") % {"reason": error.strerror}) from error
    try:
        return Attachment.objects.create(
            camera=camera, kind=kind, name=_name(name or file.name or ""), file=relative, size=len(content), by=by
        )
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@transaction.atomic
def detach(attachment: Attachment, by: Any) -> None:
    """The file goes with it, once that is certain."""
    refuse_strangers(by, attachment.camera.district)
    path = path_of(attachment)
    attachment.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def path_of(attachment: Attachment) -> Path:
    """Where the file lies."""
    return Path(settings.ATTACHMENTS_ROOT) / attachment.file


def _content(file: UploadedFile) -> tuple[str, bytes]:
    begin = file.read(len(PDF))
    file.seek(0)
    if begin == PDF:
        if (file.size or 0) > LARGEST_PAPER:
            raise KeepingError(_("The document is larger than %(limit)s MB.") % {"limit": LARGEST_PAPER // 2**20})
        return Attachment.Kind.PAPER, file.read()
    try:
        return Attachment.Kind.PHOTO, as_jpeg(file)
    except PictureError as error:
        raise KeepingError(
            _("Only photographs (JPEG, PNG, WebP) and PDF documents can be attached. %(reason)s") % {"reason": error}
        ) from error


def _name(given: str) -> str:
    """Printable, and without a path."""
    plain = "".join(c for c in given.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    return plain[:120] or _("without a name")
