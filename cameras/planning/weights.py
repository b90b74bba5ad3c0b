"""Weights of indicators: by pairwise comparison, or from what the data tell apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
#: Consistency of matrices filled at random, by size (Saaty 1980).
RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
TOLERABLE = 0.1  # of the consistency ratio


@dataclass(frozen=True, slots=True)
class Compared:
    """weights ``(m,)``: of sum one; ratio: consistency, 0 is perfect, above ``TOLERABLE`` the comparisons contradict each
    other."""

    weights: Table
    ratio: float

    @property
    def consistent(self) -> bool:
        return self.ratio <= TOLERABLE


def pairwise(judgements: Table) -> Compared:
    """judgements ``(m, m)``: how many times more the row's indicator matters than the column's (Saaty 1980, The Analytic
    Hierarchy Process): the principal eigenvector, and the consistency ratio. ValueError where the matrix is not one of
    positive reciprocals, or is larger than 15."""
    table = np.asarray(judgements, float)
    size = len(table)
    if table.shape != (size, size) or not 1 <= size < len(RANDOM_INDEX):
        raise ValueError("a square matrix of 1 to 15 indicators")
    if not (np.isfinite(table).all() and (table > 0).all() and np.allclose(table * table.T, 1.0, rtol=1e-3)):
        raise ValueError("each judgement is positive, and the other way round its reciprocal")
    roots, vectors = np.linalg.eig(table)
    first = int(np.argmax(roots.real))
    weights = np.abs(vectors[:, first].real)
    spread = (float(roots[first].real) - size) / (size - 1) if size > 1 else 0.0
    usual = RANDOM_INDEX[size]
    return Compared(weights / weights.sum(), max(0.0, spread / usual) if usual else 0.0)


def by_entropy(values: Table) -> Table:
    """Weights ``(m,)`` of sum one, the more the values ``(n, m)`` of an indicator differ between areas (Shannon's entropy:
    Hwang and Yoon 1981, Multiple Attribute Decision Making, 3). Values are not negative; areas with a missing value are left
    out; an indicator that tells none apart weighs nothing. ValueError where values are negative, or fewer than two areas
    are known in full."""
    table = np.asarray(values, float)
    table = table[np.isfinite(table).all(axis=1)]
    if len(table) < 2:
        raise ValueError("two areas of which everything is known, at least")
    if (table < 0).any():
        raise ValueError("values are not negative")
    total = table.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total > 0, table / total, 1 / len(table))
        logs = np.where(share > 0, np.log(share), 0.0)
    apart = np.clip(1 + (share * logs).sum(axis=0) / np.log(len(table)), 0.0, None)
    if apart.sum() <= 1e-12:
        return np.full(table.shape[1], 1 / table.shape[1])
    return np.asarray(apart / apart.sum(), float)
