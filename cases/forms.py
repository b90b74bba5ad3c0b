"""Opening a case: one page, the map for place and direction."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import District

from .models import AccessLog, Case, Description, Handover, KnownPlace, Note, ShareLink, Sighting
from .models.description import AID_CHOICES, BAG_CHOICES, COLOUR_CHOICES, UNSURE_CHOICES
from .models.sighting import CERTAINTIES, PERHAPS

MAX_AGE = timedelta(days=30)
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]


class PlacedForm(forms.ModelForm):
    """Of something at a place in Seoul. ``lon``, ``lat``: set by a click on the map; place: the row's own field for it;
    missing: what to say where nothing was clicked."""

    place, missing = "point", _("Click on the map where it is.")
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        lon, lat = data.get("lon"), data.get("lat")
        if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
            self.add_error(None, self.missing)
            return data
        point = Point(lon, lat, srid=4326)
        known = -180 <= lon <= 180 and -90 <= lat <= 90 and District.objects.filter(boundary__covers=point).exists()
        if not known:
            self.add_error(None, _("The place lies outside Seoul: no camera of this network sees it."))
            return data
        setattr(self.instance, self.place, point)
        return data


class CaseForm(PlacedForm):
    """``direction``: by turning the arrow on the map."""

    place, missing = "last_seen_point", _("Click on the map where the person was last seen.")

    class Meta:
        model = Case
        fields = [
            "category", "legal_basis", "agency", "reference", "last_seen_at", "last_seen_address", "mobility",
            "direction", "informed",
        ]  # fmt: skip
        widgets = {
            "last_seen_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "direction": forms.NumberInput(attrs={"min": 0, "max": 359, "step": 1}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["direction"].label = _("Direction (degrees)")
        self.fields["last_seen_at"].input_formats = MOMENTS  # type: ignore[attr-defined]

    def clean_last_seen_at(self) -> Any:
        moment = self.cleaned_data["last_seen_at"]
        if moment > timezone.now() + timedelta(minutes=1):
            raise forms.ValidationError(_("This lies in the future."))
        if moment < timezone.now() - MAX_AGE:
            raise forms.ValidationError(_("Footage so old is no longer kept: the latest 30 days can be searched."))
        return moment

    def clean_direction(self) -> float | None:
        direction: float | None = self.cleaned_data["direction"]
        if direction is None:
            return None
        if not math.isfinite(direction):
            raise forms.ValidationError(_("Degrees from north, 0 to 359."))
        return direction % 360


class EndForm(forms.ModelForm):
    """How a case ended. Where and when only of somebody found."""

    class Meta:
        model = Case
        fields = ["outcome", "found_at", "found_where", "helped"]
        widgets = {
            "found_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "helped": forms.Select(choices=[("", _("not known")), ("true", _("yes")), ("false", _("no"))]),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = True
        self.fields["found_at"].input_formats = MOMENTS  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found = data.get("outcome") in (Case.Outcome.SAFE, Case.Outcome.HURT, Case.Outcome.DEAD)
        moment = data.get("found_at")
        if found and moment and moment > timezone.now() + timedelta(minutes=1):
            self.add_error("found_at", _("This lies in the future."))
        if not found:
            data["found_at"], data["found_where"] = None, ""
        return data


class LinkForm(forms.ModelForm):
    """A link for the police: for whom, how long, how much."""

    hours = forms.TypedChoiceField(
        label=_("valid for"),
        choices=[(1, _("1 hour")), (6, _("6 hours")), (12, _("12 hours")), (24, _("24 hours")), (72, _("3 days"))],
        coerce=int,
        initial=6,
    )

    class Meta:
        model = ShareLink
        fields = ["name", "hours", "pictures", "live", "alerts", "may_report"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("alerts") and not data.get("live"):
            self.add_error("alerts", _("Alerts come with a live link only."))
        return data


class LogForm(forms.Form):
    """Which rows of the access log. Everything may be left open; days are whole ones, the last included."""

    begin = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    account = forms.CharField(label=_("account"), required=False, max_length=150)
    case = forms.RegexField(r"^[0-9]{4}-[0-9]{4,7}$", label=_("case number"), required=False)
    action = forms.ChoiceField(label=_("action"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("all")), *AccessLog.Action.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("begin") and data.get("end") and data["begin"] > data["end"]:
            self.add_error("end", _("The last day lies before the first."))
        return data

    def rows(self) -> Any:
        """Of a valid form."""
        wanted = self.cleaned_data
        rows = AccessLog.objects.all()
        zone = timezone.get_current_timezone()
        if wanted["begin"]:
            rows = rows.filter(at__gte=datetime.combine(wanted["begin"], time(), zone))
        if wanted["end"]:
            rows = rows.filter(at__lte=datetime.combine(wanted["end"], time.max, zone))
        for field, value in (
            ("user__username", wanted["account"]), ("case__number", wanted["case"]), ("action", wanted["action"]),
        ):  # fmt: skip
            if value:
                rows = rows.filter(**{field: value})
        return rows

    def asked(self) -> str:
        """What was asked for, as the log keeps it."""
        return ", ".join(f"{name} {value}" for name, value in self.cleaned_data.items() if value)


class NoteForm(forms.ModelForm):
    """A note, or a task."""

    class Meta:
        model = Note
        fields = ["text", "is_task"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class HandoverForm(forms.ModelForm):
    """To whom, and what the summary cannot tell."""

    class Meta:
        model = Handover
        fields = ["to", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, colleagues: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class PlaceForm(PlacedForm):
    """A place that the person may head for."""

    class Meta:
        model = KnownPlace
        fields = ["name"]


class ReportForm(PlacedForm):
    """Somebody says that they saw the person."""

    missing = _("Click on the map where the person was seen.")
    time = forms.DateTimeField(
        label=_("when"),
        input_formats=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    sure = forms.ChoiceField(
        label=_("how sure"),
        choices=[("sure", _("sure")), ("likely", _("likely")), ("unsure", _("unsure"))],
        initial="likely",
    )

    class Meta:
        model = Sighting
        fields = ["time", "reporter", "sure"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reporter"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.instance.certainty = CERTAINTIES.get(data.get("sure", ""), PERHAPS)
        self.instance.end = data.get("time")
        return data

    def _post_clean(self) -> None:
        """The row's own rules are kept by ``decisions.report_sighting`` and the database."""
        self.instance.reporter, self.instance.time = (
            self.cleaned_data.get("reporter", ""),
            self.cleaned_data.get("time"),
        )


