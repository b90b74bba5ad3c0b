"""The page of live streams: how they do, which machines watch them, and addresses of many at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as Sorted
from django.db.models import Count, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from cameras.keeping import cameras_kept
from cameras.models import Camera, District, Stream
from cameras.stream_list import LARGEST, Refused, StreamListError, bring_streams
from seoulcctv.roles import CAMERA_READERS, KEEPERS, Role, role_of, role_required

from .models import StreamLease, Watcher

PAGE = 50
MOST_BEHIND_S = 2.0
WORST_FIRST = ("refused", "down", "late", "connecting", "connected", "unknown")


@require_GET
@role_required(*CAMERA_READERS)
def streams(request: HttpRequest) -> HttpResponse:
    """``state``: only those; ``part``: the living part alone."""
    template = "analysis/_streams.html" if "X-Partial" in request.headers else "analysis/streams.html"
    response = render(request, template, _told(request))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@role_required(*KEEPERS)
def bring(request: HttpRequest) -> HttpResponse:
    """``file``: numbers of cameras and addresses of their streams."""
    sent: Any = request.FILES.get("file")
    try:
        content = sent.read(LARGEST + 1) if sent else b""
        number = bring_streams(content, request.user)
    except StreamListError as error:
        return render(request, "analysis/streams.html", {**_told(request), "refused": error.lines}, status=400)
    cameras_kept.send(Camera, request=request, subject=f"{number} streams from a file")
    text = ngettext("%(n)s address was taken over.", "%(n)s addresses were taken over.", number) % {"n": number}
    messages.success(request, text)
    return redirect("streams")


def _told(request: HttpRequest) -> dict[str, Any]:
    mine = Stream.objects.visible_to(request.user).exclude(camera__status=Camera.Status.RETIRED)
    counts = Counter(dict(mine.order_by().values_list("state").annotate(n=Count("pk"))))
    state = request.GET.get("state", "")
    shown = mine.filter(state=state) if state in Stream.State.values else mine
    order = [When(state=one, then=Value(place)) for place, one in enumerate(WORST_FIRST)]
    rows = shown.select_related("camera__district", "lease").defer("camera__district__boundary", "secret")
    page = Paginator(rows.order_by(Sorted(*order), "-since", "pk"), PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "state": state,
        "asked": f"state={state}" if state in Stream.State.values else "",
        "counts": [(one, Stream.State(one).label, counts[one]) for one in WORST_FIRST],
        "total": sum(counts.values()),
        "machines": _machines(request.user),
        "may_bring": role_of(request.user) in KEEPERS,
        "refused": list[Refused](),
        "now": timezone.now(),
    }


def _machines(user: Any) -> list[dict[str, Any]]:
    """Watchers, with how many streams each holds; an administrator's are those that watch its district."""
    now = timezone.now()
    held = Counter(StreamLease.objects.held(now).values_list("watcher", flat=True))
    watchers = Watcher.objects.order_by("name")
    if role_of(user) == Role.DISTRICT_ADMIN:
        watchers = watchers.filter(Q(districts=[]) | Q(districts__contains=user.district_id))
    names = {one.pk: str(one) for one in District.objects.defer("boundary")}
    return [
        {
            "name": one.name,
            "districts": ", ".join(names.get(code, code) for code in one.districts),
            "held": held[one.name],
            "holds": one.holds,
            "percent": round(100 * held[one.name] / one.holds) if one.holds else 0,
            "behind": one.behind_s,
            "late": one.behind_s > MOST_BEHIND_S,
            "there": one.answers(now),
            "seen_at": one.seen_at,
        }
        for one in watchers
    ]
