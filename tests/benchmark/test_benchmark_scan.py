"""The benchmark runs end to end, leaves nothing behind, and compares rightly."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from django.db import connection

from analysis.benchmark import footage, reference
from analysis.pipeline.decode import read_packets
from analysis.pipeline.types import Track
from tests.conftest import ROOT
from tests.factories import write_video

pytestmark = pytest.mark.timeout(400)


def track(times, left: float = 100.0) -> Track:
    times = np.array(times, float)
    boxes = np.array([[left + 10 * t, 100, left + 40 + 10 * t, 200] for t in times], np.float32)
    return Track(1, times, boxes, np.ones(len(times), np.float32))


EVERY_FRAME = np.arange(0, 6, 1 / 15)


@pytest.mark.parametrize(
    ("ours", "found"),
    [
        ([track([0, 2, 4])], 1),
        ([track([0, 2, 4], left=300)], 0),  # somebody else
        ([track([0]), track([4])], 1),  # in pieces, yet found
        (
            [Track(1, np.array([0.0, 2, 4]), np.concatenate([track([0]).boxes, track([2, 4], 300).boxes]), np.ones(3))],
            0,
        ),
        ([], 0),
    ],
)
def test_who_of_the_reference_is_found(ours, found):
    assert reference.found([track(EVERY_FRAME)], ours) == (found, 1)


def test_short_tracks_of_the_reference_do_not_count():
    assert reference.found([track(EVERY_FRAME[:20])], []) == (0, 0)


def test_a_clip_is_brought_to_form(tmp_path):
    source = write_video(tmp_path / "a.mp4", seconds=6, fps=10, size=(320, 240))
    made = footage.brought_to_form(source, tmp_path / "b.mp4")
    packets = read_packets(made)
    assert packets.duration == pytest.approx(6.0, abs=0.2)
    assert list(np.diff(packets.times[packets.keyframes])) == pytest.approx([2.0, 2.0])
    assert footage.piece(made, 2.5, 2.0, tmp_path / "c.mp4").is_file()
    assert read_packets(tmp_path / "c.mp4").duration == pytest.approx(2.0, abs=0.1)


@pytest.mark.django_db
def test_it_works_end_to_end(tmp_path):
    """With processes and a database of its own, as on the command line."""
    before = {path.name for path in (ROOT / "var").iterdir()}
    done = subprocess.run(
        [sys.executable, "manage.py", "benchmark_scan", "--quick", "--runs", "1", "--workers", "1", "--no-reference",
         "--hours", "0.05", "--out", str(tmp_path)],
        cwd=ROOT, env={**os.environ, "COLUMNS": "160"}, capture_output=True, text=True, timeout=380,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "people in a tenth of the time" in done.stdout
    assert "closer looks, matching, database" in done.stdout
    assert "Memory over hours" in done.stdout
    assert {path.name for path in (ROOT / "var").iterdir()} <= before | {"models"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = 'seoulcctv_benchmark'")
        assert cursor.fetchone() == (0,)
