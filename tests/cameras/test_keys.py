"""Keys for machines: what they open, what they do not, how long; the API with ETags."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cameras.models import Camera, CameraChange, MachineKey
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db
SOON = timedelta(days=1)


def machine(user, scope="write", lasts=SOON) -> Client:
    _key, secret = MachineKey.make(user, "pole software", scope, timezone.now() + lasts)
    return Client(headers={"Authorization": f"Key {secret}"})


def patch(client, camera, content, **headers):
    return client.patch(f"/api/cameras/{camera.pk}/", content, content_type="application/json", headers=headers)


def test_acts_as_who_made_it():
    admin, camera, theirs = make_user(Role.DISTRICT_ADMIN), make_camera(), make_camera(127.0473, 37.5172)
    client = machine(admin)
    found = client.get("/api/cameras/").json()
    assert [feature["id"] for feature in found["results"]["features"]] == [camera.pk]
    assert client.get(f"/api/cameras/{theirs.pk}/").status_code == 404
    assert patch(client, camera, {"heading": 45}).status_code == 200
    told = CameraChange.objects.get()
    assert (told.by, told.via) == (admin, "pole software")
    assert patch(client, theirs, {"heading": 45}).status_code == 404


def test_to_read_only():
    camera, client = make_camera(), machine(make_user(Role.DISTRICT_ADMIN), scope="read")
    assert client.get(f"/api/cameras/{camera.pk}/").status_code == 200
    assert patch(client, camera, {"heading": 45}).status_code == 401
    assert not CameraChange.objects.exists()


def test_an_operators_account_changes_nothing_by_any_key():
    assert patch(machine(make_user(Role.OPERATOR)), make_camera(), {"heading": 45}).status_code == 403


@pytest.mark.parametrize(
    "header", ["Key", "Key ", "Key wf_wrong", "Key " + "x" * 5000, "Key \x7f", "Bearer wf_x", "key"]
)
def test_what_is_no_key(header):
    assert Client(headers={"Authorization": header}).get("/api/cameras/").status_code == 401


def test_until_it_is_over():
    admin = make_user(Role.DISTRICT_ADMIN)
    assert machine(admin, lasts=timedelta(seconds=-1)).get("/api/cameras/").status_code == 401
    client = machine(admin)
    assert client.get("/api/cameras/").status_code == 200
    assert MachineKey.objects.first().used_at
    MachineKey.objects.update(revoked_at=timezone.now())
    assert client.get("/api/cameras/").status_code == 401
    other = machine(admin)
    admin.is_active = False
    admin.save()
    assert other.get("/api/cameras/").status_code == 401


@pytest.mark.parametrize("path", ["/api/cases/", "/api/recordings/", "/api/districts/", "/board/", "/cameras/table/"])
def test_opens_nothing_but_cameras(path):
    assert machine(make_user(Role.SUPERVISOR)).get(path).status_code in (302, 401, 403)


def test_made_shown_once_and_revoked():
    admin, client = make_user(Role.DISTRICT_ADMIN), Client()
    client.force_login(admin)
    day = timezone.localdate() + SOON
    made = client.post("/inventory/keys/", {"name": "GIS", "scope": "read", "until": day.isoformat()})
    secret = made.context["secret"]
    key = MachineKey.objects.get()
    assert secret not in client.get("/inventory/keys/").content.decode()
    assert secret not in str(vars(key))
    assert timezone.localtime(key.expires_at).date() == day
    assert "no-store" in made["Cache-Control"]
    assert Client(headers={"Authorization": f"Key {secret}"}).get("/api/cameras/").status_code == 200
    stranger = Client()
    stranger.force_login(make_user(Role.DISTRICT_ADMIN))
    assert stranger.post(f"/inventory/keys/{key.pk}/revoke/").status_code == 404
    client.post(f"/inventory/keys/{key.pk}/revoke/")
    assert Client(headers={"Authorization": f"Key {secret}"}).get("/api/cameras/").status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"until": "2020-01-01"}, {"until": "2999-01-01"}, {"name": ""}, {"scope": "all"}, {"until": "x"}]
)
def test_a_wrong_form_makes_none(wrong):
    client = Client()
    client.force_login(make_user(Role.DISTRICT_ADMIN))
    right = {"name": "GIS", "scope": "read", "until": (timezone.localdate() + SOON).isoformat()}
    assert client.post("/inventory/keys/", {**right, **wrong}).status_code == 400
    assert not MachineKey.objects.exists()


class TestETags:
    @pytest.fixture
    def client(self):
        return machine(make_user(Role.DISTRICT_ADMIN))

    def test_unchanged_is_not_sent_again(self, client):
        camera = make_camera()
        for path in (f"/api/cameras/{camera.pk}/", "/api/cameras/"):
            tag = client.get(path)["ETag"]
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
            patch(client, camera, {"heading": Camera.objects.get().heading or 0 + 7})
            patch(client, camera, {"agency": f"another {path}"})
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_only_as_it_was_read(self, client):
        camera = make_camera()
        tag = client.get(f"/api/cameras/{camera.pk}/")["ETag"]
        done = patch(client, camera, {"heading": 45}, **{"If-Match": tag})
        assert done.status_code == 200
        assert patch(client, camera, {"heading": 90}, **{"If-Match": tag}).status_code == 412
        assert patch(client, camera, {"heading": 90}, **{"If-Match": done["ETag"]}).status_code == 200
        for odd in ('"x"', 'W/"1"', "nonsense", f'"{camera.pk}-', f'"{camera.pk}-99999999999999999999"', '"0-0"'):
            assert patch(client, camera, {"heading": 1}, **{"If-Match": odd}).status_code == 412

    def test_a_feature_as_it_was_read_can_be_sent_back(self, client):
        camera = make_camera()
        feature = client.get(f"/api/cameras/{camera.pk}/").json()
        feature["geometry"]["coordinates"] = [127.0, 37.575]
        feature["properties"]["more_headings"] = [90.0]
        feature["properties"]["count"] = 2
        assert patch(client, camera, feature).status_code == 200
        camera.refresh_from_db()
        assert (camera.location.coords, camera.more_headings) == ((127.0, 37.575), [90.0])

    @pytest.mark.parametrize(
        "wrong",
        [{"heading": 400}, {"heading": "north"}, {"location": "x"}, {"location": {"type": "Point", "coordinates": [0, 0]}},
         {"more_headings": [1]}, {"location": {"type": "LineString", "coordinates": [[127, 37.5], [127, 37.6]]}},
         {"location": None}, {"kind": None}, {"address": "\x00"}],
    )  # fmt: skip
    def test_wrong_values_are_told_by_field(self, client, wrong):
        answer = patch(client, make_camera(), wrong)
        assert answer.status_code == 400
        assert set(answer.json()) == set(wrong)
        assert not CameraChange.objects.exists()


def test_filters_as_in_the_table():
    client = machine(make_user(Role.SUPERVISOR))
    make_camera(kind="intelligent", asset_number="A"), make_camera(asset_number="B"), make_camera(status="retired")
    assert client.get("/api/cameras/").json()["count"] == 2
    assert client.get("/api/cameras/?kind=intelligent").json()["count"] == 1
    assert client.get("/api/cameras/?status=retired&limit=1").json()["count"] == 1
    assert client.get("/api/cameras/?kind=x").status_code == 400
