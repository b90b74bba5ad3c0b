"""Since when and how much a camera records."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Max, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from .models import Camera, Recording

MONTHS = 12


HIGH = 40  # of a bar


@dataclass(frozen=True, slots=True)
class Month:
    """first: its first day; hours: recorded in it; share: of the hours that it has, or has had so far."""

    first: date
    hours: float
    share: float

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def bar(self) -> float:
        """How high it is drawn, of ``HIGH``; gap: what is above."""
        return round(HIGH * self.share, 1)

    @property
    def gap(self) -> float:
        return round(HIGH - self.bar, 1)


def by_month(camera: Camera, now: datetime | None = None) -> list[Month]:
    """The last twelve, the latest last. A recording counts where it begins."""
    today = timezone.localtime(now).date()
    firsts = [_months_before(today, back) for back in range(MONTHS - 1, -1, -1)]
    length: Any = ExpressionWrapper(F("end") - F("start"), output_field=DurationField())
    rows = (
        camera.recordings.filter(status=Recording.Status.READY, start__date__gte=firsts[0])
        .order_by()
        .annotate(month=TruncMonth("start"))
        .values("month")
        .annotate(length=Sum(length))
    )
    hours = {timezone.localtime(row["month"]).date(): row["length"].total_seconds() / 3600 for row in rows}
    return [
        Month(first, hours.get(first, 0.0), min(1.0, hours.get(first, 0.0) / _hours(first, today))) for first in firsts
    ]


def last_recorded(camera: Camera) -> datetime | None:
    """When its latest recording ends."""
    return camera.recordings.aggregate(latest=Max("end"))["latest"]


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _hours(first: date, today: date) -> float:
    days = (
        today.day if (first.year, first.month) == (today.year, today.month) else monthrange(first.year, first.month)[1]
    )
    return 24.0 * days
