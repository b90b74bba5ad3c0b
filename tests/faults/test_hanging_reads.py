"""Files that never answer, and disks that take nothing more: the task says so, the search goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from datetime import timedelta

import pytest
from django.db import OperationalError
from psycopg.errors import DiskFull

from analysis import tasks
from analysis.models import ScanTask, Search
from analysis.scanner import scanner
from analysis.services import start_search
from cameras.models import Recording
from cameras.services import import_recording
from tests.conftest import wait_for
from tests.factories import DONGMYO, make_camera, make_case, make_recording, make_search, write_video

pytestmark = pytest.mark.timeout(300)


@pytest.mark.django_db(transaction=True)
def test_a_decoder_that_hangs_costs_one_worker_and_no_other_file(weights, processes, tmp_path):
    """A pipe in the place of a file: reading it never ends, and cannot be interrupted from within."""
    case = make_case()
    good = write_video(tmp_path / "good.mp4", seconds=6)
    recordings = [
        import_recording(
            good, make_camera(DONGMYO[0] + 0.0005 * n, DONGMYO[1]), case.last_seen_at + timedelta(minutes=2)
        )
        for n in range(3)
    ]
    first = min(recordings, key=lambda recording: recording.pk)
    first.path.unlink()
    os.mkfifo(first.path)
    search = start_search(case, case.opened_by)
    processes.worker(SEOULCCTV_SCAN_PATIENCE_S="6", SEOULCCTV_WORKERS="1")
    wait_for(lambda: Search.objects.get(pk=search.pk).status == Search.Status.FINISHED, 200, "the search hangs")
    assert dict(search.tasks.values_list("recording", "status")) == {
        recording.pk: "failed" if recording == first else "done" for recording in recordings
    }
    hung = search.tasks.get(recording=first)
    assert (hung.problem, hung.attempts) == ("hangs", 1)
    assert hung.problem_text
    first.refresh_from_db()
    assert (first.status, first.problem) == (Recording.Status.BROKEN, "hangs")


@pytest.fixture
def full_disk(tmp_path):
    """A file system of one megabyte."""
    place = tmp_path / "full"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("no right to mount a file system of its own")
    (place / "filler").write_bytes(b"x" * 900_000)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.django_db
def test_a_full_disk_is_told_and_the_search_goes_on(weights, full_disk, settings, tmp_path):
    """The first scan on a machine converts a detector of somebody's own, which takes room."""
    settings.MODEL_CACHE = full_disk
    settings.WEIGHTS_PATH = shutil.copy(settings.WEIGHTS_PATH, tmp_path / "own.pt")
    scanner.cache_clear()
    case = make_case()
    recording = import_recording(
        write_video(tmp_path / "a.mp4", seconds=6), make_camera(*DONGMYO), case.last_seen_at + timedelta(minutes=2)
    )
    search = make_search(case, recording)
    with pytest.raises(OSError, match="space"):
        tasks.run(ScanTask.claim_next("test:1"))
    task = search.tasks.get()
    assert (task.status, task.problem) == (ScanTask.Status.FAILED, "disk_full")
    search.refresh_from_db()
    recording.refresh_from_db()
    assert search.status == Search.Status.FINISHED
    assert recording.status == Recording.Status.READY  # the footage is not to blame


@pytest.mark.django_db
def test_a_full_database_is_told(weights, monkeypatch):
    def full(*args):
        try:
            raise DiskFull("could not extend file")
        except DiskFull as error:
            raise OperationalError("could not extend file") from error

    case = make_case()
    search = make_search(case, make_recording(start=case.last_seen_at + timedelta(minutes=3)))
    monkeypatch.setattr(tasks, "_scan", full)
    with pytest.raises(OperationalError):
        tasks.run(ScanTask.claim_next("test:1"))
    assert search.tasks.get().problem == "disk_full"


def test_other_errors_are_not_taken_for_a_full_disk():
    assert not tasks.disk_is_full(OSError(errno.EACCES, "no"))
    assert not tasks.disk_is_full(ValueError("no"))
    assert tasks.disk_is_full(OSError(errno.ENOSPC, "full"))
