"""A way to one camera and nowhere else.

The library that reads streams follows redirections wherever they lead. So it is only ever given an address of this machine, at
which a relay takes its connection and passes it on to the one address that was allowed. An answer that redirects ends the
connection. RTSP over TCP (RFC 2326, 10.12): answers, and frames that begin with ``$``, a channel and a length.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65536
LONGEST_HEAD = 65536  # bytes of an answer's head; more is rubbish
CONNECT_S = 5.0
IDLE_S = 30.0


class Redirected(Exception):
    """The camera sent the reader elsewhere."""


class Answers:
    """Reads what a camera sends, to find answers that redirect. Redirected for one; ValueError for what is no RTSP."""

    def __init__(self) -> None:
        self.waiting = b""
        self.skip = 0

    def take(self, content: bytes) -> None:
        self.waiting += content
        while self.waiting:
            if self.skip:
                passed = min(self.skip, len(self.waiting))
                self.waiting, self.skip = self.waiting[passed:], self.skip - passed
                continue
            if self.waiting[:1] == b"$":
                if len(self.waiting) < 4:
                    return
                self.skip = 4 + int.from_bytes(self.waiting[2:4], "big")
                continue
            end = self.waiting.find(b"\r\n\r\n")
            if end < 0:
                if len(self.waiting) > LONGEST_HEAD or not b"RTSP/1.0 ".startswith(self.waiting[:9]):
                    raise ValueError("no RTSP")
                return
            self._head(self.waiting[:end])
            self.skip = end + 4 + self._length(self.waiting[:end])

    def _head(self, head: bytes) -> None:
        line = head.split(b"\r\n", 1)[0]
        if not line.startswith(b"RTSP/1.0 "):
            raise ValueError("no RTSP")
        if line[9:10] == b"3":
            raise Redirected(line.decode("ascii", "replace"))

    def _length(self, head: bytes) -> int:
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                return int(value)
        return 0


class Relay:
    """One connection, from a port of the loopback to ``address``. problem: why it ended, empty while it is well."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.problem = ""
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        self.listener.settimeout(CONNECT_S)
        self.port: int = self.listener.getsockname()[1]
        self.sockets: list[socket.socket] = []
        self.thread = threading.Thread(target=self._run, name=f"relay to {address[0]}", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """Ends the connection, and waits for it."""
        for one in [self.listener, *self.sockets]:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes whoever waits at it; closed by the thread that uses it
        if self.thread.is_alive():
            self.thread.join(2 * CONNECT_S)

    def _run(self) -> None:
        with suppress(OSError):  # of connections that somebody ended
            self._serve()
        for one in [self.listener, *self.sockets]:
            with suppress(OSError):
                one.close()

    def _serve(self) -> None:
        reader, _peer = self.listener.accept()
        self.sockets.append(reader)
        try:
            camera = socket.create_connection(self.address, CONNECT_S)
        except ConnectionRefusedError:
            self.problem = "refused"
        except TimeoutError:
            self.problem = "no_answer"
        except OSError:
            self.problem = "unreachable"
        else:
            self.sockets.append(camera)
            try:
                self._pass_on(reader, camera)
            except Redirected:
                self.problem = "redirected"
            except ValueError:
                self.problem = "no_rtsp"

    def _pass_on(self, reader: socket.socket, camera: socket.socket) -> None:
        answers = Answers()
        with selectors.DefaultSelector() as ready:
            ready.register(reader, selectors.EVENT_READ, camera)
            ready.register(camera, selectors.EVENT_READ, reader)
            while True:
                for key, _mask in ready.select(IDLE_S):
                    source, target = key.fileobj, key.data
                    content = source.recv(CHUNK)  # type: ignore[union-attr]
                    if not content:
                        return
                    if source is camera:
                        answers.take(content)
                    target.sendall(content)


@contextmanager
def relayed(address: tuple[str, int]) -> Iterator[Relay]:
    """A relay that ends with the block."""
    relay = Relay(address)
    relay.start()
    try:
        yield relay
    finally:
        relay.stop()
