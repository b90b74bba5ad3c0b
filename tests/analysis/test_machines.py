"""Machines of districts scan their own footage; one that does not answer holds up nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from analysis.models import Machine, ScanTask
from analysis.progress import progress_of
from analysis.services import start_search, wake_workers
from cameras.services import import_recording
from tests.conftest import wait_for
from tests.factories import DONGMYO, make_camera, make_case, make_recording, make_search, write_video

JONGNO, DONGDAEMUN = "11110", "11230"


@pytest.fixture
def search(db):
    """Footage of two districts."""
    case = make_case()
    start = case.last_seen_at + timedelta(minutes=2)
    there = [make_camera(DONGMYO[0] + east, 37.5735) for east in (0.0, 0.012)]
    assert [camera.district_id for camera in there] == [JONGNO, DONGDAEMUN]
    return make_search(case, *(make_recording(camera, start) for camera in there))


def machine(name: str, *districts: str, silent_s: float = 0) -> Machine:
    seen = timezone.now() - timedelta(seconds=silent_s)
    return Machine.objects.create(name=name, districts=list(districts), seen_at=seen)


def taken(settings, *districts: str) -> list[str]:
    settings.DISTRICTS = districts
    codes = []
    while task := ScanTask.claim_next("test:1"):
        codes.append(task.camera.district_id)
    return codes


def test_each_takes_its_own(search, settings):
    machine("jongno", JONGNO)
    assert taken(settings) == [DONGDAEMUN]  # the city's machine, all that nobody else has
    assert taken(settings, JONGNO) == [JONGNO]


def test_without_machines_of_districts_one_takes_all(search, settings):
    machine("city")
    assert set(taken(settings)) == {JONGNO, DONGDAEMUN}


def test_wake_ups_go_to_the_queues_of_those_who_have_work(search):
    for one in (machine("city"), machine("jongno", JONGNO), machine("idle", "11680"), machine("lost", silent_s=60)):
        assert one.queue == f"machine-{one.name}"
    wake_workers()
    wake_workers()
    assert sorted(OrmQ.objects.values_list("key", flat=True)) == ["machine-city", "machine-jongno"]


def test_a_district_that_does_not_answer_is_shown_as_such(search, settings, client):
    machine("city")
    lost = machine("jongno", JONGNO, silent_s=60)
    assert taken(settings) == [DONGDAEMUN]
    assert {row.district.code: row.silent for row in progress_of(search).districts} == {JONGNO: True, DONGDAEMUN: False}
    client.force_login(search.case.opened_by)
    assert "응답하지 않습니다" in client.get(f"/cases/{search.case.number}/").content.decode()
    Machine.objects.filter(pk=lost.pk).update(seen_at=timezone.now())
    assert not any(row.silent for row in progress_of(search).districts)


def test_one_that_ends_in_order_leaves_its_districts_to_others(search, settings):
    settings.MACHINE, settings.DISTRICTS = "jongno", (JONGNO,)
    Machine.lives()
    Machine.lives()
    assert Machine.objects.get().districts == [JONGNO]
    Machine.ends()
    assert set(taken(settings)) == {JONGNO, DONGDAEMUN}


@pytest.mark.django_db(transaction=True)
def test_a_real_machine_of_one_district(weights, processes, tmp_path):
    case = make_case()
    start = case.last_seen_at + timedelta(minutes=20)
    for number, east in enumerate((0.0, 0.012)):
        path = write_video(tmp_path / f"{number}.mp4", seconds=4 + number)
        import_recording(path, make_camera(DONGMYO[0] + east, 37.5735), start)
    search = start_search(case, case.opened_by)
    worker = processes.worker(SEOULCCTV_MACHINE="jongno", SEOULCCTV_DISTRICTS=f" {JONGNO} ,", SEOULCCTV_WORKERS="1")
    own = search.tasks.filter(camera__district=JONGNO)
    wait_for(lambda: own.filter(status="done").exists(), 60, "the machine does not scan its own footage")
    assert own.get().worker.startswith("jongno:")
    assert search.tasks.get(camera__district=DONGDAEMUN).status == "waiting"
    worker.terminate()
    worker.wait(20)
    assert not Machine.objects.exists()
