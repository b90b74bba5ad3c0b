"""Areas to be judged: administrative dongs, squares within districts, polygons from a file; and where no camera may stand."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.contrib.gis.gdal import DataSource, GDALException
from django.contrib.gis.geos import GEOSException, MultiPolygon, Polygon
from django.db import connection, transaction
from django.utils.translation import gettext as _

from cameras.inventory.table import ZIP
from cameras.models import Area, AreaSet, District, KeepOut

METRIC = 5179  # Korea 2000 / Unified CS: metres
SMALLEST_SHARE = 0.25  # of a square; smaller pieces at borders go to nobody
MOST = 20_000
CELLS = (250, 500, 1000)  # metres, that may be chosen
DONGS = Path(__file__).resolve().parent.parent / "data" / "dongs.json"
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
SQLITE = b"SQLite format 3\x00"  # a GeoPackage is one
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".shp.xml")
NAMES = ("name", "adm_nm", "adm_dr_nm", "name_ko", "이름", "행정동", "동명")


class AreaError(Exception):
    """Areas that cannot be made; the message is for whoever tried."""


@transaction.atomic
def dongs() -> AreaSet:
    """The administrative dongs of ``data/dongs.json``; made once. Their codes are those of the statistics."""
    areas, new = AreaSet.objects.get_or_create(kind=AreaSet.Kind.DONG, defaults={"name": "dongs"})
    if new:
        rows = json.loads(DONGS.read_text(encoding="utf-8"))["dongs"]
        shapes = [_several(MultiPolygon([Polygon(*rings) for rings in row["boundary"]], srid=4326)) for row in rows]
        Area.objects.bulk_create(
            [
                Area(area_set=areas, code=row["code"], name=row["name_ko"], district_id=row["district"], boundary=shape,
                     area_m2=shape.transform(METRIC, clone=True).area)
                for row, shape in zip(rows, shapes, strict=True)
            ]
        )  # fmt: skip
    return areas


@transaction.atomic
def grid(cell_m: int = 500) -> AreaSet:
    """Squares of so many metres, cut at the borders of districts and named after the dong that their middle lies in; made
    once. AreaError for sizes that are not offered."""
    if cell_m not in CELLS:
        raise AreaError(_("Squares of %(sizes)s metres.") % {"sizes": ", ".join(str(size) for size in CELLS)})
    areas, new = AreaSet.objects.get_or_create(
        kind=AreaSet.Kind.GRID, cell_m=cell_m, defaults={"name": f"grid {cell_m} m"}
    )
    if not new:
        return areas
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cameras_area (area_set_id, code, name, district_id, boundary, area_m2)
            SELECT %(set)s, cut.code || '-' || i || '-' || j,
                coalesce(dong.name, name_ko) || ' ' ||
                    row_number() OVER (PARTITION BY cut.code, dong.name ORDER BY j DESC, i),
                cut.code, ST_Multi(ST_Transform(part, 4326)), ST_Area(part)
            FROM (
                SELECT *, ST_Transform(ST_PointOnSurface(part), 4326) AS middle FROM (
                    SELECT d.code, d.name_ko, g.i, g.j, ST_CollectionExtract(ST_Intersection(g.geom, d.geom), 3) AS part
                    FROM (SELECT code, name_ko, ST_Transform(boundary, %(metric)s) AS geom FROM cameras_district) d,
                        LATERAL ST_SquareGrid(%(cell)s, d.geom) g
                    WHERE ST_Intersects(g.geom, d.geom)) pieces
                WHERE ST_Area(part) >= %(least)s OFFSET 0) cut
            LEFT JOIN LATERAL (
                SELECT a.name FROM cameras_area a
                WHERE a.area_set_id = %(dongs)s AND a.district_id = cut.code
                ORDER BY a.boundary <-> cut.middle LIMIT 1) dong ON true
            """,
            {
                "set": areas.pk,
                "dongs": dongs().pk,
                "metric": METRIC,
                "cell": cell_m,
                "least": SMALLEST_SHARE * cell_m**2,
            },
        )
    return areas


