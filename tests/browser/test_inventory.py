"""A district administrator brings a spreadsheet in: looks, decides, applies, takes it back; another district is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cameras.intake import apply, read, take_in
from cameras.models import Camera, Intake
from cameras.practice import practice_file, practice_rows
from cameras.reading_beside import AT_ONCE_BYTES
from seoulcctv.roles import Role
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_file_in_and_out(open_page, tmp_path):
    rows = list(practice_rows(400, seed=3, dirt=0.3, district="11110"))
    file = tmp_path / "종로구 CCTV.csv"
    file.write_bytes(practice_file(rows))
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/inventory/")
    page.set_input_files("[name=file]", file)
    page.click(".card .primary")
    page.wait_for_url("**/inventory/*/")
    assert not Camera.objects.exists()
    expect(page.locator(".tiles")).to_contain_text(str(sum(row.valid for row in rows)))
    swapped = sum(row.dirt == "swapped" for row in rows)
    page.uncheck("[name=take][value=swapped]")
    page.click("[value=apply]")
    expect(page.locator(".notice.success")).to_be_visible()
    assert Camera.objects.count() == sum(row.valid for row in rows) - swapped
    with page.expect_download() as download:
        page.click("a[href$='refused.csv']")
    refused = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(refused) == 1 + sum(not row.valid for row in rows)
    page.click("[value=undo]")
    expect(page.locator(".chip").first).to_be_visible()
    page.wait_for_selector("[value=undo]", state="detached")
    assert not Camera.objects.exists()


def test_a_large_file_is_read_beside(open_page, tmp_path):
    """By a process of its own, while the page says how far it is."""
    rows = list(practice_rows(3000, seed=3, dirt=0.1, district="11110"))
    file = tmp_path / "large.csv"
    file.write_bytes(practice_file(rows))
    assert file.stat().st_size > AT_ONCE_BYTES
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/inventory/")
    page.set_input_files("[name=file]", file)
    page.click(".card .primary")
    expect(page.locator("#reading progress")).to_be_visible()
    expect(page.locator("[value=apply]")).to_be_visible(timeout=60_000)
    expect(page.locator(".tiles")).to_contain_text(f"{sum(row.valid for row in rows):,}")
    swapped = sum(row.dirt == "swapped" for row in rows)
    page.click("[href='?kind=swapped']")
    expect(page.locator(".pages, .box b.number").first).to_contain_text(str(swapped))
    expect(page.locator("#intake-map canvas")).to_be_visible()


def test_columns_are_named_and_other_districts_refused(open_page, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("No,어디,세로,가로\n1,종로,37.57,126.983\n2,강남,37.5172,127.0473\n", encoding="utf-8")
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/inventory/")
    page.click(".card .primary")  # without a file
    expect(page.locator(".card [role=alert]")).to_have_count(1)
    page.set_input_files("[name=file]", file)
    page.click(".card .primary")
    page.wait_for_selector("#column-latitude")
    page.click("form .primary")
    expect(page.locator(".notice.error")).to_be_visible()
    page.select_option("#column-latitude", label="세로")
    page.select_option("#column-longitude", label="가로")
    page.select_option("#column-address", label="어디")
    page.click("form .primary")
    expect(page.locator(".problem").first).to_contain_text("다른 자치구")
    page.click("[value=apply]")
    page.wait_for_selector("[value=undo]")
    assert list(Camera.objects.values_list("district", "address")) == [("11110", "종로")]
    elsewhere = open_page(make_user(Role.DISTRICT_ADMIN, district_id="11680"), f"/inventory/{Intake.objects.get().pk}/")
    expect(elsewhere.locator("h1")).not_to_contain_text("list.csv")


def test_footage_of_one_camera_among_many(open_page):
    """They are sought, not listed."""
    rows = list(practice_rows(400, seed=3, district="11110"))
    admin = make_user(Role.DISTRICT_ADMIN)
    apply(read(take_in(admin, admin.district, "x.csv", practice_file(rows))), admin)
    page = open_page(admin, "/footage/")
    assert page.locator("select[name=camera]").count() == 0
    page.fill("#pick-camera", "00123")
    expect(page.locator("#picked-cameras option")).to_have_count(1)
    page.fill("#pick-camera", "SIM-11110-00123")
    expect(page.locator("[name=camera]")).to_have_value(str(Camera.objects.get(asset_number="SIM-11110-00123").pk))
    page.fill("#pick-camera", "no such")
    expect(page.locator("#pick-told")).to_have_text("맞는 카메라가 없습니다.")
    expect(page.locator("[name=camera]")).to_have_value("")
