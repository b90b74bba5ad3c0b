"""Cameras with live streams on the loopback: a real RTSP server, and some that misbehave."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from analysis.simulation.streaming import NoServer, started
from tests.conftest import free_port

CODECS = {"h264": "libx264", "h265": "libx265"}
LOOP = "127.0.0.1"


def write_street(
    path: Path, seconds: float = 30, codec: str = "h264", size: tuple[int, int] = (320, 180), rate: int = 15
) -> Path:
    """A bright square that crosses a grey street; a keyframe a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[codec], rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if codec == "h264":
            stream.options = {"g": str(rate), "bf": "0"}
        if codec == "h265":
            stream.options = {"x265-params": f"keyint={rate}:bframes=0:log-level=none"}
        for index in range(round(seconds * rate)):
            picture = np.full((size[1], size[0], 3), 90, np.uint8)
            left = index * 3 % (size[0] - 40)
            picture[60:110, left : left + 40] = 220
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


class Server:
    """Serves a file at ``rtsp://127.0.0.1:port/live``."""

    def __init__(self, path: Path, codec: str = "h264", login: tuple[str, str] | None = None, port: int = 0) -> None:
        self.path, self.codec, self.login, self.port = path, codec, login, port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        try:
            self.process = started(self.path, self.port, self.codec, *(self.login or ()))
        except NoServer as error:
            if "No module named 'gi'" in str(error) or "not available" in str(error):
                pytest.skip("no RTSP server: script/bootstrap --tests installs it")
            raise
        return self

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(path: Path, codec: str = "h264", login: tuple[str, str] | None = None) -> Iterator[Server]:
    server = Server(path, codec, login).start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def answering(answer: bytes | Mapping[bytes, bytes]) -> Iterator[tuple[int, list[int]]]:
    """A machine that sends ``answer`` to whatever comes, or by method; its port, and a list that grows with each connection."""
    listener, taken = socket.create_server((LOOP, 0)), []

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            taken.append(1)
            with peer:
                peer.settimeout(5)
                try:
                    while request := peer.recv(4096):
                        number = request.split(b"CSeq: ")[-1].split(b"\r\n")[0]
                        told = answer if isinstance(answer, bytes) else answer.get(request.split(b" ")[0], b"")
                        peer.sendall(told.replace(b"%CSEQ%", number))
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], taken
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
