"""The index of all areas for weights that somebody tries out, at once; how firm it is; weights by comparison and from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from cameras.models import AreaSet, Indicator
from cameras.planning.index import Index, combined, normalised, stability
from cameras.planning.weights import TOLERABLE, by_entropy, pairwise

from .making import SEED, SHAKES
from .measures import Matrix, matrix_of
from .wanted import METHODS, PlanError


@dataclass(frozen=True, slots=True)
class Judgement:
    """The table of a set of areas, normalised; names: of the areas, in their order."""

    matrix: Matrix
    levels: NDArray[np.float64]
    names: list[str]

    def index(self, weights: Mapping[str, float]) -> Index:
        """PlanError where nothing weighs."""
        try:
            return combined(self.levels, self.matrix.weights(weights))
        except ValueError as error:
            raise PlanError(_("Some weight must be more than nothing, and none less.")) from error

    def told(self, weights: Mapping[str, float], most: int) -> dict[str, Any]:
        """What a page draws: of each area its index and rank, of the ``most`` highest what drives them."""
        index = self.index(weights)
        order = np.argsort(index.rank)[:most]
        return {
            "values": [None if not np.isfinite(value) else round(float(value), 3) for value in index.value],
            "ranks": index.rank.tolist(),
            "known": np.round(index.known, 3).tolist(),
            "top": [self._area(index, int(area)) for area in order if np.isfinite(index.value[area])],
        }

    def _area(self, index: Index, area: int) -> dict[str, Any]:
        return {
            "area": area,
            "name": self.names[area],
            "value": round(float(index.value[area]), 3),
            "known": round(float(index.known[area]), 3),
            "drivers": [
                [self.matrix.columns[one].name, round(float(index.parts[area, one]), 2)] for one in index.drivers(area)
            ],
        }

    def area(self, weights: Mapping[str, float], area: int) -> dict[str, Any]:
        """One area in full: each indicator's value, level and what it adds."""
        index = self.index(weights)
        rows = [
            {
                "name": column.name, "unit": column.unit, "value": _number(self.matrix.values[area, one]),
                "level": _number(self.levels[area, one]), "adds": _number(index.parts[area, one]),
            }
            for one, column in enumerate(self.matrix.columns)
        ]  # fmt: skip
        known = [row for row in rows if row["adds"] is not None]
        rows = sorted(known, key=lambda row: -abs(row["adds"] or 0)) + [row for row in rows if row["adds"] is None]
        return {**self._area(index, area), "rank": int(index.rank[area]), "of": len(self.names), "rows": rows}

    def stability(self, weights: Mapping[str, float], chosen: int, shake: float) -> dict[str, Any]:
        """How often each stays among the ``chosen`` highest."""
        index = self.index(weights)
        firm = stability(self.levels, self.matrix.weights(weights), chosen, SHAKES, shake, SEED)
        among = index.rank <= chosen
        return {"firm": np.round(firm, 3).tolist(), "stay": int((firm[among] >= 0.9).sum()), "shakes": SHAKES}

    def by_entropy(self, keys: list[str]) -> dict[str, float]:
        """Weights of sum 100, by what tells areas apart. PlanError where they cannot be told."""
        columns = [self.matrix.keys.index(key) for key in keys if key in self.matrix.keys]
        if not columns:
            raise PlanError(_("Choose indicators first."))
        try:
            weights = by_entropy(self.matrix.values[:, columns])
        except ValueError as error:
            raise PlanError(_("Too few areas of which all of these are known.")) from error
        return {
            self.matrix.keys[column]: round(100 * float(weight), 1)
            for column, weight in zip(columns, weights, strict=True)
        }


def by_pairs(keys: list[str], judgements: Mapping[str, float]) -> dict[str, Any]:
    """judgements: ``"a:b"`` to how many times more a matters than b; one for each pair, else they matter the same. PlanError."""
    size = len(keys)
    matrix = np.ones((size, size))
    for row, first in enumerate(keys):
        for column, second in enumerate(keys):
            value = judgements.get(f"{first}:{second}")
            if value is not None and row != column:
                if not 1 / 9 - 1e-6 <= value <= 9 + 1e-6:
                    raise PlanError(_("Comparisons lie between one ninth and nine."))
                matrix[row, column], matrix[column, row] = value, 1 / value
    try:
        found = pairwise(matrix)
    except ValueError as error:
        raise PlanError(_("Compare 1 to 15 indicators.")) from error
    weights = {key: round(100 * float(weight), 1) for key, weight in zip(keys, found.weights, strict=True)}
    return {"weights": weights, "ratio": round(found.ratio, 3), "consistent": found.consistent, "tolerable": TOLERABLE}


def judgement_of(area_set: AreaSet, method: str) -> Judgement:
    """Kept until an indicator or a measurement is new. PlanError for methods that there are not."""
    if method not in METHODS:
        raise PlanError(_("There is no such way to normalise."))
    newest = Indicator.objects.current().values_list("pk", flat=True)
    return _judged(area_set.pk, method, (*newest, area_set.measured_at), get_language() or "ko")


@lru_cache(maxsize=8)
def _judged(pk: int, method: str, stamp: tuple[Any, ...], language: str) -> Judgement:
    area_set = AreaSet.objects.get(pk=pk)
    matrix = matrix_of(area_set)
    areas = area_set.areas.select_related("district").defer("boundary", "district__boundary").order_by("code")
    return Judgement(matrix, normalised(matrix.values, matrix.worse, method), [str(area) for area in areas])  # type: ignore[arg-type]


def _number(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None
