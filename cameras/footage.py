"""Is this file usable footage, and what is in it? By PyAV, without decoding more than a little."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from django.utils.translation import gettext as _

MAX_PIXELS = 8192 * 4608
MAX_HOURS = 26.0
CHUNK = 1024 * 1024
#: What may be opened at all: lists that lead to other files or addresses (HLS, concat) are not among them.
FORMATS = {"mov", "mp4", "m4a", "matroska", "webm", "avi", "mpegts", "mpeg", "asf", "flv", "h264", "hevc", "mpegvideo"}
OPEN = {"format_whitelist": ",".join(sorted(FORMATS)), "protocol_whitelist": "file"}


class FootageError(Exception):
    """Why a file is refused; a sentence for the person who brought it."""


@dataclass(frozen=True, slots=True)
class FootageFacts:
    """duration, gop: seconds (gop None when there is one keyframe only); size: bytes."""

    codec: str
    width: int
    height: int
    fps: float
    duration: float
    gop: float | None
    size: int
    truncated: bool


def probe(path: Path) -> FootageFacts:
    """Facts of a video file. FootageError when it is not video, broken beyond use, or absurd."""
    size = path.stat().st_size if path.is_file() else -1
    if size < 0:
        raise FootageError(_("There is no file %(name)s.") % {"name": path.name})
    if size == 0:
        raise FootageError(_("The file is empty."))
    try:
        with av.open(str(path), metadata_errors="ignore", options=OPEN) as container:
            if not set(container.format.name.split(",")) & FORMATS:
                raise FootageError(_("This is not a video file."))
            if not container.streams.video:
                raise FootageError(_("The file holds no video."))
            stream = container.streams.video[0]
            width, height = stream.codec_context.width, stream.codec_context.height
            if width <= 0 or height <= 0:
                raise FootageError(_("The file's picture size cannot be read."))
            if width * height > MAX_PIXELS or max(width, height) > 16384:
                raise FootageError(
                    _("The file claims %(width)s x %(height)s pixels, more than any camera here has.")
                    % {"width": width, "height": height}
                )
            claimed = float(container.duration or 0) / av.time_base
            stamped = stream.start_time is not None
            rate = float((stream.average_rate if stamped else None) or stream.guessed_rate or 0)
            times, keys = _packet_times(container, stream, rate)
            codec = stream.codec_context.name
    except (av.FFmpegError, OSError, UnicodeDecodeError) as error:
        raise FootageError(_("This is not a video file, or it is damaged beyond use.")) from error
    if len(times) < 2:
        raise FootageError(_("The file holds no moving pictures."))
    span = float(times[-1] - times[0])
    fps = rate if 0 < rate <= 240 else (len(times) - 1) / max(span, 1e-3)
    duration = span + 1 / fps
    if duration > MAX_HOURS * 3600:
        raise FootageError(_("The file claims to be longer than a day; cut it into shorter ones."))
    if fps > 240:
        raise FootageError(_("The file's times cannot be read."))
    _must_decode(path)
    gaps = np.diff(keys)
    return FootageFacts(
        codec=codec,
        width=width,
        height=height,
        fps=round(fps, 3),
        duration=duration,
        gop=round(float(np.median(gaps)), 3) if len(gaps) else None,
        size=size,
        truncated=bool(claimed and duration < 0.9 * claimed),
    )


def _packet_times(
    container: av.container.InputContainer, stream: av.VideoStream, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Sorted times (s) of all packets and of the keyframes; a truncated tail is left out. Where a stream bears no
    times, by its frame rate."""
    base = float(stream.time_base or 1)
    times, keys = [], []
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            break
        stamp = packet.pts if packet.pts is not None else packet.dts
        if not packet.size:
            continue
        times.append(len(times) / (rate or 25) if stamp is None else stamp * base)
        if packet.is_keyframe:
            keys.append(times[-1])
    return np.sort(np.array(times)), np.sort(np.array(keys))


def _must_decode(path: Path, attempts: int = 200) -> None:
    """At least one of the first pictures must come out whole."""
    try:
        with av.open(str(path), metadata_errors="ignore", options=OPEN) as container:
            for count, packet in enumerate(container.demux(container.streams.video[0])):
                try:
                    if packet.decode():
                        return
                except av.FFmpegError:
                    pass
                if count > attempts:
                    break
    except (av.FFmpegError, OSError):
        pass
    raise FootageError(_("None of the file's first pictures can be decoded."))


def digest_of(path: Path) -> str:
    """SHA-256 of the file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
