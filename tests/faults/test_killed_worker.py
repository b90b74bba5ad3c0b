"""Workers die in the middle of a scan, or while they wait: the search completes all the same."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from analysis.models import ScanTask, Search, Tracklet
from analysis.services import start_search
from analysis.simulation.film import render
from analysis.simulation.walk import first_walk
from cameras.models import Recording
from cameras.services import import_recording
from cases.models import Case, CaseEvent
from tests.conftest import wait_for
from tests.factories import DONGMYO, make_camera, make_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def street(tmp_path_factory) -> list[Path]:
    """Three cameras' files, 50 s of simulated street each, people in most of it."""
    folder = tmp_path_factory.mktemp("street")
    cameras = first_walk(3, cameras=3, aside=0, minutes=1.0).cameras
    return [render(c.scene, list(c.walks), folder / f"{c.name}.mp4", 50.0).path for c in cameras]


@pytest.fixture
def filmed(street, transactional_db):
    """A case, and those files as footage nearby."""
    case = make_case()
    for index, path in enumerate(street):
        camera = make_camera(DONGMYO[0] + 0.001 * index, DONGMYO[1])
        import_recording(path, camera, case.last_seen_at + timedelta(minutes=2 + index), simulated=True)
    return case


def undisturbed(case: Case) -> dict[int, int]:
    """How many people a search finds in each recording when it starts from nothing and nobody is killed."""
    Tracklet.objects.all().delete()
    Recording.objects.update(scanned_model="")
    again = start_search(case, case.opened_by)
    wait_for(lambda: finished(again), 180, "the second search did not complete")
    assert set(again.tasks.values_list("attempts", flat=True)) == {1}
    return {recording.pk: recording.tracklets.count() for recording in Recording.objects.all()}


def finished(search: Search) -> bool:
    search.refresh_from_db()
    return search.status == Search.Status.FINISHED


def test_a_worker_killed_in_the_middle_of_a_scan(weights, filmed, processes):
    search = start_search(filmed, filmed.opened_by)
    processes.worker(SEOULCCTV_SCAN_LEASE_S="5", SEOULCCTV_WORKERS="1")
    victim = wait_for(
        lambda: ScanTask.objects.filter(status="running", progress__gt=0).first(), 120, "no scan has begun"
    )
    os.kill(int(victim.worker.split(":")[1]), signal.SIGKILL)
    wait_for(lambda: finished(search), 180, "the search did not complete")
    victim.refresh_from_db()
    assert victim.attempts == 2
    assert set(search.tasks.values_list("status", flat=True)) == {"done"}
    found = {recording.pk: recording.tracklets.count() for recording in Recording.objects.all()}
    rows = Tracklet.objects.values_list("recording", "start", "boxes")
    assert len({(r, s, str(b)) for r, s, b in rows}) == len(rows)  # each once
    assert filmed.events.filter(kind=CaseEvent.Kind.SCAN_FINISHED).count() == 3
    assert filmed.events.filter(kind=CaseEvent.Kind.SEARCH_FINISHED).count() == 1
    assert found == undisturbed(filmed)


def test_workers_killed_while_they_wait(weights, filmed, processes):
    """One of them may hold the queue's lock, which stalls the whole cluster for good: it is restarted."""
    watchdog = processes.worker(SEOULCCTV_SCAN_LEASE_S="5", SEOULCCTV_STALL_S="6")
    parent = psutil.Process(watchdog.pid)
    wait_for(lambda: len(parent.children(recursive=True)) >= 5, 60, "the cluster does not start")
    for _ in range(4):
        idle = [child for child in parent.children(recursive=True) if not child.children()]
        for child in idle:
            if child.is_running():
                os.kill(child.pid, signal.SIGKILL)
        wait_for(lambda: len(parent.children(recursive=True)) >= 4, 60, "the cluster does not come back")
    search = start_search(filmed, filmed.opened_by)
    wait_for(lambda: finished(search), 240, "the search did not complete")
    assert set(search.tasks.values_list("status", flat=True)) == {"done"}


def test_the_cluster_ends_with_its_watchdog(processes, transactional_db):
    watchdog = processes.worker()
    parent = psutil.Process(watchdog.pid)
    wait_for(lambda: len(parent.children(recursive=True)) >= 5, 60, "the cluster does not start")
    children = parent.children(recursive=True)
    watchdog.terminate()
    watchdog.wait(20)
    _gone, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
