"""Pages of planning, through HTTP: what they show, take, refuse; files to take along."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from cameras.models import AreaSet, Indicator, IndicatorFile, KeepOut, Plan, PlanItem
from cameras.upgrades.following import approve, headway_of, step
from cameras.upgrades.making import make
from cameras.upgrades.measures import measure
from cameras.upgrades.report import report
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.cameras.upgrades.small_city import make_areas, make_indicator, make_plan, place, write_squares
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db


def signed_in(role=Role.SUPERVISOR):
    client, user = Client(), make_user(role)
    client.force_login(user)
    return client, user


@pytest.fixture
def areas(tmp_path):
    make_indicator("crime", {"11110": 10.0, "11680": 30.0})
    make_indicator("lights", {"11110": 4.0, "11680": 1.0}, worse=-1)
    made = make_areas(tmp_path)
    measure(made)
    made.refresh_from_db()
    return made


@pytest.fixture
def plan(areas):
    make_camera(*place(0))
    plan = make_plan(areas, areas=2, new=3, convert=1)
    plan.by = make_user(Role.SUPERVISOR)
    plan.save()
    return make(plan)


def test_the_page_offers_a_slider_for_each_indicator(areas):
    client, _user = signed_in()
    page = client.get("/plans/", {"areas": areas.pk, "w.crime": "7"}).content.decode()
    for key in ("crime", "lights", "uncovered", "camera_density", "past_cases"):
        assert f'name="w.{key}"' in page
    assert 'value="7' in page.split('name="w.crime"')[1][:120]


def test_values_by_the_weights(areas):
    client, _user = signed_in()
    told = client.get("/plans/values/", {"areas": areas.pk, "w.crime": "3", "w.lights": "1"}).json()
    codes = list(areas.areas.order_by("code").values_list("name", flat=True))
    assert told["top"][0]["area"] == codes.index("south")
    assert told["ranks"][codes.index("south")] == 1
    assert [name for name, _adds in told["top"][0]["drivers"]] == ["crime", "lights"]
    one = client.get("/plans/values/", {"areas": areas.pk, "w.crime": "3", "area": codes.index("south")}).json()
    assert (one["rank"], one["of"], one["rows"][0]["name"], one["rows"][0]["value"]) == (1, 4, "crime", 30)
    firm = client.get("/plans/values/", {"areas": areas.pk, "w.crime": "3", "chosen": "1"}).json()
    assert firm["firm"][codes.index("south")] == 1
    assert firm["stay"] == 1


@pytest.mark.parametrize(
    "asked", [{}, {"w.crime": "-1"}, {"w.crime": "nan"}, {"w.crime": "1", "method": "x"}, {"w.crime": "1", "area": "99"},
              {"w.crime": "1", "area": "x"}, {"w.crime": "1e999"}, {"w.crime": "1", "chosen": "-3"}]
)  # fmt: skip
def test_values_that_cannot_be_told(areas, asked):
    client, _user = signed_in()
    answer = client.get("/plans/values/", {"areas": areas.pk, **asked})
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_areas_that_there_are_not():
    client, _user = signed_in()
    for told in ("99999", "grid-7", "x", "-1", "1;DROP TABLE cameras_area"):
        assert client.get("/plans/values/", {"areas": told}).status_code == 404


def test_weights_by_comparison_and_from_data(areas):
    client, _user = signed_in()
    judgements = json.dumps({"crime:lights": 3})
    told = client.post(
        f"/plans/weigh/?areas={areas.pk}", {"how": "pairs", "key": ["crime", "lights"], "judgements": judgements}
    )
    assert told.json() == {
        "weights": {"crime": 75.0, "lights": 25.0},
        "ratio": 0.0,
        "consistent": True,
        "tolerable": 0.1,
    }
    told = client.post(f"/plans/weigh/?areas={areas.pk}", {"how": "entropy", "key": ["crime", "lights"]}).json()
    assert sum(told["weights"].values()) == pytest.approx(100, abs=0.2)
    for wrong in ("x", "[1]", '{"crime:lights": 99}', '{"crime:lights": "x"}', '{"crime:lights": NaN}'):
        answer = client.post("/plans/weigh/", {"how": "pairs", "key": ["crime", "lights"], "judgements": wrong})
        assert answer.status_code == 400, wrong
    assert client.post("/plans/weigh/", {"how": "pairs", "key": [f"k{n}" for n in range(16)]}).status_code == 400


def wanted(areas, **fields):
    form = {"name": "next year", "areas": areas.pk, "number": 2, "new": 4, "convert": 0, "method": "z", "first": "2027-01-01",
            "least": 0, "apart_m": 30, "range_m": 30, "field_deg": 90, "shake": 0.5, "cost_new": 100, "cost_convert": 10,
            "phases": 2, "phase_months": 6, "w.crime": "3"}  # fmt: skip
    return {**form, **fields}


def test_a_plan_is_asked_for(areas):
    client, user = signed_in()
    answer = client.post("/plans/ask/", wanted(areas, budget="250"))
    plan = Plan.objects.get()
    assert answer["Location"] == reverse("plan", args=[plan.pk])
    assert (plan.by, plan.status, plan.asked["areas"], plan.asked["budget"], plan.asked["weights"]) == (
        user,
        "making",
        2,
        250,
        {"crime": 3.0},
    )
    assert AccessLog.objects.filter(user=user, subject__startswith=f"plan {plan.pk} asked for").exists()
    page = client.get(answer["Location"]).content.decode()
    assert "plan-progress" not in page
    assert f'data-progress="{reverse("plan-progress", args=[plan.pk])}"' in page
    assert client.get(reverse("plan-progress", args=[plan.pk])).json() == {
        "status": "making",
        "percent": 0,
        "working": True,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "-1"),
        ("new", "x"),
        ("first", "soon"),
        ("phases", "0"),
        ("name", " "),
        ("method", "x"),
        ("w.crime", "0"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_the_rest_kept(areas, field, value):
    client, _user = signed_in()
    answer = client.post("/plans/ask/", wanted(areas, **{field: value}))
    assert answer.status_code == 400
    assert "problem" in answer.content.decode()
    assert not Plan.objects.exists()


def test_the_page_of_a_plan(plan):
    client, _user = signed_in()
    page = client.get(reverse("plan", args=[plan.pk])).content.decode()
    assert plan.fingerprint[:16] in page
    points = client.get(reverse("plan-points", args=[plan.pk])).json()
    assert [len(points["areas"]), len(points["items"])] == [2, 4]
    assert client.get("/plans/all/").content.decode().count(reverse("plan", args=[plan.pk])) == 1


def test_approved_followed_and_closed_in_the_browser(plan):
    boss, user = signed_in()
    admin, _admin = signed_in(Role.DISTRICT_ADMIN)
    assert admin.get(reverse("plan", args=[plan.pk])).status_code == 404
    boss.post(reverse("plan-approve", args=[plan.pk]))
    assert Plan.objects.get().approved_by == user
    page = admin.get(reverse("plan-items", args=[plan.pk])).content.decode()
    mine = plan.items.filter(district="11110")
    assert page.count('name="item"') == mine.count() < plan.items.count()
    step = reverse("plan-step", args=[plan.pk])
    theirs = plan.items.filter(district="11680").values_list("number", flat=True)
    admin.post(step, {"which": "chosen", "item": list(theirs), "state": "ordered"})
    assert not PlanItem.objects.filter(state="ordered").exists()
    admin.post(step, {"which": "all", "expected": str(mine.count()), "state": "ordered", "spent": "1,000"})
    assert set(mine.values_list("state", flat=True)) == {"ordered"}
    assert sum(mine.values_list("spent", flat=True)) == 1000
    admin.post(step, {"which": "all", "expected": "99", "state": "installed"})
    admin.post(step, {"which": "chosen", "item": "1e9", "state": "installed"})
    admin.post(step, {"which": "all", "expected": str(mine.count()), "state": "installed", "spent": "much"})
    admin.post(
        step, {"which": "all", "expected": str(mine.count()), "state": "installed", "lat": "37.5", "lon": "north"}
    )
    assert set(mine.values_list("state", flat=True)) == {"ordered"}
    found = admin.get(
        reverse("plan-items", args=[plan.pk]),
        {"state": "ordered", "kind": "convert", "phase": "1", "district": "x\x00"},
    )
    assert found.status_code == 200


def test_two_plans_side_by_side(plan, areas):
    other = make(make_plan(areas, areas=1, new=1))
    client, _user = signed_in()
    page = client.get("/plans/compare/", {"a": plan.pk, "b": other.pk})
    assert page.context["both"] == {"both": 1, "first": 1, "second": 0}
    assert client.get("/plans/compare/", {"a": "x", "b": "-1"}).status_code == 200


def test_the_spreadsheet(plan):
    from python_calamine import CalamineWorkbook

    client, user = signed_in()
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(client.get(reverse("plan-xlsx", args=[plan.pk])).streaming_content))
    )
    assert len(book.sheet_names) == 6
    _result, shares, method, indicators, told_areas, items = (
        book.get_sheet_by_name(name).to_python() for name in book.sheet_names
    )
    assert len(items) == 1 + plan.items.count()
    assert len(told_areas) == 1 + 4
    assert plan.fingerprint in [row[1] for row in method]
    assert shares[-1][1:] == [0, 100]  # one camera, converted, and three new ones: the whole city
    assert {row[0] for row in shares[1:]} == {"종로구", "강남구", "전체"}
    assert {row[0] for row in indicators[1:]} >= {"crime", "lights"}
    assert AccessLog.objects.filter(user=user, action="exported").exists()


def test_a_district_takes_its_own_along(plan):
    from python_calamine import CalamineWorkbook

    approve(plan, make_user(Role.SUPERVISOR))
    client, _user = signed_in(Role.DISTRICT_ADMIN)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(client.get(reverse("plan-xlsx", args=[plan.pk])).streaming_content))
    )
    items = book.get_sheet_by_name(book.sheet_names[-1]).to_python()[1:]
    assert {row[2] for row in items} == {"종로구"}
    assert [row[0] for row in book.get_sheet_by_name(book.sheet_names[1]).to_python()[1:]] == ["종로구"]
    assert 0 < len(items) < plan.items.count()


def test_the_geopackage(plan, tmp_path):
    from django.contrib.gis.gdal import DataSource

    client, _user = signed_in()
    path = tmp_path / "plan.gpkg"
    path.write_bytes(b"".join(client.get(reverse("plan-gpkg", args=[plan.pk])).streaming_content))
    source = DataSource(str(path))
    layers = {layer.name: layer for layer in source}
    assert {name: len(layer) for name, layer in layers.items()} == {"areas": 4, "items": plan.items.count()}
    first = next(iter(layers["items"]))
    item = plan.items.get(number=first.get("number"))
    assert (first.geom.x, first.geom.y) == pytest.approx(item.location.coords)


def test_the_report_on_paper(plan):
    client, user = signed_in()
    answer = client.get(reverse("plan-pdf", args=[plan.pk]))
    assert answer.content.startswith(b"%PDF")
    told = render_to_string("cameras/plan_report.html", {**report(plan, user), "on_paper": True})
    for words in (plan.fingerprint, "crime", "lights", "Nemhauser"):
        assert words in told
    assert told.count("<circle") == 1 + 3  # the legend's and the new cameras


def test_how_far_it_is_stands_on_every_page(plan):
    boss = make_user(Role.SUPERVISOR)
    approve(plan, boss)
    step(list(plan.items.filter(number=1)), boss, "in_service")
    client, user = signed_in()
    plan.refresh_from_db()
    whole = headway_of(plan.items.all())[-1]
    assert whole.done > 0
    page, items = (client.get(f"/plans/{plan.pk}/{part}").content.decode() for part in ("", "items/"))
    assert f'<dd class="number">{whole.done} %' in page
    assert f'<dd class="number">{whole.cost:,}</dd>' in items
    paper = render_to_string("cameras/plan_report.html", {**report(plan, user), "on_paper": True})
    assert f"<td>{whole.done} %</td><td>0</td><td>{whole.cost:,}</td>" in paper


def test_what_is_not_made_is_not_taken_along(areas):
    client, _user = signed_in()
    plan = make_plan(areas)
    for name in ("plan-pdf", "plan-xlsx", "plan-gpkg"):
        assert client.get(reverse(name, args=[plan.pk])).status_code == 404


def test_indicators_come_in(db):
    client, _user = signed_in()
    file = SimpleUploadedFile("crime.csv", "자치구,절도,1인가구\n종로구,3,40\n중구,many,41\n".encode("cp949"))
    answer = client.post("/plans/indicators/", {"file": file})
    one = IndicatorFile.objects.get()
    assert answer["Location"] == reverse("indicator-file", args=[one.pk])
    page = client.get(answer["Location"]).content.decode()
    assert "절도" in page
    assert not Indicator.objects.exists()
    refused = b"".join(client.get(reverse("indicator-refused", args=[one.pk])).streaming_content).decode()
    assert refused.count("\n") == 2
    decide = reverse("indicator-decide", args=[one.pk])
    said = {}
    for at in range(2):
        said |= {
            f"i{at}-name_ko": "이름",
            f"i{at}-name_en": "name",
            f"i{at}-worse": "-1",
            f"i{at}-kind": "rate",
            f"i{at}-year": "2024",
        }
    assert client.post(decide, {**said, "do": "apply", "i0-worse": "5"}).status_code == 400
    assert not Indicator.objects.exists()
    client.post(decide, {**said, "do": "apply"})
    assert {(i.key, i.worse, i.kind, i.year) for i in Indicator.objects.all()} == {
        ("crime_theft", -1, "rate", 2024), ("single_households", -1, "rate", 2024)
    }  # fmt: skip
    client.post(decide, {"do": "undo"})
    assert not Indicator.objects.exists()
    client.post(decide, {"do": "away"})
    assert not IndicatorFile.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"a,b\n1,2\n", b"PK\x03\x04broken"])
def test_files_that_cannot_be_used(db, content):
    client, _user = signed_in()
    answer = client.post("/plans/indicators/", {"file": SimpleUploadedFile("x.csv", content)})
    assert answer.status_code == 400
    assert not IndicatorFile.objects.exists()


def test_areas_of_ones_own_come_in(tmp_path, db):
    client, _user = signed_in()
    content = write_squares(tmp_path / "a.geojson").read_bytes()

    def bring(file="a.geojson", **fields):
        return client.post("/plans/indicators/areas/", {"file": SimpleUploadedFile(file, content), **fields})

    bring(what="areas", name="own")
    assert AreaSet.objects.get().areas.count() == 4
    bring(what="areas", name="")
    bring("a.exe", what="areas", name="x")
    bring("a.zip", what="areas", name="x")
    assert AreaSet.objects.count() == 1
    bring(what="keep_out")
    assert KeepOut.objects.count() == 4
    client.post("/plans/indicators/areas/", {"clear": "1"})
    assert not KeepOut.objects.exists()
