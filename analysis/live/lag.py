"""How far what is seen of a stream lies behind what its camera sends."""

from __future__ import annotations

DRIFT = 1e-3  # seconds a second that a camera's clock may run slow and still not count as lag


class Lag:
    """By the shortest way that a picture took so far: whatever takes longer has waited somewhere, in the network, in a socket or for
    the processor. seconds: of the latest picture."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._shortest = float("inf")
        self._last = 0.0

    def add(self, at: float, now: float, *, fresh: bool) -> float:
        """A picture of the stream's second ``at`` is done with at ``now`` (``time.monotonic()``). fresh: the stream began anew."""
        if fresh:
            self._shortest = float("inf")
        else:
            self._shortest += DRIFT * max(0.0, at - self._last)
        self._shortest, self._last = min(self._shortest, now - at), at
        self.seconds = now - at - self._shortest
        return self.seconds
