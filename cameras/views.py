"""Footage: what there is, and bringing more in."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seoulcctv.roles import FOOTAGE_IMPORTERS, role_required

from .footage import FootageError
from .forms import FootageForm
from .models import Recording

PAGE = 50


@require_http_methods(["GET", "POST"])
@role_required(*FOOTAGE_IMPORTERS)
def footage(request: HttpRequest) -> HttpResponse:
    """The list, newest first, and the form beside it."""
    form = FootageForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            recording = form.save(request)
        except FootageError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Imported: %(name)s") % {"name": recording})
            return redirect("footage")
    recordings = Recording.objects.visible_to(request.user).select_related("camera__district").order_by("-start", "-pk")
    page = Paginator(recordings, PAGE).get_page(request.GET.get("page"))
    return render(request, "cameras/footage.html", {"form": form, "page": page}, status=400 if form.errors else 200)
