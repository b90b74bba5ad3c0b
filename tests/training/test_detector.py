"""The detector can be made again: labels lie on the people, and training changes weights that still find them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analysis.pipeline.boxes import overlap
from analysis.pipeline.detect import Detector, DetectorConfig
from analysis.pipeline.types import Frame
from analysis.training.dataset import WIDTH, real_pictures, rendered_pictures, write


def labels(folder, name: str) -> np.ndarray:
    """Boxes in pixels of the stored picture."""
    height, width = cv2.imread(str(folder / "images" / f"{name}.jpg")).shape[:2]
    rows = np.loadtxt(folder / "labels" / f"{name}.txt", ndmin=2)
    centre, size = rows[:, 1:3] * (width, height), rows[:, 3:5] * (width, height)
    return np.hstack([centre - size / 2, centre + size / 2])


def test_labels_are_shares_of_the_stored_picture(tmp_path):
    picture = np.zeros((720, 1280, 3), np.uint8)
    count = write(tmp_path, "a", picture, [(100, 100, 200, 400), (-50, 0, 60, 300), (5, 5, 8, 9)], 90)
    assert count == 2  # the last is too small to be learnt from
    assert cv2.imread(str(tmp_path / "images/a.jpg")).shape == (WIDTH * 9 // 16, WIDTH, 3)
    assert labels(tmp_path, "a") == pytest.approx(np.array([[50, 50, 100, 200], [0, 0, 30, 150]]), abs=0.01)


def test_rendered_labels_lie_on_people(settings, tmp_path):
    made = rendered_pictures(tmp_path, 8, seed=3, processes=2)
    assert made.pictures == 8
    assert made.people > 8
    detector, found, total = Detector(DetectorConfig(settings.WEIGHTS_PATH, settings.MODEL_CACHE)), 0, 0
    for path in (tmp_path / "images").iterdir():
        if not (tmp_path / "labels" / f"{path.stem}.txt").read_text():
            continue
        true = labels(tmp_path, path.stem)
        (people,) = detector([Frame(0.0, cv2.imread(str(path)))])
        found += int((overlap(true, [p.box for p in people]).max(axis=1, initial=0) > 0.5).sum())
        total += len(true)
    assert found > 0.6 * total


def test_the_same_seed_gives_the_same_pictures(tmp_path):
    for part in ("a", "b"):
        rendered_pictures(tmp_path / part, 4, seed=5, processes=1)
    for path in (tmp_path / "a" / "labels").iterdir():
        assert path.read_text() == (tmp_path / "b" / "labels" / path.name).read_text()


def test_real_frames_stop_where_the_measured_part_begins(tmp_path, shared):
    made = real_pictures(tmp_path, shared / "footage" / "pets09-s2l1.avi", every_s=4.0, until=0.5)
    times = [int(path.stem.split("-")[-1]) / 100 for path in (tmp_path / "images").iterdir()]
    assert made.pictures == len(times)
    assert max(times) < 40
    assert made.people > 2 * made.pictures


def test_the_command_makes_weights_that_find_people(settings, tmp_path):
    out = tmp_path / "again.pt"
    call_command(
        "train_detector", start=settings.WEIGHTS_PATH, out=out, rendered=16, epochs=1, size=320, work=tmp_path / "work"
    )
    assert 4e6 < out.stat().st_size < 6e6
    assert out.read_bytes() != settings.WEIGHTS_PATH.read_bytes()
    pictures = sorted((tmp_path / "work/data/val/images").iterdir())
    frames = [Frame(0.0, cv2.imread(str(path))) for path in pictures]
    detector = Detector(DetectorConfig(out, tmp_path / "models"))
    assert len(list(tmp_path.glob("again-*.bin"))) == 1  # in eight bits, with which it works on a processor
    assert sum(len(people) for frame in frames for people in detector([frame])) > 20


def test_missing_files_are_told(settings, tmp_path):
    with pytest.raises(CommandError, match="no weights"):
        call_command("train_detector", start=tmp_path / "none.pt", out=tmp_path / "a.pt")
    with pytest.raises(CommandError, match="ground truth"):
        call_command(
            "train_detector", start=settings.WEIGHTS_PATH, out=tmp_path / "a.pt", rendered=0, real=[tmp_path / "a.avi"]
        )
