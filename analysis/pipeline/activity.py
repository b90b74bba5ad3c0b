"""Which parts of a recording are worth decoding, told from packet sizes alone.

A still street costs an encoder next to nothing between keyframes; people cost a multiple
(measured: median 1 kB a second, at most 4 kB, against at least 15 kB at 720p). The threshold is the
recording's own quiet level, capped by a share of its keyframe size, so that footage in
which somebody always walks is not taken for quiet. Encoders that hide activity (constant
bit rate, all-intra) come out as always active: slower, never blind.
"""

from __future__ import annotations

import numpy as np

from .decode import PacketTable
from .types import Window

QUIET_SHARE = 0.25  # of a recording's seconds, at least, are taken for quiet
QUIET_FACTOR = 3.5
KEYFRAME_SHARE = 0.10
FLOOR_BYTES = 600.0
MARGIN_S = 1.5
LEAST_ALIKE = 15  # seconds to tell a quiet level from


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
    threshold = np.minimum(QUIET_FACTOR * quiet_level(packets, load), KEYFRAME_SHARE * keyframe)
    return np.asarray(load > np.maximum(threshold, FLOOR_BYTES))


def quiet_level(packets: PacketTable, load: np.ndarray) -> np.ndarray:
    """What each second costs when nothing moves, ``(n,) float64`` bytes: the lowest quarter of all seconds
    that lie as far behind a keyframe. Encoders spend more the longer the last one is ago, and a second
    that holds a keyframe has fewer packets of the others."""
    level = np.full(len(load), float(np.quantile(load, QUIET_SHARE)))
    keys = packets.times[packets.keyframes]
    if not len(keys):
        return level
    middles = np.arange(len(load)) + 0.5
    last = np.searchsorted(keys, middles, side="right") - 1
    behind = np.floor(middles - keys[np.maximum(last, 0)]).astype(int)
    for phase in np.unique(behind):
        alike = behind == phase
        if alike.sum() >= LEAST_ALIKE:
            level[alike] = np.quantile(load[alike], QUIET_SHARE)
    return level


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
