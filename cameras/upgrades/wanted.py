"""What a plan is asked for: how much, by which weights, within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .catalogue import USUAL_WEIGHTS


class PlanError(Exception):
    """A plan that cannot be made or followed so; the message is for whoever tried."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """areas: to choose; new: cameras, shared evenly among them; convert: cameras (not poles); weights: key of an indicator to
    its weight, of any sum; method: of normalising; least: areas of each district at the least; apart_m: from new cameras and
    from those that are there; range_m, field_deg: of a new camera; shake: share by which weights are shaken for the stability;
    costs: won for a new camera, for one converted; budget: won, None for no bound; first: the plan's first day; phases, of
    phase_months each."""

    areas: int = 449
    new: int = 1796
    convert: int = 20533
    weights: dict[str, float] = field(default_factory=lambda: dict(USUAL_WEIGHTS))
    method: str = "z"
    least: int = 0
    apart_m: float = 30.0
    range_m: float = 30.0
    field_deg: float = 90.0
    shake: float = 0.5
    cost_new: int = 15_000_000
    cost_convert: int = 1_200_000
    budget: int | None = None
    first: str = "2027-01-01"
    phases: int = 3
    phase_months: int = 6

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise PlanError(
                    _("%(what)s: from %(least)s to %(most)s.")
                    % {"what": labels()[name], "least": f"{least:,}", "most": f"{most:,}"}
                )
        if self.method not in METHODS:
            raise PlanError(_("There is no such way to normalise."))
        if self.budget is not None and self.budget < 0:
            raise PlanError(_("A budget is not negative."))
        if not any(weight > 0 for weight in self.weights.values()) or min(self.weights.values()) < 0:
            raise PlanError(_("Some weight must be more than nothing, and none less."))
        try:
            date.fromisoformat(self.first)
        except ValueError as error:
            raise PlanError(_("The first day is no date.")) from error

    @property
    def each(self) -> list[int]:
        """New cameras for each chosen area, the first ones take what does not come out even."""
        share, more = divmod(self.new, self.areas) if self.areas else (0, 0)
        return [share + (number < more) for number in range(self.areas)]

    def due(self, phase: int) -> date:
        """The last day of a phase, from 1."""
        from datetime import timedelta

        begin = date.fromisoformat(self.first)
        months = begin.month - 1 + phase * self.phase_months
        return date(begin.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Wanted:
        """Fields that are not told are as usual; others are passed over."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})


METHOD_NAMES = {
    "z": gettext_lazy("distance from the mean (z-score)"),
    "range": gettext_lazy("between least and most"),
    "rank": gettext_lazy("by rank"),
}
METHODS = tuple(METHOD_NAMES)
BOUNDS: dict[str, tuple[float, float]] = {
    "areas": (0, 20_000), "new": (0, 20_000), "convert": (0, 200_000), "least": (0, 100), "apart_m": (0, 500),
    "range_m": (5, 200), "field_deg": (10, 360), "shake": (0, 1), "cost_new": (0, 10**10), "cost_convert": (0, 10**10),
    "phases": (1, 20), "phase_months": (1, 24),
}  # fmt: skip


def labels() -> dict[str, str]:
    """Of the fields, in the reader's language."""
    return {
        "areas": _("areas"), "new": _("new cameras"), "convert": _("cameras to convert"), "method": _("normalised by"),
        "least": _("areas of each district, at the least"), "apart_m": _("distance between cameras (m)"),
        "range_m": _("range of a new camera (m)"), "field_deg": _("field of view of a new camera (degrees)"),
        "shake": _("weights shaken by"), "cost_new": _("cost of a new camera (won)"),
        "cost_convert": _("cost of a conversion (won)"), "budget": _("budget (won)"), "first": _("first day"),
        "phases": _("phases"), "phase_months": _("months of a phase"),
    }  # fmt: skip
