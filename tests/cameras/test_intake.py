"""A file of an inventory on its way: compared, decided, applied in one piece, undone."""

from __future__ import annotations

from datetime import date

import pytest

from cameras.intake import IntakeError, apply, name_columns, put_away, read, take_in, undo
from cameras.models import Camera, CameraChange, District, Intake, IntakeRow
from seoulcctv.roles import Role
from tests.factories import make_camera, make_recording, make_user

pytestmark = pytest.mark.django_db
HEAD = "관리번호,소재지도로명주소,설치목적구분,카메라대수,보관일수,설치연월,위도,경도"


@pytest.fixture
def jongno(db) -> District:
    return District.objects.get(code="11110")


@pytest.fixture
def admin(jongno):
    return make_user(Role.DISTRICT_ADMIN)


def file(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *lines]).encode("cp949")


def taken(admin, *lines: str, head: str = HEAD) -> Intake:
    return read(take_in(admin, admin.district, "cctv.csv", file(*lines, head=head)))


def verdicts(intake: Intake) -> list[str]:
    return list(intake.rows.order_by("line").values_list("verdict", flat=True))


ONE = "JN-1,종로 1,생활방범,2,30,202005,37.5700,126.9830"
TWO = "JN-2,종로 2,어린이보호,1,30,202006,37.5710,126.9840"


def test_looked_at_first_then_written(admin):
    intake = taken(admin, ONE, TWO, "JN-3,종로 3,생활방범,1,30,202005,0,0")
    assert intake.status == "ready"
    assert (intake.counts["added"], intake.counts["refused"]) == (2, 1)
    assert not Camera.objects.exists()
    apply(intake, admin)
    camera = Camera.objects.get(asset_number="JN-1")
    assert (camera.district_id, camera.purpose, camera.count, camera.retention_days) == ("11110", "crime", 2, 30)
    assert (camera.location.x, camera.location.y) == (126.983, 37.57)
    assert camera.installed == date(2020, 5, 1)
    assert (camera.kind, camera.status, camera.agency, camera.heading) == ("regular", "working", "", None)
    change = camera.history.get()
    assert (change.kind, change.by, change.intake) == ("added", admin, intake)
    intake.refresh_from_db()
    assert (intake.status, intake.content) == ("applied", None)
    with pytest.raises(IntakeError):
        apply(intake, admin)


def test_what_changes_is_told_field_by_field(admin):
    apply(taken(admin, ONE, TWO), admin)
    intake = taken(admin, "JN-1,종로 1,생활방범,2,60,202005,37.5701,126.9830", TWO)
    assert verdicts(intake) == ["changed", "unchanged"]
    row = intake.rows.get(verdict="changed")
    assert set(row.changes) == {"retention_days", "location"}
    assert row.changes["retention_days"] == [30, 60]
    apply(intake, admin)
    camera = Camera.objects.get(asset_number="JN-1")
    assert (camera.retention_days, camera.location.y, camera.address) == (60, 37.5701, "종로 1")
    assert camera.history.first().before == {"retention_days": 30, "location": [126.983, 37.57]}
    assert Camera.objects.get(asset_number="JN-2").history.count() == 1


def test_missing_cameras_stay_or_retire(admin):
    apply(taken(admin, ONE, TWO), admin)
    intake = taken(admin, ONE)
    assert intake.counts["missing"] == 1
    apply(intake, admin)
    assert Camera.objects.get(asset_number="JN-2").status == "working"
    apply(taken(admin, ONE), admin, retire_missing=True)
    assert Camera.objects.get(asset_number="JN-2").status == "retired"
    back = taken(admin, ONE, TWO)
    assert back.rows.get(asset_number="JN-2").changes == {"status": ["retired", "working"]}
    apply(back, admin)
    assert Camera.objects.get(asset_number="JN-2").status == "working"


