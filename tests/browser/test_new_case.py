"""A case is opened on the map, approved by another, and searched with one press."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cases.models import Case
from seoulcctv.roles import Role
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def fill(page) -> None:
    page.evaluate(
        """() => { const now = new Date(Date.now() + 9 * 3600e3 - 3600e3);
                   document.querySelector("[name=last_seen_at]").value = now.toISOString().slice(0, 16); }"""
    )
    page.fill("[name=direction]", "90")
    page.select_option("[name=upper_colour]", "red")
    page.select_option("[name=category]", "dementia")
    page.select_option("[name=legal_basis]", "missing_act")
    page.fill("[name=agency]", "종로경찰서")
    page.fill("[name=reference]", "2026-77")


def test_from_the_map_to_the_search(open_page):
    operator, supervisor = make_user(), make_user(Role.SUPERVISOR)
    page = open_page(operator, "/cases/new/")
    page.wait_for_selector("path.district")
    page.click("#case-map", position={"x": 520, "y": 420})
    fill(page)
    page.click("button.primary")
    page.wait_for_url("**/cases/2*/")
    case = Case.objects.get()
    assert (case.status, case.direction, case.description.upper_colour) == ("pending", 90, "red")
    assert page.locator("[data-post$='/searches/']").count() == 0
    boss = open_page(supervisor, f"/cases/{case.number}/")
    boss.click("form[action$='authorise/'] button")
    page.wait_for_selector("[data-post$='/searches/']")  # appears by itself
    page.click("[data-post$='/searches/']")
    page.wait_for_selector("#search-panel .figures")
    assert case.searches.count() == 1


def test_a_report_in_its_own_words_is_shown_before_it_fills_the_fields(open_page):
    page = open_page(make_user(), "/cases/new/")
    page.wait_for_selector("path.district")
    page.select_option("[name=lower_colour]", "blue")
    page.fill("#report", "아마 빨간 패딩에 검은 바지, 지팡이를 짚고 동쪽으로 걸어감, 뽀로로 🙂 안경")
    page.wait_for_selector("#fill-in:visible")
    expect(page.locator(".words mark.unknown")).to_have_text("뽀로로")
    expect(page.locator(".words mark.used").last).to_have_text("안경")  # also behind letters of two units
    expect(page.locator(".read-fields")).to_contain_text("지금 값: 파랑")
    assert page.input_value("[name=upper_colour]") == ""  # nothing without the operator's word
    page.click("#fill-in")
    filled = {name: page.input_value(f"[name={name}]") for name in ("upper_colour", "lower_colour", "aid", "direction")}
    assert filled == {"upper_colour": "red", "lower_colour": "black", "aid": "stick", "direction": "90"}
    assert page.is_checked("[name=unsure][value=upper_colour]")
    assert not page.is_checked("[name=unsure][value=lower_colour]")
    assert page.is_checked("[name=glasses]")
    page.fill("#report", "xyzzy")
    expect(page.locator(".read-fields")).to_contain_text("알아들은 것이 없습니다")
    expect(page.locator("#fill-in")).to_be_hidden()


def test_a_form_without_a_place_says_so_and_keeps_what_was_typed(open_page):
    page = open_page(make_user(), "/cases/new/")
    fill(page)
    page.click("button.primary")
    page.wait_for_selector(".problem")
    assert "지도" in page.inner_text(".problem.box")
    assert page.input_value("[name=agency]") == "종로경찰서"
    assert not Case.objects.exists()


def test_english_and_light_stay_chosen(open_page):
    page = open_page(make_case().opened_by, "/board/")
    assert "진행 중인 사건" in page.inner_text("h1")
    page.click(".menu summary")
    page.click("[data-theme-switch]")
    page.click("button[value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "Open cases" in page.inner_text("h1")
    assert page.get_attribute("html", "data-theme") == "light"


def test_the_figure_is_dressed_by_clicking(open_page):
    page = open_page(make_user(), "/cases/new/")
    page.wait_for_selector("path.district")
    page.click(".palette [value=red]")  # the upper clothing is chosen at first
    page.click("#dresser [data-part=lower_colour] path", position={"x": 4, "y": 10})
    page.click(".palette [value=navy]")
    page.check("#dresser [value=upper_second_colour]")
    page.click(".palette [value=white]")
    names = ("upper_colour", "upper_second_colour", "lower_colour", "lower_second_colour")
    assert {name: page.input_value(f"[name={name}]") for name in names} == {
        "upper_colour": "red", "upper_second_colour": "white", "lower_colour": "navy", "lower_second_colour": "",
    }  # fmt: skip
    page.select_option("[name=upper_colour]", "green")  # and the other way round
    colour = page.locator("#dresser [data-part=upper_colour] path").evaluate("path => getComputedStyle(path).fill")
    assert colour == "rgb(58, 143, 75)"
    page.check("#dresser [value=lower_colour]")
    page.click(".palette [value='']")
    assert page.input_value("[name=lower_colour]") == ""
