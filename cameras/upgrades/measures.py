"""Values of all indicators in all areas of a set: those that were brought, spread over the ground; those that the system measures.

How values are spread (stated in reports): a rate holds all over its district or dong; a number of something is taken as spread
evenly over its district or dong (areal weighting: Goodchild and Lam 1980) and judged by the square kilometre; things at points
are counted in the area that they lie in. An area takes the value of the district, or of the dong, that its middle lies in.
Where a file tells nothing of a district, its areas have no value; none is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from django.contrib.gis.db.models.functions import Area as AreaOf
from django.contrib.gis.db.models.functions import Transform
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from cameras.models import Area, AreaSet, District, Indicator, Measure
from cameras.planning.ground import Mask

from .areas import METRIC, dongs
from .catalogue import MEASURED, unit_of
from .city import CELL_M, City, Standing, city_of, metres, standing
from .sources import went_missing

Column = NDArray[np.float64]
KM2 = 1e6


@dataclass(frozen=True, slots=True)
class Judged:
    """One column of the table. indicator: None for what the system measures; year: None where unknown."""

    key: str
    name: str
    unit: str
    worse: int
    kind: str
    year: int | None
    source: str
    indicator: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """values ``(n, m)``: areas in the order of their codes, NaN where nothing is known."""

    columns: list[Judged]
    values: NDArray[np.float64]

    @property
    def worse(self) -> list[int]:
        return [column.worse for column in self.columns]

    @property
    def keys(self) -> list[str]:
        return [column.key for column in self.columns]

    @property
    def lacking(self) -> list[str]:
        """Names of those of which some area has no value."""
        gaps = np.isnan(self.values).any(axis=0)
        return [column.name for column, gap in zip(self.columns, gaps, strict=True) if gap]

    def weights(self, told: Mapping[str, float]) -> list[float]:
        """In the order of the columns; nothing for those that are not told."""
        return [float(told.get(key, 0.0)) for key in self.keys]


def matrix_of(area_set: AreaSet) -> Matrix:
    """Every current indicator in every area; what was not spread or measured yet is spread now, the inventory's only by
    ``measure``."""
    current = list(Indicator.objects.current())
    kept = {measure.key: measure for measure in area_set.measures.all()}
    wanted = {f"i{one.pk}": one for one in current}
    if lacking := [one for key, one in wanted.items() if key not in kept]:
        places = _Places(area_set)
        for one in lacking:
            kept[f"i{one.pk}"] = _keep(area_set, f"i{one.pk}", places.spread(one))
    columns = [
        Judged(
            one.key, one.name, unit_told(one.key, one.unit, one.kind), one.worse, one.kind, one.year, one.source, one
        )
        for one in current
    ]
    values = [kept[key].values for key in wanted]
    for key, (name, unit, worse) in MEASURED.items():
        if measure := kept.get(key):
            source = _("measured by this system")
            columns.append(Judged(key, str(name), str(unit), worse, "rate", None, source))
            values.append(measure.values)
    number = area_set.areas.count()
    table = np.array([[np.nan if v is None else v for v in column] for column in values], float)
    return Matrix(columns, table.reshape(len(values), number).T)


def unit_told(key: str, unit: str, kind: str) -> str:
    """Of the values of areas, in the reader's language: numbers are by the square kilometre."""
    unit = unit_of(key, unit)
    return unit if kind == Indicator.Kind.RATE else _("%(unit)s per km²") % {"unit": unit}


def measure(area_set: AreaSet, told: Callable[[int], None] = lambda percent: None) -> tuple[City, Standing, Mask]:
    """Measures anew what the inventory and past cases tell of each area; what it was measured on: the ground, the cameras, the
    cells that these cover. told: percent."""
    city = city_of(area_set)
    told(30)
    there = standing()
    told(60)
    covered = city.ground.covered(there.views())
    for key, values in measured(city, there, covered).items():
        _keep(area_set, key, values)
    AreaSet.objects.filter(pk=area_set.pk).update(measured_at=timezone.now())
    told(100)
    return city, there, covered


