"""What a plan buys, in words and rows: for pages, sheets and reports alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.models import District, Indicator, Plan, PlanArea, PlanItem

from .catalogue import MEASURED
from .measures import unit_told
from .wanted import METHOD_NAMES, Wanted, labels


@dataclass(frozen=True, slots=True)
class Gain:
    """One row: before and after in ``unit``; None: not known. better: 1 where more is better, -1 where less is, 0 for plain
    numbers, of which only ``then`` is told."""

    name: str
    now: float | None
    then: float | None
    unit: str
    better: int = 1

    @property
    def change(self) -> float | None:
        return None if self.now is None or self.then is None else round(self.then - self.now, 1)

    @property
    def good(self) -> bool:
        """The change is one for the better."""
        return (self.change or 0) * self.better > 0


def bought(plan: Plan) -> list[Gain]:
    """The rows of "what it buys", the same ones for every plan."""
    result = plan.result
    rows = [
        Gain(_("vulnerable areas"), None, result["chosen"], "", 0),
        Gain(_("new intelligent cameras"), None, result["new"], "", 0),
        Gain(_("cameras converted"), None, result["convert"], "", 0),
        Gain(_("cost"), None, round(result["cost"] / 1e8, 1), _("×100 m won"), 0),
        Gain(
            _("intelligent cameras, of all"), *_percent([result["shares"].get("", [None])[at] for at in (0, -1)]), "%"
        ),
    ]
    for kind, name in (("intelligent", _("intelligent cameras")), ("all", _("any camera"))):
        for what, words in (
            ("chosen", _("ground of the chosen areas covered by %(cameras)s")), ("ground", _("ground of the city covered by %(cameras)s")),
            ("residents", _("residents covered by %(cameras)s")), ("ways", _("ways of past cases covered by %(cameras)s")),
        ):  # fmt: skip
            rows.append(Gain(words % {"cameras": name}, *_percent(result[kind][what] or [None, None]), "%"))
    walks = result["walks"]["intelligent"]
    rows.append(
        Gain(
            _("walkers who come by an intelligent camera within an hour"),
            *_percent([one["found"] for one in walks]),
            "%",
        )
    )
    rows.append(
        Gain(
            _("time until they do, at most an hour, in the mean"),
            *(round(one["mean_s"] / 60, 1) for one in walks),
            _("min"),
            -1,
        )
    )
    return rows


def _percent(pair: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else round(100 * value, 1) for value in pair]


def named_drivers(names: Mapping[str, str], area: PlanArea) -> list[tuple[str, float]]:
    """What raises an area, in words (``indicator_names``), and what each adds."""
    return [(names.get(key, key), adds) for key, adds in area.drivers]


def indicator_names(plan: Plan) -> dict[str, str]:
    """As they are called in the reader's language where the system knows them, else as they were when the plan was made."""
    known = {one.key: one.name for one in Indicator.objects.current()}
    known |= {key: str(name) for key, (name, _unit, _worse) in MEASURED.items()}
    return {one["key"]: known.get(one["key"], one["name"]) for one in plan.indicators}


def indicators_of(plan: Plan) -> list[dict[str, Any]]:
    """What the plan was made by, as it was, in the reader's words: name, unit, source, weight in percent, and so on."""
    told, names = [], indicator_names(plan)
    for one in plan.indicators:
        measured = one["key"] in MEASURED
        unit = str(MEASURED[one["key"]][1]) if measured else unit_told(one["key"], one["unit"], one["kind"])
        source = _("measured by this system") if measured else one["source"]
        told.append({**one, "name": names[one["key"]], "unit": unit, "source": source})
    return told


def asked_rows(wanted: Wanted) -> list[tuple[str, Any]]:
    """Label and value of what was asked for, in words."""
    told = wanted.as_json()
    told["method"] = str(METHOD_NAMES[wanted.method])
    told["budget"] = f"{wanted.budget:,}" if wanted.budget is not None else _("no bound")
    told["shake"] = f"± {100 * wanted.shake:.0f} %"
    for name in ("cost_new", "cost_convert", "new", "convert"):
        told[name] = f"{told[name]:,}"
    return [(label, told[name]) for name, label in labels().items()]


def faster(plan: Plan) -> int | None:
    """By how many percent the mean time until somebody passes an intelligent camera changes; None where it cannot be told."""
    now, then = (one["mean_s"] for one in plan.result["walks"]["intelligent"])
    return round(100 * (then - now) / now) if now else None


def cut_of(plan: Plan) -> str:
    """What was asked for and is not in the plan, in words; empty where all is."""
    cut, told = plan.result["cut"], []
    if cut["new"] or cut["convert"]:
        left = {"new": f"{cut['new']:,}", "convert": f"{cut['convert']:,}"}
        told.append(_("The budget leaves out %(new)s new cameras and %(convert)s conversions.") % left)
    if cut["short"]:
        told.append(_("For %(n)s new cameras no place was left in their areas.") % {"n": f"{cut['short']:,}"})
    return " ".join(told)


@dataclass(frozen=True, slots=True)
class Share:
    """Of one district, of the whole city (None): percent of its cameras that are intelligent, now and after each phase; None
    where it has no camera."""

    district: District | None
    steps: list[int | None]

    @property
    def now(self) -> int:
        return self.steps[0] or 0

    @property
    def then(self) -> int:
        return self.steps[-1] or 0


def shares_of(plan: Plan, only: str | None = None) -> list[Share]:
    """By district in the order of their codes, the whole last; ``only``: a district's code, then it alone."""
    districts = {one.pk: one for one in District.objects.defer("boundary")}
    told = [
        Share(districts.get(code), [None if step is None else round(100 * step) for step in steps])
        for code, steps in sorted(plan.result["shares"].items(), key=lambda one: one[0] or "99999")
    ]
    return [one for one in told if one.district and one.district.pk == only] if only is not None else told


def phase_bars(items: Any) -> list[dict[str, Any]]:
    """Of each phase: number, last day, new cameras, converted ones, won, how many items are over or late; where its bar begins,
    how wide it is and how much of it is done, in percent of all phases."""
    over = Q(state__in=[PlanItem.State.IN_SERVICE, PlanItem.State.DROPPED])
    rows = items.order_by("phase").values("phase", "due", "kind").annotate(
        n=Sum("cameras"), won=Sum("cost"), rows=Count("pk"), over=Count("pk", filter=over),
        late=Count("pk", filter=~over & Q(due__lt=timezone.localdate())),
    )  # fmt: skip
    phases: dict[int, dict[str, Any]] = {}
    for row in rows:
        empty = {
            "phase": row["phase"],
            "due": row["due"],
            "new": 0,
            "convert": 0,
            "won": 0,
            "rows": 0,
            "over": 0,
            "late": 0,
        }
        one = phases.setdefault(row["phase"], empty)
        one[row["kind"]] += row["n"]
        for name in ("won", "rows", "over", "late"):
            one[name] += row[name]
    told = [phases[number] for number in sorted(phases)]
    for number, one in enumerate(told):
        one["left"], one["width"] = round(100 * number / len(told), 1), round(100 / len(told), 1)
        one["percent"] = round(100 * one["over"] / one["rows"])
        one["done"] = round(one["width"] * one["over"] / one["rows"], 1)
    return told
