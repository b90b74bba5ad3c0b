"""Which pictures a survey looks at."""

from __future__ import annotations

import numpy as np

from analysis.pipeline.decode import PacketTable
from analysis.pipeline.survey import SurveyConfig, survey_plan
from analysis.pipeline.types import Window

CONFIG = SurveyConfig()


def packets(seconds: int, gop_s: float, moving: set[int], fps: int = 10) -> PacketTable:
    """A quiet recording with seconds in which something moves."""
    times = np.arange(seconds * fps) / fps
    keys = np.arange(len(times)) % round(gop_s * fps) == 0
    sizes = np.where([int(t) in moving for t in times], 6000, 100)
    return PacketTable(times, np.where(keys, 50_000, sizes), keys, float(seconds))


def looked(seconds: int, gop_s: float, moving: set[int]) -> list[float]:
    (times,) = survey_plan(packets(seconds, gop_s, moving), CONFIG).segments
    assert not isinstance(times, Window)
    return [round(float(t), 3) for t in times]


def test_keyframes_of_what_moves_and_the_one_after():
    assert looked(40, 2.0, {21, 22}) == [0, 20, 22, 24]


def test_quiet_parts_get_a_look_every_minute():
    assert looked(150, 2.0, set()) == [0, 60, 120]


def test_many_keyframes_are_thinned():
    assert looked(40, 0.5, {20, 21, 22, 23}) == [0, 20, 22, 24]


def test_where_keyframes_lie_far_apart_pictures_between_are_decoded():
    plan = survey_plan(packets(120, 20.0, {50, 51}), CONFIG)
    assert [s for s in plan.segments if isinstance(s, Window)] == [Window(48.5, 53.5)]
    assert plan.active == [Window(40, 60)]


def test_activity_over_long_gops_is_one_window():
    plan = survey_plan(packets(120, 10.0, set(range(45, 65))), CONFIG)
    (window,) = [s for s in plan.segments if isinstance(s, Window)]
    assert (window.start, window.end) == (43.5, 66.5)


def test_without_any_keyframe_there_is_nothing_to_look_at():
    table = packets(10, 2.0, set())
    assert survey_plan(PacketTable(table.times, table.sizes, table.keyframes & False, 10.0), CONFIG).segments == []