def measured(city: City, there: Standing, covered: Mask) -> dict[str, Column]:
    """By key; NaN where an area has no ground, or no camera of which a share could be told."""
    number = len(city.areas)
    km2 = city.size * CELL_M**2 / KM2
    of = city.area_at(there.at)
    on = of >= 0
    cameras = np.bincount(of[on], weights=there.count[on], minlength=number)
    regular = np.bincount(of[on], weights=(there.count * ~there.intelligent)[on], minlength=number)
    missed = city.area_at(metres(went_missing()))
    cases = np.bincount(missed[missed >= 0], minlength=number)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "uncovered": 100 * (1 - city.share(covered)),
            "camera_density": np.where(km2 > 0, cameras / km2, np.nan),
            "regular_share": np.where(cameras > 0, 100 * regular / cameras, np.nan),
            "past_cases": np.where(km2 > 0, cases / km2, np.nan),
        }


class _Places:
    """Where the areas of a set lie: district and dong."""

    def __init__(self, area_set: AreaSet) -> None:
        self.area_set = area_set
        self.districts = list(area_set.areas.order_by("code").values_list("district_id", flat=True))
        self.of_dong: list[str] | None = None

    def spread(self, indicator: Indicator) -> Column:
        """``(n,)``; numbers by the square kilometre."""
        if indicator.by == Indicator.By.POINT:
            return self._counted(indicator)
        if indicator.by == Indicator.By.DONG:
            told = dict(indicator.values.values_list("dong", "value"))
            ground = dict(Area.objects.filter(area_set=dongs()).values_list("code", "area_m2"))
            keys = self._dongs()
        else:
            told = dict(indicator.values.values_list("district", "value"))
            metric = District.objects.annotate(m2=AreaOf(Transform("boundary", METRIC)))
            ground = {code: m2.sq_m for code, m2 in metric.values_list("pk", "m2")}
            keys = self.districts
        values = np.array([told.get(key, np.nan) for key in keys], float)
        if indicator.kind == Indicator.Kind.RATE:
            return values
        return values / np.array([ground.get(key, np.nan) / KM2 for key in keys], float)

    def _counted(self, indicator: Indicator) -> Column:
        """By the database, each point in one area: areas of a set seldom overlap, and then the first takes it."""
        rows = Area.objects.raw(
            """
            SELECT DISTINCT ON (v.id) v.id AS value_id, a.id, v.value AS value FROM cameras_indicatorvalue v
            JOIN cameras_area a ON a.area_set_id = %s AND ST_Covers(a.boundary, v.point)
            WHERE v.indicator_id = %s ORDER BY v.id, a.code
            """,
            [self.area_set.pk, indicator.pk],
        )
        summed: dict[int, float] = {}
        for row in rows:
            summed[row.pk] = summed.get(row.pk, 0.0) + row.value
        areas = self.area_set.areas.order_by("code").values_list("pk", "area_m2")
        return np.array([summed.get(pk, 0.0) / (m2 / KM2) for pk, m2 in areas], float)

    def _dongs(self) -> list[str]:
        """The dong that the middle of each area lies in, or the nearest one of its district: boundaries are simplified."""
        if self.of_dong is None:
            rows = Area.objects.raw(
                """
                SELECT a.id, near.code AS dong
                FROM (SELECT *, ST_PointOnSurface(boundary) AS middle FROM cameras_area WHERE area_set_id = %s OFFSET 0) a
                LEFT JOIN LATERAL (
                    SELECT d.code FROM cameras_area d WHERE d.area_set_id = %s AND d.district_id = a.district_id
                    ORDER BY d.boundary <-> a.middle LIMIT 1) near ON true
                ORDER BY a.code
                """,
                [self.area_set.pk, dongs().pk],
            )
            self.of_dong = [row.dong for row in rows]
        return self.of_dong


@transaction.atomic
def _keep(area_set: AreaSet, key: str, values: Column) -> Measure:
    told = [None if not np.isfinite(value) else float(value) for value in values]
    one, _new = Measure.objects.update_or_create(
        area_set=area_set, key=key, defaults={"values": told, "at": timezone.now()}
    )
    return one
