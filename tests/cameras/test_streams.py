"""Addresses of live streams: encrypted, shown to nobody, only inside the networks that are allowed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client

from cameras.keeping import KeepingError
from cameras.models import Stream
from cameras.streams import Login, login_of, read_address, remove_stream, resolved, set_stream
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db
SECRET = "s3cret-w0rd"
ADDRESS = f"rtsp://watcher:{SECRET}@127.0.0.1:8554/live?profile=2"


@pytest.fixture(autouse=True)
def _networks(settings):
    settings.STREAM_NETWORKS = [ip_network("127.0.0.0/8"), ip_network("10.20.0.0/16"), ip_network("fd00:20::/32")]


def test_who_may_ask_is_kept_apart_and_encrypted():
    camera, admin = make_camera(), make_user(Role.DISTRICT_ADMIN)
    stream = set_stream(camera, admin, ADDRESS)
    assert (stream.host, stream.port, stream.path) == ("127.0.0.1", 8554, "/live?profile=2")
    assert login_of(Stream.objects.get()) == Login("watcher", SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text, convert_from(secret, 'UTF8') FROM cameras_stream s")
        assert all(SECRET not in told and "watcher" not in told for told in cursor.fetchone())
    for shown in (str(stream), repr(stream), repr(login_of(stream))):
        assert SECRET not in shown


def test_on_no_page_and_in_no_log(caplog):
    camera, admin = make_camera(kind="intelligent"), make_user(Role.DISTRICT_ADMIN)
    client = Client()
    client.force_login(admin)
    answer = client.post(f"/cameras/{camera.pk}/stream/", {"address": ADDRESS}, follow=True)
    page = answer.content.decode()
    assert "rtsp://127.0.0.1:8554/live?profile=2" in page
    assert SECRET not in page
    for path in (f"/api/cameras/{camera.pk}/", "/inventory/cameras.geojson", "/inventory/cameras.csv"):
        got = client.get(path)
        content = b"".join(got.streaming_content) if got.streaming else got.content
        assert SECRET.encode() not in content
    assert AccessLog.objects.filter(subject__contains="stream rtsp://127.0.0.1:8554/live").exists()
    assert not AccessLog.objects.filter(subject__contains=SECRET).exists()
    assert SECRET not in caplog.text
    client.post(f"/cameras/{camera.pk}/stream/", {"remove": "1"})
    assert not Stream.objects.exists()


def test_another_districts_camera():
    admin, theirs = make_user(Role.DISTRICT_ADMIN), make_camera(127.0473, 37.5172)
    with pytest.raises(KeepingError):
        set_stream(theirs, admin, ADDRESS)
    set_stream(theirs, make_user(Role.SUPERVISOR), ADDRESS)
    with pytest.raises(KeepingError):
        remove_stream(theirs, admin)
    assert Stream.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "", "http://127.0.0.1/", "rtsps://127.0.0.1/", "file:///etc/passwd", "rtsp://", "rtsp:///path", "rtsp://127.0.0.1:99999/",
        "rtsp://127.0.0.1:x/", "rtsp://127.0.0.1/\r\nSETUP", "rtsp://127.0.0.1/a b", "rtsp://127.0.0.1/#x", "rtsp://127.0.0.1\\@evil/",
        "rtsp://u%0d%0a:p@127.0.0.1/", "rtsp://127.0.0.1/" + "x" * 700,
    ],
)  # fmt: skip
def test_what_is_no_address(address):
    with pytest.raises(KeepingError):
        read_address(address)


@pytest.mark.parametrize(
    "host",
    ["8.8.8.8", "10.21.0.1", "192.168.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1", "::ffff:8.8.8.8", "fe80::1",  # noqa: S104
     "2130706433.example.invalid", "no-such-host.invalid"],
)  # fmt: skip
def test_outside_the_networks(host):
    with pytest.raises(KeepingError):
        resolved(host, 554)


def test_inside_however_it_is_written():
    assert resolved("10.20.3.4", 554) == "10.20.3.4"
    assert resolved("::ffff:10.20.3.4", 554) == "10.20.3.4"
    assert resolved("fd00:20::5", 554) == "fd00:20::5"
    assert resolved("2130706433", 554) == "127.0.0.1"


def test_a_name_of_which_one_address_lies_outside(monkeypatch):
    import socket

    found = [(0, 0, 0, "", ("127.0.0.1", 554)), (0, 0, 0, "", ("8.8.8.8", 554))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(KeepingError):
        resolved("camera.example", 554)


def test_nowhere_where_nothing_is_allowed(settings):
    settings.STREAM_NETWORKS = []
    with pytest.raises(KeepingError):
        resolved("127.0.0.1", 554)


def test_keys_are_changed_one_after_another(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.STREAM_KEYS = [old]
    stream = set_stream(make_camera(), make_user(Role.SUPERVISOR), ADDRESS)
    settings.STREAM_KEYS = [new, old]
    assert login_of(stream).password == SECRET
    settings.STREAM_KEYS = [new]
    with pytest.raises(KeepingError):
        login_of(stream)