def test_kinds_of_mending_can_be_turned_down(admin):
    swapped = "JN-4,종로 4,생활방범,1,30,202005,126.9830,37.5700"
    intake = taken(admin, ONE, swapped)
    assert intake.counts["kinds"] == {"swapped": 1}
    assert intake.rows.get(asset_number="JN-4").notes == [
        ["swapped", "latitude", "126.9830 / 37.5700", "37.57 / 126.983"]
    ]
    with pytest.raises(IntakeError):
        apply(intake, admin, turned_down=["no such kind"])
    apply(intake, admin, turned_down=["swapped"])
    assert list(Camera.objects.values_list("asset_number", flat=True)) == ["JN-1"]


class TestUndo:
    def test_all_is_as_before(self, admin):
        apply(taken(admin, ONE, TWO), admin)
        before = list(Camera.objects.order_by("pk").values())
        intake = taken(
            admin, "JN-1,종로 9,기타,3,60,202101,37.5720,126.9850", "JN-9,종로 9,기타,1,30,202005,37.57,126.98"
        )
        apply(intake, admin, retire_missing=True)
        assert list(Camera.objects.order_by("pk").values()) != before
        undo(intake, admin)
        assert list(Camera.objects.order_by("pk").values()) == before
        intake.refresh_from_db()
        assert (intake.status, intake.kept) == ("undone", 0)
        assert CameraChange.objects.filter(kind="undone", intake=intake).count() == 3
        with pytest.raises(IntakeError):
            undo(intake, admin)

    def test_what_was_changed_since_stays(self, admin):
        first = taken(admin, ONE, TWO)
        apply(first, admin)
        apply(taken(admin, "JN-1,종로 1,생활방범,2,90,202005,37.5700,126.9830", TWO), admin)
        undo(first, admin)
        assert list(Camera.objects.values_list("asset_number", "retention_days")) == [("JN-1", 90)]
        first.refresh_from_db()
        assert first.kept == 1

    def test_new_ones_with_footage_are_retired(self, admin):
        intake = taken(admin, ONE, TWO)
        apply(intake, admin)
        make_recording(Camera.objects.get(asset_number="JN-1"))
        undo(intake, admin)
        assert list(Camera.objects.values_list("asset_number", "status")) == [("JN-1", "retired")]


class TestDistricts:
    def test_only_ones_own_whatever_the_file_says(self, admin):
        head = "자치구,위도,경도"
        intake = taken(admin, "강남구,37.5172,127.0473", "종로구,37.5172,127.0473", "강남구,37.57,126.983", "종로구,37.57,126.984", head=head)  # fmt: skip
        assert verdicts(intake) == ["refused", "refused", "added", "added"]
        kinds = [set(kinds) for kinds in intake.rows.order_by("line").values_list("kinds", flat=True)]
        assert "other_district" in kinds[0] & kinds[1]
        assert "district_by_place" in kinds[2]
        apply(intake, admin, turned_down=["district_by_place"])
        assert Camera.objects.filter(district_id="11110").count() == Camera.objects.count() == 1

    def test_another_district_is_not_taken_in(self, admin):
        gangnam = District.objects.get(code="11680")
        for district in (gangnam, None):
            with pytest.raises(IntakeError):
                take_in(admin, district, "x.csv", file(ONE))
        theirs = read(
            take_in(make_user(Role.SUPERVISOR), gangnam, "x.csv", file("G-1,강남,기타,1,30,202005,37.5172,127.0473"))
        )
        with pytest.raises(IntakeError):
            apply(theirs, admin)
        assert not Intake.objects.visible_to(admin).exists()

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.LIAISON, Role.AUDITOR])
    def test_others_write_none(self, role, jongno):
        with pytest.raises(IntakeError):
            take_in(make_user(role), jongno, "x.csv", file(ONE))

    def test_the_whole_city(self):
        boss = make_user(Role.SUPERVISOR)
        intake = read(take_in(boss, None, "서울.csv", file("종로구,종로 1,37.57,126.983,2,2026-01-01", "강남구,강남 1,37.5172,127.0473,1,2026-01-01", "강남구,부산,35.1,129.0,1,2026-01-01", head="자치구,안심 주소,위도,경도,CCTV 수량,수정 일시")))  # fmt: skip
        assert verdicts(intake) == ["added", "added", "refused"]
        apply(intake, boss)
        assert set(Camera.objects.values_list("district_id", flat=True)) == {"11110", "11680"}
        again = read(take_in(boss, None, "서울.csv", file("종로구,종로 1,37.57,126.983,2,2026-01-01", "강남구,강남 1,37.5172,127.0473,1,2026-01-01", head="자치구,안심 주소,위도,경도,CCTV 수량,수정 일시")))  # fmt: skip
        assert verdicts(again) == ["unchanged", "unchanged"]  # numbers made from place and address are the same again


