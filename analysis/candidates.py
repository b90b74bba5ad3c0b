"""Candidates as people read them: reasons in words, evidence as bars."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .models import Candidate

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
