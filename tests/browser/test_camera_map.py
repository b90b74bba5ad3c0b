"""The map of all cameras: clusters, filters, one camera."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cameras.intake import apply, read, take_in
from cameras.models import Camera
from cameras.practice import practice_file, practice_rows
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_city_to_one_camera(open_page):
    apply(read(take_in(None, None, "x.csv", practice_file(list(practice_rows(3000))))), None)
    Camera.objects.update(kind="regular")
    make_camera(
        *DONGMYO, asset_number="JN-0001", address="<i>동묘앞</i>", kind="intelligent", heading=90, field_of_view=70
    )
    page = open_page(make_user(), "/cameras/")
    expect(page.locator("#camera-total")).to_contain_text("3,001")
    assert page.locator(".cluster-count").count() > 20
    page.select_option("[name=kind]", "intelligent")
    expect(page.locator("#camera-total")).to_contain_text("카메라 1대")
    page.goto(page.url.split("#")[0] + f"#{DONGMYO[1]:.4f}/{DONGMYO[0]:.4f}/18")
    page.reload()
    expect(page.locator("#camera-total")).to_contain_text("카메라 1대")  # drawn, not only loaded
    expect(page.locator(".cluster-count")).to_have_count(0)
    page.locator("#camera-map").click(position=middle(page))
    expect(page.locator(".leaflet-popup-content")).to_contain_text("<i>동묘앞</i>")
    drag(page, down=50)  # the map draws anew: what the operator reads stays
    page.wait_for_timeout(1500)
    expect(page.locator(".leaflet-popup-content")).to_contain_text("<i>동묘앞</i>")
    page.select_option("[name=kind]", "regular")  # this one is not
    expect(page.locator(".leaflet-popup-content")).to_have_count(0)


def test_a_district_administrator_on_a_phone(open_page):
    for camera in (make_camera(*DONGMYO), make_camera(127.0473, 37.5172)):
        assert camera.status == Camera.Status.WORKING
    page = open_page(make_user(Role.DISTRICT_ADMIN), "/cameras/")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#camera-total")).to_contain_text("카메라 1대")
    expect(page.locator("[name=district]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def drag(page, down: int) -> None:
    box, at = page.locator("#camera-map").bounding_box(), middle(page)
    page.mouse.move(box["x"] + at["x"] / 2, box["y"] + at["y"])
    page.mouse.down()
    page.mouse.move(box["x"] + at["x"] / 2, box["y"] + at["y"] + down, steps=4)
    page.mouse.up()


def middle(page) -> dict[str, float]:
    box = page.locator("#camera-map").bounding_box()
    return {"x": box["width"] / 2, "y": box["height"] / 2}
