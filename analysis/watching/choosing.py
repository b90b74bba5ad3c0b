"""Which cameras look out for a case: intelligent ones with a stream, where the person is likeliest to come by next."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from analysis.matching import knowns_of, seconds
from analysis.models import Watch
from analysis.search.plan import Footage, plan
from cameras.models import Camera, Stream
from cases.models import Case

AHEAD = timedelta(minutes=15)  # for which cameras are chosen
IN_LINE = 10  # more than are watched, so that it can be seen which would be next


def watched_cases(now: datetime | None = None) -> list[Case]:
    """Those for which streams may be watched: a legal basis, approved or an emergency, not ended."""
    now = now or timezone.now()
    return [case for case in Case.objects.open().order_by("pk") if case.may_search(now)]


def chances(case: Case, streams: list[Stream], now: datetime) -> np.ndarray:
    """``(n,)``: of the person passing each of them between now and ``AHEAD``, as the search reckons it."""
    begin, until = seconds(now), seconds(now + AHEAD)
    footage = [
        Footage(number, stream.camera_id, stream.camera.location.x, stream.camera.location.y, begin, until)
        for number, stream in enumerate(streams)
    ]
    planned, _out = plan(knowns_of(case), footage, until)
    told = np.zeros(len(streams))
    for one in planned:
        told[one.recording] = one.priority * AHEAD.total_seconds() / 3600
    return told


@transaction.atomic
def choose(case: Case, most: int, now: datetime | None = None) -> list[Watch]:
    """The cameras that are watched for a case from now on, at most ``most``: those that somebody wants always, then the likeliest.
    Those next in line are kept as not active; what is over is forgotten, but for what somebody decided."""
    now = now or timezone.now()
    if not case.may_search(now):
        Watch.objects.filter(case=case).delete()
        return []
    usable = Camera.objects.filter(kind=Camera.Kind.INTELLIGENT, status=Camera.Status.WORKING)
    streams = list(Stream.objects.filter(camera__in=usable).select_related("camera").order_by("pk"))
    chance = dict(zip((one.camera_id for one in streams), chances(case, streams, now).tolist(), strict=True))
    known = {watch.camera_id: watch for watch in Watch.objects.select_for_update().filter(case=case)}
    wishes = {pk: watch.wish for pk, watch in known.items()}
    order = sorted(
        (
            pk
            for pk in chance
            if wishes.get(pk) != Watch.Wish.NEVER and (chance[pk] > 0 or wishes.get(pk) == Watch.Wish.ALWAYS)
        ),
        key=lambda pk: (wishes.get(pk) != Watch.Wish.ALWAYS, -chance[pk], pk),
    )
    kept = []
    for place, pk in enumerate(order[: most + IN_LINE]):
        active = place < most
        watch = known.get(pk) or Watch(case=case, camera_id=pk)
        if watch.active != active:
            watch.since = now
        watch.active, watch.chance = active, min(chance[pk], 1.0)
        kept.append(watch)
    for watch in kept:
        watch.save()
    over = Watch.objects.filter(case=case).exclude(camera__in=[watch.camera_id for watch in kept])
    over.filter(wish="").delete()
    over.update(active=False)
    return [watch for watch in kept if watch.active]


def wish(case: Case, camera: Camera, told: str) -> Watch:
    """Somebody decides: ``always``, ``never``, or nothing; the next choice follows it."""
    watch, _new = Watch.objects.update_or_create(case=case, camera=camera, defaults={"wish": told})
    return watch
