"""The larger network that teaches: what it says of a picture, and what it says on the way there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.inference import precision

Pictures = NDArray[np.uint8]


class Teacher(Protocol):
    """Says of pictures ``(n, h, w, 3) uint8`` BGR what a pupil's stages are to say, one array ``(n, ...) float32`` for
    each; the last are the vectors. Vectors alone where nothing is known of what lies between."""

    def __call__(self, pictures: Pictures) -> list[NDArray[np.float32]]: ...


class OpenVinoTeacher:
    """A network in OpenVINO's form. layers: names of those to be heard, from the first to the last but the vector's own;
    ValueError for one that it has not."""

    def __init__(self, weights: Path, layers: Sequence[str] = (), threads: int = 0) -> None:
        import openvino

        self._core = openvino.Core()
        model = self._core.read_model(str(weights))
        there = {node.get_friendly_name(): node for node in model.get_ops()}
        if missing := [name for name in layers if name not in there]:
            raise ValueError(f"{weights.name} has no layer {', '.join(missing)}")
        for name in layers:
            model.add_outputs(there[name].output(0))
        self._model, self._threads = model, threads
        self._request: Any = None
        self._count = 0  # pictures of a batch, for which it is compiled
        _, _, self._height, self._width = model.input(0).shape

    def __call__(self, pictures: Pictures) -> list[NDArray[np.float32]]:
        """Compiled anew where a batch is not as large as the last."""
        if len(pictures) != self._count:
            self._count = len(pictures)
            self._model.reshape([len(pictures), 3, self._height, self._width])
            options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": self._threads}
            if chosen := precision():
                options["INFERENCE_PRECISION_HINT"] = chosen
            self._request = self._core.compile_model(self._model, "CPU", options).create_infer_request()
        scaled = np.stack([cv2.resize(picture, (self._width, self._height)) for picture in pictures])
        self._request.infer({0: np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=np.float32)})
        vectors, *between = (
            self._request.get_output_tensor(number).data.astype(np.float32)
            for number in range(len(self._model.outputs))
        )
        return [*between, vectors.reshape(len(pictures), -1)]