class DescriptionForm(forms.ModelForm):
    """Everything may be left open; what is not known must not be guessed."""

    unsure = forms.MultipleChoiceField(
        label=_("Not sure of"), choices=UNSURE_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Description
        fields = [
            "name", "sex", "age", "upper_colour", "upper_second_colour", "upper_kind", "lower_colour",
            "lower_second_colour", "lower_kind", "bag", "aid", "height_min", "height_max", "build", "hair", "headwear",
            "glasses", "footwear", "companion", "unsure", "notes",
        ]  # fmt: skip
        widgets = {"notes": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "upper_colour": COLOUR_CHOICES, "lower_colour": COLOUR_CHOICES, "bag": BAG_CHOICES, "aid": AID_CHOICES,
        }  # fmt: skip
        for name, several in choices.items():
            self.fields[name].choices = [("", _("not known")), *several]  # type: ignore[attr-defined]
        for name in ("upper_second_colour", "lower_second_colour"):
            self.fields[name].label = _("second colour")
            self.fields[name].choices = [("", _("none")), *COLOUR_CHOICES]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("height_min"), data.get("height_max")
        if low and high and low > high:
            self.add_error("height_max", _("The upper height lies below the lower one."))
        stated = [data.get(name) for name in ("upper_colour", "lower_colour", "bag", "aid")]
        if not (low or high or any(value and value != "none" for value in stated)):
            self.add_error(
                None,
                _(
                    "State at least one colour of the clothing, the height, a bag or an aid: by nothing else can be searched."
                ),
            )
        return data


def shown(field: forms.Field, value: Any) -> str:
    """A value as the form shows it: a choice by its name, a tick as yes."""
    if isinstance(field, forms.BooleanField):
        return str(_("yes"))
    names = {str(key): str(name) for key, name in getattr(field, "choices", ())}
    return names.get(str(value), str(value))
