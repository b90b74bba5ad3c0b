"""The appearance model can be made again: pictures of people, a little training, a model that runs."""

from __future__ import annotations

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from analysis.pipeline.describe import ColourEmbedder, OpenVinoEmbedder
from analysis.training.appearance import AppearanceConfig, train
from analysis.training.crops import NOBODY, SIZE, Crops, real_crops, rendered_crops, somebody
from analysis.training.pictures import changed, dyed

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def crops() -> Crops:
    return rendered_crops(streets=2, people=4, seed=3, processes=1)


def test_rendered_people_are_met_again(crops):
    assert crops.pictures.shape[1:] == (SIZE[1], SIZE[0], 3)
    met = [set(crops.cameras[crops.identities == who]) for who in range(4)]
    assert sum(len(cameras) > 1 for cameras in met) >= 2
    assert (somebody(2, 3), somebody(2, 3)) != (somebody(1, 3), somebody(2, 3))
    assert crops.pictures.std(axis=(1, 2, 3)).min() > 3  # nobody is an empty picture


def test_real_people_have_no_names(shared):
    crops = real_crops(shared / "footage" / "pets09-s2l1.avi", 2.0, 0.2, np.random.default_rng(1))
    assert len(crops.pictures) > 20
    assert set(crops.identities) == {NOBODY}


def test_changes_leave_the_person_and_dyes_do_not(crops):
    rng, embed = np.random.default_rng(1), ColourEmbedder()
    coloured = (crops.pictures.max(axis=3) - crops.pictures.min(axis=3)).mean(axis=(1, 2))
    picture = crops.pictures[int(coloured.argmax())]
    (before,) = embed([picture])
    light = np.mean([embed([changed(picture, rng)])[0] @ before for _ in range(20)])
    other = np.mean([embed([dyed(picture, rng)])[0] @ before for _ in range(20)])
    assert changed(picture, rng).shape == picture.shape == dyed(picture, rng).shape
    assert light > other


def test_training_writes_a_model_that_the_scanner_reads(crops, tmp_path):
    config = AppearanceConfig(steps=12, batch=16, each=4, size=156, threads=2)
    told: list[tuple[float, float]] = []
    out = train(
        crops, ColourEmbedder(), settings.WEIGHTS_PATH, tmp_path / "small.xml", config, lambda *n: told.append(n)
    )
    embed = OpenVinoEmbedder(out)
    vectors = embed(list(crops.pictures[:5]))
    assert vectors.shape == (5, 156)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-3)
    assert told
    assert out.with_suffix(".bin").stat().st_size < 3e6
    assert embed.name.startswith("small-")


def test_the_command_says_what_is_missing(tmp_path):
    with pytest.raises(CommandError, match=r"none\.xml"):
        call_command("train_appearance", teacher=tmp_path / "none.xml", out=tmp_path / "a.xml")
