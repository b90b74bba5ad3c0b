"""Streams kept as files: short, whole, readable while they grow; whatever a stream does."""

from __future__ import annotations

from dataclasses import replace

import av
import pytest

from analysis.live.reader import Address, pieces
from analysis.live.recorder import Recorder
from analysis.pipeline.decode import read_packets
from tests.live.cameras import LOOP, serving, write_street


def received(path, codec: str, seconds: float):
    """What a real stream of the file brings."""
    with serving(path, codec) as server:
        for piece in pieces(Address(LOOP, server.port, "/live")):
            yield piece
            if piece.at >= seconds:
                return


def pictures(path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_files_follow_each_other_and_nothing_is_lost(tmp_path, codec):
    recorder, done, count = Recorder(tmp_path / "kept", seconds=2.0), [], 0
    for piece in received(write_street(tmp_path / "a.mp4", 12, codec), codec, 5.5):
        count += 1
        if segment := recorder.add(piece, f"{count}.mp4"):
            done.append(segment)
    done.append(recorder.close())
    assert len(done) == 3
    assert [round(segment.start) for segment in done] == [0, 2, 4]
    assert all((segment.width, segment.height) == (320, 180) for segment in done)
    assert [segment.fps for segment in done] == pytest.approx([15, 15, 15], abs=1.5)
    assert sum(pictures(segment.path) for segment in done) == count
    assert recorder.close() is None


def test_it_can_be_read_while_it_grows(tmp_path):
    recorder = Recorder(tmp_path / "kept")
    for piece in received(write_street(tmp_path / "a.mp4", 12), "h264", 4.5):
        recorder.add(piece, "growing.mp4")
    assert read_packets(recorder.current.path).duration >= 2
    recorder.close()


def test_it_begins_with_a_keyframe(tmp_path):
    recorder, first = Recorder(tmp_path / "kept"), None
    for number, piece in enumerate(received(write_street(tmp_path / "a.mp4", 8), "h264", 2.5)):
        if number < 5:
            continue
        first = piece.at if first is None and piece.keyframe else first
        recorder.add(piece, "late.mp4")
    assert recorder.close().start == first > 0
    with av.open(str(tmp_path / "kept" / "late.mp4")) as container:
        assert next(container.demux(video=0)).is_keyframe


def test_a_break_begins_another_file(tmp_path):
    recorder, done, keys, count, broke_at = Recorder(tmp_path / "kept"), [], 0, 0, 0
    for piece in received(write_street(tmp_path / "a.mp4", 8), "h264", 3.5):
        keys += piece.keyframe
        breaks = piece.keyframe and keys == 3
        broke_at = count if breaks else broke_at
        count += 1
        if segment := recorder.add(replace(piece, fresh=True) if breaks else piece, f"{count}.mp4"):
            done.append(segment)
    done.append(recorder.close())
    assert [pictures(segment.path) for segment in done] == [broke_at, count - broke_at]
