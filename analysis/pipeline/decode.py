"""Packets, keyframes and frames of a recording, by PyAV. Damage is counted, not fatal."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from .accelerator import ON_CPU
from .types import Frame, Image, PipelineError, Problem, Window

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PacketTable:
    """One row a packet, in order of time.

    times ``(n,) float64`` seconds since the first packet; sizes ``(n,) int64`` bytes;
    keyframes ``(n,) bool``.
    """

    times: NDArray[np.float64]
    sizes: NDArray[np.int64]
    keyframes: NDArray[np.bool_]
    duration: float


LONGEST_S = 26 * 3600.0  # of a recording; what claims to be longer has times that mean nothing
SEEK_S = 20.0  # a keyframe further ahead is sought, a nearer one read up to


class Damage:
    """Counts packets that the decoder refused."""

    def __init__(self) -> None:
        self.packets = 0


@contextmanager
def opened(path: Path, by: str = ON_CPU) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its first video stream. PipelineError when there is none. by: see ``accelerator``."""
    try:
        container = _open(path, by)
    except (av.FFmpegError, OSError) as error:
        raise PipelineError(Problem.CANNOT_OPEN, f"{path.name}: cannot be opened ({error})") from error
    with container:
        if not container.streams.video:
            raise PipelineError(Problem.NO_VIDEO, f"{path.name}: holds no video")
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise PipelineError(Problem.NO_VIDEO, f"{path.name}: holds no video that can be decoded")
        stream.thread_type = "AUTO"
        yield container, stream


def _open(path: Path, by: str) -> InputContainer:
    how = partial(av.open, str(path), metadata_errors="ignore", options={"protocol_whitelist": "file"})
    if by == ON_CPU:
        return how()
    try:
        return how(hwaccel=HWAccel(device_type=by, allow_software_fallback=True))
    except (av.FFmpegError, OSError):  # the hardware is not there; what it cannot decode, the library does by itself
        container = how()
        _tell_once(by)
        return container


@cache
def _tell_once(by: str) -> None:
    logger.warning("videos are decoded by the processor: %s is not to be had", by)


def in_batches(source: Iterable[Frame], size: int) -> Iterator[list[Frame]]:
    """Frames in lists of at most ``size``."""
    iterator = iter(source)
    while batch := list(islice(iterator, size)):
        yield batch


class Clock:
    """Seconds since the first picture, from the stream's own stamps; where there are none (a bare H.264 stream),
    from the frame rate, by counting on."""

    def __init__(self, stream: VideoStream) -> None:
        self.unit, self.zero = float(stream.time_base or 1), stream.start_time or 0
        self.stamped = stream.start_time is not None
        rate = stream.average_rate if self.stamped else stream.guessed_rate
        self.step = 1 / float(rate or stream.guessed_rate or 25)
        self.last = -self.step

    def read(self, stamp: int | None) -> float:
        """Of a packet or frame; to be asked in their order."""
        self.last = self.last + self.step if stamp is None else (stamp - self.zero) * self.unit
        return self.last

    def stamp(self, time: float) -> int:
        """The stream's own unit for a time."""
        return int(time / self.unit) + self.zero


def _stamp(packet: av.Packet) -> int | None:
    return packet.pts if packet.pts is not None else packet.dts


def read_packets(path: Path) -> PacketTable:
    """Sizes and times of all packets; nothing is decoded (thousands of times real time)."""
    times: list[float] = []
    sizes: list[int] = []
    keys: list[bool] = []
    with opened(path) as (container, stream):
        clock = Clock(stream)
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError):
                break  # a truncated file ends early: what came before stays good
            if not packet.size:
                continue
            times.append(clock.read(_stamp(packet)))
            sizes.append(packet.size)
            keys.append(packet.is_keyframe)
    if not times:
        raise PipelineError(Problem.NO_PICTURES, f"{path.name}: holds no pictures")
    order = np.argsort(np.asarray(times), kind="stable")
    ordered = np.asarray(times, dtype=np.float64)[order]
    if not ordered[-1] - ordered[0] < LONGEST_S:
        hours = (ordered[-1] - ordered[0]) / 3600
        raise PipelineError(Problem.WRONG_TIMES, f"{path.name}: its times span {hours:.0f} hours and cannot be right")
    return PacketTable(
        times=ordered,
        sizes=np.asarray(sizes, dtype=np.int64)[order],
        keyframes=np.asarray(keys, dtype=np.bool_)[order],
        duration=float(ordered[-1] - ordered[0] + clock.step),
    )


def _decoded(container: InputContainer, stream: VideoStream, damage: Damage) -> Iterator[av.VideoFrame]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.FFmpegError:
            damage.packets += 1
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:
            damage.packets += 1


def picture(frame: av.VideoFrame, time: float, longest: int) -> Frame:
    """Scaled down to at most ``longest`` pixels of the longer side, and upright where the file says that it is not."""
    scale, full = max(1.0, max(frame.width, frame.height) / longest), frame
    turns = round(frame.rotation / 90) % 4
    if scale > 1.0:
        size = (round(frame.width / scale), round(frame.height / scale))
        frame = frame.reformat(width=size[0], height=size[1], format="bgr24", interpolation="FAST_BILINEAR")
    image = frame.to_ndarray(format="bgr24")
    if turns:
        return Frame(time, np.ascontiguousarray(np.rot90(image, turns)), scale)
    return Frame(time, image, scale, partial(cut, full) if scale > 1.0 and full.format.name in PLANAR else None)


