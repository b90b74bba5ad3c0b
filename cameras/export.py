"""The inventory out again: in the national standard form, and as GeoJSON. What goes out can be brought in again as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from .inventory.clean import PURPOSES
from .models import Camera

PURPOSE_NAMES = {code: name for name, code in reversed(PURPOSES.items())}  # the first, official name of each
PROPERTIES = (
    "district_id", "asset_number", "address", "lot_address", "agency", "purpose", "kind", "status", "count", "pixels",
    "view", "heading", "field_of_view", "range_m", "mounting_height", "retention_days", "installed", "telephone", "as_of",
)  # fmt: skip


def standard_rows(cameras: Any) -> Iterator[list[Any]]:
    """In the order of ``inventory.columns.STANDARD``."""
    for camera in cameras.iterator(2000):
        yield [
            f"{int(camera.district_id) * 10}", camera.asset_number, camera.agency, camera.address, camera.lot_address,
            PURPOSE_NAMES[camera.purpose], camera.count, camera.pixels or "", camera.view, camera.retention_days,
            f"{camera.installed:%Y%m}" if camera.installed and camera.installed.day == 1 else _day(camera.installed),
            camera.telephone, f"{camera.location.y:.8f}", f"{camera.location.x:.8f}", _day(camera.as_of), "", "", "",
        ]  # fmt: skip


def geojson(cameras: Any) -> Iterator[str]:
    """A FeatureCollection, sent while it is read; WGS84."""
    yield '{"type":"FeatureCollection","features":['
    before = ""
    for point, *values in cameras.values_list("location", *PROPERTIES).iterator(2000):
        properties = {n: v.isoformat() if isinstance(v, date) else v for n, v in zip(PROPERTIES, values, strict=True)}
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.x, point.y]},
            "properties": {"district": properties.pop("district_id"), **properties},
        }
        yield before + json.dumps(feature, ensure_ascii=False)
        before = ","
    yield "]}"


def everything(cameras: Any) -> Any:
    """Retired ones are left out."""
    return cameras.exclude(status=Camera.Status.RETIRED).order_by("district", "asset_number")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
