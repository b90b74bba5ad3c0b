"""A plan, made: areas ranked and chosen, new cameras placed, conversions ranked, phases, what it buys."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from cameras.models import KeepOut, Plan, PlanArea, PlanItem
from cameras.planning.choosing import (
    Merits,
    chosen_areas,
    conversion_score,
    phases,
    taken_poles,
    within_budget,
)
from cameras.planning.ground import Mask, Seen, windows
from cameras.planning.index import combined, normalised, stability
from cameras.planning.placement import NEAR_M, View, place
from cameras.planning.walks import passed, starts

from .areas import METRIC
from .city import CELL_M, City, Standing, degrees, metres, rings_of
from .measures import Matrix, matrix_of, measure
from .sources import ways
from .wanted import PlanError, Wanted

SHAKES, WALKERS, SEED = 1000, 4000, 1
WALK_S = 3600.0
DRIVERS = 2
OVERLAP = 0.15  # what a cell that an ordinary camera covers is worth to a new intelligent one, of a free one's


@dataclass(slots=True)
class Draft:
    """A plan before it is kept. items: in their order; indicators: what it was made by; result: what it buys."""

    areas: list[PlanArea] = field(default_factory=list)
    items: list[PlanItem] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for the same items, whoever makes the plan and when."""
        told = [
            [
                one.kind,
                one.camera_id,
                round(one.location.x, 7),
                round(one.location.y, 7),
                one.heading,
                one.phase,
                one.cost,
            ]
            for one in self.items
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def make(plan: Plan, told: Callable[[int], None] = lambda percent: None) -> Plan:
    """Makes it and keeps it, all or nothing. PlanError where it cannot be made so. told: percent."""
    draft = drafted(plan, told)
    with transaction.atomic():
        plan.areas.all().delete()
        plan.items.all().delete()
        PlanArea.objects.bulk_create(draft.areas, batch_size=2000)
        PlanItem.objects.bulk_create(draft.items, batch_size=2000)
        plan.indicators, plan.result, plan.fingerprint = draft.indicators, draft.result, draft.fingerprint
        plan.status, plan.problem, plan.progress = Plan.Status.DRAFT, "", 100
        plan.save()
    told(100)
    return plan


def drafted(plan: Plan, told: Callable[[int], None] = lambda percent: None) -> Draft:
    """Writes nothing of the plan; the inventory's measures of its areas are taken anew."""
    wanted = Wanted.from_json(plan.asked)
    city, there, covered = measure(plan.area_set, lambda percent: told(percent * 25 // 100))
    matrix = matrix_of(plan.area_set)
    told(30)
    return _Making(plan, wanted, city, matrix, there, covered).draft(told)


class _Making:
    def __init__(self, plan: Plan, wanted: Wanted, city: City, matrix: Matrix, there: Standing, covered: Mask) -> None:
        self.plan, self.wanted, self.city, self.matrix, self.there = plan, wanted, city, matrix, there
        self.weights = matrix.weights(wanted.weights)
        if not any(self.weights):
            raise PlanError(_("Nothing is known of any indicator that weighs something. Bring indicators first."))
        self.levels = normalised(matrix.values, matrix.worse, wanted.method)  # type: ignore[arg-type]
        self.index = combined(self.levels, self.weights)
        self.covered = covered & city.inside
        self.watched = city.ground.covered(there.views(there.intelligent)) & city.inside

    def draft(self, told: Callable[[int], None]) -> Draft:
        wanted, draft, index = self.wanted, Draft(), self.index
        if wanted.areas > len(self.city.areas):
            raise PlanError(_("There are only %(n)s areas.") % {"n": len(self.city.areas)})
        firm = stability(self.levels, self.weights, wanted.areas, SHAKES, wanted.shake, SEED)
        known = np.isfinite(index.value)
        try:
            chosen = chosen_areas(index.rank, known, self.city.districts, wanted.areas, wanted.least)
        except ValueError as error:
            raise PlanError(_("That many areas for each district are more than all areas together.")) from error
        told(40)
        new, reached, bound = self._new(chosen, told)
        told(75)
        paid = within_budget([wanted.cost_new] * len(new), wanted.budget)
        cut_new, new = len(new) - paid, new[:paid]
        left = None if wanted.budget is None else wanted.budget - paid * wanted.cost_new
        converted, cut = self._converted(left)
        draft.items = self._items(new, converted)
        then = self._after(new, converted)
        told(85)
        draft.areas = self._areas(firm, set(chosen.tolist()), then[0])
        draft.indicators = self._indicators()
        draft.result = {
            **self._buys(draft.items, then, chosen),
            "bound": {"reached": reached, "bound": bound},
            "cut": {"new": cut_new, "short": wanted.new - paid - cut_new, "convert": cut},
            "firm": int((firm[chosen] >= 0.9).sum()),
            "chosen": len(chosen),
            "known": round(float(index.known[chosen].mean()), 3) if len(chosen) else None,
        }
        told(98)
        return draft

    # Placing

    def _new(
        self, chosen: NDArray[np.int64], told: Callable[[int], None]
    ) -> tuple[list[tuple[int, Seen, float]], float, float]:
        """Area, camera, square metres it newly covers; then what was reached and what no placement exceeds."""
        wanted, city = self.wanted, self.city
        view = View(wanted.range_m, wanted.field_deg)
        free = city.inside & ~self._kept_out()
        rows, columns, on = city.ground.cells(self.there.at)
        near = _around(rows[on], columns[on], city.ground.shape, wanted.apart_m / CELL_M)
        free &= ~near
        # what intelligent cameras see needs no other one; what ordinary ones see counts a little
        worth = np.where(self.watched, 0.0, np.where(self.covered, OVERLAP, 1.0))
        watching = self.there.intelligent[on]
        served = _around(rows[on][watching], columns[on][watching], city.ground.shape, NEAR_M / CELL_M)
        boxes = windows(city.labels, len(city.areas), 0)
        placed: list[tuple[int, Seen, float]] = []
        reached = bound = 0.0
        for number, (area, cameras) in enumerate(zip(chosen.tolist(), wanted.each, strict=False)):
            box = boxes[area]
            if box is None or not cameras:
                continue
            here = city.labels[box] == area
            found = place(
                np.where(here, worth[box], 0.0), here & free[box], cameras, view, CELL_M, wanted.apart_m, served[box]
            )
            reached, bound = reached + found.covered, bound + found.bound
            for one in found.chosen:
                east, north = city.ground.middle(box[0].start + one.row, box[1].start + one.column)
                placed.append((area, Seen(east, north, one.heading, view.field, view.range_m), one.adds * CELL_M**2))
            if number % 50 == 0:
                told(40 + 35 * number // max(1, len(chosen)))
        return placed, round(reached * CELL_M**2), round(bound * CELL_M**2)

    def _kept_out(self) -> Mask:
        zones = KeepOut.objects.annotate(metric=Transform("boundary", METRIC))
        return self.city.ground.labels([rings_of(zone.metric) for zone in zones]) >= 0

    def _converted(self, left: float | None) -> tuple[NDArray[np.int64], int]:
        """Numbers of the poles among those that stand, and how many cameras the budget did not reach."""
        there, wanted = self.there, self.wanted
        poles = np.flatnonzero(~there.intelligent)
        of = self.city.area_at(there.at[poles])
        at_index = np.where(of >= 0, self.index.value[of], np.nan)
        gain = self._gain(poles)
        today = date.fromisoformat(wanted.first)
        age = today.year + today.month / 12 - there.year[poles]
        score = conversion_score(Merits(at_index, age, there.pixels[poles], gain))
        taken = taken_poles(score, there.count[poles], wanted.convert)
        paid = within_budget((there.count[poles[taken]] * float(wanted.cost_convert)).tolist(), left)
        self.gain = dict(zip(poles[taken].tolist(), gain[taken].tolist(), strict=True))
        return poles[taken[:paid]], int(there.count[poles[taken[paid:]]].sum())

    def _gain(self, poles: NDArray[np.int64]) -> NDArray[np.float64]:
        """Square metres that each sees and no intelligent camera does."""
        of = [number for number, pole in enumerate(poles) for _one in self.there.seen[pole]]
        views = [one for pole in poles for one in self.there.seen[pole]]
        cells = self.city.ground.worth(views, self.city.inside & ~self.watched)
        return np.bincount(of, weights=cells, minlength=len(poles)) * CELL_M**2

    # What is kept

    def _items(self, new: list[tuple[int, Seen, float]], converted: NDArray[np.int64]) -> list[PlanItem]:
        wanted, city, there = self.wanted, self.city, self.there
        phase_new = phases([area for area, _seen, _adds in new], wanted.phases)
        phase_old = phases(list(range(len(converted))), wanted.phases)
        at = np.concatenate([
            np.array([(seen.east, seen.north) for _area, seen, _adds in new], float).reshape(-1, 2), there.at[converted],
        ])  # fmt: skip
        places = [Point(lon, lat, srid=4326) for lon, lat in degrees(at)]
        items = []
        for number, (area, seen, adds) in enumerate(new):
            of, phase = city.areas[area], int(phase_new[number])
            items.append(
                PlanItem(plan=self.plan, number=number + 1, kind=PlanItem.Kind.NEW, area=of, district_id=of.district_id,
                         location=places[number], heading=seen.heading, adds=adds, cost=wanted.cost_new, phase=phase,
                         due=wanted.due(phase))
            )  # fmt: skip
        of_areas = city.area_at(there.at[converted])
        for number, pole in enumerate(converted.tolist()):
            phase, count = int(phase_old[number]), int(there.count[pole])
            items.append(
                PlanItem(plan=self.plan, number=len(new) + number + 1, kind=PlanItem.Kind.CONVERT,
                         area=city.areas[of_areas[number]] if of_areas[number] >= 0 else None,
                         district_id=there.district[pole], camera_id=int(there.pk[pole]), location=places[len(new) + number],
                         cameras=count, adds=self.gain[pole], cost=count * wanted.cost_convert, phase=phase,
                         due=wanted.due(phase))
            )  # fmt: skip
        return items

    def _areas(self, firm: NDArray[np.float64], chosen: set[int], then: Mask) -> list[PlanArea]:
        index = self.index
        now, after = self.city.share(self.covered), self.city.share(then)
        told = []
        for number, area in enumerate(self.city.areas):
            value = float(index.value[number])
            drivers = [
                [self.matrix.keys[one], round(float(index.parts[number, one]), 3)]
                for one in index.drivers(number, DRIVERS)
            ]
            told.append(
                PlanArea(plan=self.plan, area=area, rank=int(index.rank[number]), value=value if np.isfinite(value) else None,
                         known=float(index.known[number]), stability=float(firm[number]), chosen=number in chosen,
                         drivers=drivers, covered=_number(now[number]), covered_then=_number(after[number]))
            )  # fmt: skip
        return told

    def _indicators(self) -> list[dict[str, Any]]:
        """As they were, for whoever checks the plan later."""
        whole = sum(self.weights)
        told = []
        for column, weight, values in zip(self.matrix.columns, self.weights, self.matrix.values.T, strict=True):
            known = np.isfinite(values)
            told.append({
                "key": column.key, "name": column.name, "worse": column.worse, "year": column.year,
                "unit": column.indicator.unit if column.indicator else "", "kind": column.kind, "source": column.source, "weight": round(100 * weight / whole, 2), "areas": int(known.sum()),
                "least": _number(values[known].min()) if known.any() else None,
                "most": _number(values[known].max()) if known.any() else None,
            })  # fmt: skip
        return told

    # What it buys

    def _after(self, new: list[tuple[int, Seen, float]], converted: NDArray[np.int64]) -> tuple[Mask, Mask]:
        """What cameras cover then, and what intelligent ones do."""
        which = np.zeros(len(self.there.pk), bool)
        which[converted] = True
        added = self.city.ground.covered(seen for _area, seen, _adds in new) & self.city.inside
        changed = self.city.ground.covered(self.there.views(which)) & self.city.inside
        return self.covered | added, self.watched | added | changed

    def _buys(self, items: list[PlanItem], then: tuple[Mask, Mask], chosen: NDArray[np.int64]) -> dict[str, Any]:
        city, inside = self.city, self.city.inside
        in_chosen = np.isin(city.labels, chosen)
        masks = {"all": (self.covered, then[0]), "intelligent": (self.watched, then[1])}
        residents = self._residents()
        lines = self._along(ways())
        result: dict[str, Any] = {"cost": sum(one.cost for one in items), "new": sum(one.kind == "new" for one in items),
                                  "convert": sum(one.cameras for one in items if one.kind == "convert"),
                                  "poles": sum(one.kind == "convert" for one in items)}  # fmt: skip
        for name, pair in masks.items():
            result[name] = {
                "ground": [_share(mask, inside) for mask in pair],
                "chosen": [_share(mask, in_chosen) for mask in pair],
                "residents": None
                if residents is None
                else [_number((mask * residents).sum() / residents.sum()) for mask in pair],
                "ways": None if not len(lines[0]) else [_number(mask[lines].mean()) for mask in pair],
            }
        result["walks"] = self._walked(masks)
        result["shares"] = self._shares(items)
        return result

    def _residents(self) -> NDArray[np.float64] | None:
        """People on each cell, spread as the indicator is; None where no population is known."""
        if "population" not in self.matrix.keys:
            return None
        density = np.nan_to_num(self.matrix.values[:, self.matrix.keys.index("population")])
        if not density.sum():
            return None
        told: NDArray[np.float64] = np.where(self.city.labels >= 0, density[self.city.labels], 0.0)
        return told

    def _along(self, lines: list[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Rows and columns of the cells along lines, a cell's width between two."""
        steps = [np.zeros((0, 2))]
        for line in lines:
            corners = metres(line)
            for start, end in pairwise(corners):
                number = max(1, int(np.hypot(*(end - start)) / CELL_M))
                steps.append(start + (end - start) * (np.arange(number) / number)[:, None])
        rows, columns, on = self.city.ground.cells(np.concatenate(steps))
        return rows[on], columns[on]

    def _walked(self, masks: dict[str, tuple[Mask, Mask]]) -> dict[str, Any]:
        """The walks begin where the index is high: by its rank among all areas."""
        level = np.argsort(np.argsort(self.index.value)) / max(1, len(self.city.areas))
        weight = np.where(self.city.labels >= 0, level[self.city.labels], 0.0)
        begin = starts(weight, WALKERS, SEED)
        tried = {
            f"{name}-{when}": mask
            for name, pair in masks.items()
            for when, mask in zip(("now", "then"), pair, strict=True)
        }
        told = passed(self.city.ground, self.city.inside, tried, begin, SEED, WALK_S)
        return {name: [asdict(told[f"{name}-now"]), asdict(told[f"{name}-then"])] for name in masks}

    def _shares(self, items: list[PlanItem]) -> dict[str, Any]:
        """Share of cameras that are intelligent, now and after each phase: of the city (``""``) and of each district."""
        steps = self.wanted.phases + 1
        every: defaultdict[str, list[int]] = defaultdict(lambda: [0] * steps)
        smart: defaultdict[str, list[int]] = defaultdict(lambda: [0] * steps)
        for code, count, intelligent in zip(self.there.district, self.there.count, self.there.intelligent, strict=True):
            for key in ("", code):
                every[key][0] += int(count)
                smart[key][0] += int(count) if intelligent else 0
        for one in items:
            for key in ("", one.district_id):
                every[key][one.phase] += one.cameras if one.kind == PlanItem.Kind.NEW else 0
                smart[key][one.phase] += one.cameras
        return {
            key: [round(a / b, 4) if b else None for a, b in zip(np.cumsum(smart[key]), np.cumsum(told), strict=True)]
            for key, told in sorted(every.items())
        }


def _around(rows: NDArray[np.int32], columns: NDArray[np.int32], shape: tuple[int, int], cells: float) -> Mask:
    """Cells nearer than so many to one of those."""
    import cv2

    there = np.ones(shape, np.uint8)
    there[rows, columns] = 0
    if there.all() or cells <= 0:
        return np.zeros(shape, bool)
    return cv2.distanceTransform(there, cv2.DIST_L2, 5) < cells


def _share(mask: Mask, of: Mask) -> float:
    whole = int(of.sum())
    return _number((mask & of).sum() / whole) if whole else 0.0


def _number(value: Any) -> float:
    return round(float(value), 5) if np.isfinite(value) else 0.0
