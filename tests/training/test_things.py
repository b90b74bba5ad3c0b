"""The model of things carried can be made again."""

from __future__ import annotations

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, load_command_class

from analysis.pipeline.things import SIDE, THINGS, ThingsNetwork
from analysis.training.things import RARE, UNKNOWN, Squares, ThingsConfig, laden, real_squares, rendered_squares, train

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def squares() -> Squares:
    return rendered_squares(streets=2, seed=3, processes=1)


def test_people_carry_all_kinds_of_things(squares):
    assert squares.pictures.shape == (len(squares.things), SIDE, SIDE, 3)
    assert set(np.unique(squares.things)) == {0.0, 1.0}
    carried = {thing for number in range(200) for thing in laden(number, 1).carried_things}
    assert {"backpack", "stick", "walker", "wheelchair", "stroller", "bicycle", "umbrella"} <= carried
    assert laden(5, 1) == laden(5, 1)


def test_of_real_people_only_what_is_known_is_said(shared):
    squares = real_squares(shared / "footage" / "pets09-s2l1.avi", 2.0, 0.2, np.random.default_rng(1))
    assert len(squares.pictures) > 20
    known = squares.things != UNKNOWN
    assert {name for name, of_it in zip(THINGS, known.T, strict=True) if of_it.all()} == set(RARE)
    assert not squares.things[known].any()


def test_training_writes_a_model_that_the_scanner_reads(squares, tmp_path):
    told: list[float] = []
    out = train(
        squares, settings.WEIGHTS_PATH, tmp_path / "small.xml", ThingsConfig(steps=12, batch=16, threads=2),
        lambda step, loss: told.append(loss),
    )  # fmt: skip
    odds = ThingsNetwork(out)(list(squares.pictures[:5]))
    assert odds.shape == (5, len(THINGS))
    assert np.isfinite(odds).all()
    assert told


def test_steps_that_are_left_out_are_the_usual_ones():
    parser = load_command_class("analysis", "train_things").create_parser("manage.py", "train_things")
    assert parser.parse_args(["--out", "a.xml"]).steps == ThingsConfig().steps


def test_the_command_says_what_is_missing(tmp_path):
    with pytest.raises(CommandError, match=r"none\.gt\.txt"):
        call_command("train_things", out=tmp_path / "a.xml", real=[tmp_path / "none.avi"], streets=1)
