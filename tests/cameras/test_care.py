"""Photographs, papers and work orders."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from cameras.attachments import attach, detach, path_of
from cameras.keeping import KeepingError
from cameras.models import Attachment, WorkOrder
from cameras.orders import order_work, step
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db


def photo(size=(60, 40), **exif) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", size, "red")
    tags = picture.getexif()
    tags[0x010E] = "secret words"
    picture.save(out, "JPEG", exif=tags)
    return out.getvalue()


def upload(content: bytes, name: str = "pole.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def admin():
    return make_user(Role.DISTRICT_ADMIN)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestAttachments:
    def test_a_photograph_is_made_anew(self, admin):
        made = attach(make_camera(), admin, upload(photo()))
        content = path_of(made).read_bytes()
        assert b"secret words" not in content
        assert Image.open(io.BytesIO(content)).size == (60, 40)

    def test_a_paper_is_taken_along_only(self, admin):
        camera = make_camera()
        made = attach(camera, admin, upload(b"%PDF-1.7 <script>", "계약서.pdf"))
        answer = signed_in(admin).get(f"/cameras/attachments/{made.pk}/")
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer).startswith(b"%PDF")

    @pytest.mark.parametrize(
        "content", [b"", b"<svg onload=alert(1)>", b"GIF89a", b"\xff\xd8\xff\xe0 broken", b"MZ\x90", b"<html>%PDF-"]
    )
    def test_what_is_neither_is_refused_and_leaves_nothing(self, admin, content):
        with pytest.raises(KeepingError):
            attach(make_camera(), admin, upload(content))
        assert not Attachment.objects.exists()
        assert not list(Path(settings.ATTACHMENTS_ROOT).rglob("*.*"))

    def test_names_lead_nowhere(self, admin):
        made = attach(make_camera(), admin, upload(photo()), "../../etc/pass\x00wd\n")
        assert made.name == "passwd"
        assert path_of(made).resolve().is_relative_to(Path(settings.ATTACHMENTS_ROOT).resolve())

    def test_only_the_own_district(self, admin):
        theirs = make_camera(127.0473, 37.5172)
        with pytest.raises(KeepingError):
            attach(theirs, admin, upload(photo()))
        made = attach(theirs, make_user(Role.SUPERVISOR), upload(photo()))
        assert signed_in(admin).get(f"/cameras/attachments/{made.pk}/").status_code == 404
        assert signed_in(admin).post(f"/cameras/attachments/{made.pk}/remove/").status_code == 404
        assert signed_in(make_user(Role.OPERATOR)).get(f"/cameras/attachments/{made.pk}/").status_code == 200
        assert signed_in(make_user(Role.OPERATOR)).post(f"/cameras/attachments/{made.pk}/remove/").status_code == 403

    def test_removed_with_its_file(self, admin, django_capture_on_commit_callbacks):
        made = attach(make_camera(), admin, upload(photo()))
        path = path_of(made)
        with django_capture_on_commit_callbacks(execute=True):
            detach(made, admin)
        assert not path.exists()
        assert not Attachment.objects.exists()

    def test_by_the_page(self, admin):
        camera, client = make_camera(), signed_in(admin)
        client.post(f"/cameras/{camera.pk}/attach/", {"file": upload(photo()), "name": "기둥"})
        client.post(f"/cameras/{camera.pk}/attach/", {})
        client.post(f"/cameras/{camera.pk}/attach/", {"file": upload(b"nothing")})
        assert [one.name for one in Attachment.objects.all()] == ["기둥"]
        assert "기둥" in client.get(f"/cameras/{camera.pk}/").content.decode()


class TestWork:
    def test_a_fault_takes_it_out_until_it_is_mended(self, admin):
        camera = make_camera()
        order = order_work(camera, admin, "fault", "no picture", out=True)
        camera.refresh_from_db()
        assert (camera.status, order.state) == ("faulty", "open")
        step(order, admin, "assigned", "Kim's workshop")
        order = step(order, admin, "done", "new cable")
        camera.refresh_from_db()
        assert (camera.status, order.closed_at is not None) == ("working", True)
        assert [(one.state, one.text) for one in order.steps.all()] == [
            ("open", ""), ("assigned", "Kim's workshop"), ("done", "new cable"),
        ]  # fmt: skip
        assert [sorted(change.after) for change in camera.history.all()] == [["status"], ["status"]]

    def test_not_before_the_last_fault_is_mended(self, admin):
        camera = make_camera()
        first = order_work(camera, admin, "fault", "a", out=True)
        order_work(camera, admin, "replacement", "b")
        wash = order_work(camera, admin, "cleaning", "c")
        step(first, admin, "done")
        step(wash, admin, "done")
        camera.refresh_from_db()
        assert camera.status == "faulty"

    def test_dropped_mends_nothing(self, admin):
        camera = make_camera()
        step(order_work(camera, admin, "fault", "a", out=True), admin, "dropped")
        camera.refresh_from_db()
        assert camera.status == "faulty"

    @pytest.mark.parametrize("state", ["open", "assigned", "done", "dropped", "x", ""])
    def test_what_is_over_stays_over(self, admin, state):
        order = step(order_work(make_camera(), admin, "fault", "a"), admin, "done")
        with pytest.raises(KeepingError):
            step(order, admin, state, "text")

    def test_somebody_is_named(self, admin):
        with pytest.raises(KeepingError):
            step(order_work(make_camera(), admin, "fault", "a"), admin, "assigned")

    def test_retired_cameras_need_no_work(self, admin):
        with pytest.raises(KeepingError):
            order_work(make_camera(status="retired"), admin, "fault", "a")

    def test_only_the_own_district(self, admin):
        theirs = make_camera(127.0473, 37.5172)
        with pytest.raises(KeepingError):
            order_work(theirs, admin, "fault", "a")
        order = order_work(theirs, make_user(Role.SUPERVISOR), "fault", "a")
        assert signed_in(admin).post(f"/cameras/work/{order.pk}/", {"state": "done"}).status_code == 404
        assert not signed_in(admin).get("/cameras/work/").context["page"].object_list

    def test_by_the_pages_the_most_pressing_first(self, admin):
        camera, client = make_camera(), signed_in(admin)
        day = timezone.localdate()
        for text, due in (("later", day + timedelta(days=9)), ("never", None), ("late", day - timedelta(days=1))):
            sent = {"kind": "cleaning", "text": text, "due": due.isoformat() if due else ""}
            assert client.post(f"/cameras/{camera.pk}/work/", sent).status_code == 302
        assert client.post(f"/cameras/{camera.pk}/work/", {"kind": "x", "text": ""}).status_code == 400
        page = client.get("/cameras/work/")
        assert [order.text for order in page.context["page"]] == ["late", "later", "never"]
        assert WorkOrder.objects.get(text="late").late
        answer = client.post(f"/cameras/work/{WorkOrder.objects.get(text='late').pk}/", {"state": "done", "to": "work"})
        assert answer["Location"] == "/cameras/work/"
        assert [order.text for order in client.get("/cameras/work/?state=over").context["page"]] == ["late"]
        assert [str(c) for c in client.get("/cameras/table/?work=cleaning").context["page"]] == [str(camera)]
