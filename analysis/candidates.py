"""Candidates and the route as people read them: reasons in words, evidence as bars."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cameras.models import District
from cases.models import Case, Sighting

from .matching import seconds
from .models import Candidate
from .search.match import PRIOR
from .search.route import Leg, Stop, legs

FACTOR_NAMES = {
    "upper": _("Upper clothing"),
    "lower": _("Lower clothing"),
    "height": _("Height"),
    "timing": _("Time and distance"),
    "direction": _("Direction"),
    "likeness": _("Like the confirmed"),
}
FULL_BAR = 3.0  # evidence (natural log) that fills a bar


@dataclass(frozen=True, slots=True)
class Factor:
    """evidence: log-likelihood ratio; width: 0 to 100 of the bar."""

    name: str
    evidence: float

    @property
    def width(self) -> int:
        return round(100 * min(abs(self.evidence) / FULL_BAR, 1.0))

    @property
    def sign(self) -> str:
        return "for" if self.evidence >= 0 else "against"

    @property
    def text(self) -> str:
        return f"{self.evidence:+.1f}".replace("-", "−")


def factors_of(candidate: Candidate) -> list[Factor]:
    """In a fixed order, so that bars can be compared from one candidate to the next."""
    return [Factor(str(name), candidate.factors[key]) for key, name in FACTOR_NAMES.items() if key in candidate.factors]


def strongest(candidate: Candidate, count: int = 3) -> str:
    """What speaks for the candidate most, in words."""
    supporting = sorted((f for f in factors_of(candidate) if f.evidence > 0.2), key=lambda f: -f.evidence)
    return ", ".join(f.name for f in supporting[:count])


def prior_evidence() -> float:
    """Before anything is known of a passer-by (log-odds)."""
    return PRIOR


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A sighting in the route with the leg that led to it; the first has none, but for the last seen report."""

    sighting: Sighting
    number: int
    leg: Leg | None
    district: District


def route_of(case: Case) -> list[RouteStop]:
    """Standing sightings in order of time, from the last seen report on."""
    report_district = District.objects.filter(boundary__covers=case.last_seen_point).first()
    start = seconds(case.last_seen_at)
    origin = Stop(
        0, case.last_seen_point.x, case.last_seen_point.y, start, start, report_district.code if report_district else ""
    )
    sightings = list(case.sightings.standing().select_related("camera__district"))
    stops = [Stop(s.pk, s.point.x, s.point.y, seconds(s.time), seconds(s.end), s.camera.district_id) for s in sightings]
    by_end = {leg.end.key: leg for leg in legs([origin, *stops], case.mobility)}
    return [
        RouteStop(sighting, number, by_end.get(sighting.pk), sighting.camera.district)
        for number, sighting in enumerate(sightings, start=1)
    ]
