"""What the public may know: how many cases, searches and hours, and what came of them. Nothing personal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMonth

from cameras.models import District
from cases.models import Case

from .models import ScanTask, Search

FOUND = [Case.Outcome.SAFE, Case.Outcome.HURT, Case.Outcome.DEAD]
FEW = 3  # fewer cases of a district are not told: somebody might know whose they are


@dataclass(slots=True)
class Row:
    """Of a month or a district. hours: of footage scanned; helped: of those found, where the search did."""

    name: str
    cases: int = 0
    found: int = 0
    helped: int = 0
    emergencies: int = 0
    searches: int = 0
    hours: float = 0.0
    deleted: int = 0

    @property
    def told(self) -> bool:
        """Enough cases not to point at anybody."""
        return self.cases >= FEW


@dataclass(slots=True)
class Statistics:
    """months: the latest first; districts: by code, all of them."""

    months: list[Row] = field(default_factory=list)
    districts: list[Row] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def statistics() -> Statistics:
    """From all cases, deleted ones too, of which number, month, district and outcome stay."""
    found, months = Q(outcome__in=FOUND), {}
    cases = Case.objects.annotate(month=TruncMonth("opened_at")).order_by().values("month")
    rows = cases.annotate(
        cases=Count("pk"), found=Count("pk", filter=found), helped=Count("pk", filter=found & Q(helped=True)),
        emergencies=Count("pk", filter=~Q(emergency_until=None)), deleted=Count("pk", filter=Q(status=Case.Status.PURGED)),
    )  # fmt: skip
    for row in rows:
        name = f"{row.pop('month'):%Y-%m}"
        months[name] = Row(name, **row)
    _searches(months)
    outcomes = Case.objects.exclude(outcome="").order_by().values_list("outcome").annotate(Count("pk"))
    return Statistics(
        sorted(months.values(), key=lambda row: row.name, reverse=True), _districts(found), Counter(dict(outcomes))
    )


def _searches(months: dict[str, Row]) -> None:
    duration = ExpressionWrapper(F("recording__end") - F("recording__start"), output_field=DurationField())
    searches: Any = Search.objects.annotate(month=TruncMonth("started_at")).order_by().values_list("month")
    for month, count in searches.annotate(Count("pk")):
        months.setdefault(f"{month:%Y-%m}", Row(f"{month:%Y-%m}")).searches = count
    done: Any = ScanTask.objects.filter(status=ScanTask.Status.DONE, reused=False, finished_at__isnull=False)
    by_month = done.annotate(month=TruncMonth("finished_at")).order_by().values("month")
    for row in by_month.annotate(total=Sum(duration)):
        name = f"{row['month']:%Y-%m}"
        months.setdefault(name, Row(name)).hours = row["total"].total_seconds() / 3600


def _districts(found: Q) -> list[Row]:
    there = District.objects.filter(boundary__covers=OuterRef("last_seen_point")).values("code")[:1]
    counted = Case.objects.annotate(district=Subquery(there)).order_by().values("district")
    told = {
        row.pop("district"): row
        for row in counted.annotate(
            cases=Count("pk"), found=Count("pk", filter=found), helped=Count("pk", filter=found & Q(helped=True))
        )
    }
    return [Row(str(d), **told.get(d.code, {})) for d in District.objects.order_by("code").defer("boundary")]
