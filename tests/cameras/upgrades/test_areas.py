"""Areas: dongs, squares, polygons from files of several kinds, and what is refused."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from django.contrib.gis.gdal import DataSource
from django.contrib.gis.geos import Polygon

from cameras.models import Area, AreaSet, District, KeepOut
from cameras.upgrades import areas as areas_module
from cameras.upgrades.areas import AreaError, dongs, from_file, grid, keep_out_from_file
from tests.cameras.upgrades.small_city import SIDE, corners, make_areas, write_squares

pytestmark = pytest.mark.django_db


def test_there_are_423_dongs_of_25_districts():
    areas = dongs()
    assert areas.areas.count() == 423
    assert areas.areas.values("district").distinct().count() == 25
    assert dongs() == areas
    assert AreaSet.objects.count() == 1


def test_squares_fill_the_districts():
    areas = grid(1000)
    whole = sum(areas.areas.values_list("area_m2", flat=True))
    assert whole == pytest.approx(605e6, rel=0.05)  # the city, less small pieces at its borders
    assert areas.areas.count() == len(set(areas.areas.values_list("code", flat=True)))
    assert areas.areas.values("district").distinct().count() == 25
    jung = areas.areas.filter(district="11140")
    boundary = District.objects.get(code="11140").boundary.buffer(1e-5)
    assert jung
    assert all(boundary.contains(one.boundary) for one in jung)
    assert grid(1000) == areas


def test_absurd_squares():
    with pytest.raises(AreaError):
        grid(3)


def test_a_file_of_ones_own(tmp_path):
    areas = make_areas(tmp_path)
    told = {area.name: area for area in areas.areas.all()}
    assert set(told) == {"west", "middle", "east", "south"}
    assert {told[name].district_id for name in ("west", "middle", "east")} == {"11110"}
    assert told["south"].district_id == "11680"
    assert told["west"].area_m2 == pytest.approx(SIDE**2, rel=0.01)


@pytest.mark.parametrize("driver", ["GPKG", "ESRI Shapefile"])
def test_other_formats_and_coordinates(tmp_path, driver):
    from pyogrio.raw import write

    boxes = [Polygon.from_bbox((east, north, east + SIDE, north + SIDE)) for east, north in corners()]
    shapes = np.array([bytes(one.wkb) for one in boxes], dtype=object)
    name = tmp_path / ("squares.gpkg" if driver == "GPKG" else "squares.shp")
    write(
        str(name),
        shapes,
        [np.array(list("abcd"), dtype=object)],
        ["name"],
        driver=driver,
        geometry_type="Polygon",
        crs="EPSG:5179",
    )
    if driver != "GPKG":
        packed = tmp_path / "squares.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            for part in tmp_path.glob("squares.*"):
                if part != packed:
                    archive.write(part, part.name)
        name = packed
    areas = from_file(name, "own").areas.all()
    assert [area.name for area in areas] == ["a", "b", "c", "d"]
    assert areas[0].area_m2 == pytest.approx(SIDE**2, rel=0.01)


@pytest.mark.parametrize(
    "content",
    [b"", b"no json", b'{"type":"FeatureCollection","features":[]}', b'{"type":"Point","coordinates":[127,37.5]}'],
)
def test_what_holds_no_areas_is_refused(tmp_path, content):
    path = tmp_path / "x.geojson"
    path.write_bytes(content)
    with pytest.raises(AreaError):
        from_file(path, "x")
    assert not AreaSet.objects.exists()


def pointer(target) -> bytes:
    """A file of GDAL's that names another one."""
    layer = f'<OGRVRTLayer name="squares"><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()


@pytest.mark.parametrize("ending", ["geojson", "json", "gpkg", "zip"])
def test_a_file_that_points_to_others_is_not_followed(tmp_path, ending):
    """GDAL would: it goes by content, and reads what the file names, on this machine or elsewhere."""
    other = write_squares(tmp_path / "squares.geojson")
    vrt = tmp_path / "x.vrt"
    vrt.write_bytes(pointer(other))
    assert len(DataSource(str(vrt))[0]) == 4
    path = tmp_path / f"x.{ending}"
    path.write_bytes(vrt.read_bytes())
    with pytest.raises(AreaError):
        from_file(path, "x")


@pytest.mark.parametrize("names", [("x.vrt",), ("a.shp", "x.vrt"), ("a.shp", "b.shp"), ("../a.shp", "a.exe"), ()])
def test_an_archive_that_is_no_shapefile(tmp_path, names):
    other = write_squares(tmp_path / "squares.geojson")
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, pointer(other))
    with pytest.raises(AreaError):
        from_file(path, "x")


def test_an_archive_that_grows_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(areas_module, "MOST_UNPACKED", 1000)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\x00" * 1001)
    with pytest.raises(AreaError):
        from_file(path, "x")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(AreaError):
        from_file(path, "x")


def test_outside_the_city_nothing_is_kept(tmp_path):
    path = write_squares(tmp_path / "x.geojson", [corners()[0], (1_100_000.0, 1_700_000.0)])
    with pytest.raises(AreaError):
        from_file(path, "x")
    assert not Area.objects.exists()


def test_a_name_is_given_once(tmp_path):
    make_areas(tmp_path)
    with pytest.raises(AreaError):
        make_areas(tmp_path)
    with pytest.raises(AreaError):
        from_file(write_squares(tmp_path / "y.geojson"), "  ")


def test_a_bow_tie_is_mended(tmp_path):
    path = write_squares(tmp_path / "x.geojson")
    told = json.loads(path.read_text())
    ring = told["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    path.write_text(json.dumps(told))
    assert from_file(path, "x").areas.count() == 4


def test_places_without_cameras(tmp_path):
    assert keep_out_from_file(write_squares(tmp_path / "x.geojson"), None) == 4
    assert KeepOut.objects.count() == 4
