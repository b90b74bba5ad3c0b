"""Who is looking at which candidate just now, so that colleagues on one case take different ones.

Kept in the cache alone: a hint, of which nothing depends.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError

from cases.models import Case

KEPT_S = 40  # after the last sign of life
CASE_KEPT_S = 24 * 3600


def look(case: Case, user: Any, candidate: int | None) -> None:
    """The user's page shows this candidate; None: none."""
    with suppress(RedisError):
        everybody = set(cache.get(_case(case), ()))
        if user.pk not in everybody:
            cache.set(_case(case), sorted(everybody | {user.pk}), CASE_KEPT_S)
        if candidate is None:
            cache.delete(_user(case, user.pk))
        else:
            cache.set(_user(case, user.pk), (candidate, str(user)), KEPT_S)


def looked_at(case: Case, but: Any) -> dict[int, str]:
    """Candidates that others look at, with whose name."""
    with suppress(RedisError):
        others = [pk for pk in cache.get(_case(case), ()) if pk != but.pk]
        return dict(cache.get_many([_user(case, pk) for pk in others]).values())
    return {}


def _case(case: Case) -> str:
    return f"looking:{case.pk}"


def _user(case: Case, user: int) -> str:
    return f"looking:{case.pk}:{user}"
