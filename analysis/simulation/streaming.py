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


def server_command(path: Path, port: int, codec: str = "h264", *login: str) -> list[str]:
    """Sends a file (MP4) at ``rtsp://127.0.0.1:<port>/live``, from its beginning whenever somebody comes first."""
    return [PYTHON, str(SERVER), str(path), str(port), codec, *login]


@contextmanager
def streaming(path: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """For the time being. NoServer."""
    process = subprocess.Popen(  # noqa: S603  (our own server)  # nosec B603
        server_command(path, port), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise NoServer(process.stderr.read().decode(errors="replace") if process.stderr else "")
        yield process
    finally:
        process.kill()
        process.wait()
