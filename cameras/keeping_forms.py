"""Forms for those who keep cameras."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .keeping import BULK, EDITABLE
from .models import Camera, District, MachineKey, WorkOrder

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CameraForm(forms.ModelForm):
    """Place as two numbers. seen: the latest change that whoever fills it in has seen."""

    latitude = forms.FloatField(
        label=_("latitude"), min_value=-90, max_value=90, widget=forms.NumberInput(attrs={"step": "any"})
    )
    longitude = forms.FloatField(
        label=_("longitude"), min_value=-180, max_value=180, widget=forms.NumberInput(attrs={"step": "any"})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = Camera
        fields = [
            "kind", "status", "purpose", "address", "lot_address", "heading", "field_of_view", "range_m",
            "mounting_height", "tilt", "count", "more_headings", "view", "pixels", "width", "height", "fps",
            "retention_days", "clock_offset_s", "installed", "agency", "telephone", "as_of",
        ]  # fmt: skip
        widgets = {"installed": DAY, "as_of": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.location:
            self.initial["latitude"] = round(self.instance.location.y, 7)
            self.initial["longitude"] = round(self.instance.location.x, 7)
        for name, field in self.fields.items():
            if isinstance(field, (forms.FloatField, forms.IntegerField)) and name != "seen":
                field.widget.attrs.setdefault("step", "any")

    def changes(self) -> dict[str, Any]:
        """What differs from the camera, as fields of it."""
        named = {name for name in self.changed_data if name in EDITABLE}
        values = {name: self.cleaned_data[name] for name in named}
        if {"latitude", "longitude"} & set(self.changed_data):
            values["location"] = self.place
        return values

    @property
    def place(self) -> Point:
        return Point(self.cleaned_data["longitude"], self.cleaned_data["latitude"], srid=4326)

    def _post_clean(self) -> None:
        """The camera itself is checked where it is changed, under its lock."""


class NewCameraForm(CameraForm):
    """district: for supervisors."""

    district = forms.ModelChoiceField(District.objects.defer("boundary"), label=_("district"))

    class Meta(CameraForm.Meta):
        fields = ["asset_number", *CameraForm.Meta.fields]

    def __init__(self, *args: Any, district: District | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = district
        if district:
            del self.fields["district"]

    def camera(self) -> Camera:
        """Not yet saved."""
        values = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return Camera(district=self.own or self.cleaned_data["district"], location=self.place, **values)


class BulkForm(forms.ModelForm):
    """What is left empty stays as it is. which: those chosen by hand, or all that the list shows."""

    which = forms.ChoiceField(choices=[("chosen", ""), ("all", "")])

    class Meta:
        model = Camera
        fields = list(BULK)
        widgets = {"installed": DAY, "as_of": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BULK:
            field = self.fields[name]
            field.required, field.initial, field.help_text = False, None, ""
            self.initial[name] = None
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [("", _("as it is")), *Camera._meta.get_field(name).choices]  # type: ignore[misc]
                field.empty_value = None

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in BULK if self.cleaned_data[name] not in (None, "")}

    def _post_clean(self) -> None:
        """Cameras are checked where they are changed."""


class OrderForm(forms.ModelForm):
    out = forms.BooleanField(label=_("It sees nothing until then: leave it out of searches"), required=False)

    class Meta:
        model = WorkOrder
        fields = ["kind", "text", "assigned_to", "due"]
        widgets = {"due": DAY, "text": forms.Textarea(attrs={"rows": 2})}


class KeyForm(forms.Form):
    """until: a day, at most two years from now; the key is good to its end."""

    LONGEST = timedelta(days=731)

    name = forms.CharField(label=_("what it is for"), max_length=60)
    scope = forms.ChoiceField(label=_("scope"), choices=MachineKey.Scope.choices)
    until = forms.DateField(label=_("good until"), widget=DAY)

    def clean_until(self) -> datetime:
        day = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= day <= today + self.LONGEST:
            raise forms.ValidationError(_("Between today and two years from now."))
        return timezone.make_aware(datetime.combine(day, time.max))
