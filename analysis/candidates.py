"""Candidates and the route as people read them: reasons in words, evidence as bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from cameras.models import District
from cases.models import Case, Sighting

from .matching import seconds
from .models import Candidate
from .search.route import Leg, Stop, legs

FACTOR_NAMES = {
    "upper": _("Upper clothing"),
    "lower": _("Lower clothing"),
    "things": _("Things carried"),
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


SAME_PASSAGE = timedelta(seconds=60)  # sightings of one camera so close together are one stop


@dataclass(frozen=True, slots=True)
class RouteStop:
    """A passage by one camera with the leg that led to it. ``sighting``: the first of the passage."""

    sighting: Sighting
    number: int
    leg: Leg | None
    district: District


def passages(sightings: list[Sighting]) -> list[list[Sighting]]:
    """Sightings in order of time, those of one passage by a camera together."""
    groups: list[list[Sighting]] = []
    for sighting in sightings:
        last = groups[-1][-1] if groups else None
        if last and last.camera_id == sighting.camera_id and sighting.time - last.end < SAME_PASSAGE:
            groups[-1].append(sighting)
        else:
            groups.append([sighting])
    return groups


def route_of(case: Case) -> list[RouteStop]:
    """Standing sightings in order of time, from the last seen report on."""
    report_district = District.objects.filter(boundary__covers=case.last_seen_point).first()
    start = seconds(case.last_seen_at)
    origin = Stop(
        0, case.last_seen_point.x, case.last_seen_point.y, start, start, report_district.code if report_district else ""
    )
    groups = passages(list(case.sightings.standing().select_related("camera__district")))
    stops = [
        Stop(g[0].pk, g[0].point.x, g[0].point.y, seconds(g[0].time), seconds(g[-1].end), g[0].camera.district_id)
        for g in groups
    ]
    by_end = {leg.end.key: leg for leg in legs([origin, *stops], case.mobility)}
    return [
        RouteStop(group[0], number, by_end.get(group[0].pk), group[0].camera.district)
        for number, group in enumerate(groups, start=1)
    ]
