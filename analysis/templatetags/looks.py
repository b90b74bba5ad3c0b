"""Clothing colours as swatches."""

from __future__ import annotations

from django import template

from analysis.pipeline.colours import COLOURS
from cases.models.description import COLOUR_CHOICES

register = template.Library()

NAMES = dict(COLOUR_CHOICES)


@register.filter
def swatch(name: str) -> str:
    """sRGB of a named colour; the panel's own grey when it is not known."""
    return COLOURS.get(name, "#3a4654")


@register.filter
def colour_shares(shares: dict[str, float]) -> list[tuple[str, str, int]]:
    """Name in the reader's language, sRGB and percent, the largest share first; at most three."""
    rows = sorted(shares.items(), key=lambda row: -row[1])[:3]
    return [(str(NAMES.get(name, name)), COLOURS.get(name, "#3a4654"), round(100 * share)) for name, share in rows]
