"""What past cases tell planners: where people went missing, and the ways that sightings tell; no case, no person."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import numpy as np

from cameras.upgrades.sources import Points, tells_ways, tells_where_people_went_missing

from .models import Case, Sighting


@tells_where_people_went_missing
def last_seen() -> Points:
    points = Case.objects.exclude(status=Case.Status.PURGED).order_by("pk").values_list("last_seen_point", flat=True)
    return np.array([point.coords for point in points if point], float).reshape(-1, 2)


@tells_ways
def confirmed_ways() -> list[Points]:
    """From where a person was last seen through all that was seen for certain."""
    sightings = Sighting.objects.standing().filter(certainty=1.0, case__last_seen_point__isnull=False)
    rows = sightings.order_by("case", "time", "pk").values_list("case", "case__last_seen_point", "point")
    lines = []
    for _case, seen in groupby(rows, key=itemgetter(0)):
        several = list(seen)
        lines.append(np.array([several[0][1].coords, *(point.coords for _, _, point in several)], float))
    return lines
