"""Whom a closer look follows, and what it adds to what was known."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.closer import CloserConfig, Corridor, added, best_moment
from analysis.pipeline.types import Appearance, Detection, Track, Tracklet, Window

CONFIG = CloserConfig()


def boxes(times: np.ndarray, left: float, speed: float) -> np.ndarray:
    x = left + speed * times
    return np.stack([x, np.full_like(x, 100), x + 40, np.full_like(x, 200)], axis=1).astype(np.float32)


def seen(times, left: float = 0.0, speed: float = 60.0, colour: str = "red", best: float | None = None) -> Tracklet:
    times = np.array(times, float)
    looks = Appearance(np.array([1, 0], np.float32), "names-2", {colour: 1.0}, {"black": 1.0})
    track = Track(1, times, boxes(times, left, speed), np.full(len(times), 0.8, np.float32))
    return Tracklet(track, looks, b"jpeg", float(times[0] if best is None else best))


def at(time: float, x: float) -> Detection:
    return Detection(time, np.array([x, 100, x + 40, 200], np.float32), 0.8)


class TestCorridor:
    walker = Corridor([seen([0, 2, 4]).track])

    @pytest.mark.parametrize(
        ("time", "x", "inside"),
        [
            (1.0, 60, True),  # on the straight line between two looks
            (1.0, 190, True),  # a second from the last look, a step aside
            (1.0, 400, False),
            (2.0, 120, True),
            (2.0, 200, False),  # at the very moment of a look there is no doubt
            (5.0, 300, True),  # walks on after the last look
            (20.0, 240, False),  # long after it nobody knows
        ],
    )
    def test_where_the_person_may_be(self, time, x, inside):
        assert bool(self.walker.among([at(time, x)])) == inside

    def test_only_those_wanted(self):
        near, far = at(1.0, 60), at(1.0, 700)
        assert self.walker.among([near, far]) == [near]
        assert Corridor([]).among([near]) == []


class TestBestMoment:
    def test_from_the_best_picture_on(self):
        assert best_moment(seen([0, 2, 4, 6], best=2.0), CONFIG) == Window(2.0, 4.0)

    def test_up_to_it_where_the_person_left(self):
        window = best_moment(seen([2, 4, 6], best=6.0), CONFIG)
        assert (window.start, window.end) == (4.0, pytest.approx(6.0, abs=0.02))

    def test_seen_once_at_the_beginning(self):
        assert best_moment(seen([0.0]), CONFIG) == Window(0.0, 2.0)


class TestAdded:
    def test_the_known_become_more_exact(self):
        survey = [seen([0, 2, 4, 6], colour="grey"), seen([0, 2, 4], left=500)]
        closely = added(survey, [seen(np.arange(2, 4, 0.2))], None)
        assert set(closely.known) == {0}
        exact = closely.known[0]
        assert list(exact.track.times[[0, 1, -2, -1]]) == pytest.approx([0, 2, 4, 6])
        assert len(exact.track.times) == 10 + 3
        assert (np.diff(exact.track.times) > 0).all()
        assert exact.appearance.upper == {"red": 0.5, "grey": 0.5}
        assert np.linalg.norm(exact.appearance.embedding) == pytest.approx(1)
        assert closely.new == ()

    def test_between_two_looks_they_are_the_same_all_the_same(self):
        """A tracker says nothing of the first picture: no moment is common to both."""
        closely = added([seen([0, 2, 4])], [seen([2.4, 2.8, 3.2, 3.6])], None)
        assert (set(closely.known), closely.new) == ({0}, ())

    def test_others_are_new(self):
        closely = added([seen([0, 2, 4])], [seen(np.arange(2, 4, 0.2), left=900)], None)
        assert closely.known == {}
        assert len(closely.new) == 1

    def test_nobody_known_and_nobody_found(self):
        assert added([], [], None).known == {}
        assert len(added([], [seen([0, 1])], None).new) == 1

    def test_colours_are_kept_where_a_look_has_none(self):
        grey = seen(np.arange(2, 4, 0.2))
        grey = Tracklet(grey.track, Appearance(grey.appearance.embedding, "names-2"), b"", 2.0)
        assert added([seen([0, 2, 4])], [grey], None).known[0].appearance.upper == {"red": 1.0}
