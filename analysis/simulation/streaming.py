"""A simulated camera that sends live: a real RTSP server (GStreamer) of its own process, run by the system's python."""

from __future__ import annotations

import subprocess  # nosec B404
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).resolve().parents[2] / "script" / "rtsp_server.py"


class NoServer(Exception):
    """The server does not start; its text says why."""


def started(path: Path, port: int, codec: str = "h264", *login: str) -> subprocess.Popen[bytes]:
    """The process that sends a file (MP4) at ``rtsp://127.0.0.1:<port>/live``, from its beginning whenever somebody comes first; to
    be killed. login: user and password that it asks for. NoServer."""
    command = [PYTHON, str(SERVER), str(path), str(port), codec, *login]
    process = subprocess.Popen(  # noqa: S603  (our own server)  # nosec B603
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if process.stdout is None or process.stdout.readline() != b"ready\n":
        process.kill()
        raise NoServer(process.communicate()[1].decode(errors="replace"))
    return process


@contextmanager
def streaming(path: Path, port: int) -> Iterator[None]:
    """For the time being. NoServer."""
    process = started(path, port)
    try:
        yield
    finally:
        process.kill()
        process.wait()
