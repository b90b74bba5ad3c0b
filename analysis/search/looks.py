"""Appearance without the camera's share in it.

Pictures of one camera have its light, its height and its street in common, and so have their embeddings: two strangers
before one camera may look more alike than one person before two. What is common to the camera's people is taken off
(after Zhuang et al. 2020, Rethinking the distribution gap of person re-identification with camera-based batch
normalization, without training).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

FAITH = 10.0  # people whom a camera must have seen for its own mean to count as much as that of all cameras
ENOUGH = 20  # people in all, without whom nothing is taken off
CENTRED = "centred "  # stands before the model's name: such vectors compare with their like only


def mean_look(looks: NDArray[np.float32], overall: Vector) -> Vector:
    """What the people of one camera have in common. looks ``(n, d)``, one a person; overall ``(d,)``: the mean over all
    cameras, which stands for those whom this camera has not seen yet."""
    return np.asarray((looks.sum(axis=0) + FAITH * overall) / (len(looks) + FAITH), np.float32)


def centred(look: NDArray[np.float32], mean: Vector) -> Vector:
    """What is left of one or more looks ``(..., d)``, of length 1."""
    rest = look - mean
    return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=-1, keepdims=True), 1e-9), np.float32)
