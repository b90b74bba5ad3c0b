"""The access log's chain: each row's hash covers the row and the hash before it, so any change to the past shows.

What the end of the chain was on a day is signed and kept outside the database (an anchor): rows cut off at the end show
against it. Rows are added by the database's own trigger (migration ``0009``); here they are only checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core import signing
from django.db import connection
from django.utils import timezone

SALT = "access-log-anchor"
#: As ``access_log_text`` in the migration; written out here, for a function in the database can be changed.
ROWS = """
    SELECT r.position, r.id, r.hash, concat_ws(E'\\x1f', r.position, r.id,
        to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), coalesce(r.user_id::text, '-'), r.role, r.action,
        coalesce(r.case_id::text, '-'), r.subject, coalesce(host(r.address), '-'))
    FROM cases_accesslog r ORDER BY r.position NULLS LAST, r.id
"""


@dataclass(frozen=True, slots=True)
class Break:
    """Where the log is not as it was written. position: of the row; kind: edited, missing, unchained, or cut_off."""

    position: int | None
    row: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the chain at a moment."""

    position: int
    hash: str
    at: str


def breaks(anchors: list[Anchor] | None = None) -> Iterator[Break]:
    """Everything that is wrong, in order. One edited row is one break: the chain goes on from the hash it carries."""
    due = {anchor.position: anchor.hash for anchor in anchors or []}
    expected, before = 1, ""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        for position, row, found, text in cursor:
            if position is None:
                yield Break(None, row, "unchained")
                continue
            for missing in range(expected, position):
                yield Break(missing, None, "missing")
            if (
                position == expected and found != hashlib.sha256(f"{before}\x1f{text}".encode()).hexdigest()
            ) or due.get(position, found) != found:
                yield Break(position, row, "edited")
            expected, before = position + 1, found
    for position in sorted(due):
        if position >= expected:
            yield Break(position, None, "cut_off")


def end_of_chain() -> Anchor | None:
    """The latest row; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, hash FROM cases_accesslog WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return Anchor(row[0], row[1], timezone.now().isoformat(timespec="seconds")) if row else None


def anchor(file: Path) -> Anchor | None:
    """Adds today's end to a file, signed; None where there is nothing to anchor."""
    end = end_of_chain()
    if end is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="ascii") as out:
            out.write(signing.dumps([end.position, end.hash, end.at], salt=SALT) + "\n")
    return end


def anchors_of(file: Path) -> list[Anchor]:
    """Those of a file; ``signing.BadSignature`` for one that was tampered with."""
    lines = file.read_text(encoding="ascii").split() if file.is_file() else []
    return [Anchor(*signing.loads(line, salt=SALT)) for line in lines]


def anchored_today(file: Path, now: datetime | None = None) -> bool:
    """Whether the file holds today's end already."""
    anchors = anchors_of(file)
    today = timezone.localdate(now)
    return bool(anchors) and timezone.localdate(datetime.fromisoformat(anchors[-1].at)) >= today
