"""Running totals of one scan."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from .types import Frame


@dataclass(slots=True)
class Counts:
    """How much was looked at; ``stages``: seconds of work by name (decoding runs beside the rest)."""

    keyframes: int = 0
    frames: int = 0
    detections: int = 0
    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds the wall time of the block to a stage."""
        begin = clock.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + clock.perf_counter() - begin

    def ahead(self, name: str, source: Iterable[list[Frame]]) -> Iterator[list[Frame]]:
        """The same items; where there is a second core, the next one is made by a thread of its own meanwhile."""
        iterator = iter(source)

        def following() -> list[Frame] | None:
            with self.stage(name):
                return next(iterator, None)

        if len(os.sched_getaffinity(0)) < 2:
            while (item := following()) is not None:
                yield item
            return
        with ThreadPoolExecutor(1, thread_name_prefix="decode") as thread:
            coming = thread.submit(following)
            while (item := coming.result()) is not None:
                coming = thread.submit(following)
                yield item
