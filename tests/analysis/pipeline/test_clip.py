"""Clips that browsers play, from whatever cameras record."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from analysis.pipeline.clip import LONGEST_PX, LONGEST_S, clip
from analysis.pipeline.types import PipelineError, Window
from tests.factories import write_audio, write_video


def pictures(content: bytes) -> tuple[str, list[tuple[float, np.ndarray]]]:
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        frames = [(frame.time, frame.to_ndarray(format="bgr24")) for frame in container.decode(stream)]
        return stream.codec_context.name, frames


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg4"])
def test_it_works(tmp_path, codec):
    path = write_video(tmp_path / "a.mp4", seconds=12, fps=10, codec=codec)
    made = clip(path, Window(4.0, 8.0))
    name, frames = pictures(made.content)
    assert name == "h264"
    assert made.start == pytest.approx(4.0, abs=0.11)
    assert made.scale == 1.0
    assert [time for time, _ in frames] == pytest.approx(np.arange(len(frames)) / 10, abs=0.02)
    assert 39 <= len(frames) <= 41
    red = frames[0][1][90, :, 2].astype(int) - frames[0][1][90, :, 0]
    assert abs(int(red.argmax()) - int(made.start * 40) % 280) < 60  # the square stands where it stood then


def test_large_pictures_become_smaller_and_odd_ones_even(tmp_path):
    made = clip(write_video(tmp_path / "a.mp4", seconds=2, size=(1920, 1078)), Window(0.0, 1.0))
    _, frames = pictures(made.content)
    height, width = frames[0][1].shape[:2]
    assert width <= LONGEST_PX
    assert width % 2 == height % 2 == 0
    assert made.scale * width == pytest.approx(1920, abs=4)


def test_it_never_grows_long(tmp_path):
    path = write_video(tmp_path / "a.mp4", seconds=45, fps=5, size=(160, 120))
    _, frames = pictures(clip(path, Window(1.0, 1e6)).content)
    assert frames[-1][0] < LONGEST_S


def test_what_cannot_be_shown_is_said(tmp_path):
    path = write_video(tmp_path / "a.mp4", seconds=2)
    with pytest.raises(PipelineError, match="no picture"):
        clip(path, Window(50.0, 60.0))
    with pytest.raises(PipelineError):
        clip(tmp_path / "gone.mp4", Window(0.0, 1.0))
    with pytest.raises(PipelineError):
        clip(write_audio(tmp_path / "b.m4a"), Window(0.0, 1.0))
