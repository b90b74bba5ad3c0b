"""The detector's own arithmetic gives what the library's gives, for any shape of picture."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from analysis.evaluation.tracking import Truth
from analysis.pipeline import detect
from analysis.pipeline.boxes import overlap
from analysis.pipeline.decode import Damage, frames
from analysis.pipeline.detect import PERSON, Detector, DetectorConfig, letterboxed, people
from analysis.pipeline.types import Frame, WeightsMissing, Window


@pytest.fixture
def config(settings, tmp_path_factory):
    """As it is used: in eight bits on a processor."""
    return DetectorConfig(settings.WEIGHTS_PATH, tmp_path_factory.getbasetemp() / "models", image_size=640)


@pytest.fixture
def exact(config, tmp_path):
    """The same weights without their form in eight bits beside them; converted once for all tests here."""
    return replace(config, weights=Path(shutil.copy(config.weights, tmp_path)))


@pytest.mark.parametrize(("form", "least"), [("exact", 0.97), ("config", 0.9)])
def test_the_same_people_as_the_library_finds(form, least, request, shared):
    """Of one batch of real frames, by ultralytics' own predict on the original weights."""
    from ultralytics import YOLO

    config = request.getfixturevalue(form)

    source = frames(shared / "footage" / "pets09-s2l1.avi", Window(0, 40), 0.2, 10_000, Damage())
    pictures = list(source)
    ours = Detector(config)(pictures)
    model = YOLO(str(config.weights), task="detect")
    results = model.predict([f.image for f in pictures], imgsz=640, conf=0.3, iou=0.6, classes=[PERSON], verbose=False)
    same = more = total = 0
    for mine, result in zip(ours, results, strict=True):
        theirs = result.boxes.xyxy.numpy()
        close = overlap([d.box for d in mine], theirs)
        same += int((close.max(axis=0) > 0.9).sum()) if len(mine) else 0
        total += len(theirs)
        more += abs(len(mine) - len(theirs))
    assert total > 20
    assert same >= least * total
    assert more <= (1 - least) * total


def test_eight_bits_are_taken_only_of_just_these_weights(config, tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(detect, "converted", lambda config, version: made.append(version) or Path("converted.xml"))
    one = Detector(config)
    assert detect.finder(config, one.version).network.path == detect.ready(config.weights, one.version)
    assert not made
    other = tmp_path / config.weights.name
    other.write_bytes(config.weights.read_bytes() + b" ")  # taught on, under the same name
    for form in config.weights.parent.glob(f"{config.weights.stem}-*"):
        shutil.copy(form, tmp_path)
    trained = replace(config, weights=other)
    assert detect.finder(trained, Detector(trained).version).network.path == Path("converted.xml")


def test_boxes_are_in_full_size_pixels(config, shared):
    clip = shared / "footage" / "pets09-s2l1.avi"
    truth = Truth.read(shared / "footage" / "pets09-s2l1.gt.txt")
    (frame,) = frames(clip, Window(10, 10.05), 10, 384, Damage())  # half size
    assert frame.scale == 2.0
    (found,) = Detector(config)([frame])
    true = [row[1:] for row in truth.frames[round(frame.time * 10) + 1]]
    assert (overlap([d.box for d in found], true).max(axis=1) > 0.5).mean() > 0.7


@pytest.mark.parametrize("shape", [(480, 640), (1080, 1920), (768, 576), (33, 700), (2160, 3840), (1, 1)])
def test_any_shape_fits_the_grid(shape):
    picture = np.full((*shape, 3), 200, np.uint8)
    values, scale, (left, top) = letterboxed(picture, 640)
    assert values.shape[2] % 32 == values.shape[3] % 32 == 0
    assert max(values.shape[2:]) <= 640
    assert scale == pytest.approx(640 / max(shape))
    assert values[0, :, top, left] == pytest.approx(200 / 255, abs=0.01)


def test_the_network_is_given_red_first():
    picture = np.full((64, 64, 3), (10, 120, 250), np.uint8)  # blue, green, red
    values, _scale, _corner = letterboxed(picture, 64)
    assert values.dtype == np.float32
    assert values.shape == (1, 3, 64, 64)
    assert values[0, :, 30, 30] == pytest.approx(np.array([250, 120, 10]) / 255)


def test_a_box_comes_back_to_where_it_was():
    config = DetectorConfig(None, None, image_size=640, confidence=0.5)
    output = np.zeros((6, 3), np.float32)
    output[:, 0] = [320, 200, 40, 100, 0.9, 0.0]
    output[:, 1] = [322, 201, 40, 100, 0.8, 0.0]  # the same person again
    output[:, 2] = [100, 100, 40, 100, 0.2, 0.9]  # another class
    rows = people(output, 0.5, (0, 12), (720, 1280), config)
    assert rows[:, :4].tolist() == [[600.0, 276.0, 680.0, 476.0]]
    assert rows[0, 4] == pytest.approx(0.9)
    assert people(np.zeros((6, 0), np.float32), 0.5, (0, 0), (720, 1280), config).shape == (0, 5)


def test_nobody_in_an_empty_street(config):
    street = cv2.GaussianBlur(np.random.default_rng(1).integers(90, 120, (540, 960, 3), dtype=np.uint8), (0, 0), 3)
    assert Detector(config)([Frame(0.0, street)]) == [[]]
    assert Detector(config)([]) == []


def test_missing_weights_are_told(tmp_path):
    with pytest.raises(WeightsMissing, match="SEOULCCTV_DETECTOR_WEIGHTS"):
        Detector(DetectorConfig(tmp_path / "none.pt", tmp_path))([Frame(0.0, np.zeros((64, 64, 3), np.uint8))])
