"""Plans: a small one by hand, its bounds, and that the same inputs give the same plan."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from cameras.models import Camera, Plan, PlanItem
from cameras.upgrades.areas import keep_out_from_file
from cameras.upgrades.city import metres
from cameras.upgrades.making import drafted, make
from cameras.upgrades.wanted import PlanError, Wanted
from tests.cameras.upgrades.small_city import SIDE, corners, make_areas, make_indicator, make_plan, place, write_squares
from tests.factories import make_camera

pytestmark = pytest.mark.django_db


@pytest.fixture
def areas(tmp_path):
    make_indicator("crime", {"11110": 10.0, "11680": 30.0})
    return make_areas(tmp_path)


def test_the_worst_area_gets_the_camera(areas):
    plan = make(make_plan(areas))
    (item,) = plan.items.all()
    assert (plan.status, item.kind, item.area.name, item.district_id) == ("draft", "new", "south", "11680")
    east, north = metres(np.array([item.location.coords]))[0]
    (west, south) = corners()[3]
    assert west < east < west + SIDE
    assert south < north < south + SIDE
    # a quarter of a circle of 30 m, in cells of 10 m
    assert item.adds == pytest.approx(np.pi * 30**2 / 4, rel=0.25)
    assert item.due == date(2027, 6, 30)
    chosen = plan.areas.get(chosen=True)
    assert (chosen.rank, chosen.drivers[0][0]) == (1, "crime")
    assert chosen.covered == 0
    assert chosen.covered_then == pytest.approx(item.adds / SIDE**2, abs=0.001)


def test_the_index_by_hand(areas):
    make_indicator("lights", {"11110": 4.0, "11680": 1.0}, worse=-1)
    plan = make(make_plan(areas, areas=4, new=0, weights={"crime": 3.0, "lights": 1.0}))
    value = {area.area.name: area.value for area in plan.areas.all()}
    # three areas have (10, 4), one has (30, 1): mean 15, deviation sqrt(75); mean 3.25, deviation sqrt(1.6875)
    crime, lights = (30 - 15) / 75**0.5, (3.25 - 1) / 1.6875**0.5
    assert value["south"] == pytest.approx(0.75 * crime + 0.25 * lights, abs=1e-6)
    assert value["west"] == pytest.approx(-value["south"] / 3, abs=1e-6)


def test_cameras_keep_apart_and_out_of_places_where_none_may_stand(areas, tmp_path):
    (west, south) = corners()[3]
    keep_out_from_file(write_squares(tmp_path / "out.geojson", [(west, south)]), None)
    plan = make(make_plan(areas, new=4))
    assert not plan.items.exists()
    assert plan.result["cut"]["short"] == 4
    keep = Wanted.from_json({**plan.asked, "areas": 2}).as_json()
    Plan.objects.filter(pk=plan.pk).update(asked=keep)
    plan = make(Plan.objects.get(pk=plan.pk))
    assert {item.area.name for item in plan.items.all()} == {"west"}
    plan = make(make_plan(areas, areas=1, new=4, apart_m=100.0, weights={"crime": 1.0}, least=0))
    assert plan.result["chosen"] == 1


def test_new_cameras_stand_apart(areas):
    make_camera(*place(3), range_m=30)
    plan = make(make_plan(areas, new=6, apart_m=80.0))
    at = metres(np.array([item.location.coords for item in plan.items.all()]))
    there = metres(np.array([place(3)]))[0]
    gaps = [np.hypot(*(a - b)) for n, a in enumerate(at) for b in at[n + 1 :]]
    assert len(at) == 6
    assert min(gaps) >= 80 - 1e-6
    assert min(np.hypot(*(at - there).T)) >= 80 - 15  # from the cell that it stands in


def test_what_an_intelligent_camera_sees_needs_no_other(areas):
    make_camera(*place(3), kind="intelligent", range_m=200, field_of_view=360, heading=0)
    plan = make(make_plan(areas))
    (item,) = plan.items.all()
    east, north = metres(np.array([item.location.coords]))[0]
    there = metres(np.array([place(3)]))[0]
    assert np.hypot(east - there[0], north - there[1]) > 170


def test_conversions_by_rank_counted_in_cameras(areas):
    old = make_camera(*place(3, 50, 50), installed=date(2010, 1, 1), pixels=200, count=2)
    new = make_camera(*place(3, 350, 350), installed=date(2024, 1, 1), pixels=200, count=2)
    elsewhere = make_camera(*place(0), installed=date(2010, 1, 1), pixels=200, count=1)
    make_camera(*place(3, 100, 300), kind="intelligent")
    make_camera(*place(3, 300, 100), status="faulty")
    plan = make(make_plan(areas, new=0, convert=3))
    items = list(plan.items.all())
    assert [item.camera for item in items] == [old, elsewhere]  # the second pole of two would be one too many
    assert [item.cameras for item in items] == [2, 1]
    plan = make(make_plan(areas, new=0, convert=5))
    assert [item.camera for item in plan.items.all()] == [old, new, elsewhere]
    assert Camera.objects.filter(kind="intelligent").count() == 1  # a plan changes nothing


def test_the_budget_ends_it(areas):
    make_camera(*place(0))
    plan = make(make_plan(areas, new=3, convert=1, cost_new=100, cost_convert=50, budget=230))
    assert [item.kind for item in plan.items.all()] == ["new", "new"]
    assert plan.result["cut"] == {"new": 1, "short": 0, "convert": 1}
    plan = make(make_plan(areas, new=3, convert=1, cost_new=100, cost_convert=50, budget=350))
    assert plan.result["cost"] == 350
    assert plan.result["cut"] == {"new": 0, "short": 0, "convert": 0}


def test_every_district_gets_its_share(areas):
    plan = make(make_plan(areas, areas=2, new=2, least=1))
    assert {item.district_id for item in plan.items.all()} == {"11110", "11680"}
    with pytest.raises(PlanError):
        make(make_plan(areas, areas=1, new=1, least=1))


def test_phases_follow_the_rank(areas):
    plan = make(make_plan(areas, areas=4, new=8, phases=2, phase_months=6, first="2027-03-01"))
    told = [(item.area.name, item.phase, item.due) for item in plan.items.all()]
    assert told[0] == ("south", 1, date(2027, 8, 31))
    assert [phase for _name, phase, _due in told] == [1] * 4 + [2] * 4
    assert told[-1][2] == date(2028, 2, 29)


def test_what_it_buys(areas):
    make_camera(*place(0), count=3)
    make_camera(*place(1), kind="intelligent", count=1)
    make_indicator("population", {"11110": 1000.0, "11680": 1000.0}, kind="count")
    plan = make(make_plan(areas, areas=1, new=1, convert=3, phases=1))
    result = plan.result
    assert result["shares"][""] == [0.25, 1.0]
    assert result["shares"]["11680"] == [None, 1.0]
    assert result["intelligent"]["ground"][1] > result["intelligent"]["ground"][0]
    assert result["all"]["chosen"][0] == 0 < result["all"]["chosen"][1]
    assert result["intelligent"]["residents"][1] > result["intelligent"]["residents"][0]
    now, then = result["walks"]["intelligent"]
    assert now["found"] <= then["found"]
    assert now["mean_s"] >= then["mean_s"]
    assert result["intelligent"]["ways"] is None  # no case has a way


def test_the_same_inputs_give_the_same_plan(areas):
    for area in range(4):
        make_camera(*place(area), count=2)
    plans = [make(make_plan(areas, areas=3, new=7, convert=5)) for _ in range(2)]
    assert plans[0].fingerprint == plans[1].fingerprint
    assert plans[0].result == plans[1].result
    assert make(make_plan(areas, areas=3, new=6, convert=5)).fingerprint != plans[0].fingerprint


def test_made_again_it_is_replaced(areas):
    plan = make_plan(areas)
    make(plan)
    make(plan)
    assert plan.items.count() == 1
    assert plan.areas.count() == 4


@pytest.mark.parametrize(
    "asked",
    [
        {"areas": 5}, {"weights": {"crime": 0.0, "other": 1.0}}, {"weights": {"nothing": 1.0}}, {"areas": -1}, {"new": 10**9},
        {"weights": {"crime": -1.0}}, {"method": "x"}, {"budget": -1}, {"first": "soon"}, {"phases": 0}, {"weights": {}},
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused(areas, asked):
    before = Plan.objects.count()
    with pytest.raises((PlanError, ValueError)) as refused:
        make(make_plan(areas, **asked))
    assert isinstance(refused.value, PlanError)
    assert not PlanItem.objects.exists()
    assert Plan.objects.exclude(status="making").count() == before


def test_the_command(areas, capsys):
    asked = ["--areas", "2", "--new", "2", "--convert", "0", "--of", "squares", "--weight", "crime=1"]
    call_command("plan_upgrades", *asked, "--dry-run")
    assert not Plan.objects.exists()
    call_command("plan_upgrades", *asked)
    (plan,) = Plan.objects.all()
    assert plan.items.count() == 2
    assert f"Kept as plan {plan.pk}" in capsys.readouterr().out
    for wrong in (["--areas", "9"], ["--of", "nowhere"], ["--weight", "crime"], ["--first", "x"]):
        with pytest.raises((CommandError, ValueError)):
            call_command("plan_upgrades", *asked, *wrong)
    assert Plan.objects.count() == 1


def test_a_draft_writes_no_item(areas):
    assert len(drafted(make_plan(areas)).items) == 1
    assert not PlanItem.objects.exists()
