"""A plan on its way: who may, in which order, what it does to the inventory, what it costs, what is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from cameras.models import Camera, CameraChange, Plan, PlanItem
from cameras.upgrades.following import approve, headway_of, remove, step
from cameras.upgrades.making import make
from cameras.upgrades.wanted import PlanError
from seoulcctv.beside import GONE_AFTER
from seoulcctv.roles import Role
from tests.cameras.upgrades.small_city import make_areas, make_indicator, make_plan, place
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(tmp_path):
    """A new camera in each of two areas of Jongno-gu and in Gangnam-gu, a conversion in each district."""
    make_indicator("crime", {"11110": 10.0, "11680": 30.0})
    make_camera(*place(0), asset_number="OLD-1")
    make_camera(*place(3), asset_number="OLD-2")
    areas = make_areas(tmp_path)
    plan = make_plan(areas, areas=3, new=3, convert=2, cost_new=100, cost_convert=40)
    plan.by = make_user(Role.SUPERVISOR)
    plan.save()
    return make(plan)


@pytest.fixture
def approved(plan):
    return approve(plan, make_user(Role.SUPERVISOR))


def of(plan, user):
    return PlanItem.objects.visible_to(user).filter(plan=plan)


def test_from_approval_to_service(approved):
    admin = make_user(Role.DISTRICT_ADMIN)
    items = list(of(approved, admin))
    assert [item.kind for item in items] == ["new", "new", "convert"]
    assert {item.state for item in items} == {"approved"}
    step(items, admin, "ordered", "contract 7")
    step(items[:1], admin, "installed", spent=120)
    item = PlanItem.objects.get(pk=items[0].pk)
    camera = item.camera
    assert (camera.kind, camera.status, camera.district_id) == ("intelligent", "working", "11110")
    assert camera.location.equals_exact(item.location, 1e-7)
    assert (camera.heading, camera.field_of_view, camera.range_m) == (item.heading, 90, 30)
    told = CameraChange.objects.get(camera=camera)
    assert (told.kind, told.by, told.via) == ("added", admin, f"plan:{approved.pk}")
    assert told.plan == approved.pk
    step([item], admin, "in_service")
    assert [one.state for one in item.steps.all()] == ["ordered", "installed", "in_service"]
    assert item.steps.first().text == "contract 7"
    assert Camera.objects.filter(asset_number__startswith="P").count() == 1


def test_a_conversion_changes_the_camera(approved):
    admin = make_user(Role.DISTRICT_ADMIN)
    item = of(approved, admin).get(kind="convert")
    step([item], admin, "installed")
    assert Camera.objects.get(asset_number="OLD-1").kind == "intelligent"
    assert Camera.objects.get(asset_number="OLD-2").kind == "regular"


def test_where_it_came_to_stand(approved):
    admin = make_user(Role.DISTRICT_ADMIN)
    item = of(approved, admin).filter(kind="new").first()
    step([item], admin, "installed", at=Point(*place(1), srid=4326))
    item.refresh_from_db()
    assert item.camera.location.equals_exact(Point(*place(1), srid=4326), 1e-9)
    assert not item.camera.location.equals_exact(item.location, 1e-6)


def test_elsewhere_than_in_the_district_nothing_moves(approved):
    admin = make_user(Role.DISTRICT_ADMIN)
    item = of(approved, admin).filter(kind="new").first()
    with pytest.raises(PlanError):
        step([item], admin, "installed", at=Point(*place(3), srid=4326))
    item.refresh_from_db()
    assert (item.state, item.camera) == ("approved", None)


def test_another_districts_items_are_neither_seen_nor_moved(approved):
    admin = make_user(Role.DISTRICT_ADMIN)
    theirs = list(approved.items.filter(district="11680"))
    assert not of(approved, admin).filter(district="11680").exists()
    assert not approved.areas.model.objects.visible_to(admin).filter(area__district="11680").exists()
    with pytest.raises(PlanError):
        step(theirs, admin, "ordered")
    with pytest.raises(PlanError):  # all or none
        step([*of(approved, admin), *theirs], admin, "ordered")
    assert set(approved.items.values_list("state", flat=True)) == {"approved"}


def test_nobody_goes_back(approved):
    boss = make_user(Role.SUPERVISOR)
    item = approved.items.filter(kind="new").first()
    step([item], boss, "installed")
    for state in ("ordered", "installed", "approved", "planned", "dropped", "nonsense"):
        with pytest.raises(PlanError):
            step([item], boss, state)
    other = approved.items.filter(kind="new").last()
    step([other], boss, "dropped", "a wall stands there")
    with pytest.raises(PlanError):
        step([other], boss, "ordered")
    with pytest.raises(PlanError):
        step([], boss, "ordered")
    with pytest.raises(PlanError):
        step([item], boss, "tested", spent=-1)


def test_a_draft_is_not_followed(plan):
    admin = make_user(Role.DISTRICT_ADMIN)
    assert not Plan.objects.visible_to(admin).exists()
    assert not of(plan, admin).exists()
    with pytest.raises(PlanError):
        step(list(plan.items.all()), make_user(Role.SUPERVISOR), "ordered")


def test_who_made_it_does_not_approve_it(plan):
    with pytest.raises(PlanError):
        approve(plan, plan.by)
    with pytest.raises(PlanError):
        approve(plan, make_user(Role.DISTRICT_ADMIN))
    approve(plan, make_user(Role.SUPERVISOR))
    with pytest.raises(PlanError):
        approve(plan, make_user(Role.SUPERVISOR))


def test_only_drafts_are_removed(plan):
    boss = make_user(Role.SUPERVISOR)
    with pytest.raises(PlanError):
        remove(plan, make_user(Role.DISTRICT_ADMIN))
    approve(plan, boss)
    with pytest.raises(PlanError):
        remove(plan, boss)
    assert Plan.objects.exists()


def test_one_that_nobody_makes_any_longer_can_be_removed(plan):
    boss = make_user(Role.SUPERVISOR)
    Plan.objects.filter(pk=plan.pk).update(status="making", beat_at=timezone.now())
    with pytest.raises(PlanError):  # somebody does
        remove(plan, boss)
    Plan.objects.update(beat_at=timezone.now() - GONE_AFTER - timedelta(seconds=1))
    remove(plan, boss)
    assert not Plan.objects.exists()


def test_what_it_cost_and_what_is_late(approved):
    boss = make_user(Role.SUPERVISOR)
    approved.items.filter(number=1).update(due=timezone.localdate() - timedelta(days=9))
    step(list(approved.items.filter(number__in=[2, 3])), boss, "installed", spent=251)
    *districts, whole = headway_of(approved.items.all())
    assert [one.district.pk for one in districts] == ["11110", "11680"]
    assert (whole.late, whole.cost, whole.spent, whole.due_cost, whole.over) == (1, 380, 251, 200, 51)
    assert sum(approved.items.values_list("spent", flat=True)) == 251
    assert approved.items.get(number=1).late == timedelta(days=9)
    step(list(approved.items.filter(number=1)), boss, "in_service")
    assert headway_of(approved.items.all())[-1].late == 0
    assert approved.items.get(number=1).late is None


def test_when_all_is_done_the_plan_is_closed(approved):
    boss = make_user(Role.SUPERVISOR)
    step(list(approved.items.exclude(number=1)), boss, "in_service")
    approved.refresh_from_db()
    assert approved.status == "approved"
    assert headway_of(approved.items.all())[-1].done == 80
    step(list(approved.items.filter(number=1)), boss, "dropped")
    approved.refresh_from_db()
    assert approved.status == "closed"
    assert headway_of(approved.items.all())[-1].done == 100
