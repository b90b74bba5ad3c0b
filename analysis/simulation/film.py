"""A scene and its people into an ordinary video file, and the truth of every frame.

A file is encoded one group of pictures (GOP) at a time. A group in which nobody walks and nothing
drives is not painted again: packets of the first few such groups are repeated, so that a quiet hour
costs little more than writing it down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from typing import cast

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from .people import Moving
from .scene import Scene
from .studio import Studio, TrueBox

#: Good keyframes, and no bits for sensor noise after them: a still street costs 1 kB a second at 720p and
#: people ten times that and more, as street cameras were measured to do.
QUIET_STREETS = "ipratio=3:deadzone-inter=32:aq-mode=0:nr=600"
QUIET_VARIANTS = 3  # groups of an empty street that are painted before they repeat


@dataclass(slots=True)
class Rendered:
    """What was put into a file: the truth of every frame."""

    path: Path
    duration: float
    boxes: list[TrueBox] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Coded:
    """One encoded picture; ``shown``, ``decoded``: its place in the group's order of display and decoding."""

    content: bytes
    shown: int
    decoded: int
    key: bool


def render(
    scene: Scene,
    walks: Sequence[Moving],
    path: Path,
    duration: float,
    fps: int = 8,
    gop_s: float = 2.0,
    codec: str = "libx264",
    progress: Callable[[float], None] = lambda share: None,
) -> Rendered:
    """Writes the file and returns its truth. duration: seconds; codec: libx264 or libx265."""
    result = Rendered(path, duration)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    length, total = max(1, round(gop_s * fps)), round(duration * fps)
    with av.open(str(part), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        _set_up(stream.codec_context, scene, codec, fps, length)
        for start, coded in _groups(Studio(scene, walks), codec, fps, length, total, result.boxes):
            for picture in coded:
                packet = av.Packet(picture.content)
                packet.stream, packet.time_base = stream, Fraction(1, fps)
                packet.pts, packet.dts = start + picture.shown, start + picture.decoded
                packet.is_keyframe = picture.key
                container.mux(packet)
            progress(start / total)
    part.replace(path)
    progress(1.0)
    return result


def _groups(
    studio: Studio, codec: str, fps: int, length: int, total: int, boxes: list[TrueBox]
) -> Iterator[tuple[int, list[Coded]]]:
    """Number of the first frame and packets of each group; adds the truth to ``boxes``."""
    painted: list[list[Coded]] = []
    repeated = cycle(painted)
    for start in range(0, total, length):
        frames = range(start, min(start + length, total))
        quiet = len(frames) == length and studio.empty(start / fps, frames[-1] / fps)
        if quiet and len(painted) == QUIET_VARIANTS:
            yield start, next(repeated)
            continue
        coded = _encode(studio, frames, codec, fps, length, boxes)
        if quiet:
            painted.append(coded)
        yield start, coded


def _encode(studio: Studio, frames: range, codec: str, fps: int, length: int, boxes: list[TrueBox]) -> list[Coded]:
    """One group by an encoder of its own: it refers to nothing outside."""
    encoder = cast(VideoCodecContext, av.CodecContext.create(codec, "w"))
    _set_up(encoder, studio.scene, codec, fps, length)
    packets: list[av.Packet] = []
    for number, index in enumerate(frames):
        frame, true = studio.frame(index / fps)
        boxes += true
        picture = av.VideoFrame.from_ndarray(frame, format="bgr24")
        picture.pts, picture.time_base = number, Fraction(1, fps)
        packets += encoder.encode(picture)
    packets += encoder.encode(None)
    return [Coded(bytes(p), int(p.pts or 0), int(p.dts or 0), p.is_keyframe) for p in packets]


def _set_up(encoder: VideoCodecContext, scene: Scene, codec: str, fps: int, gop: int) -> None:
    """As street cameras encode: no pictures that refer to later ones, no bit rate to fill."""
    encoder.width, encoder.height = scene.geometry.picture_width, scene.geometry.picture_height
    encoder.pix_fmt = "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, fps), Fraction(fps)
    encoder.flags |= Flags.global_header
    if codec == "libx265":
        keys = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0"
        encoder.options = {
            "preset": "ultrafast",
            "crf": "28",
            "x265-params": f"{keys}:log-level=none:pools=1:frame-threads=1:info=0",
        }
    else:
        encoder.options = {
            "preset": "superfast", "crf": "27", "g": str(gop), "sc_threshold": "0", "threads": "1", "bf": "0",
            "rc-lookahead": "0", "x264-params": QUIET_STREETS,
        }  # fmt: skip