def cut(frame: av.VideoFrame, x1: int, y1: int, x2: int, y2: int) -> Image:
    """A part of a picture in one of the ``PLANAR`` formats, full size; only its own pixels are converted.

    Bounds are widened to even ones, as colours are kept for two by two pixels.
    """
    left, top = x1 // 2, y1 // 2
    right, bottom = min((x2 + 1) // 2, frame.width // 2), min((y2 + 1) // 2, frame.height // 2)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    across = 4 - len(frame.planes)  # colours side by side in a plane
    light, *colour = (
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width * side_by_side]
        for plane, side_by_side in zip(frame.planes, (1, across, across), strict=False)
    )
    of_colour = slice(across * left, across * right)
    parts = [light[2 * top : 2 * bottom, 2 * left : 2 * right]] + [plane[top:bottom, of_colour] for plane in colour]
    joined = np.concatenate([part.reshape(-1) for part in parts]).reshape(3 * (bottom - top), 2 * (right - left))
    if frame.format.name == "yuvj420p" or frame.color_range == av.video.reformatter.ColorRange.JPEG:
        joined[: 2 * (bottom - top)] = cv2.LUT(joined[: 2 * (bottom - top)], _LESS_LIGHT)
        joined[2 * (bottom - top) :] = cv2.LUT(joined[2 * (bottom - top) :], _LESS_COLOUR)
    return cv2.cvtColor(joined, cv2.COLOR_YUV2BGR_I420 if across == 1 else cv2.COLOR_YUV2BGR_NV12)


#: Light in one plane, colours at half size: in two planes as cameras record, in one as graphics processors decode.
PLANAR = ("yuv420p", "yuvj420p", "nv12")
_LESS_LIGHT = np.round(16 + np.arange(256) * 219 / 255).astype(np.uint8)  # full to limited range
_LESS_COLOUR = np.round(128 + (np.arange(256) - 128) * 224 / 255).astype(np.uint8)


def _seek(container: InputContainer, stream: VideoStream, time: float, clock: Clock, damage: Damage) -> None:
    """To the keyframe before a time (seconds); a file that cannot be sought in is read on from where it is."""
    if not clock.stamped:
        return
    try:
        container.seek(clock.stamp(time), stream=stream, backward=True, any_frame=False)
    except av.FFmpegError:
        damage.packets += 1


def keyframes(
    path: Path, times: NDArray[np.float64], longest: int, damage: Damage, by: str = ON_CPU
) -> Iterator[Frame]:
    """The keyframes at the given times (seconds, ascending), decoded alone; the others are passed over.

    The deblocking filter is left out: a third faster, and good enough to see whether there are people.
    """
    if not len(times):
        return
    with opened(path, by) as (container, stream):
        clock = Clock(stream)
        stream.thread_type = "SLICE"  # whole pictures at once: none waits for the next
        stream.codec_context.options = {"skip_loop_filter": "all"}
        packets, packet, at = iter(container.demux(stream)), None, -np.inf
        for target in np.sort(times):
            if target - at > SEEK_S and clock.stamped:
                _seek(container, stream, float(target), clock, damage)
                packets = iter(container.demux(stream))
            if packet is None or at < target - 0.02:
                packet, at = _next_keyframe(packets, float(target), clock, at, damage)
            if packet is None or at > target + 0.02:
                continue  # the wanted one is not there; the one read may be the next
            for frame in _alone(packet, stream, damage):
                yield picture(frame, at, longest)
                break
            packet = None


def _next_keyframe(
    packets: Iterator[av.Packet], target: float, clock: Clock, at: float, damage: Damage
) -> tuple[av.Packet | None, float]:
    """The first keyframe from that time on, None at the end; and how far the file is read (seconds)."""
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            damage.packets += 1
            return None, at
        if packet is None:
            return None, at
        if not packet.size:
            continue
        at = clock.read(_stamp(packet))
        if packet.is_keyframe and at >= target - 0.02:
            return packet, at


def _alone(packet: av.Packet, stream: VideoStream, damage: Damage) -> list[av.VideoFrame]:
    """The picture of one keyframe, without what would follow it."""
    try:
        pictures = packet.decode() or stream.decode(None)
    except av.FFmpegError:
        damage.packets += 1
        pictures = []
    stream.codec_context.flush_buffers()
    return [picture for picture in pictures if isinstance(picture, av.VideoFrame)]


def frames(
    path: Path, window: Window, rate: float, longest: int, damage: Damage, roughly: bool = False, by: str = ON_CPU
) -> Iterator[Frame]:
    """Pictures between two times, at most ``rate`` a second, evenly spread over the stream's own.

    roughly: without the deblocking filter; a quarter faster, and the longer after a keyframe the less exact.
    """
    with opened(path, by) as (container, stream):
        if roughly:
            stream.codec_context.options = {"skip_loop_filter": "all"}
        clock = Clock(stream)
        _seek(container, stream, max(window.start, 0.0), clock, damage)
        due = window.start
        period = 1.0 / rate
        for frame in _decoded(container, stream, damage):
            time = clock.read(frame.pts)
            if time >= window.end:
                return
            if time + 1e-3 < due:
                continue
            yield picture(frame, time, longest)
            due = max(due + period, time + period / 2)
            if due > window.end - 2e-3:
                return  # what lies between would be decoded for nothing
