"""Things carried: the square about a person, what is said of it, and that it is true of people nobody trained on."""

from __future__ import annotations

import numpy as np
import pytest
from django.conf import settings

from analysis.evaluation.appearance import thing_score
from analysis.pipeline.things import (
    ABOVE,
    BASE_RATE,
    ROOM,
    SIDE,
    THINGS,
    evidence,
    square,
    squared,
    summary,
    things_model,
)
from cases.models.description import AID_CHOICES, BAG_CHOICES


def test_descriptions_use_the_same_names():
    assert {name for name, _ in (*BAG_CHOICES, *AID_CHOICES)} - {"none"} == set(THINGS)


def test_the_square_has_room_for_an_umbrella_and_a_stroller():
    left, top, right, bottom = square(np.array([100.0, 200, 140, 300]))
    assert right - left == pytest.approx(ROOM * 100)
    assert bottom - top == pytest.approx(ROOM * 100)
    assert (left + right) / 2 == pytest.approx(120)
    assert top == pytest.approx(200 - ABOVE * ROOM * 100)


@pytest.mark.parametrize(
    "box", [(100, 100, 140, 200), (-10, 20, 30, 120), (300, 200, 340, 240), (0, 0, 320, 240), (10, 10, 11, 12)]
)
def test_the_same_place_is_shown_however_much_of_the_picture_is_given(box):
    across, down = np.meshgrid(np.linspace(0, 255, 320), np.linspace(0, 255, 240))
    whole = np.stack([across, down, 255 - across], axis=2).astype(np.uint8)
    box = np.array(box, float)
    out = squared(whole, (0, 0), box)
    assert out.shape == (SIDE, SIDE, 3)
    left, top, right, bottom = square(box)
    x1, y1 = int(np.clip(left, 0, 318)), int(np.clip(top, 0, 238))
    part = whole[y1 : int(np.clip(np.ceil(bottom), y1 + 2, 240)), x1 : int(np.clip(np.ceil(right), x1 + 2, 320))]
    again = squared(part, (x1, y1), box)
    assert np.abs(out.astype(int) - again).mean() < 3  # the same but for the rounding of scales


def test_where_the_picture_ends_it_is_grey():
    out = squared(np.zeros((240, 320, 3), np.uint8), (0, 0), np.array([0.0, 0, 40, 100]))
    assert (out[:, 0] == 114).all()
    assert (out[SIDE // 2, SIDE // 2] == 0).all()


def test_probabilities_and_evidence():
    base = np.log(np.array(list(BASE_RATE.values())) / (1 - np.array(list(BASE_RATE.values()))))
    usual = summary(base[None])
    assert usual == pytest.approx(BASE_RATE, abs=1e-3)
    assert evidence(usual, "stick") == pytest.approx(0, abs=0.05)
    assert evidence(summary(base[None] + 2), "stick") == pytest.approx(2, abs=0.05)
    assert evidence({}, "stick") is None
    assert summary(np.zeros((0, len(THINGS)))) == {}


def test_scores():
    perfect = thing_score([(0.9, True), (0.8, True), (0.1, False)])
    assert (perfect.found, perfect.false_alarms, perfect.auc) == (1.0, 0.0, 1.0)
    assert thing_score([(0.5, True), (0.5, False)]).auc == 0.5
    assert thing_score([(0.2, True)]).auc is None


@pytest.mark.timeout(120)
def test_the_model_tells_things_of_rendered_people_apart():
    """Streets and people that it was not trained on; by how often those with a thing are ranked before those without."""
    from analysis.training.things import rendered_squares

    model = things_model(settings.THINGS_PATH)
    assert model is not None
    squares = rendered_squares(streets=8, seed=4711, processes=2)
    odds = model(list(squares.pictures))
    for name, least in {"backpack": 0.8, "umbrella": 0.9, "wheelchair": 0.9, "stroller": 0.9, "bicycle": 0.9}.items():
        which = THINGS.index(name)
        score = thing_score(
            [(float(o), bool(t)) for o, t in zip(odds[:, which], squares.things[:, which], strict=True)]
        )
        assert score.has >= 10, name
        assert score.auc is not None, name
        assert score.auc > least, name
