"""Which parts of a recording are worth decoding, told from packet sizes alone.

A still street costs an encoder next to nothing between keyframes; people cost a multiple
(measured: median 1 kB a second against at least 15 kB at 720p). The threshold is the
recording's own quiet level, capped by a share of its keyframe size, so that footage in
which somebody always walks is not taken for quiet. Encoders that hide activity (constant
bit rate, all-intra) come out as always active: slower, never blind.
"""

from __future__ import annotations

import numpy as np

from .decode import PacketTable
from .types import Window

QUIET_FACTOR = 3.0
KEYFRAME_SHARE = 0.10
FLOOR_BYTES = 600.0
MARGIN_S = 1.5


def bytes_per_second(packets: PacketTable) -> np.ndarray:
    """Inter-coded bytes in each second of the recording, ``(ceil(duration),) float64``."""
    seconds = max(1, int(np.ceil(packets.duration)))
    inter = ~packets.keyframes
    index = np.clip(packets.times[inter].astype(int), 0, seconds - 1)
    return np.bincount(index, weights=packets.sizes[inter].astype(float), minlength=seconds)


def active_seconds(packets: PacketTable) -> np.ndarray:
    """True for each second in which something moves, ``(ceil(duration),) bool``."""
    load = bytes_per_second(packets)
    if packets.keyframes.mean() > 0.5:
        return np.ones(len(load), dtype=bool)  # all-intra: sizes say nothing
    keyframe = float(np.median(packets.sizes[packets.keyframes])) if packets.keyframes.any() else 0.0
    threshold = min(QUIET_FACTOR * float(np.quantile(load, 0.1)), KEYFRAME_SHARE * keyframe)
    return load > max(threshold, FLOOR_BYTES)


def active_windows(packets: PacketTable) -> list[Window]:
    """The active seconds with a margin on both sides, joined where they touch."""
    return joined(
        [
            Window(max(0.0, float(second) - MARGIN_S), min(packets.duration, float(second) + 1 + MARGIN_S))
            for second in np.flatnonzero(active_seconds(packets))
        ]
    )


def joined(windows: list[Window], gap: float = 0.0) -> list[Window]:
    """Windows in order of time, those at most ``gap`` seconds apart made one."""
    result: list[Window] = []
    for window in sorted(windows, key=lambda w: w.start):
        if result and window.start <= result[-1].end + gap:
            result[-1] = Window(result[-1].start, max(result[-1].end, window.end))
        else:
            result.append(window)
    return result


def gaps(windows: list[Window], whole: Window) -> list[Window]:
    """What of ``whole`` the (joined) windows leave out."""
    result, start = [], whole.start
    for window in windows:
        if window.start > start:
            result.append(Window(start, window.start))
        start = max(start, window.end)
    if start < whole.end:
        result.append(Window(start, whole.end))
    return result
