"""Who watches which stream: leased in the database, taken over when whoever held it is gone, shared evenly."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from analysis.models import StreamLease, Watcher
from analysis.models.watch import GONE_AFTER
from cameras.models import Stream

LASTS = timedelta(seconds=12)  # a lease; renewed with every round


@transaction.atomic
def hold(name: str, districts: list[str], holds: int, now: datetime | None = None, behind_s: float = 0.0) -> list[int]:
    """A sign of life (behind_s: how far its streams lie behind), and the streams that are this watcher's for ``LASTS`` from
    now: those it held and that are still wanted, as far as its even share goes; then what is free."""
    now = now or timezone.now()
    told = {"districts": districts, "holds": holds, "seen_at": now, "behind_s": behind_s}
    Watcher.objects.update_or_create(name=name, defaults=told)
    Watcher.objects.filter(seen_at__lt=now - 20 * GONE_AFTER).delete()
    wanted = Stream.objects.filter(camera__watches__active=True).distinct()
    if districts:
        wanted = wanted.filter(camera__district__in=districts)
    keys = set(wanted.values_list("pk", flat=True))
    StreamLease.objects.filter(watcher=name).exclude(stream__in=keys).delete()
    share = min(holds, ceil(len(keys) / max(1, _sharing(districts, now))))
    mine = list(StreamLease.objects.select_for_update().filter(watcher=name).order_by("pk"))
    if len(mine) > share:
        StreamLease.objects.filter(pk__in=[lease.pk for lease in mine[share:]]).delete()
        mine = mine[:share]
    held = {lease.pk for lease in mine}
    taken = StreamLease.objects.held(now).exclude(watcher=name).values("pk")
    free = (
        Stream.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk__in=keys - held)
        .exclude(pk__in=taken)
    )
    for stream in free.order_by("pk")[: max(0, share - len(held))]:
        StreamLease.objects.update_or_create(stream=stream, defaults={"watcher": name, "until": now + LASTS})
        held.add(stream.pk)
    StreamLease.objects.filter(watcher=name).update(until=now + LASTS)
    return sorted(held)


def _sharing(districts: list[str], now: datetime) -> int:
    """Watchers that are there and may have the same streams."""
    there = Watcher.objects.answering(now)
    if not districts:
        return there.filter(districts=[]).count()
    return there.filter(Q(districts__contains=districts[0])).count()


@transaction.atomic
def let_go(name: str) -> None:
    """It ends in order: others may take its streams at once."""
    StreamLease.objects.filter(watcher=name).delete()
    Watcher.objects.filter(name=name).delete()
