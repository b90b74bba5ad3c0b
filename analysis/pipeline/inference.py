"""Networks on the CPU, by OpenVINO: many inputs at once, each core at its own."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def there(weights: Path | None) -> bool:
    """Whether both files of a model in OpenVINO's form are."""
    return weights is not None and weights.is_file() and weights.with_suffix(".bin").is_file()


def named(weights: Path) -> str:
    """The model's name with a digest of its numbers: what two models made does not compare."""
    digest = hashlib.sha256(weights.with_suffix(".bin").read_bytes()).hexdigest()[:8]
    return f"{weights.stem}-{digest}"


KEPT_SHAPES = 4  # compiled forms of one network; a city's cameras have few picture shapes


class Network:
    """One model file. Compiled at first use for each shape of input, in throughput mode.

    threads: cores to use, 0 for all; cache: folder for compiled forms.
    """

    def __init__(self, path: Path, threads: int = 0, cache: Path | None = None) -> None:
        self.path, self.threads, self.cache = path, threads, cache
        self._core: Any = None
        self._queues: dict[tuple[int, ...], Any] = {}

    @property
    def input_shape(self) -> tuple[int, ...]:
        """As the file states it; 0 where any length is taken."""
        shape = self._read().input(0).get_partial_shape()
        return tuple(0 if d.is_dynamic else int(d.get_length()) for d in shape)

    def __call__(self, inputs: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """First outputs, one for each input (all of one shape), in the same order."""
        if not inputs:
            return []
        queue = self._queue(inputs[0].shape)
        results: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(inputs)

        def done(request: Any, index: int) -> None:
            results[index] = request.get_output_tensor(0).data.copy()

        queue.set_callback(done)
        for index, value in enumerate(inputs):
            queue.start_async({0: value}, index)
        queue.wait_all()
        return results

    def _read(self) -> Any:
        if self._core is None:
            import openvino

            self._core = openvino.Core()
            if self.cache:
                self._core.set_property({"CACHE_DIR": str(self.cache)})
        return self._core.read_model(str(self.path))

    def _queue(self, shape: tuple[int, ...]) -> Any:
        if shape not in self._queues:
            import openvino

            if len(self._queues) >= KEPT_SHAPES:
                self._queues.pop(next(iter(self._queues)))
            model = self._read()
            model.reshape(list(shape))
            options: dict[str, Any] = {"PERFORMANCE_HINT": "THROUGHPUT"}
            if self.threads:
                options["INFERENCE_NUM_THREADS"] = self.threads
            self._queues[shape] = openvino.AsyncInferQueue(self._core.compile_model(model, "CPU", options))
        return self._queues[shape]
