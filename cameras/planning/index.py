"""Indicators of areas to one index: normalised, weighed, summed; what drives it, and how firm it stands.

Missing values stay missing: an area is judged by what is known of it, and how much that is is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
Method = Literal["z", "range", "rank"]


@dataclass(frozen=True, slots=True)
class Index:
    """value ``(n,)``: higher is more vulnerable, NaN where nothing is known; parts ``(n, m)``: what each indicator adds to
    it; known ``(n,)``: share of the weight that is known of the area, 0 to 1; rank ``(n,)``: from 1, those with NaN last."""

    value: Table
    parts: Table
    known: Table
    rank: NDArray[np.int64]

    def drivers(self, area: int, most: int = 2) -> list[int]:
        """Numbers of the indicators that raise an area most, the strongest first; only those that do."""
        parts = np.nan_to_num(self.parts[area], nan=0.0)
        return [int(one) for one in np.argsort(-parts, kind="stable")[:most] if parts[one] > 0]


def normalised(values: Table, worse: Sequence[int], method: Method) -> Table:
    """values ``(n, m)``: areas and indicators, NaN where missing; worse: for each indicator 1 where more is worse, -1 where
    more is better. Each column alone: ``z``: in standard deviations from its mean; ``range``: 0 to 1 between least and most;
    ``rank``: 0 to 1 by rank, equal ones share it (OECD 2008, Handbook on Constructing Composite Indicators, 5). A column in
    which all are the same tells nothing: 0. ValueError where shapes do not fit."""
    table = np.asarray(values, float)
    if table.ndim != 2 or len(worse) != table.shape[1]:
        raise ValueError("one direction for each indicator")
    signed = table * np.asarray(worse, float)
    out = np.full_like(signed, np.nan)
    for column in range(signed.shape[1]):
        known = np.isfinite(signed[:, column])
        if known.any():
            out[known, column] = _COLUMN[method](signed[known, column])
    return out


def _z(column: Table) -> Table:
    spread = column.std()
    return (column - column.mean()) / spread if spread > 0 else np.zeros_like(column)


def _range(column: Table) -> Table:
    spread = np.ptp(column)
    return (column - column.min()) / spread if spread > 0 else np.zeros_like(column)


def ranked(column: Table) -> Table:
    """0 to 1 by rank, equal ones share it; 0 where all are the same."""
    from scipy.stats import rankdata

    return (rankdata(column) - 1) / (len(column) - 1) if np.ptp(column) > 0 else np.zeros_like(column)


_COLUMN = {"z": _z, "range": _range, "rank": ranked}


def combined(levels: Table, weights: Sequence[float]) -> Index:
    """levels ``(n, m)``: normalised; weights: not negative, of any sum. The weighed mean of what is known of each area.
    ValueError where weights are negative, all nothing, or not one for each indicator."""
    share = as_weights(weights, levels.shape[1])
    known = np.isfinite(levels)
    weight = known * share
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = np.where(known, levels * weight / total[:, None], np.nan)
    value = np.where(total > 0, np.nansum(parts, axis=1), np.nan)
    return Index(value, parts, total, ranks(value))


def as_weights(weights: Sequence[float], number: int) -> Table:
    """Of sum one."""
    share = np.asarray(weights, float)
    if share.shape != (number,):
        raise ValueError("one weight for each indicator")
    if not np.isfinite(share).all() or (share < 0).any() or share.sum() <= 0:
        raise ValueError("weights are not negative, and not all nothing")
    return np.asarray(share / share.sum(), float)


def ranks(value: Table) -> NDArray[np.int64]:
    """From 1, the highest first; of equal ones the first; NaN last."""
    order = np.argsort(-np.nan_to_num(value, nan=-np.inf), kind="stable")
    place = np.empty(len(value), np.int64)
    place[order] = np.arange(1, len(value) + 1)
    return place


def stability(
    levels: Table, weights: Sequence[float], chosen: int, runs: int = 1000, shake: float = 0.5, seed: int = 1
) -> Table:
    """How often each area stays among the ``chosen`` highest when weights are shaken: ``(n,)``, 0 to 1.

    Each weight is multiplied by a number drawn between ``1 - shake`` and ``1 + shake``, then all are brought to a sum of one
    again (Saisana, Saltelli and Tarantola 2005, Uncertainty and sensitivity analysis techniques as tools for the quality
    assessment of composite indicators). The same seed gives the same answer."""
    share = as_weights(weights, levels.shape[1])
    rng = np.random.default_rng(seed)
    known = np.isfinite(levels).astype(float)
    filled = np.nan_to_num(levels, nan=0.0)
    kept = np.zeros(len(levels))
    for part in _portions(runs, 100):
        shaken = share * rng.uniform(1 - shake, 1 + shake, (part, len(share)))
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.nan_to_num((filled @ shaken.T) / (known @ shaken.T), nan=-np.inf)
        order = np.argsort(-values, axis=0, kind="stable")[:chosen]
        kept += np.bincount(order.ravel(), minlength=len(levels))
    return kept / runs


def _portions(whole: int, part: int) -> list[int]:
    return [min(part, whole - start) for start in range(0, whole, part)]
