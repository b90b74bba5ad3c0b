"""Numbers as people read them: durations, distances, headings, sizes."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

register = template.Library()

COMPASS = (
    _("north"), _("north-east"), _("east"), _("south-east"), _("south"), _("south-west"), _("west"), _("north-west"),
)  # fmt: skip


@register.filter
def clock(value: timedelta | float | None) -> str:
    """Hours, minutes and seconds: ``1:42:10``; empty for None."""
    if value is None:
        return ""
    total = int(value.total_seconds() if isinstance(value, timedelta) else value)
    return f"{total // 3600}:{total // 60 % 60:02d}:{total % 60:02d}"


@register.filter
def about(value: timedelta | float | None) -> str:
    """A duration in words: ``4 min 10 s``; empty for None."""
    if value is None:
        return ""
    total = int(value.total_seconds() if isinstance(value, timedelta) else value)
    if total < 60:
        return gettext("%(s)s s") % {"s": total}
    if total < 3600:
        return gettext("%(m)s min %(s)s s") % {"m": total // 60, "s": total % 60}
    return gettext("%(h)s h %(m)s min") % {"h": total // 3600, "m": total // 60 % 60}


@register.filter
def metres(value: float | None) -> str:
    """``149 m`` below a kilometre, ``1.2 km`` above."""
    if value is None:
        return ""
    return f"{value:.0f} m" if value < 1000 else f"{value / 1000:.1f} km"


@register.filter
def compass(value: float | None) -> str:
    """The nearest of eight directions, for degrees from north."""
    if value is None:
        return str(pgettext_lazy("direction", "not known"))
    return str(COMPASS[round(value / 45) % 8])


@register.filter
def megabytes(value: int) -> str:
    """``8.6 MB``."""
    return f"{value / 1e6:,.1f} MB"
