"""What one operator confirms, every open browser shows: at once, or as soon as it is back."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from analysis.models import Candidate
from cases.models import Sighting
from cases.services import share
from seoulcctv.roles import Role
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(transactional_db):
    """A case with four candidates, one a camera, along a street."""
    case = make_case()
    for index in range(4):
        camera = make_camera(DONGMYO[0] + 0.003 * index, DONGMYO[1])
        recording = make_recording(camera, start=case.last_seen_at + timedelta(minutes=5 * (index + 1)))
        make_candidate(case, make_tracklet(recording), score=0.9 - 0.1 * index)
    return case


def stops(page) -> list[str]:
    """Sightings on the map, by id, as they are drawn."""
    return page.eval_on_selector_all("[data-sighting]", "nodes => nodes.map(node => node.dataset.sighting)")


def live(page):
    page.wait_for_selector("#live.on")


def standing(case) -> list[str]:
    return [str(pk) for pk in case.sightings.standing().values_list("pk", flat=True)]


def test_a_confirmed_sighting_appears_on_the_others_map_within_a_second(case, open_page):
    liaison = make_user(Role.LIAISON)
    share(case, liaison, case.opened_by)
    operator = open_page(case.opened_by, f"/cases/{case.number}/")
    police = open_page(liaison, f"/cases/{case.number}/")
    live(operator)
    live(police)
    operator.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    begin = time.monotonic()
    operator.keyboard.press("y")
    police.wait_for_selector("[data-sighting]", timeout=5000)
    took = time.monotonic() - begin
    assert took < 1.0, f"{took:.2f} s"
    assert stops(police) == standing(case)
    assert len(stops(police)) == 1
    assert police.locator("[data-candidate]").count() == 0  # a liaison follows, and is shown no bystanders


def test_who_was_offline_catches_up_with_nothing_missing_or_doubled(case, open_page):
    operator = open_page(case.opened_by, f"/cases/{case.number}/")
    other = open_page(make_user(Role.SUPERVISOR), f"/cases/{case.number}/")
    live(operator)
    live(other)
    other.context.set_offline(True)
    other.wait_for_selector("#live.off", timeout=15000)
    for number in range(1, 4):
        operator.wait_for_selector("[data-candidate].chosen[data-decision=open]")  # the last decision was answered
        operator.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
        operator.keyboard.press("y")
        expect(operator.locator("[data-sighting]")).to_have_count(number)
    assert stops(other) == []
    other.context.set_offline(False)
    expect(other.locator("[data-sighting]")).to_have_count(3, timeout=15000)
    live(other)
    other.wait_for_timeout(800)
    assert sorted(stops(other)) == sorted(standing(case))
    assert other.locator("[data-stop]").count() == 3


def test_undo_takes_the_sighting_off_every_map(case, open_page):
    operator = open_page(case.opened_by, f"/cases/{case.number}/")
    other = open_page(make_user(Role.SUPERVISOR), f"/cases/{case.number}/")
    live(other)
    operator.wait_for_selector("#focus[aria-busy=false] [data-decide=confirm]")
    operator.keyboard.press("y")
    other.wait_for_selector("[data-sighting]")
    operator.locator("[data-candidate][data-decision=confirmed]").click()
    operator.wait_for_selector("#focus[aria-busy=false] [data-decide=undo]")
    operator.keyboard.press("z")
    expect(other.locator("[data-sighting]")).to_have_count(0, timeout=3000)
    assert Sighting.objects.get().withdrawn_by == case.opened_by
    assert Candidate.objects.filter(decision="open").count() == 4


def test_keys_walk_through_the_candidates(case, open_page):
    page = open_page(case.opened_by, f"/cases/{case.number}/")
    live(page)
    page.wait_for_selector(".candidate.chosen")
    first = page.get_attribute(".candidate.chosen", "data-candidate")
    page.keyboard.press("j")
    assert page.get_attribute(".candidate.chosen", "data-candidate") != first
    page.keyboard.press("k")
    assert page.get_attribute(".candidate.chosen", "data-candidate") == first
    page.wait_for_selector("#focus[aria-busy=false] [data-decide=reject]")
    page.keyboard.press("n")
    page.wait_for_selector(f"[data-candidate='{first}'][data-decision=rejected]")
    assert Candidate.objects.get(pk=first).decision == "rejected"
