"""A few seconds of a recording as a small film that browsers play, whatever the camera recorded in."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from . import decode
from .types import Image, PipelineError, Problem, Window

LONGEST_PX = 960  # of the longer side
RATE = 15.0  # pictures a second, at most
LONGEST_S = 30.0
TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True)
class Clip:
    """content: MP4 (H.264); start: the recording's second at which it begins; scale: full-size pixels for each of its."""

    content: bytes
    start: float
    scale: float


def clip(path: Path, window: Window) -> Clip:
    """The window, cut to ``LONGEST_S`` from its start. PipelineError when nothing of it can be decoded."""
    window = Window(window.start, min(window.end, window.start + LONGEST_S))
    out, damage = io.BytesIO(), decode.Damage()
    start = scale = 0.0
    stream = None
    with av.open(out, "w", format="mp4") as container:
        for frame in decode.frames(path, window, RATE, LONGEST_PX, damage):
            picture = _even(frame.image)
            if stream is None:
                start, scale = frame.time, frame.scale
                stream = container.add_stream("libx264", rate=round(RATE))
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt, stream.codec_context.time_base = "yuv420p", TIME_BASE
                stream.options = {"preset": "ultrafast", "crf": "23", "g": "15", "tune": "fastdecode"}
            if picture.shape[:2] != (stream.height, stream.width):
                break  # the camera was set to another size
            made = av.VideoFrame.from_ndarray(picture, format="bgr24")
            made.pts, made.time_base = round((frame.time - start) / TIME_BASE), TIME_BASE
            container.mux(stream.encode(made))
        if stream is None:
            message = f"{path.name}: no picture between {window.start:.1f} and {window.end:.1f} s"
            raise PipelineError(Problem.NO_PICTURES, message)
        container.mux(stream.encode(None))
    return Clip(out.getvalue(), start, scale)


def _even(picture: Image) -> Image:
    """Without the last row or column where the number is odd, for the encoder halves both."""
    height, width = picture.shape[:2]
    return np.ascontiguousarray(picture[: height // 2 * 2, : width // 2 * 2])
