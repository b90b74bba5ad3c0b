"""Notes as people read them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..notes import MENTION

register = template.Library()


@register.filter
def mentions(value: str) -> SafeString:
    """The text, with names after an @ made to stand out."""
    parts = MENTION.split(value)  # every other one is a name
    return format_html_join(
        "", "{}", ((format_html("<b>@{}</b>", part) if odd % 2 else part,) for odd, part in enumerate(parts))
    )
