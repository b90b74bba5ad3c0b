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
BATCH = 16


class Teacher(Protocol):
    """Says of pictures ``(n, h, w, 3) uint8`` BGR what a pupil's stages are to say, one array ``(n, ...) float32`` for
    each; the last are the vectors. Vectors alone where nothing is known of what lies between."""

    def __call__(self, pictures: Pictures) -> list[NDArray[np.float32]]: ...


class Whitened:
    """A teacher whose vectors are turned by ``whitening`` of what it says of some pictures ``(n, h, w, 3)``."""

    def __init__(self, teacher: Teacher, pictures: Pictures, flat: float) -> None:
        self._teacher = teacher
        said = [teacher(batch)[-1] for batch in np.split(pictures, range(BATCH, len(pictures), BATCH))]
        self.turn = whitening(np.concatenate(said), flat)

    def __call__(self, pictures: Pictures) -> list[NDArray[np.float32]]:
        *between, vectors = self._teacher(pictures)
        return [*between, vectors @ self.turn]


def whitening(vectors: NDArray[np.float32], flat: float) -> NDArray[np.float32]:
    """A symmetric matrix: vectors ``(n, size)``, multiplied by it, vary about as much in all directions, so that what most
    people differ in does not drown what few do (Jégou and Chum 2012, Negative evidences and co-occurences in image
    retrieval: the benefit of PCA and whitening). flat: the share of a covariance without directions, to which theirs is
    shrunk, 1 for none of theirs (Ledoit and Wolf 2004, A well-conditioned estimator for large-dimensional covariance
    matrices)."""
    covariance = np.cov(vectors, rowvar=False)
    size = len(covariance)
    covariance = (1 - flat) * covariance + flat * np.trace(covariance) / size * np.eye(size)
    spread, directions = np.linalg.eigh(covariance)
    turn = (directions / np.sqrt(spread)) @ directions.T
    return np.asarray(turn * np.sqrt(size) / np.linalg.norm(turn), dtype=np.float32)  # as long as they were, about


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
