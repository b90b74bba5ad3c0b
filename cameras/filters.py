"""Which cameras are meant: the same words for the table, the map, files that are taken along, and the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q
from django.forms import TextInput
from django.utils.translation import gettext_lazy as _

from seoulcctv.roles import Role, role_of

from .models import Camera, CameraHealth, District, Stream, WorkOrder

ANY = _("all")
SORTED = ("asset_number", "district", "address", "purpose", "kind", "status", "count", "pixels", "installed")


class CameraFilter(django_filters.FilterSet):
    """q: words, each of them in the number, an address or the office; lack: what the inventory does not say; found: what
    a look at the recordings found; stream: how its live stream does; work: orders that are not over. Retired ones only where they are asked for."""

    LACKS = [("heading", _("heading")), ("field_of_view", _("field of view")), ("installed", _("installed"))]

    q = django_filters.CharFilter(
        method="by_words", label=_("number, address"), max_length=80, widget=TextInput(attrs={"type": "search"})
    )
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.defer("boundary"), label=_("district"), empty_label=ANY
    )
    kind = django_filters.ChoiceFilter(choices=Camera.Kind.choices, label=_("kind"), empty_label=ANY)
    status = django_filters.ChoiceFilter(choices=Camera.Status.choices, label=_("status"), empty_label=ANY)
    purpose = django_filters.ChoiceFilter(choices=Camera.Purpose.choices, label=_("purpose"), empty_label=ANY)
    installed_from = django_filters.NumberFilter(
        field_name="installed", lookup_expr="year__gte", label=_("installed from year"), min_value=1990, max_value=2100
    )
    installed_to = django_filters.NumberFilter(
        field_name="installed", lookup_expr="year__lte", label=_("to year"), min_value=1990, max_value=2100
    )
    pixels_below = django_filters.NumberFilter(
        field_name="pixels",
        lookup_expr="lt",
        label=_("pixels below (ten thousands)"),
        min_value=1,
        max_value=99999,
    )
    lack = django_filters.ChoiceFilter(choices=LACKS, method="by_lack", label=_("is missing"), empty_label=ANY)
    found = django_filters.ChoiceFilter(
        choices=CameraHealth.Finding.choices, method="by_finding", label=_("what its pictures show"), empty_label=ANY
    )
    stream = django_filters.ChoiceFilter(
        choices=[*Stream.State.choices, ("none", _("intelligent, without one"))],
        method="by_stream",
        label=_("live stream"),
        empty_label=ANY,
    )
    work = django_filters.ChoiceFilter(
        choices=WorkOrder.Kind.choices, method="by_work", label=_("work to be done"), empty_label=ANY
    )

    class Meta:
        model = Camera
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asker = user if user is not None else getattr(self.request, "user", None)
        if role_of(asker) == Role.DISTRICT_ADMIN:
            self.filters["district"].queryset = District.objects.filter(pk=asker.district_id)  # type: ignore[attr-defined]

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("status") else found.exclude(status=Camera.Status.RETIRED)

    def by_words(self, queryset: Any, name: str, value: str) -> Any:
        for word in value.split()[:6]:
            anywhere = (Q(**{f"{n}__icontains": word}) for n in ("asset_number", "address", "lot_address", "agency"))
            condition = Q()
            for one in anywhere:
                condition |= one
            queryset = queryset.filter(condition)
        return queryset

    def by_lack(self, queryset: Any, name: str, value: str) -> Any:
        missing = queryset.filter(**{f"{value}__isnull": True})
        return missing.exclude(field_of_view__gte=360) if value == "heading" else missing

    def by_finding(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(health__findings__contains=[value])

    def by_stream(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(kind=Camera.Kind.INTELLIGENT, stream__isnull=True)
        return queryset.filter(stream__state=value)

    def by_work(self, queryset: Any, name: str, value: str) -> Any:
        waiting = WorkOrder.objects.filter(kind=value).exclude(state__in=WorkOrder.OVER)
        return queryset.filter(pk__in=waiting.values("camera"))
