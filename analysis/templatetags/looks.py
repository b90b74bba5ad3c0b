"""Clothing colours as swatches, and things carried in words."""

from __future__ import annotations

from django import template

from analysis.pipeline.colours import COLOURS
from cases.models.description import AID_CHOICES, BAG_CHOICES, COLOUR_CHOICES

register = template.Library()

NAMES = dict(COLOUR_CHOICES)
THING_NAMES = dict([*BAG_CHOICES, *AID_CHOICES])
LIKELY = 0.5  # from which a thing is named


@register.filter
def swatch(name: str) -> str:
    """sRGB of a named colour; the panel's own grey when it is not known."""
    return COLOURS.get(name, "#3a4654")


@register.filter
def colour_shares(shares: dict[str, float]) -> list[tuple[str, str, int]]:
    """Name in the reader's language, sRGB and percent, the largest share first; at most three."""
    rows = sorted(shares.items(), key=lambda row: -row[1])[:3]
    return [(str(NAMES.get(name, name)), COLOURS.get(name, "#3a4654"), round(100 * share)) for name, share in rows]


@register.filter
def likely_things(probabilities: dict[str, float]) -> list[tuple[str, int]]:
    """Name in the reader's language and percent of what the person likelier has than not, the surest first."""
    rows = sorted(probabilities.items(), key=lambda row: -row[1])
    return [(str(THING_NAMES[name]), round(100 * p)) for name, p in rows if name in THING_NAMES and p >= LIKELY]


@register.simple_tag
def colour_palette() -> list[tuple[str, str, str]]:
    """Value, name in the reader's language and sRGB of every colour that can be asked for."""
    return [(value, str(name), COLOURS[value]) for value, name in COLOUR_CHOICES]
