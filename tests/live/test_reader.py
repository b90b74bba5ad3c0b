"""Streams of real RTSP cameras on the loopback: read as they come, through everything that cameras do."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from analysis.live.reader import Address, Broken, Problem, Reader, State, pieces
from analysis.live.relay import Answers, Redirected
from tests.conftest import free_port, wait_for
from tests.live.cameras import LOOP, Server, answering, serving, write_street


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return write_street(tmp_path_factory.mktemp("street") / "street.mp4")


def first(address: Address, number: int = 20):
    found = []
    for piece in pieces(address):
        found.append(piece)
        if len(found) == number:
            return found
    return found


def why(address: Address) -> Problem:
    with pytest.raises(Broken) as broken:
        first(address, 10**6)
    return broken.value.problem


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_packets_come_as_they_are_sent(tmp_path, codec):
    with serving(write_street(tmp_path / "a.mp4", 8, codec), codec) as camera:
        begin = time.monotonic()
        found = first(Address(LOOP, camera.port, "/live"), 30)
        assert found[0].keyframe
        assert [found[0].fresh, found[1].fresh] == [True, False]
        assert found[0].arrived - begin < 3
        assert found[-1].at - found[0].at == pytest.approx(29 / 15, abs=0.2)
        assert found[-1].arrived - found[0].arrived == pytest.approx(29 / 15, abs=0.7)  # live, not in a burst


def test_its_pictures_can_be_decoded(street):
    with serving(street) as camera:
        frames = []
        for piece in pieces(Address(LOOP, camera.port, "/live")):
            frames += piece.stream.codec_context.decode(piece.packet)
            if len(frames) == 5:
                break
        assert (frames[0].width, frames[0].height) == (320, 180)


def test_a_password(street):
    with serving(street, login=("watcher", "p:ss/w@rd")) as camera:
        assert len(first(Address(LOOP, camera.port, "/live", "watcher", "p:ss/w@rd"), 3)) == 3
        assert why(Address(LOOP, camera.port, "/live", "watcher", "wrong")) == Problem.PASSWORD
        assert why(Address(LOOP, camera.port, "/live")) == Problem.PASSWORD


def test_neither_error_nor_text_holds_the_password(street):
    address = Address(LOOP, free_port(), "/live", "watcher", "p:ss/w@rd")
    with pytest.raises(Broken) as broken:
        first(address)
    shown = f"{address} {address!r} {broken.value} {broken.value.__cause__} {broken.value.__suppress_context__}"
    assert "p:ss" not in shown
    assert broken.value.__cause__ is None


def test_no_such_path(street):
    with serving(street) as camera:
        assert why(Address(LOOP, camera.port, "/other")) == Problem.NOT_FOUND


def test_nobody_there():
    assert why(Address(LOOP, free_port(), "/live")) == Problem.REFUSED


def test_the_end(tmp_path):
    with serving(write_street(tmp_path / "short.mp4", 2)) as camera:
        assert why(Address(LOOP, camera.port, "/live")) in (Problem.ENDED, Problem.STALLED)


def test_rubbish():
    with answering(b"\x00\x01nothing that a camera says\r\n\r\n" * 50) as (port, _taken):
        assert why(Address(LOOP, port, "/live")) == Problem.NO_RTSP


def test_sent_elsewhere_nothing_follows():
    with answering(b"") as (elsewhere, came):
        sends = f"RTSP/1.0 302 Moved\r\nCSeq: %CSEQ%\r\nLocation: rtsp://{LOOP}:{elsewhere}/live\r\n\r\n".encode()
        with answering(sends) as (port, taken):
            assert why(Address(LOOP, port, "/live")) == Problem.REDIRECTED
            assert taken
        assert not came


def test_a_codec_that_is_not_watched():
    with answering(described(b"video", b"26")) as (port, _taken):  # motion JPEG
        assert why(Address(LOOP, port, "/live")) == Problem.CODEC


def test_sound_alone():
    with answering(described(b"audio", b"0")) as (port, _taken):
        assert why(Address(LOOP, port, "/live")) == Problem.NO_VIDEO


def described(kind: bytes, payload: bytes) -> dict[bytes, bytes]:
    """A camera that offers one stream of a kind."""
    sdp = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=%s 0 RTP/AVP %s\r\na=control:track1\r\n" % (
        kind,
        payload,
    )
    ok = b"RTSP/1.0 200 OK\r\nCSeq: %CSEQ%\r\n"
    length = b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(sdp)
    transport = b"Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    rest = ok + b"Session: 1\r\n\r\n"
    options = ok + b"Public: DESCRIBE, SETUP, PLAY\r\n\r\n"
    return {
        b"OPTIONS": options,
        b"DESCRIBE": ok + length + sdp,
        b"SETUP": ok + transport,
        b"PLAY": rest,
        b"TEARDOWN": rest,
    }


class Watched:
    """A reader, with what it told."""

    def __init__(self, port: int) -> None:
        self.pieces, self.states = [], []
        address = Address(LOOP, port, "/live")
        self.reader = Reader(
            lambda: address, self.pieces.append, lambda *told: self.states.append((*told, time.monotonic()))
        )

    def __enter__(self):
        self.reader.start()
        return self

    def __exit__(self, *told):
        self.reader.stop()
        assert not self.reader.thread.is_alive()

    def told(self, state: State, after: int = 0):
        return next((one for one in self.states[after:] if one[0] == state), None)


def test_one_that_comes_back_is_read_within_five_seconds(street):
    camera = Server(street).start()
    with Watched(camera.port) as watched:
        wait_for(lambda: len(watched.pieces) > 10, 10, "no packets")
        camera.stop()
        wait_for(lambda: watched.told(State.DOWN), 10, "it is not noticed")
        time.sleep(6)  # long enough for the waits to have grown
        count = len(watched.states)
        camera = Server(street, port=camera.port).start()
        begin = time.monotonic()
        try:
            *_what, at = wait_for(lambda: watched.told(State.CONNECTED, count), 10, "it is not read again")
            assert at - begin < 5
            assert sum(piece.fresh for piece in watched.pieces) == 2
        finally:
            camera.stop()


def test_one_that_stalls_is_late_then_down_then_back(street):
    with serving(street) as camera, Watched(camera.port) as watched:
        wait_for(lambda: len(watched.pieces) > 10, 10, "no packets")
        os.kill(camera.process.pid, signal.SIGSTOP)
        try:
            wait_for(lambda: watched.reader.look() or watched.told(State.LATE), 5, "it is not late")
            told = wait_for(lambda: watched.told(State.DOWN), 10, "it is not down")
            assert told[1] == Problem.STALLED
        finally:
            os.kill(camera.process.pid, signal.SIGCONT)
        count = len(watched.states)
        wait_for(lambda: watched.told(State.CONNECTED, count), 15, "it is not read again")


def test_another_resolution_after_it_comes_back(street, tmp_path):
    camera = Server(street).start()
    with Watched(camera.port) as watched:
        wait_for(lambda: len(watched.pieces) > 5, 10, "no packets")
        camera.stop()
        larger = write_street(tmp_path / "larger.mp4", 10, size=(640, 360))
        camera = Server(larger, port=camera.port).start()
        try:
            wait_for(lambda: sum(piece.fresh for piece in watched.pieces) == 2, 15, "it is not read again")
            piece = next(piece for piece in reversed(watched.pieces) if piece.fresh)
            frame = piece.stream.codec_context.decode(piece.packet)[0]
            assert (frame.width, frame.height) == (640, 360)
        finally:
            camera.stop()


def test_stopped_nothing_is_open(street):
    before = threading.active_count()
    with serving(street) as camera:
        with Watched(camera.port) as watched:
            wait_for(lambda: watched.pieces, 10, "no packets")
        wait_for(lambda: threading.active_count() == before, 5, "threads are left")


class TestAnswers:
    """What the relay reads of what a camera sends."""

    def test_answers_and_frames_in_any_pieces(self):
        content = (
            b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nabcd"
            + b"$\x00\x00\x03xyz"
            + b"RTSP/1.0 200 OK\r\n\r\n"
        )
        for size in (1, 2, 7, 100):
            answers = Answers()
            for at in range(0, len(content), size):
                answers.take(content[at : at + size])
            assert answers.waiting == b""

    def test_a_redirection_in_the_midst(self):
        answers = Answers()
        with pytest.raises(Redirected):
            answers.take(
                b"RTSP/1.0 200 OK\r\n\r\n$\x00\x00\x01xRTSP/1.0 301 Gone\r\nLocation: rtsp://10.0.0.1/\r\n\r\n"
            )

    def test_a_frame_that_looks_like_a_redirection_is_none(self):
        Answers().take(b"$\x00\x00\x1fRTSP/1.0 301 Gone\r\nLoca: 1\r\n\r\n")

    def test_a_head_without_end(self):
        answers = Answers()
        for _ in range(65):
            answers.take(b"RTSP/1.0 200 OK" + b"a" * 990)
        with pytest.raises(ValueError):
            answers.take(b"a" * 4000)
