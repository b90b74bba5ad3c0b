"""Loads the 25 districts from ``data/districts.json``; running it twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon

SOURCE = Path(__file__).resolve().parent / "data" / "districts.json"


def load_districts(District: Any) -> None:  # noqa: N803  (the model, or its historical form in a migration)
    """Fills the table of the given model class."""
    for row in json.loads(SOURCE.read_text(encoding="utf-8"))["districts"]:
        polygons = [Polygon(*rings, srid=4326) for rings in row["boundary"]]
        fields = {name: row[name] for name in ("name_ko", "name_en", "joined_year")}
        District.objects.update_or_create(
            code=row["code"], defaults={**fields, "boundary": MultiPolygon(*polygons, srid=4326)}
        )
