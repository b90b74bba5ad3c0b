"""Cameras changed by hand: one, many at once, taken back; nobody writes over another, none reaches another district."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from cameras.intake import apply, read, take_in
from cameras.keeping import EDITABLE, KeepingError, Outdated, add, change, change_many, take_back, version_of
from cameras.models import Camera, CameraChange
from cameras.practice import practice_file, practice_rows
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_user

pytestmark = pytest.mark.django_db
ELSEWHERE = (127.0473, 37.5172)  # in Gangnam-gu


@pytest.fixture
def admin():
    return make_user(Role.DISTRICT_ADMIN)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestOne:
    def test_what_differs_is_told(self, admin):
        camera = make_camera(heading=10.0)
        change(camera, admin, {"heading": 20.0, "agency": "", "location": Point(127.0, 37.575, srid=4326)})
        told = CameraChange.objects.get()
        assert told.before == {"heading": 10.0, "location": list(DONGMYO)}
        assert told.after == {"heading": 20.0, "location": [127.0, 37.575]}
        assert (told.by, told.kind) == (admin, "changed")
        camera.refresh_from_db()
        assert (camera.heading, camera.location.coords) == (20.0, (127.0, 37.575))

    def test_nothing_changed_tells_nothing(self, admin):
        change(make_camera(heading=10.0), admin, {"heading": 10.0})
        assert not CameraChange.objects.exists()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("heading", 360.0), ("heading", -1.0), ("field_of_view", 0.0), ("mounting_height", 5000.0),
            ("retention_days", 0), ("kind", "clever"), ("status", "lost"), ("address", "x" * 201), ("count", 0),
            ("more_headings", [400.0]), ("more_headings", [10.0]), ("location", Point(*ELSEWHERE, srid=4326)),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_refused_by_field(self, admin, name, value):
        camera = make_camera()
        with pytest.raises(ValidationError) as refused:
            change(camera, admin, {name: value})
        assert list(refused.value.message_dict) == [name]
        assert not CameraChange.objects.exists()

    def test_what_may_not_be_changed(self, admin):
        with pytest.raises(ValidationError):
            change(make_camera(), admin, {"asset_number": "other"})

    def test_another_district_is_refused(self, admin):
        camera = make_camera(*ELSEWHERE, heading=1.0)
        for user in (admin, make_user(Role.OPERATOR), make_user(Role.AUDITOR)):
            with pytest.raises(KeepingError):
                change(camera, user, {"heading": 2.0})
        change(camera, make_user(Role.SUPERVISOR), {"heading": 2.0})

    def test_nobody_writes_over_another(self, admin):
        camera = make_camera(heading=1.0)
        seen = version_of(camera)
        change(camera, admin, {"heading": 2.0}, seen=seen)
        with pytest.raises(Outdated):
            change(camera, make_user(Role.SUPERVISOR), {"heading": 3.0}, seen=seen)
        camera.refresh_from_db()
        assert camera.heading == 2.0


class TestMany:
    def test_all_and_back(self, admin):
        cameras = [make_camera(agency=f"office {n}") for n in range(5)]
        make_camera(*ELSEWHERE, agency="theirs")
        batch, number = change_many(Camera.objects.visible_to(admin), admin, {"agency": "ours", "retention_days": 60})
        assert number == 5
        assert set(Camera.objects.values_list("agency", flat=True)) == {"ours", "theirs"}
        change(cameras[0], admin, {"agency": "later"})
        taken = take_back(batch, admin)
        assert (taken.back, taken.kept) == (4, 1)
        found = dict(Camera.objects.filter(district="11110").values_list("pk", "agency"))
        assert found == {cameras[0].pk: "later"} | {c.pk: c.agency for c in cameras[1:]}
        assert set(Camera.objects.filter(district="11110").values_list("retention_days", flat=True)) == {30, 60}
        with pytest.raises(KeepingError):
            take_back(batch, admin)

    def test_one_wrong_value_changes_none(self, admin):
        make_camera()
        with pytest.raises(ValidationError):
            change_many(Camera.objects.all(), admin, {"range_m": -5.0})
        assert not CameraChange.objects.exists()

    def test_one_of_another_district_changes_none(self, admin):
        make_camera(), make_camera(*ELSEWHERE)
        with pytest.raises(KeepingError):
            change_many(Camera.objects.all(), admin, {"purpose": "multi"})
        assert not CameraChange.objects.exists()

    @pytest.mark.parametrize("values", [{}, {"location": Point(127, 37.5)}, {"heading": 3.0}])
    def test_only_what_many_can_share(self, admin, values):
        make_camera()
        with pytest.raises(KeepingError):
            change_many(Camera.objects.all(), admin, values)

    def test_retired_and_back(self, admin):
        camera = make_camera()
        batch, _number = change_many(Camera.objects.all(), admin, {"status": "retired"})
        assert CameraChange.objects.get().kind == "retired"
        take_back(batch, admin)
        camera.refresh_from_db()
        assert camera.status == "working"

    def test_every_field_comes_back_as_it_was(self, admin):
        first = {
            "location": Point(*DONGMYO, srid=4326), "address": "가", "lot_address": "나", "agency": "다", "purpose": "child",
            "kind": "regular", "status": "working", "heading": 10.5, "more_headings": [], "field_of_view": None,
            "tilt": 20.0, "range_m": None, "mounting_height": 4.5, "width": 1920, "height": None, "fps": 15.0,
            "retention_days": 30, "clock_offset_s": -2.5, "count": 4, "pixels": None, "view": "북", "installed": None,
            "telephone": "02-1", "as_of": date(2026, 1, 1),
        }  # fmt: skip
        second = {
            "location": Point(127.0, 37.575, srid=4326), "address": "라", "lot_address": "", "agency": "마", "purpose": "multi",
            "kind": "intelligent", "status": "faulty", "heading": None, "more_headings": [90.0, 180.0],
            "field_of_view": 90.0, "tilt": None, "range_m": 30.0, "mounting_height": None, "width": None, "height": 1080,
            "fps": None, "retention_days": 60, "clock_offset_s": 0.0, "count": 3, "pixels": 200, "view": "",
            "installed": date(2020, 5, 1), "telephone": "", "as_of": None,
        }  # fmt: skip
        assert set(first) == set(second) == set(EDITABLE)
        for before, after in ((first, second), (second, first)):
            camera = make_camera()
            Camera.objects.filter(pk=camera.pk).update(**before)
            change(camera, admin, after)
            take_back(camera.history.first().batch, admin)
            camera.refresh_from_db()
            place = before["location"]
            assert {n: getattr(camera, n) for n in EDITABLE if n != "location"} == {
                n: value for n, value in before.items() if n != "location"
            }
            assert camera.location.coords == pytest.approx(place.coords)

    def test_what_was_added_is_not_taken_back(self, admin):
        camera = add(admin, Camera(district_id="11110", asset_number="N", location=Point(*DONGMYO, srid=4326)))
        with pytest.raises(KeepingError):
            take_back(camera.history.get().batch, admin)
        assert camera.history.count() == 1


def test_a_file_compared_before_a_change_is_compared_again(admin):
    rows = list(practice_rows(20, seed=1, district="11110"))
    apply(read(take_in(admin, admin.district, "x.csv", practice_file(rows))), admin)
    waiting = read(take_in(admin, admin.district, "y.csv", practice_file(rows[:10])))
    change(Camera.objects.first(), admin, {"purpose": "multi", "heading": 3.0})
    with pytest.raises(Exception, match=r".") as refused:
        apply(waiting, admin)
    assert type(refused.value).__name__ == "IntakeError"


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment():
    """One of them is told, whoever comes second."""
    admin, camera = make_user(Role.DISTRICT_ADMIN), make_camera(heading=0.0)
    seen, ends = version_of(camera), []
    gate = threading.Barrier(2)

    def turn(degrees: float) -> None:
        gate.wait()
        try:
            change(camera, admin, {"heading": degrees}, seen=seen)
            ends.append("done")
        except Outdated:
            ends.append("outdated")
        finally:
            connection.close()

    threads = [threading.Thread(target=turn, args=(degrees,)) for degrees in (90.0, 180.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["done", "outdated"]
    assert CameraChange.objects.count() == 1


class TestTable:
    def test_filters_sort_and_pages(self, admin):
        make_camera(asset_number="B-2", address="종로 1길", installed="2015-01-01")
        make_camera(asset_number="B-1", address="종로 2길", kind="intelligent", heading=1.0)
        make_camera(asset_number="B-3", status="retired")
        make_camera(*ELSEWHERE, asset_number="B-4")
        client = signed_in(admin)

        def numbers(query: str) -> list[str]:
            return [str(camera) for camera in client.get(f"/cameras/table/?{query}").context["page"]]

        assert numbers("") == ["B-1", "B-2"]
        assert numbers("order=-asset_number") == ["B-2", "B-1"]
        assert numbers("q=종로 2길") == ["B-1"]
        assert numbers("status=retired") == ["B-3"]
        assert numbers("kind=intelligent") == ["B-1"]
        assert numbers("lack=heading") == ["B-2"]
        assert numbers("installed_to=2016") == ["B-2"]
        assert numbers("order=password") == ["B-1", "B-2"]

    @pytest.mark.parametrize("wrong", ["kind=x", "district=11680", "q=%00", "installed_from=abc", "found=x", "work=1"])
    def test_what_there_is_not_is_said(self, admin, wrong):
        answer = signed_in(admin).get(f"/cameras/table/?{wrong}")
        assert answer.status_code == 400
        assert list(answer.context["page"]) == []

    def test_many_by_the_page_and_back(self, admin):
        chosen = [make_camera() for _ in range(3)]
        other = make_camera(*ELSEWHERE)
        client = signed_in(admin)
        keys = [chosen[0].pk, chosen[1].pk, other.pk]  # one of another district smuggled in
        answer = client.post("/cameras/table/change/", {"which": "chosen", "camera": keys, "purpose": "multi"})
        assert answer.status_code == 302
        assert Camera.objects.filter(purpose="multi").count() == 2
        batch = CameraChange.objects.first().batch
        assert f"changed={batch}" in answer["Location"]
        client.post("/cameras/table/take-back/", {"batch": str(batch)})
        assert not Camera.objects.filter(purpose="multi").exists()
        assert AccessLog.objects.filter(action="inventory_written", user=admin).count() == 2

    def test_all_that_the_list_finds(self, admin):
        for n in range(60):
            make_camera(asset_number=f"N-{n:03d}", kind="intelligent" if n < 55 else "regular")
        wanted = {"which": "all", "asked": "kind=intelligent", "retention_days": "90"}
        client = signed_in(admin)
        assert client.post("/cameras/table/change/", {**wanted, "expected": "54"}).status_code == 400
        assert not CameraChange.objects.exists()
        assert client.post("/cameras/table/change/", {**wanted, "expected": "55"}).status_code == 302
        assert Camera.objects.filter(retention_days=90).count() == 55

    @pytest.mark.parametrize(
        "wrong",
        [{}, {"which": "chosen"}, {"which": "chosen", "purpose": "multi"}, {"which": "all", "purpose": "x"},
         {"which": "all", "purpose": "multi", "asked": "kind=x"}, {"which": "chosen", "camera": "x", "purpose": "multi"}],
    )  # fmt: skip
    def test_nothing_by_half_a_form(self, admin, wrong):
        make_camera()
        assert signed_in(admin).post("/cameras/table/change/", wrong).status_code == 400
        assert not CameraChange.objects.exists()

    def test_take_back_of_nothing(self, admin):
        client = signed_in(admin)
        for batch in ("", "x", "00000000-0000-0000-0000-000000000000"):
            assert client.post("/cameras/table/take-back/", {"batch": batch}).status_code == 302

    def test_anothers_batch_is_not_taken_back(self, admin):
        camera = make_camera(*ELSEWHERE)
        batch, _n = change_many(Camera.objects.all(), make_user(Role.SUPERVISOR), {"purpose": "multi"})
        signed_in(admin).post("/cameras/table/take-back/", {"batch": str(batch)})
        camera.refresh_from_db()
        assert camera.purpose == "multi"

    def test_lists_are_ones_own(self, admin):
        client, query = signed_in(admin), "kind=intelligent&page=3&status="
        client.post("/cameras/table/lists/", {"name": " clever  ones ", "asked": query})
        (kept,) = client.get("/cameras/table/").context["lists"]
        assert (kept.name, kept.query) == ("clever ones", "kind=intelligent")
        other = signed_in(make_user(Role.DISTRICT_ADMIN))
        other.post("/cameras/table/lists/", {"remove": kept.pk})
        assert not other.get("/cameras/table/").context["lists"]
        assert client.get("/cameras/table/").context["lists"]
        client.post("/cameras/table/lists/", {"remove": kept.pk})
        assert not client.get("/cameras/table/").context["lists"]


class TestPage:
    def form(self, client, camera, **fields):
        shown = client.get(f"/cameras/{camera.pk}/").context["form"]
        values = {name: shown[name].value() for name in shown.fields}
        return {name: value for name, value in {**values, **fields}.items() if value not in (None, [])}

    def test_saved_and_told(self, admin):
        camera, client = make_camera(heading=5.0), signed_in(admin)
        asked = self.form(client, camera, heading="270", latitude="37.5735")
        assert client.post(f"/cameras/{camera.pk}/", asked).status_code == 302
        camera.refresh_from_db()
        assert (camera.heading, camera.location.y) == (270.0, 37.5735)
        page = client.get(f"/cameras/{camera.pk}/").content.decode()
        assert "270" in page
        assert "37.57350" in page

    def test_an_older_page_is_refused(self, admin):
        camera, client = make_camera(heading=5.0), signed_in(admin)
        asked = self.form(client, camera, heading="270")
        change(camera, admin, {"heading": 8.0})
        assert client.post(f"/cameras/{camera.pk}/", asked).status_code == 400
        camera.refresh_from_db()
        assert camera.heading == 8.0

    def test_wrong_values_stay_in_the_form(self, admin):
        camera, client = make_camera(), signed_in(admin)
        for wrong in (
            {"heading": "400"},
            {"latitude": "37.51"},
            {"latitude": "abc"},
            {"more_headings": "a"},
            {"count": "0"},
        ):
            answer = client.post(f"/cameras/{camera.pk}/", self.form(client, camera, **wrong))
            assert answer.status_code == 400, wrong
            assert set(answer.context["form"].errors) == set(wrong)
        assert not CameraChange.objects.exists()

    def test_who_may_look_and_who_may_write(self, admin):
        camera, theirs = make_camera(), make_camera(*ELSEWHERE)
        operator = signed_in(make_user(Role.OPERATOR))
        assert operator.get(f"/cameras/{camera.pk}/").status_code == 200
        assert operator.post(f"/cameras/{camera.pk}/", {"heading": 3}).status_code == 404
        assert signed_in(admin).get(f"/cameras/{theirs.pk}/").status_code == 404
        assert signed_in(admin).post(f"/cameras/{theirs.pk}/", {}).status_code == 404

    def test_a_new_one(self, admin):
        client = signed_in(admin)
        wanted = {
            "asset_number": "NEW-1", "latitude": "37.5727", "longitude": "127.0178", "kind": "intelligent",
            "status": "working", "purpose": "child", "retention_days": "30", "clock_offset_s": "0", "count": "1",
        }  # fmt: skip
        assert client.post("/cameras/new/", {**wanted, "longitude": "127.0473"}).status_code == 400
        assert client.post("/cameras/new/", wanted).status_code == 302
        made = Camera.objects.get(asset_number="NEW-1")
        assert (made.district_id, made.history.get().kind) == ("11110", "added")
        again = client.post("/cameras/new/", wanted)
        assert again.status_code == 400
        assert Camera.objects.count() == 1

    def test_a_supervisor_says_which_district(self):
        client = signed_in(make_user(Role.SUPERVISOR))
        wanted = {
            "asset_number": "NEW-1", "latitude": "37.5172", "longitude": "127.0473", "kind": "regular", "status": "working",
            "purpose": "child", "retention_days": "30", "clock_offset_s": "0", "count": "1",
        }  # fmt: skip
        assert client.post("/cameras/new/", wanted).status_code == 400
        assert client.post("/cameras/new/", {**wanted, "district": "11680"}).status_code == 302
