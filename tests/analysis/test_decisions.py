"""What people decide, and what others say they saw: each at once part of the search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis import decisions, services
from analysis.matching import knowns_of, match_tracklets
from analysis.models import Candidate
from analysis.routes import route_of
from analysis.search import geo
from analysis.search.match import SHOWN
from cases.models import AccessLog, KnownPlace, Sighting
from cases.models.case import CaseError
from cases.services import end_case, share
from seoulcctv.roles import Role
from tests.factories import (
    DONGMYO,
    make_camera,
    make_candidate,
    make_case,
    make_recording,
    make_search,
    make_tracklet,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case()


def spot(east: float, north: float = 0.0) -> tuple[float, float]:
    lon, lat = geo.offset(*DONGMYO, east, north)[0]
    return float(lon), float(lat)


def passed(case, east: float, minute: float) -> Candidate:
    """Somebody who fits, before a camera of the search."""
    recording = make_recording(make_camera(*spot(east)), case.last_seen_at + timedelta(minutes=minute), 120)
    make_search(case, recording, status="finished")
    recording.scan_tasks.update(status="done")
    recording.scanned_model = "test"
    recording.save()
    tracklet = make_tracklet(recording)
    match_tracklets(case, [tracklet])
    return case.candidates.get(tracklet=tracklet)


@pytest.fixture
def candidate(case):
    return passed(case, 100, 3)


def test_confirm_makes_a_sighting_once(candidate, case):
    decisions.confirm(candidate, case.opened_by)
    decisions.confirm(candidate, case.opened_by)
    sighting = case.sightings.get()
    assert (sighting.time, sighting.point) == (
        candidate.tracklet.start,
        candidate.tracklet.recording.camera.location,
    )
    assert case.events.filter(kind="sighting.confirmed").count() == 1


def test_undo_withdraws_it_and_leaves_the_trace(candidate, case):
    decisions.confirm(candidate, case.opened_by)
    decisions.undo(candidate, case.opened_by)
    assert not case.sightings.standing().exists()
    assert case.sightings.count() == 1
    candidate.refresh_from_db()
    assert candidate.decision == "open"
    decisions.confirm(candidate, case.opened_by)
    assert case.sightings.standing().count() == 1


def test_reject_and_undo(candidate, case):
    decisions.reject(candidate, case.opened_by)
    decisions.undo(candidate, case.opened_by)
    kinds = list(case.events.values_list("kind", flat=True))
    assert kinds[-2:] == ["candidate.rejected", "candidate.reopened"]


def test_a_confirmed_one_is_not_rejected_by_mistake(candidate, case):
    decisions.confirm(candidate, case.opened_by)
    with pytest.raises(CaseError):
        decisions.reject(candidate, case.opened_by)


def test_an_ended_case_takes_no_decision(candidate, case):
    end_case(case, make_user(Role.SUPERVISOR))
    with pytest.raises(CaseError):
        decisions.confirm(candidate, case.opened_by)


@pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.DISTRICT_ADMIN])
def test_only_operators_and_supervisors_decide(candidate, role):
    with pytest.raises(CaseError):
        decisions.confirm(candidate, make_user(role))


class TestPerhaps:
    def test_it_makes_a_doubtful_sighting_once(self, candidate, case):
        decisions.perhaps(candidate, case.opened_by)
        decisions.perhaps(candidate, case.opened_by)
        sighting = case.sightings.get()
        assert sighting.certainty == 0.5
        assert [known.certainty for known in knowns_of(case)] == [1.0, 0.5]
        assert case.events.filter(kind="sighting.perhaps").count() == 1

    def test_it_becomes_sure(self, candidate, case):
        decisions.perhaps(candidate, case.opened_by)
        decisions.confirm(candidate, case.opened_by)
        assert [s.certainty for s in case.sightings.standing()] == [1.0]
        assert case.events.filter(kind="sighting.confirmed").count() == 1

    def test_it_turns_out_to_be_somebody_else(self, candidate, case):
        decisions.perhaps(candidate, case.opened_by)
        decisions.reject(candidate, case.opened_by)
        assert not case.sightings.standing().exists()
        candidate.refresh_from_db()
        assert (candidate.decision, candidate.sighting) == ("rejected", None)

    def test_undo(self, candidate, case):
        decisions.perhaps(candidate, case.opened_by)
        decisions.undo(candidate, case.opened_by)
        assert not case.sightings.standing().exists()

    def test_what_is_confirmed_does_not_become_doubtful_by_mistake(self, candidate, case):
        decisions.confirm(candidate, case.opened_by)
        with pytest.raises(CaseError):
            decisions.perhaps(candidate, case.opened_by)

    def test_it_teaches_nothing_about_looks(self, case):
        first, other = passed(case, 100, 3), passed(case, 200, 6)
        decisions.perhaps(first, case.opened_by)
        other.refresh_from_db()
        assert "likeness" not in other.factors


def report(case, east: float, minute: float, certainty: float = 0.7, **fields) -> Sighting:
    lon, lat = spot(east)
    sighting = Sighting(
        point=f"SRID=4326;POINT({lon} {lat})", time=case.last_seen_at + timedelta(minutes=minute),
        reporter="버스 기사", certainty=certainty, **fields,
    )  # fmt: skip
    return decisions.report_sighting(case, case.opened_by, sighting)


class TestPlaces:
    def test_the_way_there_is_planned_first(self, case):
        start = case.last_seen_at + timedelta(minutes=30)
        toward, away = (make_recording(make_camera(*spot(east)), start, 1200) for east in (-1500, 1500))
        case.direction = 90.0
        case.save()
        search = services.start_search(case, case.opened_by)
        assert search.tasks.first().recording == away
        place = KnownPlace(name="예전 집", point="SRID=4326;POINT({} {})".format(*spot(-2500)))
        added = decisions.add_place(case, case.opened_by, place)
        assert search.tasks.order_by("-priority").first().recording == toward
        decisions.remove_place(added, case.opened_by)
        decisions.remove_place(added, case.opened_by)
        assert search.tasks.order_by("-priority").first().recording == away
        assert case.events.filter(kind="place.removed").count() == 1

    def test_over_the_api_and_only_so_many(self, case, client):
        client.force_login(case.opened_by)
        address = f"/api/cases/{case.number}/places/"
        good = {"name": "회사", "lon": DONGMYO[0], "lat": DONGMYO[1]}
        for wrong in ({"name": ""}, {"name": "x" * 61}, {"lon": 0}, {"lat": "inf"}, {"lon": "x"}):
            assert client.post(address, good | wrong).status_code == 400, wrong
        for _ in range(12):
            assert client.post(address, good).status_code == 201
        assert client.post(address, good).status_code == 409
        listed = client.get(address).json()
        assert len(listed) == 12
        assert client.post(f"{address}{listed[0]['id']}/remove/").status_code == 204
        assert len(client.get(address).json()) == 11
        liaison = make_user(Role.LIAISON)
        share(case, liaison, case.opened_by)
        client.force_login(liaison)
        assert "회사" not in client.get(f"/cases/{case.number}/").content.decode()
        assert "회사" not in str(client.get(f"/api/cases/{case.number}/events/").json())


class TestReports:
    def test_a_report_draws_the_search_to_it(self, case):
        there, elsewhere = passed(case, 1300, 22), passed(case, -900, 22)
        before = dict(case.candidates.values_list("pk", "score"))
        report(case, 1000, 16)
        after = dict(case.candidates.values_list("pk", "score"))
        assert after[there.pk] > before[there.pk]
        assert after[elsewhere.pk] < before[elsewhere.pk]
        assert case.events.filter(kind="sighting.reported").count() == 1

    def test_withdrawn_it_is_as_before(self, case):
        there = passed(case, 1300, 22)
        before = there.score
        added = report(case, 1000, 16)
        decisions.withdraw_report(added, case.opened_by)
        decisions.withdraw_report(added, case.opened_by)
        there.refresh_from_db()
        assert there.score == before
        assert case.events.filter(kind="sighting.withdrawn").count() == 1

    def test_what_a_camera_saw_is_not_withdrawn_as_a_report(self, candidate, case):
        decisions.confirm(candidate, case.opened_by)
        with pytest.raises(CaseError):
            decisions.withdraw_report(case.sightings.get(), case.opened_by)

    @pytest.mark.parametrize("minute", [-5, 600])
    def test_times_that_cannot_be_are_refused(self, case, minute):
        with pytest.raises(CaseError):
            report(case, 100, minute)
        assert not case.sightings.exists()

    def test_an_ended_case_takes_none(self, case):
        end_case(case, make_user(Role.SUPERVISOR))
        with pytest.raises(CaseError):
            report(case, 100, 5)

    def test_the_database_knows_who_saw_it(self, case):
        lon, lat = spot(0)
        for wrong in (
            {"reporter": ""},
            {"reporter": "x", "camera": make_camera()},
            {"reporter": "x", "certainty": 1.5},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Sighting.objects.create(
                    case=case, point=f"SRID=4326;POINT({lon} {lat})", time=timezone.now(), end=timezone.now(),
                    confirmed_by=case.opened_by, **wrong,
                )  # fmt: skip

    def test_two_that_exclude_each_other_are_two_stories(self, case):
        make_recording(make_camera(*spot(1300)), case.last_seen_at, 3600)
        east, west = report(case, 1000, 16, 0.7), report(case, -1000, 17, 0.4)
        told = route_of(case)
        assert [stop.sighting for stop in told.stops] == [east]
        assert [sighting for sighting, _ in told.doubted] == [west]
        assert told.percent > told.other.percent > 15
        assert told.other.telling.camera.location.x == pytest.approx(spot(1300)[0])
        assert told.other.telling.first > told.other.telling.other

    def test_over_the_api(self, case, client):
        client.force_login(case.opened_by)
        address = f"/api/cases/{case.number}/reports/"
        good = {
            "lon": DONGMYO[0], "lat": DONGMYO[1], "reporter": "A shopkeeper", "sure": "likely",
            "time": (case.last_seen_at + timedelta(minutes=9)).isoformat(),
        }  # fmt: skip
        answer = client.post(address, good)
        assert answer.status_code == 201, answer.content
        assert (answer.json()["camera"], answer.json()["certainty"]) == (None, 0.7)
        assert AccessLog.objects.filter(action="case_changed", case=case, subject__startswith="report").count() == 1
        page = client.get(f"/cases/{case.number}/").content.decode()
        assert "A shopkeeper" in page
        assert client.get(f"/api/cases/{case.number}/route/").json()[0]["certainty"] == pytest.approx(0.7)
        for wrong in (
            {"lon": 129.0}, {"lon": ""}, {"lat": "nan"}, {"reporter": ""}, {"reporter": "x" * 81}, {"sure": "9"},
            {"time": "never"}, {"time": ""},
        ):  # fmt: skip
            answer = client.post(address, good | wrong)
            assert answer.status_code == 400, wrong
            assert any(answer.json().values())
        assert client.post(address, good | {"time": "2031-01-01T00:00"}).status_code == 409
        assert case.sightings.count() == 1
        pk = case.sightings.get().pk
        assert client.post(f"{address}{pk}/withdraw/").status_code == 204
        assert client.post(f"{address}{pk}/withdraw/").status_code == 204
        assert not case.sightings.standing().exists()
        hostile = good | {"reporter": "<script>alert(1)</script>"}
        assert client.post(address, hostile).status_code == 201
        assert b"<script>alert(1)" not in client.get(f"/cases/{case.number}/").content


def test_whom_later_evidence_made_unlikely_is_no_longer_put_before_the_operator(case, client):
    likely, unlikely, rejected = (make_candidate(case, score=score) for score in (0.6, 0.5, 0.5))
    decisions.reject(rejected, case.opened_by)
    Candidate.objects.filter(pk__in=[unlikely.pk, rejected.pk]).update(score=SHOWN - 0.01)
    client.force_login(case.opened_by)

    def listed() -> set[int]:
        panel = client.get(f"/cases/{case.number}/state/").json()["panels"]["candidates-panel"]
        return {pk for pk in (likely.pk, unlikely.pk, rejected.pk) if f'data-candidate="{pk}"' in panel}

    assert listed() == {likely.pk, rejected.pk}
    Candidate.objects.filter(pk=unlikely.pk).update(score=SHOWN)  # a decision may bring them back
    assert listed() == {likely.pk, unlikely.pk, rejected.pk}


class TestPointing:
    @pytest.fixture
    def others(self, candidate):
        """Before the same camera at the same time: one far off the description, one behind."""
        recording = candidate.tracklet.recording
        fields = {"upper": {"green": 1.0}, "lower": {"white": 1.0}}
        return [
            make_tracklet(recording, boxes=[[left, 90, left + 70, 290], [left + 100, 90, left + 170, 290]], **fields)
            for left in (400, 420)
        ]

    def test_somebody_who_does_not_fit_becomes_a_candidate(self, candidate, others, case):
        second = candidate.tracklet.times[0]
        found = decisions.point_at(candidate, case.opened_by, second + 3, 485, 190)
        assert found.tracklet == others[0]
        assert found.score < SHOWN
        assert found in case.candidates.shown()
        assert decisions.point_at(candidate, case.opened_by, second + 3, 485, 190) == found
        assert case.events.filter(kind="candidate.pointed_at").count() == 1
        decisions.confirm(found, case.opened_by)
        assert case.sightings.get().time == others[0].start

    def test_the_candidate_themselves(self, candidate, case):
        assert decisions.point_at(candidate, case.opened_by, candidate.tracklet.times[0], 130, 200) == candidate

    @pytest.mark.parametrize(("seconds", "x", "y"), [(3, 900, 190), (3, 485, 700), (60, 485, 190)])
    def test_nobody_there(self, candidate, others, case, seconds, x, y):
        at = candidate.tracklet.times[0] + seconds
        assert decisions.point_at(candidate, case.opened_by, at, x, y) is None

    def test_over_the_api(self, candidate, others, case, client):
        client.force_login(case.opened_by)
        address = f"/api/cases/{case.number}/candidates/{candidate.pk}/point/"
        good = {"time": candidate.tracklet.times[0], "x": 435, "y": 190}
        answer = client.post(address, good)
        assert answer.status_code == 200
        panel = client.get(f"/cases/{case.number}/state/").json()["panels"]["candidates-panel"]
        assert f'data-candidate="{answer.json()["id"]}"' in panel
        assert client.post(address, good | {"x": 20_000}).status_code == 404
        for wrong in ({"x": -1}, {"y": "nan"}, {"time": "x"}, {"time": 1e9}):
            assert client.post(address, good | wrong).status_code == 400, wrong


class TestRepeats:
    def test_who_is_seen_about_when_the_person_was_waits_aside(self, candidate, case, client):
        recording = candidate.tracklet.recording
        beside, later = make_tracklet(recording, 20.0), make_tracklet(recording, 100.0)
        others = {name: make_candidate(case, one) for name, one in (("beside", beside), ("later", later))}
        elsewhere = passed(case, 200, 5)
        decisions.confirm(candidate, case.opened_by)
        shown = set(case.candidates.shown().filter(decision="open"))
        assert others["beside"] not in shown
        assert {others["later"], elsewhere} <= shown
        assert others["beside"] in case.candidates.shown(repeats=True)
        client.force_login(case.opened_by)

        def panel(**query) -> str:
            return client.get(f"/cases/{case.number}/state/", query).json()["panels"]["candidates-panel"]

        assert 'data-repeats="1"' in panel()
        assert f'data-candidate="{others["beside"].pk}"' not in panel()
        assert f'data-candidate="{others["beside"].pk}"' in panel(repeats=1)
        decisions.undo(candidate, case.opened_by)
        assert others["beside"] in case.candidates.shown()

    def test_a_doubtful_sighting_hides_nobody(self, candidate, case):
        beside = make_candidate(case, make_tracklet(candidate.tracklet.recording, 20.0))
        decisions.perhaps(candidate, case.opened_by)
        assert beside in case.candidates.shown()


def test_what_would_decide_is_another_camera_than_the_doubtful_one(case):
    first, other = passed(case, 300, 5), make_camera(*spot(-600))
    make_recording(other, case.last_seen_at, 3600)
    decisions.perhaps(first, case.opened_by)
    told = route_of(case)
    assert told.other is not None
    assert told.other.telling is None or told.other.telling.camera == other
