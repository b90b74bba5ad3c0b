"""Embeddings of people: vectors that say how alike two pictures are."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from . import colours
from .accelerator import TorchNetwork, gpu_usable
from .cutting import scaled
from .inference import Network, named, there
from .types import Image

AT_ONCE = 16  # pictures by the network
BANDS = 12  # of the colour embedding
#: Cosine distance within which two looks may be one person, by family of networks: somewhat less than that
#: within which nine in ten within a camera lie (``tests.benchmarks.likeness``). Whitened vectors lie further apart.
SAME_PERSON = {"appearance-street-8": 0.34}
USUAL = 0.30


class Embedder(Protocol):
    """Turns crops into vectors of length 1 that compare by dot product."""

    name: str
    same_person: float  # cosine distance within which two looks may be one person

    def __call__(self, crops: list[Image]) -> NDArray[np.float32]:
        """``(n, d) float32`` for n crops."""
        ...


class ColourEmbedder:
    """Named colours from head to foot: needs no weights, tells clothes apart.

    In each horizontal band the shares of the colour names, square-rooted so that the dot product is the
    Bhattacharyya coefficient (after Yang et al. 2014, Salient Color Names for Person Re-identification).
    """

    name = "names-2"
    same_person = 0.14

    def __call__(self, crops: list[Image]) -> NDArray[np.float32]:
        """``(n, 156) float32``."""
        rows = [np.sqrt(colours.bands(crop, BANDS)).reshape(-1) / np.sqrt(BANDS) for crop in crops]
        return np.array(rows, dtype=np.float32).reshape(len(crops), -1)


class NetworkEmbedder:
    """A re-identification network, such as person-reidentification-retail-0288. weights: in OpenVINO form, which names it;
    network: what computes it."""

    def __init__(self, weights: Path, network: Network | TorchNetwork) -> None:
        self.name = named(weights).removeprefix("person-reidentification-")
        self.same_person = next((apart for family, apart in SAME_PERSON.items() if self.name.startswith(family)), USUAL)
        self._network = network

    def __call__(self, crops: list[Image]) -> NDArray[np.float32]:
        """``(n, d) float32``; crops of any size are scaled to the network's input."""
        _, _, height, width = self._shape
        pictures = [
            np.ascontiguousarray(scaled(crop, width, height).transpose(2, 0, 1)[None], dtype=np.float32)
            for crop in crops
        ]
        vectors = np.array([output[0] for output in self._network(pictures)], dtype=np.float32)
        vectors = vectors.reshape(len(crops), -1)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    @cached_property
    def _shape(self) -> tuple[int, ...]:
        return self._network.input_shape


def embedder(weights: Path | None, threads: int = 0) -> Embedder:
    """The network where its weights are, else colours. On a GPU where there is one and the network's learner (``.pt``)
    lies beside it, as the project's own does; else by OpenVINO on the processor."""
    if not weights or not there(weights):
        return ColourEmbedder()
    learner = weights.with_suffix(".pt")
    if learner.is_file() and gpu_usable():
        return NetworkEmbedder(weights, TorchNetwork(learner))
    return NetworkEmbedder(weights, Network(weights, threads, batch=AT_ONCE, short=True))
