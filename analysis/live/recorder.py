"""What a stream brings, kept as short ordinary files: nothing is decoded or encoded again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from .reader import Piece

SEGMENT_S = 60.0


@dataclass(frozen=True, slots=True)
class Segment:
    """start, end: seconds of the stream; width, height: pixels; fps: pictures a second, about; codec: its usual name."""

    path: Path
    start: float
    end: float
    width: int
    height: int
    fps: float
    codec: str


class Recorder:
    """One stream into files of about a minute, each beginning with a keyframe. They can be read while they grow (fragmented MP4)."""

    def __init__(self, folder: Path, seconds: float = SEGMENT_S) -> None:
        self.folder, self.seconds = folder, seconds
        self.container: Any = None
        self.stream: Any = None
        self.path = folder
        self.start = self.end = 0.0
        self.count = 0
        self.size: tuple[int, int] = (0, 0)

    def add(self, piece: Piece, name: str) -> Segment | None:
        """One packet, in order; name: of the file, should one begin with it. The segment that this packet ended, if it did."""
        done = None
        if piece.keyframe and (self.container is None or piece.fresh or piece.at - self.start >= self.seconds):
            done = self.close()
            self._open(piece, name)
        if self.container is not None:
            self._write(piece)
        return done

    @property
    def current(self) -> Segment | None:
        """What is being written."""
        if self.container is None:
            return None
        length = max(self.end - self.start, 0.1)
        fps = round((self.count - 1) / length, 2) if self.count > 1 else 15.0
        return Segment(self.path, self.start, self.start + length, *self.size, max(fps, 1.0), self.codec)

    def close(self) -> Segment | None:
        """Ends the file; None where none was begun."""
        done = self.current
        if self.container is not None:
            self.container.close()
            self.container = None
        return done

    def _open(self, piece: Piece, name: str) -> None:
        context = piece.stream.codec_context
        if not context.width:  # nothing was probed: the first keyframe tells
            copy = av.CodecContext.create(context.name, "r")
            copy.extradata = context.extradata
            shown = copy.decode(av.Packet(bytes(piece.packet))) or copy.decode(None)
            self.size = (shown[0].width, shown[0].height) if shown else (0, 0)
        else:
            self.size = (context.width, context.height)
        if not all(self.size):
            return  # with the next keyframe, perhaps
        self.codec = context.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / name
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
        self.container = av.open(str(self.path), "w", format="mp4", options=options)
        self.stream = self.container.add_stream_from_template(piece.stream, opaque=True)
        self.stream.width, self.stream.height = self.size
        self.start, self.end, self.count = piece.at, piece.at, 0
        self.zero = (piece.packet.dts if piece.packet.dts is not None else piece.packet.pts) or 0

    def _write(self, piece: Piece) -> None:
        packet = av.Packet(bytes(piece.packet))
        packet.time_base = piece.packet.time_base
        packet.pts = piece.packet.pts - self.zero
        packet.dts = piece.packet.dts - self.zero if piece.packet.dts is not None else packet.pts
        packet.is_keyframe = piece.keyframe
        packet.stream = self.stream
        self.container.mux(packet)
        self.end, self.count = max(self.end, piece.at), self.count + 1
