"""One camera's stream: its packets as they arrive, through whatever happens to it.

RTSP over TCP by PyAV. A stream that ends, stalls, sends rubbish or refuses is taken up again, after a wait that doubles and is
never longer than a few seconds: a camera that comes back is read again within five.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import av
from av.video.stream import VideoStream

from .relay import Relay, relayed

OPEN_S, READ_S = 5.0, 4.0  # without an answer, without a packet
LATE_S = 2.0  # of no packet, after which a stream is late
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 3.0
STEADY_S = 10.0  # of packets, after which the wait begins small again


class State(StrEnum):
    """How a stream does."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LATE = "late"
    DOWN = "down"
    REFUSED = "refused"  # the password, the path, or the camera itself says no


class Problem(StrEnum):
    """Why a stream is down."""

    NONE = ""
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PASSWORD = "password"  # noqa: S105  (a kind of problem)  # nosec B105
    NOT_FOUND = "not_found"
    REDIRECTED = "redirected"
    NO_RTSP = "no_rtsp"
    NO_VIDEO = "no_video"
    CODEC = "codec"
    STALLED = "stalled"
    ENDED = "ended"
    BROKEN = "broken"
    OUTSIDE = "outside"  # of the networks that are allowed


CODECS = ("h264", "hevc")
FINAL = {Problem.PASSWORD, Problem.NOT_FOUND, Problem.NO_VIDEO, Problem.CODEC, Problem.REDIRECTED}


@dataclass(frozen=True, slots=True)
class Address:
    """ip, port: where the camera is, resolved and allowed; path: with its leading slash and its query; user, password: empty
    where none are asked for."""

    ip: str
    port: int
    path: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password: this may be logged."""
        return f"Address({self.ip}:{self.port})"


@dataclass(frozen=True, slots=True)
class Piece:
    """A packet as it came. at: seconds since the stream was opened, by the camera's clock; arrived: ``time.monotonic()``;
    packet, stream: PyAV's, to be decoded in order; fresh: the first one after the stream was opened anew."""

    at: float
    arrived: float
    keyframe: bool
    size: int
    packet: Any
    stream: VideoStream
    fresh: bool


class Broken(Exception):
    """A stream that cannot be read on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def pieces(address: Address, stop: threading.Event | None = None) -> Iterator[Piece]:
    """From one opening to whatever ends it: Broken says what that was; without one, ``stop`` was set."""
    with relayed((address.ip, address.port)) as relay:
        try:
            yield from _read(address, relay, stop or threading.Event())
        except av.FFmpegError as error:
            raise Broken(_problem(error, relay)) from None  # its text holds the address with the password
    if not (stop and stop.is_set()):
        raise Broken(Problem.ENDED)


def _read(address: Address, relay: Relay, stop: threading.Event) -> Iterator[Piece]:
    login = f"{quote(address.user, safe='')}:{quote(address.password, safe='')}@" if address.user else ""
    # nothing is probed: what the decoder needs comes with the first keyframe, and probing would wait two seconds for it
    options = {
        "rtsp_transport": "tcp", "allowed_media_types": "video", "fflags": "nobuffer", "max_delay": "0",
        "probesize": "32", "analyzeduration": "0", "fpsprobesize": "0",
    }  # fmt: skip
    url = f"rtsp://{login}127.0.0.1:{relay.port}{address.path}"
    with av.open(url, options=options, timeout=(OPEN_S, READ_S)) as container:
        if not container.streams.video:
            raise Broken(Problem.NO_VIDEO)
        stream = container.streams.video[0]
        if stream.codec_context.name not in CODECS:
            raise Broken(Problem.CODEC)
        first, fresh, seen = None, True, False
        for packet, arrived in _whole(container.demux(stream)):
            if stop.is_set():
                return
            seen = seen or packet.is_keyframe
            if not seen:
                continue  # nothing can be decoded before the first keyframe
            at = float(packet.pts * packet.time_base)
            first = at if first is None else first
            yield Piece(at - first, arrived, packet.is_keyframe, packet.size, packet, stream, fresh)
            fresh = False


def _whole(packets: Iterator[av.Packet]) -> Iterator[tuple[Any, float]]:
    """Pictures instead of their parts: a camera sends parameters and slices of a picture one by one, with one time. Each with
    the arrival of its first part; it is known to be whole when the next one comes."""
    parts: list[Any] = []
    arrived = 0.0
    for packet in packets:
        if not packet.size or packet.pts is None or packet.time_base is None:
            continue
        if parts and packet.pts != parts[0].pts:
            yield _joined(parts), arrived
            parts = []
        if not parts:
            arrived = time.monotonic()
        parts.append(packet)


def _joined(parts: list[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    whole = av.Packet(b"".join(bytes(part) for part in parts))
    whole.pts, whole.dts, whole.time_base = parts[0].pts, parts[0].dts, parts[0].time_base
    whole.is_keyframe = any(part.is_keyframe for part in parts)
    return whole


def _problem(error: av.FFmpegError, relay: Relay) -> Problem:
    if relay.problem in set(Problem) - {Problem.NONE}:
        return Problem(relay.problem)
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return Problem.PASSWORD
    if isinstance(error, av.error.HTTPNotFoundError):
        return Problem.NOT_FOUND
    if isinstance(error, av.error.ExitError | TimeoutError):
        return Problem.STALLED
    if isinstance(error, av.error.EOFError):
        return Problem.ENDED
    return Problem.BROKEN


class Reader:
    """Keeps one stream open in a thread of its own. on_piece: called with each; on_state: with a state and why, when it
    changes. Both are called from that thread."""

    def __init__(
        self,
        address: Callable[[], Address],
        on_piece: Callable[[Piece], None],
        on_state: Callable[[State, Problem], None],
    ) -> None:
        """address: asked for anew at each opening, since names may come to mean other machines; Broken where it may not be."""
        self.address, self.on_piece, self.on_state = address, on_piece, on_state
        self.over = threading.Event()
        self.state: State | None = None
        self.last = time.monotonic()
        self.thread = threading.Thread(target=self._run, name="stream", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self, patience_s: float = OPEN_S + READ_S + 1) -> bool:
        """Ends it; whether nothing is open any more, after so long at the most."""
        self.over.set()
        if self.thread.is_alive():
            self.thread.join(patience_s)
        return not self.thread.is_alive()

    def look(self) -> None:
        """To be called now and then: a stream without packets is late before it is down."""
        if self.state == State.CONNECTED and time.monotonic() - self.last > LATE_S:
            self._tell(State.LATE, Problem.NONE)

    def _run(self) -> None:
        wait = FIRST_WAIT_S
        while not self.over.is_set():
            begin = time.monotonic()
            try:
                self._tell(State.CONNECTING if self.state is None else self.state, Problem.NONE)
                for piece in pieces(self.address(), self.over):
                    self.last = piece.arrived
                    self._tell(State.CONNECTED, Problem.NONE)
                    self.on_piece(piece)
            except Broken as broken:
                refused = broken.problem in FINAL
                self._tell(State.REFUSED if refused else State.DOWN, broken.problem)
            if time.monotonic() - begin > STEADY_S:
                wait = FIRST_WAIT_S
            self.over.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)

    def _tell(self, state: State, problem: Problem) -> None:
        if state != self.state:
            self.state = state
            self.on_state(state, problem)