def test_the_inventory_changed_meanwhile(admin):
    one, other = taken(admin, ONE), taken(admin, TWO)
    apply(one, admin)
    with pytest.raises(IntakeError, match=r"."):
        apply(other, admin)
    apply(read(other), admin)
    assert Camera.objects.count() == 2


def test_columns_are_named_once(admin):
    head = "No,어디,세로,가로"
    intake = taken(admin, "1,종로,37.57,126.983", head=head)
    assert intake.status == "columns"
    with pytest.raises(IntakeError):
        name_columns(intake, admin, {"latitude": 2})
    with pytest.raises(IntakeError):
        name_columns(intake, admin, {"latitude": 2, "longitude": 2})
    name_columns(
        intake, admin, {"latitude": 2, "longitude": 3, "address": 1, "asset_number": 0, "evil": 1, "count": 99}
    )
    assert read(intake).counts["added"] == 1
    assert taken(admin, "2,종로,37.57,126.984", head=head).counts["added"] == 1


def test_files_that_cannot_be_read(admin):
    intake = read(take_in(admin, admin.district, "x.csv", b"PK\x03\x04nothing"))
    assert (intake.status, intake.problem) == ("failed", "not_excel")
    with pytest.raises(IntakeError):
        apply(intake, admin)
    put_away(intake)
    with pytest.raises(IntakeError):
        read(intake)


def test_nothing_is_half_written(admin, monkeypatch):
    """A failure in the last of the statements leaves all as it was."""
    apply(taken(admin, ONE, TWO), admin)
    before = list(Camera.objects.order_by("pk").values())
    intake = taken(admin, "JN-1,종로 9,기타,3,60,202101,37.5720,126.9850", "JN-9,종로 9,기타,1,30,202005,37.57,126.98")
    monkeypatch.setattr("cameras.intake.RETIRED", "SELECT 1/0")
    with pytest.raises(Exception, match="zero"):
        apply(intake, admin, retire_missing=True)
    assert list(Camera.objects.order_by("pk").values()) == before
    assert intake.rows.count() == 3
    assert Intake.objects.get(pk=intake.pk).status == "ready"


def test_cameras_that_were_there_before_files(admin, jongno):
    camera = make_camera(126.983, 37.57, asset_number="JN-1", address="종로 1", purpose="crime", mounting_height=4.0)
    intake = taken(admin, ONE)
    assert verdicts(intake) == ["changed"]
    apply(intake, admin)
    camera.refresh_from_db()
    assert (camera.mounting_height, camera.count) == (4.0, 2)
    assert IntakeRow.objects.count() == 1


def test_hostile_numbers_of_columns(admin, client):
    intake = taken(admin, "1,종로,37.57,126.983", head="No,어디,세로,가로")
    client.force_login(admin)
    for odd in ("9" * 6000, "-1", "²", "1e3", "\x00"):
        told = {"do": "columns", "column-latitude": odd, "column-longitude": "3"}
        assert client.post(f"/inventory/{intake.pk}/decide/", told).status_code == 302
    assert Intake.objects.get(pk=intake.pk).status == "columns"
    assert client.post(f"/inventory/{intake.pk}/decide/", {"do": "\x00"}).status_code == 302
