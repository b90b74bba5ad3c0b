"""Networks on the CPU, by OpenVINO: many inputs at once, each core at its own."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
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


QUARTER = 4
KEPT_SHAPES = 4  # compiled forms of one network; a city's cameras have few picture shapes


@cache
def precision() -> str | None:
    """What to calculate in; None: as OpenVINO sees fit.

    Its choice is bfloat16 wherever the processor knows it; without matrix tiles (AMX) that takes half again as long as
    float32 (measured on avx512_bf16: the detector 57 ms against 37).
    """
    cpu = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not cpu.is_file():
        return None
    return None if "amx_bf16" in cpu.read_text(errors="replace") else "f32"


class Network:
    """One model file. Compiled at first use for each shape of input, in throughput mode.

    threads: cores to use, 0 for all; cache: folder for compiled forms; batch: inputs at once, where there are so many, of
    the rest a quarter as many, and so on: small networks are a third faster by four than one by one, by sixteen a tenth
    faster still; short: in numbers of half the length wherever the processor
    has them, which suits many thin layers, whose time goes into moving numbers (measured on avx512_bf16: the appearance
    model 1.9 ms a person against 2.7), and not large ones (``precision``).
    """

    def __init__(
        self, path: Path, threads: int = 0, cache: Path | None = None, batch: int = 1, short: bool = False
    ) -> None:
        self.path, self.threads, self.cache, self.batch, self.short = path, threads, cache, batch, short
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
        results: list[NDArray[np.float32]] = [np.empty(0, np.float32)] * len(inputs)
        done, together = 0, self.batch
        while together:
            whole = (len(inputs) - done) // together * together
            self._run(inputs[done : done + whole], together, results, done)
            done, together = done + whole, together // QUARTER
        return results

    def _run(self, inputs: list[NDArray[np.float32]], batch: int, results: list[Any], first: int) -> None:
        """Fills ``results`` from ``first`` on; as many inputs as make whole batches."""
        if not inputs:
            return
        queue = self._queue((batch * inputs[0].shape[0], *inputs[0].shape[1:]))

        def done(request: Any, index: int) -> None:
            output = request.get_output_tensor(0).data.copy()
            results[index : index + batch] = np.split(output, batch)

        queue.set_callback(done)
        for index in range(0, len(inputs), batch):
            together = inputs[index] if batch == 1 else np.concatenate(inputs[index : index + batch])
            queue.start_async({0: together}, first + index)
        queue.wait_all()

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
            if not self.short and (chosen := precision()):
                options["INFERENCE_PRECISION_HINT"] = chosen
            if self.threads:
                options["INFERENCE_NUM_THREADS"] = self.threads
            self._queues[shape] = openvino.AsyncInferQueue(self._core.compile_model(model, "CPU", options))
        return self._queues[shape]
