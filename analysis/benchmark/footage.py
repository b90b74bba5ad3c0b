"""Footage of the benchmark: simulated streets, and a real clip brought to the same form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import PictureType

from ..pipeline.decode import opened, read_packets
from ..simulation.city import Spec, build
from ..simulation.scenario import Scenario

FPS, GOP_S, HEIGHT = 15, 2.0, 1080
START_S = 900.0  # after the person was last seen all footage begins

_QUIET = Spec(
    "Two hours of quiet streets from eight cameras: somebody in view in a tenth of the time.",
    way="jongno",
    cameras=1,
    aside=7,
    minutes=15.0,
    crowd=0.5,
    continuous=True,
    scatter=500.0,
    sizes=((1920, HEIGHT),),
    size_shares=(1.0,),
    rates=(FPS,),
    gops=(GOP_S,),
    wind=0.0,
    traffic=0.2,
)
#: Both in full HD, H.264, at 15 frames a second with a keyframe every two seconds.
SPECS: dict[str, Spec] = {
    "people in a tenth of the time": _QUIET,
    "people always in view": replace(
        _QUIET,
        about="Four minutes of a crowd from four cameras, trees in the wind, traffic.",
        aside=3,
        minutes=1.0,
        crowd=16.0,
        wind=0.3,
        traffic=1.0,
    ),
}


def scenario(name: str, minutes: float | None = None) -> Scenario:
    """One of ``SPECS``, all of it in H.264 and within reach of the person. minutes: of each camera, other than usual."""
    spec = SPECS[name]
    made = build(name, replace(spec, minutes=minutes or spec.minutes), 1)
    return replace(made, cameras=tuple(replace(c, codec="libx264", start=START_S) for c in made.cameras))


def brought_to_form(source: Path, target: Path, told: Callable[[float], None] = lambda share: None) -> Path:
    """A real clip as a full HD camera would have recorded it: scaled to 1080 lines, same time, rate and GOP as above."""
    if target.is_file():
        return target
    duration = read_packets(source).duration
    part = target.with_name(f"{target.stem}.part.mp4")
    with opened(source) as (container, stream), av.open(str(part), "w") as output:
        width = 2 * round(HEIGHT * stream.width / stream.height / 2)
        made = output.add_stream("libx264", rate=FPS)
        made.width, made.height, made.pix_fmt = width, HEIGHT, "yuv420p"
        made.options = {
            "preset": "superfast",
            "crf": "25",
            "g": str(round(FPS * GOP_S)),
            "sc_threshold": "0",
            "bf": "0",
        }
        zero, number = float((stream.start_time or 0) * (stream.time_base or 0)), 0
        for frame in container.decode(stream):
            time = (frame.time or 0.0) - zero
            picture = frame.reformat(width, HEIGHT, "yuv420p")
            picture.pict_type = PictureType.NONE  # the source's keyframes are not the camera's
            while number / FPS <= time + 1e-6:  # a slower clip shows some pictures twice
                picture.pts, picture.time_base = number, Fraction(1, FPS)
                output.mux(made.encode(picture))
                number += 1
            told(min(time / duration, 1.0))
        output.mux(made.encode(None))
    part.replace(target)
    return target


def piece(source: Path, start: float, seconds: float, target: Path) -> Path:
    """A part of a file as it is, from the keyframe before ``start``."""
    with opened(source) as (container, stream), av.open(str(target), "w") as output:
        made = output.add_stream_from_template(stream)
        base = float(stream.time_base or 1)
        container.seek(int(start / base), stream=stream)
        first: int | None = None
        for packet in container.demux(stream):
            if not packet.size or packet.pts is None or packet.dts is None:
                continue
            first = packet.pts if first is None else first
            if (packet.pts - first) * base >= seconds:
                break
            packet.pts, packet.dts, packet.stream = packet.pts - first, packet.dts - first, made
            output.mux(packet)
    return target
