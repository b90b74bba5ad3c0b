"""The cache, for what helps and of which nothing depends: without it things only take longer, or are not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from redis.exceptions import RedisError


def kept(keys: Iterable[str]) -> dict[str, Any]:
    """What is there of these."""
    with suppress(RedisError):
        return cache.get_many(keys)
    return {}


def keep(values: Mapping[str, Any], seconds: int) -> None:
    """For so long, and no longer."""
    with suppress(RedisError):
        cache.set_many(values, seconds)


def drop(key: str) -> None:
    """As if it had never been."""
    with suppress(RedisError):
        cache.delete(key)
