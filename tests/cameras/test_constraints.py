"""What the database itself refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cameras.models import Camera
from tests.factories import make_camera, make_recording

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"heading": 360},
        {"heading": -1},
        {"field_of_view": 0},
        {"mounting_height": -3},
        {"retention_days": 0},
        {"status": "x"},
    ],
)
def test_implausible_cameras(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_camera(**fields)


def test_an_asset_number_is_used_once_in_a_district_but_again_in_another():
    make_camera(asset_number="A")
    make_camera(127.0276, 37.4979, asset_number="A")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_camera(asset_number="A")


def test_recordings_of_a_camera_do_not_overlap():
    start = timezone.now() - timedelta(hours=1)
    first = make_recording(start=start, seconds=60)
    make_recording(first.camera, start=start + timedelta(seconds=60))  # touching is fine
    with pytest.raises(IntegrityError), transaction.atomic():
        make_recording(first.camera, start=start + timedelta(seconds=30))


def test_a_recording_ends_after_its_start():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_recording(seconds=-5)


def test_calibrated_needs_all_four():
    assert not make_camera(heading=10, field_of_view=60, tilt=15).calibrated
    assert Camera(heading=0, field_of_view=60, tilt=15, mounting_height=4).calibrated
