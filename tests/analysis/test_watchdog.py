"""Outside the task cluster: abandoned scans, stalled queues, what is due once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from analysis import tasks
from analysis.models import ScanTask, Search
from analysis.watchdog import Daily, Pulse, sweep
from cases.access import log_for
from cases.models import AccessLog, Case
from cases.services import end_case
from seoulcctv.roles import Role
from tests.factories import claim, make_case, make_recording, make_search, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case()


@pytest.fixture
def recording(case):
    return make_recording(start=case.last_seen_at + timedelta(minutes=3))


class TestSweep:
    def test_abandoned_scans_wait_again_and_fail_in_the_end(self, case, recording, settings):
        search = make_search(case, recording)
        for attempt in range(1, settings.SCAN_ATTEMPTS + 1):
            assert claim().attempts == attempt
            assert sweep(timezone.now() + timedelta(hours=attempt)) == 1
        task = search.tasks.get()
        assert task.status == ScanTask.Status.FAILED
        assert task.problem
        search.refresh_from_db()
        assert search.status == Search.Status.FINISHED

    def test_living_scans_are_left_alone(self, case, recording):
        make_search(case, recording)
        claim()
        assert sweep() == 0

    def test_an_emergency_that_nobody_approved_stops(self, recording):
        case = make_case(authorised=False)
        Case.objects.filter(pk=case.pk).update(
            emergency_until=timezone.now() + timedelta(minutes=60), emergency_reason="snow"
        )
        search = make_search(case, recording)
        assert sweep() == 0
        sweep(timezone.now() + timedelta(minutes=61))
        search.refresh_from_db()
        assert search.status == Search.Status.STOPPED
        assert search.tasks.get().status == ScanTask.Status.CANCELLED

    def test_an_ended_case_stops(self, case, recording):
        search = make_search(case, recording)
        end_case(case, make_user(Role.SUPERVISOR))
        sweep()
        search.refresh_from_db()
        assert search.status == Search.Status.STOPPED


class TestPulse:
    """A queue that nobody serves is told from one that is busy."""

    def test_nobody_takes_the_beat(self, settings):
        pulse = Pulse()
        now = pulse.asked
        assert not pulse.stalled(now + settings.STALL_S / 2)
        assert OrmQ.objects.count() == 1
        assert not pulse.stalled(now + settings.STALL_S)
        assert pulse.stalled(now + 2 * settings.STALL_S)

    def test_all_workers_scan(self, case, settings):
        pulse = Pulse()
        make_search(case, *(make_recording() for _ in range(settings.Q_CLUSTER["workers"])))
        for _ in range(settings.Q_CLUSTER["workers"]):
            claim()
        assert not any(pulse.stalled(pulse.asked + step * settings.STALL_S) for step in (1, 2, 3))

    def test_the_beat_comes_out(self, settings):
        pulse = Pulse()
        now = pulse.asked
        pulse.stalled(now + settings.STALL_S / 2)
        pulse.asked = now  # as if asked in real time
        tasks.beat()
        assert not pulse.stalled(now + 1.1 * settings.STALL_S)


def test_what_is_due_once_a_day_is_done_once_and_its_failure_holds_up_nothing(settings, tmp_path, db, caplog):
    log_for(None, AccessLog.Action.SEARCH)
    settings.ANCHORS = tmp_path / "anchors.txt"
    Daily().due()
    Daily().due()
    assert len(settings.ANCHORS.read_text().split()) == 1
    settings.ANCHORS = tmp_path / "anchors.txt" / "impossible"
    daily = Daily()
    daily.due()
    assert "was not done" in caplog.text
    caplog.clear()
    daily.due()  # not again at once
    assert not caplog.text
