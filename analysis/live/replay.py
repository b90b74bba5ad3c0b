"""A file as if a stream had brought it: for measurements, as fast as it can be read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import av

from .eye import Eye, Report
from .reader import Piece


def pieces_of(path: Path) -> Iterator[Piece]:
    """Its packets in order; ``arrived``: when they were read."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        first = None
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None and packet.time_base is not None:
                at = float(packet.pts * packet.time_base)
                fresh, first = first is None, at if first is None else first
                yield Piece(at - first, time.monotonic(), packet.is_keyframe, packet.size, packet, stream, fresh)


def replayed(eye: Eye, path: Path) -> list[tuple[float, Report]]:
    """What an eye tells of it, each with the second of the file at which it is known."""
    told: list[tuple[float, Report]] = []
    last: Piece | None = None
    for last in pieces_of(path):
        told += [(last.at, report) for report in eye.take(last)]
    if last is not None:
        told += [(last.at, report) for report in eye.end(last)]
    return told
