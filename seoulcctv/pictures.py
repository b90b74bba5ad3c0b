"""Pictures that people send: made anew before anything else sees them."""

from __future__ import annotations

import io
from contextlib import suppress

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image as Pictures
from PIL import ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

LARGEST_BYTES = 20 * 1024 * 1024
LARGEST_PIXELS = 80_000_000
KEPT_PX = 1280  # of the longer side


class PictureError(Exception):
    """The file is none that can be used; the message is for the person who sent it."""


def as_jpeg(file: UploadedFile) -> bytes:
    """The picture alone, upright, at most ``KEPT_PX`` across: no place, no camera, nothing hidden. PictureError."""
    if (file.size or 0) > LARGEST_BYTES:
        raise PictureError(_("The picture is larger than %(limit)s MB.") % {"limit": LARGEST_BYTES // 2**20})
    try:
        with _opened(file) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise PictureError(_("The picture has too many pixels."))
            picture.draft("RGB", (KEPT_PX, KEPT_PX))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((KEPT_PX, KEPT_PX))
            out = io.BytesIO()
            Pictures.frombytes("RGB", upright.size, upright.tobytes()).save(out, "JPEG", quality=90)
    except (OSError, SyntaxError, ValueError, Pictures.DecompressionBombError) as error:
        raise PictureError(_("The file is no picture that can be read (JPEG, PNG or WebP).")) from error
    return out.getvalue()


def _opened(file: UploadedFile) -> ImageFile:
    """By the formats' own readers: ultralytics puts an ``Image.open`` of its own in place, which fetches packages for
    files that it does not know."""
    for reader in (JpegImageFile, PngImageFile, WebPImageFile):
        file.seek(0)
        with suppress(SyntaxError):  # another format
            return reader(file)
    raise SyntaxError
