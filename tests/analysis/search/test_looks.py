"""What a camera's people have in common is taken off their looks; what is their own stays."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.search.looks import FAITH, centred, mean_look

DIMENSIONS, PEOPLE = 32, 25


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.fixture
def cameras() -> tuple[np.ndarray, np.ndarray]:
    """The same people before two cameras, each of which adds something of its own to everybody."""
    rng = np.random.default_rng(3)
    people, common = rng.normal(size=(PEOPLE, DIMENSIONS)), 2.5 * rng.normal(size=(2, 1, DIMENSIONS))
    looks = unit(people + common + 0.7 * rng.normal(size=(2, PEOPLE, DIMENSIONS))).astype(np.float32)
    return looks[0], looks[1]


def rank1(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.mean((one @ other.T).argmax(axis=1) == np.arange(len(one))))


def test_people_are_met_again_before_another_camera(cameras):
    one, other = cameras
    overall = np.concatenate(cameras).mean(axis=0)
    before = rank1(one, other)
    after = rank1(*(centred(looks, mean_look(looks, overall)) for looks in cameras))
    assert after > before + 0.1


def test_strangers_before_one_camera_are_no_longer_alike(cameras):
    one, _ = cameras
    overall = np.concatenate(cameras).mean(axis=0)
    rest = centred(one, mean_look(one, overall))
    apart = ~np.eye(PEOPLE, dtype=bool)
    assert (one @ one.T)[apart].mean() > 0.6
    assert abs((rest @ rest.T)[apart].mean()) < 0.3
    entirely = centred(one, one.mean(axis=0))
    assert abs((entirely @ entirely.T)[apart].mean()) < 0.1


def test_a_camera_that_saw_nobody_is_taken_for_the_mean_of_all(cameras):
    overall = np.concatenate(cameras).mean(axis=0)
    nobody = np.zeros((0, DIMENSIONS), np.float32)
    assert mean_look(nobody, overall) == pytest.approx(overall)
    many = np.tile(cameras[0][:1], (int(100 * FAITH), 1))
    assert mean_look(many, overall) == pytest.approx(cameras[0][0], abs=0.02)


def test_lengths_are_one_and_nothing_stays_nothing(cameras):
    rest = centred(cameras[0], np.zeros(DIMENSIONS, np.float32))
    assert np.linalg.norm(rest, axis=1) == pytest.approx(np.ones(PEOPLE), abs=1e-5)
    assert not centred(np.ones(3, np.float32), np.ones(3, np.float32)).any()
