"""Who is looking at which candidate just now, so that colleagues on one case take different ones.

Kept in the cache alone: a hint, of which nothing depends.
"""

from __future__ import annotations

from typing import Any

from cases.models import Case
from seoulcctv.hints import drop, keep, kept

KEPT_S = 40  # after the last sign of life
CASE_KEPT_S = 24 * 3600


def look(case: Case, user: Any, candidate: int | None) -> None:
    """The user's page shows this candidate; None: none."""
    everybody = _everybody(case)
    if user.pk not in everybody:
        keep({_case(case): [*everybody, user.pk]}, CASE_KEPT_S)
    if candidate is None:
        drop(_user(case, user.pk))
    else:
        keep({_user(case, user.pk): (candidate, str(user))}, KEPT_S)


def looked_at(case: Case, but: Any) -> dict[int, str]:
    """Candidates that others look at, with whose name."""
    return dict(kept(_user(case, pk) for pk in _everybody(case) if pk != but.pk).values())


def _everybody(case: Case) -> list[int]:
    """Who has looked at the case's candidates lately."""
    everybody: list[int] = kept([_case(case)]).get(_case(case), [])
    return everybody


def _case(case: Case) -> str:
    return f"looking:{case.pk}"


def _user(case: Case, user: int) -> str:
    return f"looking:{case.pk}:{user}"
