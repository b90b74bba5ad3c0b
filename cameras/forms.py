"""Bringing footage in through the browser."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import Camera, Recording
from .services import import_recording, recording_imported

MOST_CHOICES = 300  # cameras to choose from; where there are more, they are sought by number or address


class FootageForm(forms.Form):
    """One file of one camera. ``start``: what the camera's own clock showed when the file begins. many: cameras are sought
    instead of listed."""

    camera = forms.ModelChoiceField(Camera.objects.none(), label=_("Camera"), empty_label=_("Choose a camera"))
    start = forms.DateTimeField(
        label=_("Start by the camera's clock"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
    )
    file = forms.FileField(label=_("Video file"), widget=forms.ClearableFileInput(attrs={"accept": "video/*"}))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cameras = Camera.objects.visible_to(user).exclude(status=Camera.Status.RETIRED).select_related("district")
        self.many = cameras.count() > MOST_CHOICES
        if self.many:
            self.fields["camera"].widget = forms.HiddenInput()
        self.fields["camera"].queryset = cameras.order_by("district", "asset_number")  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > settings.FOOTAGE_UPLOAD_LIMIT:
            limit = settings.FOOTAGE_UPLOAD_LIMIT // 1024**3
            raise forms.ValidationError(_("The file is larger than %(limit)s GB."), params={"limit": limit})
        return file

    def save(self, request: HttpRequest) -> Recording:
        """FootageError says why the file is refused."""
        recording = self._imported()
        recording_imported.send(Recording, recording=recording, request=request)
        return recording

    def _imported(self) -> Recording:
        file, camera, start = (self.cleaned_data[name] for name in ("file", "camera", "start"))
        if isinstance(file, TemporaryUploadedFile):
            return import_recording(Path(file.temporary_file_path()), camera, start)
        with NamedTemporaryFile(suffix=Path(file.name or "").suffix[:8]) as copy:
            for chunk in file.chunks():
                copy.write(chunk)
            copy.flush()
            return import_recording(Path(copy.name), camera, start)
