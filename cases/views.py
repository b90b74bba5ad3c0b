"""The board, opening a case, what may be done with one, and the access log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seoulcctv.roles import CASE_READERS, CASE_WORKERS, Role, role_of, role_required
from seoulcctv.tables import csv_response

from . import freetext, notes, services
from .access import log
from .forms import CaseForm, DescriptionForm, EndForm, LogForm, shown
from .models import AccessLog, Case
from .models.case import CaseError

LOG_PAGE = 100


def case_or_404(user: Any, number: str) -> Case:
    """One case that the account may see."""
    return get_object_or_404(Case.objects.visible_to(user).select_related("description", "opened_by"), number=number)


@require_GET
@role_required(*CASE_READERS)
def board(request: HttpRequest) -> HttpResponse:
    """Open cases on the map and as a list."""
    cases = Case.objects.visible_to(request.user).select_related("description", "opened_by")
    template = "cases/_board_list.html" if request.headers.get("X-Partial") else "cases/board.html"
    return render(
        request,
        template,
        {
            "cases": cases.open().with_sightings().with_what_waits_for(request.user),
            "ended": cases.filter(status=Case.Status.ENDED)[:10],
            "may_open": role_of(request.user) in CASE_WORKERS,
        },
    )


@require_http_methods(["GET", "POST"])
@role_required(*CASE_WORKERS)
def new_case(request: HttpRequest) -> HttpResponse:
    """Both forms are checked before anything is saved."""
    form = CaseForm(request.POST or None)
    description = DescriptionForm(request.POST or None)
    if request.method == "POST" and all([form.is_valid(), description.is_valid()]):
        case = services.open_case(request.user, form.save(commit=False), description.save(commit=False))
        log(request, AccessLog.Action.CASE_CHANGED, case, "opened")
        if others := services.alike(case):
            numbers = ", ".join(other.number for other in others)
            messages.warning(request, _("Perhaps the same person, reported twice: %(numbers)s.") % {"numbers": numbers})
        return redirect("workspace", number=case.number)
    bad = request.method == "POST"
    return render(request, "cases/new.html", {"form": form, "description": description}, status=400 if bad else 200)


@require_POST
@role_required(*CASE_WORKERS)
def read_description(request: HttpRequest) -> JsonResponse:
    """What a report's words say, for the form of a new case: nothing of it is kept.

    ``{"text", "fields": [{"name", "label", "value", "shown", "unsure"}], "used": [[start, end]], "unknown": ...}``,
    spans in characters of ``text``.
    """
    try:
        reading = freetext.read(request.POST.get("text", ""))
    except ValueError:
        problem = _("The text is too long: at most %(most)s characters.") % {"most": freetext.LONGEST}
        return JsonResponse({"problem": problem}, status=400)
    forms = {**CaseForm().fields, **DescriptionForm().fields}
    fields = [
        {
            "name": name, "label": str(forms[name].label), "value": value, "shown": shown(forms[name], value),
            "unsure": name in reading.unsure,
        }
        for name, value in reading.fields.items()
    ]  # fmt: skip
    response = JsonResponse(
        {
            "text": reading.text,
            "fields": fields,
            "used": [[span.start, span.end] for span in reading.used],
            "unknown": [[span.start, span.end] for span in reading.unknown],
        }
    )
    response["Cache-Control"] = "no-store"
    return response


def _act(request: HttpRequest, number: str, what: str, action: Any) -> HttpResponse:
    case = case_or_404(request.user, number)
    try:
        action(case)
    except CaseError as error:
        messages.error(request, str(error))
    else:
        log(request, AccessLog.Action.CASE_CHANGED, case, what)
    return redirect("workspace", number=number)


@require_POST
@role_required(Role.SUPERVISOR)
def authorise(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, "authorised", lambda case: services.authorise(case, request.user))


@require_POST
@role_required(*CASE_WORKERS)
def emergency(request: HttpRequest, number: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _act(request, number, "emergency start", lambda case: services.start_emergency(case, request.user, reason))


@require_POST
@role_required(Role.SUPERVISOR)
def end(request: HttpRequest, number: str) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid():
        case_or_404(request.user, number)
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect("workspace", number=number)
    return _act(request, number, "ended", lambda case: services.end_case(case, request.user, form.instance))


@require_POST
@role_required(*CASE_WORKERS)
def share(request: HttpRequest, number: str) -> HttpResponse:
    who = services.account_named(request.POST.get("username", ""))
    return _act(request, number, f"shared with {who}", lambda case: services.share(case, who, request.user))


@require_POST
@role_required(*CASE_WORKERS)
def take_over(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, "taken over", lambda case: notes.take_over(case, request.user))


@require_GET
@role_required(Role.AUDITOR)
def access_log(request: HttpRequest) -> HttpResponse:
    """Who looked at what; reading it is logged too."""
    form = LogForm(request.GET)
    rows = form.rows() if form.is_valid() else AccessLog.objects.none()
    log(request, AccessLog.Action.LOG_VIEWED, subject=form.asked() if form.is_valid() else "")
    page = Paginator(rows.select_related("user", "case"), LOG_PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {"page": page, "form": form, "asked": asked.urlencode()}
    return render(request, "cases/access_log.html", context, status=400 if form.errors else 200)


@require_GET
@role_required(Role.AUDITOR)
def access_log_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows asked for, for the auditor's own tools; with the chain's hashes."""
    form = LogForm(request.GET)
    if not form.is_valid():
        return access_log(request)
    log(request, AccessLog.Action.LOG_EXPORTED, subject=form.asked())
    rows = form.rows().order_by("position").select_related("user", "case").iterator(2000)
    lines = (
        [row.position, row.at.isoformat(), str(row.user or ""), row.role, row.action, str(row.case or ""), row.subject,
         row.address or "", row.hash]
        for row in rows
    )  # fmt: skip
    head = ["position", "at", "account", "role", "action", "case", "subject", "address", "hash"]
    return csv_response("access-log.csv", head, lines)
