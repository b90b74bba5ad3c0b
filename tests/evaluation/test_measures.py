"""Each measure tells good from bad on cases that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.evaluation.appearance import colours, heights
from analysis.evaluation.detection import compare
from analysis.evaluation.found import Found, Scanned
from analysis.evaluation.hunt import _Block, _until_found, hunt, order, ranking
from analysis.evaluation.reid import ReidScore, ranked
from analysis.evaluation.tracking import Truth as MotTruth
from analysis.evaluation.tracking import sampled, score
from analysis.pipeline.types import Appearance, Detection, Estimate, Track, Tracklet
from analysis.simulation.city import SPECS, build
from analysis.simulation.footage import Truth
from analysis.simulation.studio import TrueBox


def detection(x: float, confidence: float = 0.9) -> Detection:
    return Detection(0.0, np.array([x, 0, x + 40, 100], np.float32), confidence)


def true(x: float, visible: float = 1.0, height: float = 100) -> TrueBox:
    return TrueBox(0.0, f"p{x}", (x, 0, x + 40, height), visible)


class TestDetection:
    def test_found_missed_and_false(self):
        s = compare([true(0), true(200)], [detection(2), detection(500)])
        assert (s.recall(), s.precision()) == (0.5, 0.5)

    def test_two_detections_of_one_person_are_one_found_and_no_false_alarm(self):
        s = compare([true(0)], [detection(0), detection(6, 0.5)])
        assert (s.recall(), s.precision()) == (1.0, 1.0)

    def test_hidden_and_small_people_are_not_asked_for(self):
        s = compare([true(0, visible=0.4), true(200, height=40)], [])
        assert s.recall() is None
        assert s.recall(0) == 0.0

    def test_finding_a_half_hidden_one_is_no_false_alarm(self):
        assert compare([true(0, visible=0.4)], [detection(0)]).precision() == 1.0

    def test_by_size_share_and_light(self):
        s = compare([true(0), true(200, visible=0.5), true(400, height=70)], [detection(0)], "night")
        assert (s.recall(size=(120, 10_000)), s.recall(size=(60, 120))) == (None, 0.5)
        assert (s.recall(share=(0.95, 1.01)), s.recall(share=(0.3, 0.7))) == (0.5, 0.0)
        assert (s.lights, s.precision("night"), s.precision("day")) == (["night"], 1.0, None)

    def test_scores_add_up(self):
        s = compare([true(0)], [detection(0)]) + compare([true(0)], [])
        assert s.recall() == 0.5


def mot(frames: int = 20) -> MotTruth:
    return MotTruth({f: [(1, f, 0, f + 40, 100), (2, 300, 0, 340, 100)] for f in range(1, frames + 1)})


def track(identity: int, frames: range) -> Track:
    boxes = [[f, 0, f + 40, 100] if identity == 1 else [300, 0, 340, 100] for f in frames]
    return Track(
        1, np.array([(f - 1) / 10 for f in frames]), np.array(boxes, np.float32), np.ones(len(frames), np.float32)
    )


class TestTracking:
    def test_perfect(self):
        s = score(mot(), [track(1, range(1, 21)), track(2, range(1, 21))], 10, 10)
        assert (s.recall, s.precision, s.idf1, s.switches) == (1, 1, 1, 0)

    def test_at_half_the_rate_it_is_as_perfect(self):
        s = score(mot(), [track(1, range(1, 21, 2)), track(2, range(1, 21, 2))], 10, 5)
        assert (s.recall, s.idf1) == (1, 1)

    def test_nothing_found_counts(self):
        s = score(mot(), [track(1, range(1, 11))], 10, 10)
        assert s.recall == pytest.approx(10 / 40)

    def test_a_switch_lowers_idf1(self):
        swapped = Track(1, np.arange(20) / 10, np.concatenate([track(1, range(1, 11)).boxes, track(2, range(11, 21)).boxes]), np.ones(20, np.float32))  # fmt: skip
        s = score(mot(), [swapped, track(2, range(1, 11))], 10, 10)
        assert s.idf1 < 0.8

    def test_sampled_frames(self):
        assert sampled([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], {1, 3, 5}, 2) == [1, 3, 5, 7, 9]


@pytest.fixture
def scenario():
    return build("few_people", replace(SPECS["few_people"], cameras=4, aside=1, wrong_clocks=0), 1)


def tracklet(
    upper: str = "red", lower: str = "black", height: float = 1.56, at: float = 10.0, share: float = 0.9
) -> Tracklet:
    times = np.arange(at, at + 4, 0.2)
    rest = {"grey": round(1 - share, 2)} if share < 1 else {}
    looks = Appearance(
        np.array([1, 0], np.float32), "names-1", {upper: share, **rest}, {lower: 1.0}, Estimate(height, 0.05)
    )
    return Tracklet(Track(1, times, np.zeros((20, 4), np.float32), np.ones(20, np.float32)), looks, b"", at)


def scanned(scenario, wrong: bool = False) -> Scanned:
    """The person found at each camera on the way, and somebody in green; ``wrong``: their colours swapped."""
    rows, truths = [], []
    for camera in scenario.cameras:
        boxes = ()
        other = next((w.person.key for w in camera.walks if w.person.key != "target"), None)
        if camera.passes is not None:
            at = camera.passes - camera.start
            boxes = tuple(TrueBox(round(at + t, 2), "target", (0, 0, 40, 100)) for t in np.arange(0, 4, 0.2))
            rows.append(Found(tracklet("green" if wrong else "red", at=at), camera, "target"))
            rows.append(Found(tracklet("red" if wrong else "green", at=at + 1), camera, other))
        truths.append(Truth(camera, None, boxes))
    return Scanned(scenario, tuple(truths), tuple(rows))


class TestHunt:
    def test_a_clear_case_is_found_at_once(self, scenario):
        result = hunt(scanned(scenario))
        assert (result.complete_after, result.confirmed, result.true) == (4, 4, 4)
        assert result.auto_precision == 1.0
        assert ranking(scanned(scenario)).rank == 1

    def test_wrong_colours_cost_decisions(self, scenario):
        good, bad = hunt(scanned(scenario)), hunt(scanned(scenario, wrong=True))
        assert bad.confirmed < good.confirmed or (bad.complete_after or 99) > good.complete_after
        assert ranking(scanned(scenario, wrong=True)).reciprocal < 1

    def test_nobody_found(self, scenario):
        empty = Scanned(scenario, scanned(scenario).truths, ())
        assert ranking(empty).reciprocal == 0
        assert hunt(empty).complete_after is None

    def test_the_plan_needs_no_more_footage_than_distance(self, scenario):
        result = order(scanned(scenario))
        assert result.planned <= result.by_distance + 1e-9
        assert order(Scanned(scenario, scanned(scenario).truths, ())).planned is None

    def test_blocks_that_an_order_cannot_tell_apart_cost_their_mean(self):
        def block(holds: bool) -> _Block:
            return _Block(None, 0.0, 3600.0, holds, 10.0)

        blocks = [block(False), block(True), block(False), block(False)]
        assert _until_found(blocks, dict.fromkeys(range(4), (0.0,))) == (2.5, 25.0)  # 1, 2, 3 or 4 hours
        assert _until_found(blocks, {0: (0.0,), 1: (1.0,), 2: (2.0,)}) == (2.0, 20.0)
        assert _until_found(blocks, {0: (0.0,)}) == (None, None)

    def test_the_work_of_a_scan_is_spread_over_its_blocks(self, scenario):
        one = scanned(scenario)
        result = order(Scanned(scenario, one.truths, one.found, tuple(t.camera.duration / 10 for t in one.truths)))
        assert result.planned_work == pytest.approx(result.planned * 360)


class TestAppearance:
    def test_colours(self, scenario):
        right = colours([scanned(scenario)], "upper")
        assert right.accuracy >= 0.5
        assert colours([scanned(scenario, wrong=True)], "upper").accuracy < right.accuracy
        ((said, _right, count),) = right.calibration
        assert (said, count) == (pytest.approx(0.9), sum(f.person is not None for f in scanned(scenario).found))

    def test_heights(self, scenario):
        target = [f for f in scanned(scenario).found if f.person == "target"]
        result = heights([Scanned(scenario, (), tuple(target))])
        assert (result.error, result.within, result.count) == (0.0, 1.0, 4)


class TestReid:
    """Vectors of the first and of the second half, by identity."""

    ALIKE = {1: ([[1, 0]], [[0.9, 0.1]]), 2: ([[0, 1]], [[0.2, 0.9]])}

    def people(self, rows):
        def unit(vectors):
            return [np.array(v, np.float32) / np.linalg.norm(v) for v in vectors]

        return {key: (unit(first), unit(second)) for key, (first, second) in rows.items()}

    def test_the_same_people_in_both_halves(self):
        assert ranked(self.people(self.ALIKE)) == ReidScore(1.0, 1.0, 2, 2)

    def test_who_looks_like_another_is_missed(self):
        rows = {**self.ALIKE, 2: ([[0, 1]], [[0.9, 0.2]])}
        score = ranked(self.people(rows))
        assert (score.rank1, score.mean_ap) == (0.5, 0.75)

    def test_who_is_in_one_half_alone_is_no_query(self):
        rows = {1: ([[1, 0]], []), 2: ([[0, 1]], [[0, 1]]), 3: ([], [[1, 1]])}
        assert (ranked(self.people(rows)).queries, ranked(self.people(rows)).people) == (1, 2)
        assert ranked(self.people({1: ([[1, 0]], [])})).rank1 is None
