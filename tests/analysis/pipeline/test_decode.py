"""Frames come at the times asked for; damage is counted, not fatal."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline import decode
from analysis.pipeline.decode import Damage, frames, keyframes, read_packets
from analysis.pipeline.types import PipelineError, Window
from tests.factories import write_audio, write_video


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "a.mp4", seconds=10)


def test_packets(video):
    packets = read_packets(video)
    assert len(packets.times) == 100
    assert packets.duration == pytest.approx(10.0, abs=0.11)
    assert list(packets.times[packets.keyframes]) == pytest.approx([0, 2, 4, 6, 8])


def test_frames_between_two_times_at_a_rate(video):
    times = [frame.time for frame in frames(video, Window(3.0, 6.0), 5.0, 1000, Damage())]
    assert times == pytest.approx(np.arange(3.0, 6.0, 0.2), abs=0.051)


def test_nothing_is_decoded_after_the_last_one(video, monkeypatch):
    """Decoding is what a closer look costs most."""
    decoded, inner = [], decode._decoded

    def counted(*arguments):
        for frame in inner(*arguments):
            decoded.append(frame)
            yield frame

    monkeypatch.setattr(decode, "_decoded", counted)
    times = [frame.time for frame in frames(video, Window(2.0, 4.0), 2.0, 1000, Damage())]
    assert times == pytest.approx([2.0, 2.5, 3.0, 3.5])
    assert len(decoded) == 16


def test_no_more_frames_than_there_are(video):
    assert len(list(frames(video, Window(0, 2), 100, 1000, Damage()))) == 20


def test_only_the_wanted_keyframes(video):
    times = [frame.time for frame in keyframes(video, np.array([2.0, 8.0]), 1000, Damage())]
    assert times == pytest.approx([2.0, 8.0])


def test_a_keyframe_that_is_not_there_costs_no_other(video):
    keys = read_packets(video).times[read_packets(video).keyframes]
    wanted = np.sort(np.append(keys, keys[1:3] - 0.5))
    assert [frame.time for frame in keyframes(video, wanted, 1000, Damage())] == pytest.approx(keys)


def test_large_pictures_are_scaled_down(video):
    (frame,) = keyframes(video, np.array([0.0]), 160, Damage())
    assert frame.image.shape == (120, 160, 3)
    assert frame.scale == 2.0


def test_the_right_pictures_come(video):
    """The square stands at 40 pixels a second."""
    for frame in frames(video, Window(1.0, 6.0), 2.0, 1000, Damage()):
        red = frame.image[90, :, 2].astype(int) - frame.image[90, :, 1]
        assert np.flatnonzero(red > 80)[0] == pytest.approx(int(frame.time * 40), abs=3)


def test_damaged_packets_are_counted(tmp_path, video):
    data = bytearray(video.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(data)
    damage = Damage()
    assert len(list(frames(bad, Window(0, 10), 10, 1000, damage))) > 20


@pytest.mark.parametrize("content", [b"", b"not a video", b"\x00" * 5000])
def test_what_cannot_be_opened_is_a_pipeline_error(tmp_path, content):
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(PipelineError):
        read_packets(path)


def test_a_file_with_sound_alone(tmp_path):
    with pytest.raises(PipelineError):
        read_packets(write_audio(tmp_path / "s.mp4"))


def test_a_file_that_vanished(tmp_path):
    with pytest.raises(PipelineError):
        read_packets(tmp_path / "gone.mp4")
