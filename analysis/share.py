"""What the police see who opened a share link: the route on a phone, without an account.

The token comes in the part of the address that browsers keep to themselves, is sent once with the passcode, and is then
in no address, no log and no referrer; a session says which link was opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from redis.exceptions import RedisError

from cases.access import log
from cases.forms import ReportForm
from cases.links import open_link
from cases.models import AccessLog, ShareLink
from cases.models.case import CaseError
from cases.notes import found_reported

from . import decisions
from .alarms import HEAVY, alerts_on_map
from .models import Alert, Candidate
from .routes import RouteStop, route_of, stop_on_map
from .shared_picture import shared_picture

TRIES, WITHIN_S = 20, 600  # openings from one address
ALERTS_SHOWN, MOST_ALERTS = timedelta(minutes=30), 3
View = Callable[..., HttpResponse]


def _guarded(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def following(view: View) -> View:
    """Only with an opened link that is still good; 403 otherwise, in JSON."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = (
            ShareLink.objects.usable()
            .select_related("case__description")
            .filter(pk=request.session.get("share"))
            .first()
        )
        if link is None:
            return _guarded(JsonResponse({"problem": _("This link is over.")}, status=403))
        return _guarded(view(request, link, *args, **kwargs))

    return guarded


@login_not_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The same for everybody: what is shown is asked for with the session."""
    return _guarded(render(request, "share/page.html", {"report": ReportForm(initial={"time": timezone.localtime()})}))


@login_not_required
@require_POST
def open_share(request: HttpRequest) -> HttpResponse:
    """``{"token", "passcode"}``. One answer for whatever is wrong; 429 after too many tries from one address."""
    if _too_often(request):
        return _guarded(JsonResponse({"problem": _("Too many tries. Wait ten minutes.")}, status=429))
    try:
        sent = json.loads(request.body)
        token, passcode = str(sent["token"])[:200], str(sent["passcode"])[:40]
    except (ValueError, KeyError, TypeError):
        return _guarded(JsonResponse({"problem": _("The link or the passcode is wrong.")}, status=400))
    link = open_link(token, passcode)
    if link is None:
        log(request, AccessLog.Action.SHARE_REFUSED)
        return _guarded(
            JsonResponse({"problem": _("The link or the passcode is wrong, or the link is over.")}, status=403)
        )
    if not request.user.is_authenticated:
        request.session.cycle_key()
        request.session.set_expiry(max(1, int((link.expires_at - timezone.now()).total_seconds())))
    request.session["share"] = link.pk
    log(request, AccessLog.Action.SHARE_VIEWED, link.case, f"link {link.pk}: {link.name}")
    return _guarded(JsonResponse({"opened": True}))


def _too_often(request: HttpRequest) -> bool:
    key = f"share-tries:{request.META.get('REMOTE_ADDR')}"
    try:
        cache.add(key, 0, WITHIN_S)
        return bool(cache.incr(key) > TRIES)
    except ValueError:  # it ran out just now
        return False
    except RedisError:  # nobody counts: nobody gets in
        return True


@login_not_required
@require_GET
@following
def state(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """``{"number", "event", "sheet": html, "map": {...}}``, as far as the link's scope goes."""
    case, stops, alerts = link.case, _stops(link), _alerts(link)
    context = {
        "case": case,
        "link": link,
        "stops": stops[::-1],
        "latest": stops[-1] if stops else None,
        "pictured": _pictured(link, stops),
        "alerts": alerts,
        "now": timezone.now(),
    }
    shown = {
        "last_seen": [case.last_seen_point.x, case.last_seen_point.y],
        "direction": case.direction,
        "cameras": [], "candidates": [], "places": [], "doubted": [], "other": [],
        "alerts": alerts_on_map(alerts),
        "route": [stop_on_map(stop, f"{timezone.localtime(stop.sighting.time):%H:%M:%S}") for stop in stops],
    }  # fmt: skip
    sheet = render_to_string("share/_sheet.html", context, request)
    return JsonResponse(
        {"number": case.number, "event": case.last_event, "expires": link.expires_at.isoformat(), "live": link.live,
         "sheet": sheet, "map": shown}
    )  # fmt: skip


def _stops(link: ShareLink) -> list[RouteStop]:
    stops = route_of(link.case).stops
    return stops if link.live else [stop for stop in stops if stop.sighting.confirmed_at <= link.created_at]


def _alerts(link: ShareLink) -> list[Alert]:
    """Of live cameras, as long as nobody has decided on them: where and when, never a picture; if the link's scope allows."""
    if not (link.alerts and link.live):
        return []
    alerts = Alert.objects.filter(
        candidate__case=link.case, candidate__decision=Candidate.Decision.OPEN, at__gt=timezone.now() - ALERTS_SHOWN
    )
    related = alerts.select_related("candidate__tracklet__recording__camera__district", "acknowledged_by")
    return list(related.defer(*HEAVY)[:MOST_ALERTS])


def _pictured(link: ShareLink, stops: list[RouteStop]) -> set[int]:
    return {stop.candidate for stop in stops if stop.candidate} if link.pictures else set()


@login_not_required
@require_GET
@following
def picture(request: HttpRequest, link: ShareLink, pk: int) -> HttpResponse:
    """The person at a stop of the route, nobody else, with whose copy it is written into it."""
    if pk not in _pictured(link, _stops(link)):
        return JsonResponse({"problem": _("There is no such picture.")}, status=404)
    candidate = get_object_or_404(Candidate.objects.select_related("tracklet__recording"), pk=pk, case=link.case)
    log(request, AccessLog.Action.PICTURE_VIEWED, link.case, f"candidate {pk} by link {link.pk}")
    mark = f"{link.case.number} link {link.pk} {timezone.localtime():%Y-%m-%d %H:%M}"
    return HttpResponse(shared_picture(candidate.tracklet, mark), content_type="image/jpeg")


@login_not_required
@require_POST
@following
def report(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """A sighting, if the link's scope allows; it counts as a report of whoever got the link. ``found``: and the person is
    with them."""
    if not link.may_report:
        return JsonResponse({"problem": _("This link is for looking only.")}, status=403)
    given = request.POST.copy()
    given["reporter"] = link.name
    found = "found" in given
    if found:
        given["sure"] = "sure"
    form = ReportForm(given)
    if not form.is_valid():
        return JsonResponse(
            {"problem": " ".join(str(e) for errors in form.errors.values() for e in errors)}, status=400
        )
    try:
        with transaction.atomic():
            added = decisions.report_sighting(link.case, link.created_by, form.instance)
            if found:
                found_reported(link.case, link.created_by, link.name)
    except CaseError as error:
        return JsonResponse({"problem": str(error)}, status=409)
    log(
        request,
        AccessLog.Action.CASE_CHANGED,
        link.case,
        f"report {added.pk}{' (found)' if found else ''} by link {link.pk}",
    )
    return JsonResponse({"done": True}, status=201)
