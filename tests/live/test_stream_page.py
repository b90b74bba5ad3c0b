"""The page of live streams, addresses of many at once, and how a stream does in table and map."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from analysis.models import StreamLease, Watcher
from cameras.models import Camera, Stream
from cameras.stream_list import StreamListError, bring_streams
from cameras.streams import login_of
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user
from tests.live.test_watching import _networks, watched_camera  # noqa: F401

pytestmark = pytest.mark.django_db


def page_of(client, user, query: str = "") -> str:
    client.force_login(user)
    return client.get(reverse("streams") + query).content.decode()


class TestPage:
    def test_the_worst_stand_first_with_the_reason(self, client):
        good, bad = watched_camera(asset_number="good-1"), watched_camera(127.02, asset_number="bad-1")
        Stream.objects.filter(camera=good).update(state="connected")
        Stream.objects.filter(camera=bad).update(state="down", problem="no_answer")
        text = page_of(client, make_user(Role.SUPERVISOR))
        assert text.index("bad-1") < text.index("good-1")
        assert "카메라가 응답하지 않습니다" in text
        only = page_of(client, make_user(Role.SUPERVISOR), "?state=down")
        assert "bad-1" in only
        assert "good-1" not in only

    def test_an_administrator_sees_their_district_only_and_no_address_is_shown(self, client):
        watched_camera(asset_number="own-1")
        watched_camera(127.0495, 37.5149, asset_number="foreign-1")
        admin = make_user(Role.DISTRICT_ADMIN, district_id="11110")
        text = page_of(client, admin)
        assert "own-1" in text
        assert "foreign-1" not in text
        assert "rtsp://127" not in text

    def test_machines_with_what_they_carry(self, client):
        stream = watched_camera().stream
        now = timezone.now()
        Watcher.objects.create(name="center-1", holds=40)
        Watcher.objects.create(name="gone-1", holds=40, districts=["11680"], seen_at=now - timedelta(minutes=1))
        StreamLease.objects.create(stream=stream, watcher="center-1", until=now + timedelta(seconds=9))
        text = page_of(client, make_user(Role.SUPERVISOR))
        assert "1 / 40" in text
        assert "강남구" in text
        jongno = page_of(client, make_user(Role.DISTRICT_ADMIN, district_id="11110"))
        assert "center-1" in jongno
        assert "gone-1" not in jongno

    def test_empty_it_says_what_to_do(self, client):
        assert "아직 실시간 영상이 있는 카메라가 없습니다" in page_of(client, make_user())


class TestMany:
    def test_any_columns_of_a_csv(self):
        first, second = make_camera(asset_number="11110-1"), make_camera(asset_number="11110-2")
        text = "비고,주소,관리번호\n,rtsp://view:p%40ss@127.0.0.1/a,11110-1\n,rtsp://127.0.0.1:8554/b,11110-2\n"
        assert bring_streams(text.encode("cp949"), make_user(Role.SUPERVISOR)) == 2
        assert login_of(first.stream).password == "p@ss"
        assert second.stream.port == 8554

    def test_names_are_asked_for_side_by_side_and_once(self, monkeypatch):
        for number in range(20):
            make_camera(asset_number=f"11110-{number}")
        asked = []

        def slow(host: str, port: int, **_kinds):
            asked.append(host)
            time.sleep(0.5)
            if host == "gone.example":
                raise socket.gaierror("no such name")
            return [(0, 0, 0, "", ("127.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        rows = [f"11110-{number},rtsp://camera-{number % 10}.example/a" for number in range(20)]
        begin = time.monotonic()
        assert bring_streams("\n".join(["번호,주소", *rows]).encode(), make_user(Role.SUPERVISOR)) == 20
        assert time.monotonic() - begin < 3
        assert len(asked) == 10
        with pytest.raises(StreamListError, match="이름의 장치가 없습니다"):
            bring_streams("번호,주소\n11110-1,rtsp://gone.example/a".encode(), make_user(Role.SUPERVISOR))

    def test_a_silent_name_server_is_told(self, monkeypatch):
        make_camera(asset_number="11110-1")
        monkeypatch.setattr("cameras.stream_list.ANSWERED_S", 0.1)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *told, **kinds: time.sleep(1) or [])
        rows = [f"11110-1,rtsp://camera-{number}.example/a" for number in range(30)]  # more than are asked at once
        with pytest.raises(StreamListError) as refused:
            bring_streams("\n".join(["번호,주소", *rows]).encode(), make_user(Role.SUPERVISOR))
        assert all("제때" in one.why for one in refused.value.lines)
        assert not Stream.objects.exists()

    def test_excel(self):
        make_camera(asset_number="11110-1")
        book = Workbook()
        book.active.append(["number", "stream"])
        book.active.append(["11110-1", "rtsp://127.0.0.1/a"])
        book.save(content := BytesIO())
        assert bring_streams(content.getvalue(), make_user(Role.SUPERVISOR)) == 1

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ("11110-9,rtsp://127.0.0.1/a", "그런 번호의 카메라가 없습니다"),
            ("11110-2,rtsp://10.9.9.9/a", "통신망"),
            ("11110-2,http://127.0.0.1/a", "rtsp://"),
            ("11110-1,rtsp://127.0.0.1/b", "두 번 이상"),
        ],
    )
    def test_one_bad_row_and_nothing_is_taken(self, row, why):
        make_camera(asset_number="11110-1")
        make_camera(asset_number="11110-2")
        text = f"number,address\n11110-1,rtsp://u:secret@127.0.0.1/a\n{row}\n"
        with pytest.raises(StreamListError) as told:
            bring_streams(text.encode(), make_user(Role.SUPERVISOR))
        (line,) = told.value.lines
        assert line.line == 3
        assert why in line.why
        assert "secret" not in str(told.value)
        assert not Stream.objects.exists()

    @pytest.mark.parametrize(
        "content", [b"", b"\x00\x01\x02" * 50, b"a,b\n1,2\n", b"number,address\nx,rtsp://127.0.0.1/a\n"]
    )
    def test_hostile_and_empty_files(self, content):
        make_camera(asset_number="11110-1")
        with pytest.raises(StreamListError):
            bring_streams(content, make_user(Role.SUPERVISOR))

    def test_cameras_of_others_are_not_known(self):
        make_camera(asset_number="11110-1")
        with pytest.raises(StreamListError):
            bring_streams(b"n,a\n11110-1,rtsp://127.0.0.1/a\n", make_user(Role.DISTRICT_ADMIN, district_id="11680"))
        assert not Stream.objects.exists()

    def test_from_the_page(self, client):
        make_camera(asset_number="11110-1")
        client.force_login(make_user(Role.SUPERVISOR))
        path = reverse("streams-bring")
        wrong = client.post(path, {"file": SimpleUploadedFile("a.csv", b"n,a\n11110-1,rtsp://8.8.8.8/a\n")})
        assert wrong.status_code == 400
        assert "2행" in wrong.content.decode()
        right = client.post(path, {"file": SimpleUploadedFile("a.csv", b"n,a\n11110-1,rtsp://127.0.0.1/a\n")})
        assert right.status_code == 302
        assert client.post(path).status_code == 400


def test_table_and_map_tell_how_a_stream_does(client):
    down = watched_camera(asset_number="down-1")
    watched_camera(127.0167, asset_number="new-1")
    make_camera(127.0168, kind="intelligent", asset_number="without-1")
    Stream.objects.filter(camera=down).update(state="down", problem="no_answer")
    client.force_login(make_user(Role.SUPERVISOR))
    text = client.get(reverse("camera-table") + "?stream=down").content.decode()
    assert "down-1" in text
    assert "new-1" not in text
    without = client.get(reverse("camera-table") + "?stream=none").content.decode()
    assert "without-1" in without
    assert "down-1" not in without
    told = client.get("/api/cameras/clusters/?bbox=127,37.55,127.03,37.59&zoom=16").json()["cameras"]
    one = next(camera for camera in told if camera["asset_number"] == "down-1")
    assert one["stream"] == "down"
    assert one["stream_name"].startswith("끊김: ")
    assert Camera.objects.count() == len(told)
