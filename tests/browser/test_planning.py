"""Planning in a real browser: sliders answer on map and list, a plan is made beside the site, approved, followed by a district."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cameras.models import Camera, Plan, PlanItem
from cameras.upgrades.measures import measure
from seoulcctv.roles import Role
from tests.browser.line import Line
from tests.cameras.upgrades.small_city import make_areas, make_indicator, place
from tests.conftest import wait_for
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def areas(transactional_db, tmp_path):
    make_indicator("crime", {"11110": 10.0, "11680": 30.0})
    make_indicator("single", {"11110": 50.0, "11680": 20.0})
    for area in (0, 3):
        make_camera(*place(area))
    made = make_areas(tmp_path)
    measure(made)
    return made


def slide(page, key: str, value: float) -> None:
    page.eval_on_selector(
        f".slider[data-key='{key}'] input",
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', {bubbles: true})); }",
        value,
    )


def test_from_sliders_to_a_camera_in_the_inventory(open_page, areas):
    boss, other, admin = make_user(Role.SUPERVISOR), make_user(Role.SUPERVISOR), make_user(Role.DISTRICT_ADMIN)
    page = open_page(boss, f"/plans/?areas={areas.pk}&w.crime=10")
    first = page.locator("#ranking li >> nth=0")
    expect(first).to_contain_text("south")
    slide(page, "crime", 0)
    slide(page, "single", 20)
    expect(first).not_to_contain_text("south")
    assert "w.single=20" in page.url  # the address can be sent to a colleague
    expect(page.locator("#firm")).to_contain_text("1,000")
    expect(page.locator("#firm")).not_to_contain_text("449")  # four there are
    first.click()
    expect(page.locator("#area-told tbody tr >> nth=0")).to_contain_text("single")

    page.fill("#ask [name=name]", "Next year")
    for name, value in (("number", "3"), ("new", "3"), ("convert", "1")):
        page.fill(f"#ask [name={name}]", value)
    page.click("#ask button.primary")
    expect(page.locator(".plan-figures b >> nth=1")).to_have_text("3", timeout=60_000)
    expect(page.locator(".plan-map[data-drawn='4']")).to_be_visible()
    plan = Plan.objects.get()
    assert (plan.status, plan.by, plan.asked["weights"]["single"]) == ("draft", boss, 20)
    expect(page.locator("form[action$='/approve/']")).to_have_count(0)  # not by who made it

    page = open_page(other, f"/plans/{plan.pk}/")
    page.click("form[action$='/approve/'] button")
    expect(page.locator("h1 .chip.approved")).to_be_visible()

    page = open_page(admin, "/plans/")
    page.click("table a")
    page.click(".ways a >> nth=0")
    expect(page.locator("tbody tr")).to_have_count(PlanItem.objects.filter(district="11110").count())
    page.check("tbody tr >> nth=0 >> input")
    page.select_option("#step [name=state]", "installed")
    page.fill("#step [name=spent]", "14,000,000")
    page.click("#step button.primary")
    expect(page.locator(".notice.success")).to_be_visible()
    camera = wait_for(
        lambda: Camera.objects.filter(asset_number__startswith="P").first(), 10, "no camera came to stand"
    )
    expect(page.locator(f"a[href='/cameras/{camera.pk}/']")).to_be_visible()
    assert camera.kind == "intelligent"


def test_weights_by_comparison(open_page, areas):
    page = open_page(make_user(Role.SUPERVISOR), f"/plans/?areas={areas.pk}&w.crime=10&w.single=10")
    expect(page.locator("#ranking li")).to_have_count(4)
    page.click("#compare")
    page.select_option("#pairs select >> nth=0", "9")
    expect(page.locator("#ratio")).to_contain_text("0")
    page.click("#take-pairs")
    expect(page.locator(".slider[data-key=crime] output")).to_have_text("50")
    expect(page.locator("#ranking li >> nth=0")).to_contain_text("south")


def test_weights_are_those_of_the_last_judgement(open_page, areas):
    line = Line()
    held = line.hold("/weigh/")
    page = open_page(make_user(Role.SUPERVISOR), f"/plans/?areas={areas.pk}&w.crime=10&w.single=10", line)
    page.click("#compare")
    wait_for(lambda: page.wait_for_timeout(50) or held, 10, "nothing was asked")
    expect(page.locator("#take-pairs")).to_be_disabled()  # nothing is known yet
    page.select_option("#pairs select >> nth=0", "9")
    wait_for(lambda: page.wait_for_timeout(50) or len(held) == 2, 10, "the judgement was not asked about")
    held[0].continue_()  # the answer to what is no longer asked
    page.wait_for_timeout(500)
    expect(page.locator("#take-pairs")).to_be_disabled()
    held[1].continue_()
    page.click("#take-pairs")
    expect(page.locator(".slider[data-key=single] output")).to_have_text("5.5")


def test_a_server_that_does_not_answer_is_told(open_page, areas):
    line = Line()
    line.cut("/weigh/")
    page = open_page(make_user(Role.SUPERVISOR), f"/plans/?areas={areas.pk}&w.crime=10&w.single=10", line)
    page.click("#entropy")
    expect(page.locator("#notices .error")).to_be_visible()
    page.click("#compare")
    expect(page.locator("#ratio.problem")).not_to_be_empty()
    expect(page.locator("#take-pairs")).to_be_disabled()


def test_a_plan_that_cannot_be_made_says_why(open_page, areas):
    page = open_page(make_user(Role.SUPERVISOR), f"/plans/?areas={areas.pk}&w.crime=10")
    page.fill("#ask [name=number]", "99")
    page.click("#ask button.primary")
    expect(page.locator("[role=alert]")).to_contain_text("4", timeout=60_000)
    assert Plan.objects.get().status == "failed"
