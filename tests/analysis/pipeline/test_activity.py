"""Packet sizes tell quiet from busy; what they cannot tell counts as busy."""

from __future__ import annotations

import numpy as np

from analysis.pipeline.activity import active_seconds, active_windows, gaps, joined
from analysis.pipeline.decode import PacketTable, read_packets
from analysis.pipeline.types import Window
from tests.factories import write_video


def table(
    busy: slice, seconds: int = 60, fps: int = 10, gop: int = 20, quiet: int = 100, loud: int = 3000
) -> PacketTable:
    sizes = np.full(seconds * fps, quiet)
    sizes[busy.start * fps : busy.stop * fps] = loud
    keys = np.arange(len(sizes)) % gop == 0
    sizes[keys] = 40_000
    return PacketTable(np.arange(len(sizes)) / fps, sizes, keys, float(seconds))


def test_it_works():
    active = active_seconds(table(slice(20, 30)))
    assert active[20:30].all()
    assert not active[:20].any()
    assert not active[30:].any()


def test_margins_are_added_and_neighbours_joined():
    (window,) = active_windows(table(slice(20, 30)))
    assert (window.start, window.end) == (18.5, 31.5)


def test_footage_in_which_somebody_always_walks_is_not_taken_for_quiet():
    assert active_seconds(table(slice(0, 60), loud=5000)).all()


def test_all_intra_footage_counts_as_active():
    packets = table(slice(0, 0))
    assert active_seconds(PacketTable(packets.times, packets.sizes, np.ones_like(packets.keyframes), 60.0)).all()


def test_footage_without_a_keyframe_is_no_error():
    packets = table(slice(20, 30))
    sizes = np.where(packets.keyframes, 100, packets.sizes)
    active = active_seconds(PacketTable(packets.times, sizes, np.zeros_like(packets.keyframes), 60.0))
    assert active[20:30].all()


def test_on_a_real_file(tmp_path):
    path = write_video(tmp_path / "a.mp4", seconds=20, moving=(8, 12))
    active = active_seconds(read_packets(path))
    assert active[8:12].all()
    assert active.sum() <= 8


def test_gaps_and_joins():
    windows = joined([Window(5, 7), Window(1, 3), Window(2, 4)])
    assert windows == [Window(1, 4), Window(5, 7)]
    assert gaps(windows, Window(0, 10)) == [Window(0, 1), Window(4, 5), Window(7, 10)]
