"""Events of a case: written with the change itself, then a wake-up for open browsers.

The row is the truth. The wake-up may be lost: consumers also read by themselves now and then.
"""

from __future__ import annotations

import logging
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from .models import Case, CaseEvent

logger = logging.getLogger(__name__)


def group_name(case_pk: int) -> str:
    """The channel group of everybody who follows a case."""
    return f"case-{case_pk}"


def record(case: Case, kind: str, by: Any = None, **data: Any) -> CaseEvent:
    """Adds the next event. Must run inside the transaction of the change."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is written in the transaction of its change")
    locked = Case.objects.select_for_update(no_key=True).only("last_event").get(pk=case.pk)
    number = locked.last_event + 1
    Case.objects.filter(pk=case.pk).update(last_event=number)
    case.last_event = number
    event = CaseEvent.objects.create(case=case, number=number, kind=kind, by=by, data=data)
    transaction.on_commit(lambda: wake(group_name(case.pk)))
    return event


def wake(group: str) -> None:
    """Tells the followers of a channel group to read again; a Redis that is away loses nothing."""
    try:
        async_to_sync(get_channel_layer().group_send)(group, {"type": "case.wake"})
    except Exception:  # the layer raises whatever its transport raises
        logger.warning("no wake-up sent to %s: the channel layer is away", group)
