"""Two networks of their own on this machine, each with a way to it that can be cut: network namespaces behind a bridge."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

HOST, PREFIX = "10.213.77.1", "10.213.77"
BRIDGE = "sc-bridge"


class Networks:
    """``first`` and ``second``: names of the namespaces."""

    first, second = "sc-one", "sc-two"

    def inside(self, name: str) -> list[str]:
        """What a command begins with that is to run there."""
        return ["ip", "netns", "exec", name]

    def cut(self, name: str) -> None:
        """Nothing gets in or out any more, and nobody is told."""
        _ip("link", "set", f"{name}-h", "down")

    def mend(self, name: str) -> None:
        _ip("link", "set", f"{name}-h", "up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def two_networks() -> Iterator[Networks]:
    """Skips where this may not be made: it takes root, and a machine that allows namespaces."""
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("network namespaces take root and the command ip (iproute2)")
    networks = Networks()
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{HOST}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, name in enumerate((networks.first, networks.second), 2):
            _ip("netns", "add", name)
            _ip("link", "add", f"{name}-h", "type", "veth", "peer", "name", f"{name}-n")
            _ip("link", "set", f"{name}-h", "master", BRIDGE, "up")
            _ip("link", "set", f"{name}-n", "netns", name)
            for words in (("addr", "add", f"{PREFIX}.{number}/24", "dev", f"{name}-n"), ("link", "set", f"{name}-n", "up"),
                          ("link", "set", "lo", "up")):  # fmt: skip
                _ip("-n", name, *words)
    except subprocess.CalledProcessError as error:
        _remove(networks)
        pytest.skip(f"this machine allows no network namespaces: {error.stderr.decode().strip()}")
    try:
        yield networks
    finally:
        _remove(networks)


def _remove(networks: Networks) -> None:
    for words in (("netns", "del", networks.first), ("netns", "del", networks.second), ("link", "del", BRIDGE)):
        with suppress(subprocess.CalledProcessError):
            _ip(*words)


@contextmanager
def forwarded(
    target: str | tuple[str, int], host: str = HOST, back: Callable[[bytes], None] = lambda sent: None
) -> Iterator[int]:
    """The port at ``host`` that leads to a Unix socket or an address of the loopback. back: is shown what comes back from there."""
    listener = socket.create_server((host, 0))
    open_ends: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                open_ends.extend(_pair(listener.accept()[0], target, back))

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        for end in (listener, *open_ends):  # also those whose other end was cut off
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def _pair(near: socket.socket, target: str | tuple[str, int], back: Callable[[bytes], None]) -> list[socket.socket]:
    far = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET)
    try:
        far.connect(target)
    except OSError:
        near.close()
        return []
    for one, other, shown in ((near, far, lambda sent: None), (far, near, back)):
        threading.Thread(target=_copy, args=(one, other, shown), daemon=True).start()
    return [near, far]


def _copy(one: Any, other: Any, shown: Callable[[bytes], None]) -> None:
    with suppress(OSError):
        while told := one.recv(65536):
            shown(told)
            other.sendall(told)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
