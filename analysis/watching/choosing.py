"""Which cameras look out for a case: intelligent ones with a stream, where the person is likeliest to come by next."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analysis.matching import knowns_of, seconds
from analysis.models import Watch, Watcher
from analysis.search.plan import Footage, plan
from cameras.models import Camera, District, Stream
from cases.access import log_for
from cases.live import record
from cases.models import AccessLog, Case, CaseEvent
from cases.models.case import CaseError
from cases.services import lock_case

AHEAD = timedelta(minutes=15)  # for which cameras are chosen
IN_LINE = 10  # more than are watched, so that it can be seen which would be next
STAYS = 1.25  # times likelier another camera must be before it takes the place of one that is watched: opening takes its time


def watched_cases(now: datetime | None = None) -> list[Case]:
    """Those for which streams may be watched: a legal basis, approved or an emergency, not ended."""
    now = now or timezone.now()
    return [case for case in Case.objects.open().order_by("pk") if case.may_search(now)]


def room(cases: int, now: datetime | None = None) -> dict[str, int] | None:
    """Streams of each district (by code) that its machines can carry for one of so many cases; None while no watcher runs."""
    carried: Counter[str] = Counter()
    everywhere = 0
    for watcher in Watcher.objects.answering(now):
        for code in watcher.districts:
            carried[code] += watcher.holds
        everywhere += 0 if watcher.districts else watcher.holds
    if not carried and not everywhere:
        return None
    codes = District.objects.values_list("pk", flat=True)
    return {code: -(-(carried[code] + everywhere) // max(1, cases)) for code in codes}


def usable_streams() -> Any:
    """Streams that may be watched: of intelligent cameras that work."""
    usable = Camera.objects.filter(kind=Camera.Kind.INTELLIGENT, status=Camera.Status.WORKING)
    return Stream.objects.filter(camera__in=usable)


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
def choose(case: Case, most: int, now: datetime | None = None, carried: dict[str, int] | None = None) -> list[Watch]:
    """The cameras that are watched for a case from now on, at most ``most`` and as many of each district as are ``carried``
    (None: any number): those that somebody wants always, then the likeliest. Those next in line are kept as not active; what is
    over is forgotten, but for what somebody decided. Beginning and end of each are in the access log."""
    now = now or timezone.now()
    known = {watch.camera_id: watch for watch in Watch.objects.select_for_update().filter(case=case)}
    before = {pk for pk, watch in known.items() if watch.active}
    if not case.may_search(now):
        Watch.objects.filter(case=case).delete()
        _log(case, before, set())
        return []
    streams = list(usable_streams().select_related("camera").order_by("pk"))
    chance = dict(zip((one.camera_id for one in streams), chances(case, streams, now).tolist(), strict=True))
    district = {one.camera_id: one.camera.district_id for one in streams}
    wishes = {pk: watch.wish for pk, watch in known.items()}
    order = sorted(
        (
            pk
            for pk in chance
            if wishes.get(pk) != Watch.Wish.NEVER and (chance[pk] > 0 or wishes.get(pk) == Watch.Wish.ALWAYS)
        ),
        key=lambda pk: (wishes.get(pk) != Watch.Wish.ALWAYS, -chance[pk] * (STAYS if pk in before else 1.0), pk),
    )
    active, waiting, taken = [], [], Counter[str]()
    for pk in order:
        there = carried is None or taken[district[pk]] < carried.get(district[pk], 0)
        if len(active) < most and there:
            active.append(pk)
            taken[district[pk]] += 1
        elif len(waiting) < IN_LINE:
            waiting.append(pk)
    kept = []
    for pk in (*active, *waiting):
        watch = known.get(pk) or Watch(case=case, camera_id=pk)
        watched = pk in active
        if watch.active != watched:
            watch.since = now
        watch.active, watch.chance = watched, min(chance[pk], 1.0)
        watch.save()
        kept.append(watch)
    over = Watch.objects.filter(case=case).exclude(camera__in=[watch.camera_id for watch in kept])
    over.filter(wish="").delete()
    over.update(active=False)
    _log(case, before, set(active))
    return [watch for watch in kept if watch.active]


def _log(case: Case, before: set[int], after: set[int]) -> None:
    names = Camera.objects.in_bulk(before ^ after)
    for pk in sorted(before ^ after):
        log_for(None, AccessLog.Action.WATCHED, case, f"{names[pk]}: {'begun' if pk in after else 'ended'}")


@transaction.atomic
def wish(case: Case, camera: Camera, told: str, by: Any = None) -> Watch:
    """Somebody decides: ``always``, ``never``, or nothing; the next choice follows it. CaseError."""
    case = lock_case(case.pk)
    if not case.may_search():
        raise CaseError(_("The case is not authorised, or has ended."))
    if told == Watch.Wish.ALWAYS and not usable_streams().filter(camera=camera).exists():
        raise CaseError(_("Only an intelligent camera that works and has a live stream can be watched."))
    watch, _new = Watch.objects.update_or_create(case=case, camera=camera, defaults={"wish": told})
    record(case, CaseEvent.Kind.WATCH_CHANGED, by, camera=str(camera), wish=told)
    return watch
