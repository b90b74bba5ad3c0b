"""A detector in eight bits: beside its weights, named by them, and as sure of people."""

from __future__ import annotations

import shutil

import cv2
import pytest
from django.core.management import CommandError, call_command

from analysis.pipeline.boxes import overlap
from analysis.pipeline.detect import Detector, DetectorConfig, ready
from analysis.pipeline.types import Frame, WeightsMissing
from analysis.training.dataset import rendered_pictures
from analysis.training.eight_bit import quantised


def test_it_finds_whom_the_exact_one_finds(settings, tmp_path):
    """Made anew from a few pictures, and looked at on others."""
    rendered_pictures(tmp_path / "seen", 12, seed=5, processes=2)
    rendered_pictures(tmp_path / "new", 8, seed=6, processes=2)
    weights = shutil.copy(settings.WEIGHTS_PATH, tmp_path / "own.pt")
    config, told = DetectorConfig(weights, settings.MODEL_CACHE), []
    frames = [Frame(0.0, cv2.imread(str(path))) for path in sorted((tmp_path / "new/images").iterdir())]
    exact = [found for frame in frames for found in Detector(config)([frame])]

    made = quantised(weights, settings.MODEL_CACHE, list((tmp_path / "seen/images").iterdir()), told.append)
    assert made == ready(weights, Detector(config).version)
    assert made.with_suffix(".bin").stat().st_size < 0.6 * weights.stat().st_size
    assert told[-1] == 12
    assert sorted(path.name for path in tmp_path.glob("own*")) == sorted(["own.pt", made.name, made.stem + ".bin"])
    in_eight = [found for frame in frames for found in Detector(config)([frame])]
    same = total = 0
    for before, after in zip(exact, in_eight, strict=True):
        if before:
            close = overlap([one.box for one in before], [one.box for one in after])
            same += int((close.max(axis=1, initial=0) > 0.7).sum())
            total += len(before)
    assert total > 10
    assert same >= 0.85 * total


def test_without_pictures_or_weights_nothing_is_made(settings, tmp_path):
    weights = shutil.copy(settings.WEIGHTS_PATH, tmp_path / "own.pt")
    with pytest.raises(ValueError, match="no pictures"):
        quantised(weights, settings.MODEL_CACHE, [])
    with pytest.raises(WeightsMissing):
        quantised(tmp_path / "none.pt", settings.MODEL_CACHE, [tmp_path / "a.jpg"])
    with pytest.raises(CommandError, match="no pictures"):
        call_command("train_detector", start=weights, out=weights, epochs=0, rendered=0)
    assert list(tmp_path.iterdir()) == [weights]
