"""Cameras of a viewport: none lost, none of another district, hostile parameters refused."""

from __future__ import annotations

import pytest
from django.test import Client

from cameras.clusters import MOST_SINGLE
from cameras.intake import apply, read, take_in
from cameras.models import Camera
from cameras.practice import practice_file, practice_rows
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_user

pytestmark = pytest.mark.django_db
SEOUL = {"bbox": "126.7,37.4,127.3,37.75", "zoom": 11}


def asked(user, **parameters):
    client = Client()
    client.force_login(user)
    return client.get("/api/cameras/clusters/", {**SEOUL, **parameters})


def test_none_is_lost_at_any_zoom():
    rows = list(practice_rows(3000, seed=4))
    apply(read(take_in(None, None, "x.csv", practice_file(rows))), None)
    Camera.objects.update(kind="regular")
    Camera.objects.filter(pk__in=list(Camera.objects.values_list("pk", flat=True)[:500])).update(kind="intelligent")
    Camera.objects.filter(pk__in=list(Camera.objects.values_list("pk", flat=True)[:10])).update(status="retired")
    user = make_user()
    for zoom in (9, 10.25, 12, 14):
        answer = asked(user, zoom=zoom).json()
        assert answer["total"] == sum(count for _, _, count, *_ in answer["clusters"]) == 2990
        assert sum(cluster[3] for cluster in answer["clusters"]) == 490
    assert len(asked(user, zoom=9).json()["clusters"]) < len(asked(user, zoom=12).json()["clusters"])
    few = asked(user, kind="intelligent").json()
    assert len(few["cameras"]) == few["total"] == 490 < MOST_SINGLE
    west, south, east, north = 126.95, 37.55, 127.02, 37.6
    inside = Camera.objects.exclude(status="retired").filter(location__bboverlaps=f"SRID=4326;POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))")  # fmt: skip
    part = asked(user, bbox=f"{west},{south},{east},{north}", zoom=15).json()
    assert {camera["id"] for camera in part["cameras"]} == set(inside.values_list("pk", flat=True))


def test_a_district_administrator_sees_their_own():
    make_camera(*DONGMYO)
    make_camera(127.0473, 37.5172)
    assert asked(make_user(Role.DISTRICT_ADMIN)).json()["total"] == 1
    assert asked(make_user(Role.DISTRICT_ADMIN), district="11680").status_code == 400
    assert asked(make_user(), district="11680").json()["total"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"bbox": ""}, {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "nan,37,127,38"}, {"bbox": "inf,37,inf,38"},
        {"bbox": "127,38,126,37"}, {"zoom": ""}, {"zoom": "1e9"}, {"zoom": "-1"}, {"zoom": "nan"}, {"kind": "x"},
        {"status": "' OR 1=1"}, {"district": "\x00"}, {"district": "종로"}, {"bbox": "1);DROP TABLE cameras_camera,2,3,4"},
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(wrong):
    assert asked(make_user(), **wrong).status_code == 400


def test_what_is_odd_is_answered():
    assert asked(make_user(), bbox="-180,-90,180,90", zoom=0).json()["total"] == 0
