"""A district administrator keeps cameras in the browser: dragged, turned, changed many at once, taken back; another
district's are refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cameras.models import Camera, CameraChange
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def middle(locator) -> tuple[float, float]:
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, locator, east: float, south: float) -> None:
    x, y = middle(locator)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + east / 2, y + south / 2, steps=4)
    page.mouse.move(x + east, y + south, steps=4)
    page.mouse.up()


def test_dragged_and_turned(open_page):
    camera = make_camera(heading=0.0, field_of_view=60.0, range_m=30.0)
    before = camera.location.coords
    page = open_page(make_user(Role.DISTRICT_ADMIN), f"/cameras/{camera.pk}/")
    expect(page.locator("#coverage-told")).to_contain_text("㎡")
    expect(page.locator("#camera-place path.leaflet-interactive, #camera-place svg path").first).to_be_visible()
    drag(page, page.locator(".placed-camera"), 60, 30)
    assert float(page.input_value("[name=longitude]")) > before[0]
    assert float(page.input_value("[name=latitude]")) < before[1]
    handle, centre = page.locator(".turning-handle"), middle(page.locator(".placed-camera"))
    x, y = middle(handle)
    drag(page, handle, centre[0] + 70 - x, centre[1] - y)  # from north to east of it
    assert abs(float(page.input_value("[name=heading]")) - 90) < 6
    page.click("#camera-form .primary")
    expect(page.locator(".notice.success")).to_be_visible()
    camera.refresh_from_db()
    assert camera.location.x > before[0]
    assert abs(camera.heading - 90) < 6
    assert set(CameraChange.objects.get().after) == {"location", "heading"}
    page.get_by_text("마지막 변경 되돌리기").click()
    expect(page.locator(".notice.success")).to_be_visible()
    camera.refresh_from_db()
    assert (camera.location.coords, camera.heading) == (pytest.approx(before), 0.0)


def test_a_new_one_by_a_click_on_the_map(open_page):
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/cameras/new/")
    page.fill("[name=asset_number]", "NEW-1")
    page.click("#camera-form .primary")  # no place yet
    expect(page.locator("#camera-form [role=alert]").first).to_be_visible()
    expect(page.locator("path.district").first).to_be_attached()
    x, y = middle(page.locator("#camera-place"))
    page.mouse.click(x, y)
    expect(page.locator(".placed-camera")).to_be_visible()
    page.click("#camera-form .primary")
    page.wait_for_url("**/cameras/*/")
    assert Camera.objects.get().asset_number == "NEW-1"


def test_many_at_once_and_back(open_page):
    for n in range(60):
        make_camera(asset_number=f"N-{n:03d}")
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/cameras/table/")
    page.click("#bulk .primary")  # nothing chosen, nothing to change
    expect(page.locator("#bulk [role=alert]")).to_be_visible()
    page.goto(page.url.split("change/")[0])
    page.check("#choose-all")
    expect(page.locator("#chosen-count")).to_have_text("50")
    page.uncheck("#cameras tbody tr:first-child input")
    expect(page.locator("#chosen-count")).to_have_text("49")
    page.select_option("#bulk [name=kind]", "intelligent")
    page.click("#bulk .primary")
    expect(page.locator(".notice.success")).to_contain_text("49")
    assert Camera.objects.filter(kind="intelligent").count() == 49
    page.click(".sure.box button")
    expect(page.locator(".notice.success")).to_be_visible()
    assert not Camera.objects.filter(kind="intelligent").exists()


def test_a_list_is_kept_and_narrowed(open_page):
    make_camera(asset_number="A-1", heading=1.0), make_camera(asset_number="A-2")
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/cameras/table/")
    page.click(".narrow-down summary")
    page.select_option("#narrow [name=lack]", "heading")
    page.click("#narrow .primary")
    page.wait_for_url("**/table/?lack=heading")  # an address says only what is asked
    expect(page.locator("#cameras tbody tr")).to_have_count(1)
    page.fill(".keep-list [name=name]", "방향 없음")
    page.click(".keep-list button")
    page.goto(page.url.split("?")[0])
    expect(page.locator("#cameras tbody tr")).to_have_count(2)
    page.get_by_role("link", name="방향 없음").click()
    expect(page.locator("#cameras tbody tr")).to_have_count(1)
    page.get_by_role("link", name="지도에서").click()
    expect(page.locator("#camera-total")).to_contain_text("1")


def test_another_district_is_refused(open_page):
    theirs = make_camera(127.0473, 37.5172)
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/cameras/table/")
    expect(page.locator("#cameras .empty")).to_be_visible()
    for path in (f"/cameras/{theirs.pk}/", f"/api/cameras/{theirs.pk}/"):
        assert page.goto(page.url.split("/cameras")[0].split("/api")[0] + path).status == 404


def test_blind_spots_on_the_map(open_page):
    make_camera(field_of_view=360.0, range_m=30.0)
    page = open_page(make_user(Role.OPERATOR), "/cameras/#37.5727/127.0178/17")
    expect(page.locator("#camera-total")).to_contain_text("1")
    assert page.locator(".leaflet-image-layer").count() == 0
    page.select_option("#blind", "50")
    expect(page.locator(".leaflet-image-layer")).to_be_visible()
    expect(page.locator("#blind-legend")).to_be_visible()
    page.select_option("#blind", "")
    expect(page.locator(".leaflet-image-layer")).to_have_count(0)
