"""What goes out comes in again as it was."""

from __future__ import annotations

import io
import json

import pytest
from django.contrib.gis.gdal import DataSource
from django.test import Client
from openpyxl import load_workbook

from cameras.intake import apply, read, take_in
from cameras.models import Camera
from cameras.practice import practice_file, practice_rows
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db


def got(user, name: str) -> str:
    client = Client()
    client.force_login(user)
    return b"".join(client.get(f"/inventory/cameras.{name}")).decode("utf-8-sig")


def test_out_and_in_again():
    admin = make_user(Role.DISTRICT_ADMIN)
    rows = list(practice_rows(600, seed=6, dirt=0.3, district="11110"))
    apply(read(take_in(admin, admin.district, "x.csv", practice_file(rows))), admin)
    make_camera(127.0473, 37.5172)  # another district's
    text = got(admin, "csv")
    assert len(text.splitlines()) == 1 + Camera.objects.filter(district="11110").count()
    again = read(take_in(admin, admin.district, "again.csv", text.encode()))
    assert {name: again.counts.get(name, 0) for name in ("added", "changed", "refused", "missing")} == dict.fromkeys(
        ("added", "changed", "refused", "missing"), 0
    )
    assert AccessLog.objects.filter(action="exported", user=admin).count() == 1


def test_geojson():
    make_camera(126.983, 37.57, asset_number="A", address="<b>", installed="2020-05-01")
    make_camera(126.984, 37.57, status="retired")
    found = json.loads(got(make_user(Role.SUPERVISOR), "geojson"))
    (feature,) = found["features"]
    assert feature["geometry"]["coordinates"] == [126.983, 37.57]
    assert feature["properties"]["installed"] == "2020-05-01"
    Camera.objects.all().delete()
    assert json.loads(got(make_user(Role.SUPERVISOR), "geojson"))["features"] == []


def test_no_formula_goes_out():
    make_camera(126.983, 37.57, address="=1+1", view="@x")
    line = got(make_user(Role.DISTRICT_ADMIN), "csv").splitlines()[1]
    assert "'=1+1" in line
    assert "'@x" in line


def test_what_the_list_finds_only(tmp_path):
    make_camera(kind="intelligent", asset_number="A"), make_camera(asset_number="B")
    client = Client()
    client.force_login(make_user(Role.DISTRICT_ADMIN))
    text = b"".join(client.get("/inventory/cameras.csv?kind=intelligent")).decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert client.get("/inventory/cameras.csv?kind=x").status_code == 400


def test_excel_out_and_in_again():
    admin = make_user(Role.DISTRICT_ADMIN)
    rows = list(practice_rows(300, seed=6, dirt=0.3, district="11110"))
    apply(read(take_in(admin, admin.district, "x.csv", practice_file(rows))), admin)
    Camera.objects.filter(pk=Camera.objects.first().pk).update(address="=1+1")
    client = Client()
    client.force_login(admin)
    content = b"".join(client.get("/inventory/cameras.xlsx"))
    again = read(take_in(admin, admin.district, "again.xlsx", content))
    assert {name: again.counts.get(name, 0) for name in ("added", "changed", "refused", "missing")} == dict.fromkeys(
        ("added", "changed", "refused", "missing"), 0
    )
    sheet = load_workbook(io.BytesIO(content)).active
    assert "=1+1" in [cell.value for cell in sheet["D"]]
    assert {cell.data_type for cell in sheet["D"] if cell.value is not None} == {"s"}


def test_geopackage(tmp_path):
    make_camera(126.983, 37.57, asset_number="A", installed="2020-05-01", heading=90.0)
    make_camera(126.984, 37.571, asset_number="B", address="종로 '1")
    make_camera(126.984, 37.57, status="retired")
    client = Client()
    client.force_login(make_user(Role.SUPERVISOR))
    path = tmp_path / "cameras.gpkg"
    path.write_bytes(b"".join(client.get("/inventory/cameras.gpkg")))
    layer = DataSource(str(path))["cameras"]
    one, other = layer
    assert (one.geom.x, one.geom.y, layer.srs.srid) == (126.983, 37.57, 4326)
    assert (str(one["installed"].value), one.get("heading"), one.get("district")) == ("2020-05-01", 90.0, "11110")
    assert (other.get("installed"), other.get("heading"), other.get("address")) == (None, None, "종로 '1")


def test_nothing_to_take_along():
    client = Client()
    client.force_login(make_user(Role.SUPERVISOR))
    for form in ("csv", "xlsx", "geojson", "gpkg"):
        assert b"".join(client.get(f"/inventory/cameras.{form}"))