@transaction.atomic
def from_file(path: Path, name: str) -> AreaSet:
    """Polygons of a GeoJSON, GeoPackage or Shapefile (zipped), each in the district that most of it lies in. AreaError where
    the file has none, too many, or some that lie outside."""
    if not (name := " ".join(name.split())[:80]):
        raise AreaError(_("Give the areas a name."))
    if AreaSet.objects.filter(name=name).exists():
        raise AreaError(_("There are areas of that name already."))
    districts = [(one, one.boundary.prepared) for one in District.objects.all()]
    areas, rows = AreaSet.objects.create(kind=AreaSet.Kind.OWN, name=name), []
    for number, (title, shape) in enumerate(polygons_of(path), start=1):
        touched = [one for one, near in districts if near.intersects(shape)]
        if not touched:
            raise AreaError(_("Area %(number)s of the file lies outside the city.") % {"number": number})
        district = max(touched, key=lambda one: one.boundary.intersection(shape).area)
        rows.append(
            Area(area_set=areas, code=f"{district.pk}-{number:05d}", name=title or str(number), district=district,
                 boundary=shape, area_m2=shape.transform(METRIC, clone=True).area)
        )  # fmt: skip
    Area.objects.bulk_create(rows, batch_size=500)
    return areas


@transaction.atomic
def keep_out_from_file(path: Path, by: Any) -> int:
    """Polygons where no new camera stands; how many there are. AreaError as ``from_file``."""
    rows = [KeepOut(name=title or _("no name"), boundary=shape, by=by) for title, shape in polygons_of(path)]
    return len(KeepOut.objects.bulk_create(rows, batch_size=500))


def polygons_of(path: Path) -> Iterator[tuple[str, MultiPolygon]]:
    """Name and shape (WGS84) of each polygon. AreaError where the file has none or more than ``MOST``."""
    unread = AreaError(_("The file holds no areas that can be read (GeoJSON, GeoPackage, zipped Shapefile)."))
    try:
        source = DataSource(_readable(path) or "")
        layer = source[0]
        number = len(layer)
    except (GDALException, GEOSException, IndexError, OSError) as error:
        raise unread from error
    if number > MOST:
        raise AreaError(_("The file holds more than %(most)s areas.") % {"most": MOST})
    named = next((field for field in layer.fields if field.casefold() in NAMES), None)
    found = False
    for feature in layer:
        try:
            shape = feature.geom
            if shape.geom_type.name not in ("Polygon", "MultiPolygon"):
                continue
            if shape.srid != 4326 and shape.srs:
                shape.transform(4326)
            geometry = shape.geos
            geometry.srid = 4326
            geometry = _several(geometry if geometry.valid else geometry.buffer(0))
        except (GDALException, GEOSException) as error:
            raise unread from error
        if geometry.empty:
            continue
        found = True
        yield (str(feature.get(named) or "").replace("\x00", "").strip()[:80] if named else ""), geometry
    if not found:
        raise unread


def _readable(path: Path) -> str | None:
    """The file as GDAL is given it; None for what is none of the three formats, or another than it is called. GDAL goes by content,
    whatever a file is called, and some of its formats name further files and addresses, which it would open."""
    with path.open("rb") as file:
        begin = file.read(4096)
    if path.suffix != ".zip":
        text = begin.removeprefix(codecs.BOM_UTF8).lstrip()
        right = begin.startswith(SQLITE) if path.suffix == ".gpkg" else text.startswith(b"{")
        return str(path) if right else None
    if not begin.startswith(ZIP):
        return None
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except BadZipFile:
        return None
    shapes = [part.filename for part in parts if part.filename.casefold().endswith(".shp")]
    known = all(part.is_dir() or part.filename.casefold().endswith(SHAPEFILE) for part in parts)
    if not known or len(shapes) != 1 or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return None
    return f"/vsizip/{path}/{shapes[0]}"


def _several(shape: Any) -> MultiPolygon:
    if isinstance(shape, Polygon):
        return MultiPolygon(shape, srid=4326)
    if isinstance(shape, MultiPolygon):
        return shape
    return MultiPolygon([part for part in shape if isinstance(part, Polygon)], srid=4326)
