"""From the button to the queue, and from a scan to candidates; every step once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from django.utils import timezone
from django_q.models import OrmQ

from analysis import decisions, services, storing, tasks
from analysis.models import Candidate, Machine, ScanTask, Search, Tracklet
from analysis.pipeline.closer import Closely, CloserConfig
from analysis.pipeline.scan import ScanConfig
from analysis.pipeline.types import Appearance, ScanResult, ScanStats, Track
from analysis.pipeline.types import Tracklet as Found
from analysis.progress import camera_states, coverage_of, progress_of
from analysis.watchdog import sweep
from cameras.models import Camera, Recording
from cases.models.case import CaseError
from tests.factories import (
    DONGMYO,
    claim,
    jpeg,
    make_camera,
    make_case,
    make_recording,
    make_search,
)

pytestmark = pytest.mark.django_db


def person(second: float, upper: str = "red") -> Found:
    times = np.arange(second, second + 5, 0.2)
    boxes = np.tile(np.array([100, 100, 160, 260], np.float32), (len(times), 1))
    looks = Appearance(np.array([1, 0], np.float32), "names-1", {upper: 1.0}, {"black": 1.0})
    return Found(Track(1, times, boxes, np.full(len(times), 0.8, np.float32)), looks, jpeg(), second + 1)


ENOUGH = 26  # looks; everybody here was seen 25 times
STATS = ScanStats(60, 20, 10, 2.0, 5, 50, 60, 0, {})
RESULT = ScanResult((person(5), person(20, "green")), STATS)


@pytest.fixture
def case(db):
    return make_case()


@pytest.fixture
def recording(case):
    return make_recording(start=case.last_seen_at + timedelta(minutes=3))


def store(task: ScanTask, lease: UUID, result: ScanResult, version: str) -> bool:
    """As a task does, without closer looks."""
    return storing.store_survey(task, lease, result, version) and storing.complete(task, lease, 2.0, reused=False)


class TestStart:
    def test_it_works(self, case, recording):
        far = make_recording(make_camera(127.056, 37.654), start=case.last_seen_at + timedelta(minutes=1))
        early = make_recording(start=case.last_seen_at - timedelta(hours=1))
        faulty = make_recording(
            make_camera(status=Camera.Status.FAULTY), start=case.last_seen_at + timedelta(minutes=3)
        )
        broken = make_recording(start=case.last_seen_at + timedelta(minutes=3), status=Recording.Status.BROKEN)
        blind = make_camera()
        search = services.start_search(case, case.opened_by)
        assert list(search.tasks.values_list("recording", flat=True)) == [recording.pk]
        assert search.left_out == {
            str(far.camera_id): "out_of_reach",
            str(early.camera_id): "no_recording",
            str(faulty.camera_id): "faulty",
            str(broken.camera_id): "broken_file",
            str(blind.pk): "no_recording",
        }

    def test_near_cameras_come_first(self, case):
        start = case.last_seen_at + timedelta(minutes=1)
        recordings = [
            make_recording(make_camera(DONGMYO[0] + d, DONGMYO[1]), start, 1800) for d in (0.01, 0.001, 0.005)
        ]
        search = services.start_search(case, case.opened_by)
        order = [task.recording for task in search.tasks.all()]
        assert order == [recordings[1], recordings[2], recordings[0]]

    def test_the_button_pressed_twice_starts_one_search(self, case, recording):
        services.start_search(case, case.opened_by)
        with pytest.raises(CaseError):
            services.start_search(case, case.opened_by)
        assert case.searches.count() == 1

    def test_without_footage_it_ends_at_once_and_says_so(self, case, client):
        search = services.start_search(case, case.opened_by)
        search.refresh_from_db()
        assert search.status == Search.Status.FINISHED
        client.force_login(case.opened_by)
        assert "갈 수 있는 곳의 영상이 없습니다" in client.get(f"/cases/{case.number}/").content.decode()

    @pytest.mark.django_db(transaction=True)
    def test_wake_ups_are_queued_once_it_is_committed(self, case, recording, client):
        Machine.lives()
        client.force_login(case.opened_by)
        answer = client.post(f"/api/cases/{case.number}/searches/")
        assert answer.status_code == 201
        assert OrmQ.objects.count() == 1
        services.wake_workers()
        assert OrmQ.objects.count() == 1


class TestClaim:
    def test_the_most_promising_first_and_each_once(self, case, recording):
        other = make_recording(start=recording.start)
        make_search(case, recording, other)
        assert {claim().recording_id, claim().recording_id} == {recording.pk, other.pk}
        assert ScanTask.claim_next("test:1") is None

    def test_of_running_searches_only(self, case, recording):
        make_search(case, recording, status=Search.Status.STOPPED)
        assert ScanTask.claim_next("test:1") is None

    def test_the_lease_is_kept_by_its_holder_alone(self, case, recording):
        make_search(case, recording)
        task = claim()
        assert task.keep_alive(task.lease, 0.5)
        assert not task.keep_alive(uuid4(), 0.6)
        task.refresh_from_db()
        assert task.progress == 0.5


class TestStore:
    def test_it_works(self, case, recording):
        search = make_search(case, recording)
        task = claim()
        assert store(task, task.lease, RESULT, "v1")
        assert Tracklet.objects.count() == 2
        candidate = Candidate.objects.get()  # green does not fit
        assert candidate.tracklet.upper == {"red": 1.0}
        assert candidate.tracklet.start == recording.start + timedelta(seconds=5)
        search.refresh_from_db()
        recording.refresh_from_db()
        assert (search.status, recording.scanned_model) == (Search.Status.FINISHED, "v1")

    def test_twice_changes_nothing(self, case, recording):
        make_search(case, recording)
        task = claim()
        lease = task.lease
        assert store(task, lease, RESULT, "v1")
        assert not store(task, lease, RESULT, "v1")
        assert (Tracklet.objects.count(), Candidate.objects.count()) == (2, 1)

    def test_who_lost_the_lease_stores_nothing(self, case, recording):
        make_search(case, recording)
        slow = claim()
        lost = slow.lease
        sweep(timezone.now() + timedelta(hours=1))
        fast = claim()
        assert not store(slow, lost, RESULT, "v1")
        assert store(fast, fast.lease, RESULT, "v1")
        assert Tracklet.objects.count() == 2

    def test_a_second_case_over_the_same_footage_asks_the_index(self, case, recording, monkeypatch):
        make_search(case, recording)
        task = claim()
        store(task, task.lease, RESULT, "v1")

        class Engine:
            version = "v1"
            config = ScanConfig(closer=CloserConfig(enough=ENOUGH))

            def survey(self, *args):
                raise AssertionError("scanned again")

            def look_closer(self, path, before, wanted, *args):
                return Closely({}, ())

        monkeypatch.setattr(tasks, "scanner", Engine)
        other = make_case(last_seen_at=case.last_seen_at)
        make_search(other, recording)
        assert tasks.run(claim()) == "already scanned"
        assert other.candidates.count() == 1

    def test_another_model_version_scans_anew_and_keeps_what_was_confirmed(self, case, recording):
        make_search(case, recording)
        task = claim()
        store(task, task.lease, RESULT, "v1")
        decisions.confirm(case.candidates.get(), case.opened_by)
        make_search(case, recording)
        task = claim()
        store(task, task.lease, replace(RESULT, tracklets=(person(5),)), "v2")
        assert case.sightings.standing().count() == 1
        assert set(Tracklet.objects.values_list("model", flat=True)) == {"before: v1", "v2"}
        other = make_case(last_seen_at=case.last_seen_at)
        make_search(other, recording)
        task = claim()
        assert storing.match_stored(task, task.lease)
        assert storing.complete(task, task.lease, 0.0, reused=True)
        decisions.confirm(other.candidates.get(), other.opened_by)  # weighs everybody again
        assert {c.tracklet.model for c in other.candidates.all()} == {"v2"}

    def test_a_broken_file_fails_its_task_and_the_search_goes_on(self, case, recording, weights):
        search = make_search(case, recording)  # the row has no file
        assert "cannot be opened" in tasks.run(claim())
        assert search.tasks.get().problem_text
        search.refresh_from_db()
        recording.refresh_from_db()
        assert search.status == Search.Status.FINISHED
        assert search.tasks.get().status == ScanTask.Status.FAILED
        assert recording.status == Recording.Status.BROKEN


class TestCloserLook:
    """What is taken over from a worker that was lost, and what a closer look changes."""

    @pytest.fixture
    def surveyed(self, case, recording):
        """A task whose survey is stored, and no closer look taken."""
        make_search(case, recording)
        task = claim()
        assert storing.store_survey(task, task.lease, RESULT, "v1")
        return task

    def test_candidates_are_there_at_once(self, surveyed, case):
        assert case.candidates.count() == 1
        assert case.searches.get().status == Search.Status.RUNNING

    def test_the_likeliest_candidate_comes_first_and_once(self, surveyed, case):
        look = storing.next_closer_look(surveyed, ENOUGH)
        assert [row.number for row in look.rows] == [1, 2]  # all who were in view about that time
        which = look.rows[look.wanted[0]]
        assert which == case.candidates.get().tracklet
        exact = replace(person(5, "orange"), appearance=replace(person(5).appearance, upper={"orange": 1.0}))
        closely = Closely({0: exact}, (person(12, "blue"),))
        assert storing.store_closer_look(surveyed, surveyed.lease, look, closely)
        candidate = case.candidates.get(tracklet=which)  # the same candidate, weighed again
        assert candidate.tracklet.upper == {"orange": 1.0}
        assert candidate.score < 0.9
        assert Tracklet.objects.get(number=3).upper == {"blue": 1.0}
        assert storing.next_closer_look(surveyed, ENOUGH) is None

    def test_one_that_shows_nobody_is_not_repeated(self, surveyed):
        look = storing.next_closer_look(surveyed, ENOUGH)
        assert storing.store_closer_look(surveyed, surveyed.lease, look, Closely({}, ()))
        assert storing.next_closer_look(surveyed, ENOUGH) is None

    def test_what_is_decided_needs_none(self, surveyed, case):
        decisions.reject(case.candidates.get(), case.opened_by)
        assert storing.next_closer_look(surveyed, ENOUGH) is None

    def test_who_was_seen_often_enough_needs_none(self, surveyed):
        assert storing.next_closer_look(surveyed, 25) is None
        assert storing.next_closer_look(surveyed, 26)

    def test_who_lost_the_lease_changes_nothing(self, surveyed):
        look = storing.next_closer_look(surveyed, ENOUGH)
        sweep(timezone.now() + timedelta(hours=1))
        assert not storing.store_closer_look(surveyed, surveyed.lease, look, Closely({0: person(9)}, ()))
        assert not storing.complete(surveyed, surveyed.lease, 1.0, reused=False)
        assert not Tracklet.objects.filter(closely=True).exists()

    def test_a_scan_that_was_cut_off_goes_on_where_it_was(self, surveyed, case, monkeypatch):
        looked = []

        class Engine:
            version = "v1"
            config = ScanConfig(closer=CloserConfig(enough=ENOUGH))

            def survey(self, *args):
                raise AssertionError("surveyed again")

            def look_closer(self, path, before, wanted, *args):
                looked.append(before[wanted[0]].track.number)
                return Closely({}, ())

        monkeypatch.setattr(tasks, "scanner", Engine)
        sweep(timezone.now() + timedelta(hours=1))
        tasks.run(claim())
        assert looked == [1]
        assert case.searches.get().status == Search.Status.FINISHED


def test_a_sighting_makes_others_like_it_likelier(case, recording):
    make_search(case, recording)
    task = claim()
    store(task, task.lease, RESULT, "v1")
    candidate = case.candidates.get()
    start = candidate.tracklet.recording.start + timedelta(minutes=4)
    second = make_recording(make_camera(DONGMYO[0] + 0.002, DONGMYO[1]), start)
    make_search(case, second) if not case.searches.filter(status="running").exists() else None
    task = claim()
    store(task, task.lease, replace(RESULT, tracklets=(person(5),)), "v1")
    other = case.candidates.exclude(pk=candidate.pk).get()
    before = other.score
    decisions.confirm(candidate, case.opened_by)
    other.refresh_from_db()
    assert "likeness" in other.factors
    assert other.score > before


def test_progress_adds_up(case, recording):
    second = make_recording(start=recording.start, seconds=180)
    search = make_search(case, recording, second)
    task = claim()
    store(task, task.lease, RESULT, "v1")
    Search.objects.filter(pk=search.pk).update(started_at=timezone.now() - timedelta(seconds=30))
    search.refresh_from_db()
    progress = progress_of(search)
    assert (progress.done, progress.total) == (1, 2)
    assert progress.share == pytest.approx(60 / 240 if task.recording_id == recording.pk else 180 / 240)
    assert progress.speed == pytest.approx(progress.scanned.total_seconds() / 30, rel=0.05)
    assert progress.remaining.total_seconds() == pytest.approx(
        (progress.footage - progress.scanned).total_seconds() / progress.speed
    )
    assert [row.total for row in progress.districts] == [2]


def test_states_of_cameras_on_the_map(case, recording):
    idle = make_camera()
    states = {s.camera.pk: s.state for s in camera_states(case, None)}
    assert states == {recording.camera_id: "idle", idle.pk: "idle"}
    search = services.start_search(case, case.opened_by)
    states = {s.camera.pk: s.state for s in camera_states(case, search)}
    assert states == {recording.camera_id: "waiting", idle.pk: "no_recording"}


def test_coverage_counts_cameras_without_footage_too(case, recording, settings):
    """Two cameras at one spot, of one of which there is footage of an hour."""
    make_camera()
    recording.start, recording.end = case.last_seen_at, timezone.now()
    recording.save()
    search = services.start_search(case, case.opened_by)
    assert coverage_of(search) == 0
    task = claim()
    assert task.lease is not None
    store(task, task.lease, RESULT, "v1")
    assert coverage_of(search) == 0  # counted anew after some seconds only
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": "later"}}
    assert coverage_of(search) in (49, 50)
