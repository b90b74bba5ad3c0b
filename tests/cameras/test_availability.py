"""How much a camera records, month by month."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from cameras.availability import by_month, last_recorded
from tests.factories import make_camera, make_recording

pytestmark = pytest.mark.django_db


def at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))


def test_hours_by_month_of_seoul():
    camera, now = make_camera(), at(2026, 3, 11, 0, 0)
    make_recording(camera, at(2026, 2, 1, 0, 0), 14 * 24 * 3600)
    make_recording(camera, at(2026, 3, 1, 0, 30), 24 * 3600)  # still February by the clock of Greenwich
    make_recording(camera, at(2025, 3, 20), 3600)  # too long ago
    make_recording(camera, at(2026, 1, 5), 3600, status="broken")
    make_recording(start=at(2026, 2, 1), seconds=3600)  # another camera's
    months = by_month(camera, now)
    assert [month.first.month for month in months] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert [round(month.hours) for month in months] == [0] * 10 + [14 * 24, 24]
    assert months[-2].percent == 50
    assert months[-1].percent == round(100 * 24 / (11 * 24))
    assert months[-2].bar + months[-2].gap == 40
    assert last_recorded(camera) == at(2026, 3, 2, 0, 30)


def test_nothing_recorded():
    camera = make_camera()
    assert {month.hours for month in by_month(camera)} == {0.0}
    assert last_recorded(camera) is None
