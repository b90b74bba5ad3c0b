"""What addresses and forms ask for, as the program wants it."""

from __future__ import annotations

LONGEST_KEY = 9  # digits: what the database takes


def key_in(text: str) -> int:
    """A row's key; 0, which no row has, for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY else 0
