"""The index against calculations by hand, weights against published examples."""

from __future__ import annotations

import numpy as np
import pytest

from cameras.planning.index import combined, normalised, ranks, stability
from cameras.planning.weights import by_entropy, pairwise

NAN = np.nan


class TestNormalised:
    """Three areas, one indicator: 1, 2, 6."""

    COLUMN = np.array([[1.0], [2.0], [6.0]])

    def test_by_hand(self):
        spread = np.sqrt(((1 - 3) ** 2 + (2 - 3) ** 2 + (6 - 3) ** 2) / 3)
        assert normalised(self.COLUMN, [1], "z")[:, 0] == pytest.approx([-2 / spread, -1 / spread, 3 / spread])
        assert normalised(self.COLUMN, [1], "range")[:, 0] == pytest.approx([0, 0.2, 1])
        assert normalised(self.COLUMN, [1], "rank")[:, 0] == pytest.approx([0, 0.5, 1])

    def test_more_is_better(self):
        assert normalised(self.COLUMN, [-1], "range")[:, 0] == pytest.approx([1, 0.8, 0])

    @pytest.mark.parametrize("method", ["z", "range", "rank"])
    def test_missing_stays_missing_and_sameness_tells_nothing(self, method):
        table = np.array([[1.0, 5.0, NAN], [NAN, 5.0, NAN], [3.0, 5.0, NAN]])
        levels = normalised(table, [1, 1, 1], method)
        assert np.isnan(levels[1, 0])
        assert levels[:, 1].tolist() == [0, 0, 0]
        assert np.isnan(levels[:, 2]).all()

    def test_equal_ones_share_a_rank(self):
        assert normalised(np.array([[1.0], [1.0], [2.0]]), [1], "rank")[:, 0] == pytest.approx([0.25, 0.25, 1])

    def test_what_does_not_fit(self):
        with pytest.raises(ValueError, match="direction"):
            normalised(self.COLUMN, [1, 1], "z")


class TestCombined:
    def test_by_hand(self):
        """Weights 3 to 1: 0.75 * 1 + 0.25 * 0 and so on; of the third area one indicator alone is known."""
        levels = np.array([[1.0, 0.0], [0.0, 1.0], [NAN, 0.6]])
        index = combined(levels, [3, 1])
        assert index.value == pytest.approx([0.75, 0.25, 0.6])
        assert index.known == pytest.approx([1, 1, 0.25])
        assert index.rank.tolist() == [1, 3, 2]
        assert np.nansum(index.parts, axis=1) == pytest.approx(index.value)
        assert index.drivers(0) == [0]
        assert index.drivers(1) == [1]

    def test_nothing_known_comes_last(self):
        index = combined(np.array([[NAN, NAN], [-5.0, -5.0]]), [1, 1])
        assert np.isnan(index.value[0])
        assert index.rank.tolist() == [2, 1]

    def test_a_weight_of_nothing_counts_for_nothing(self):
        levels = np.array([[1.0, NAN], [0.0, 9.0]])
        index = combined(levels, [1, 0])
        assert index.value == pytest.approx([1, 0])
        assert index.known == pytest.approx([1, 1])

    @pytest.mark.parametrize("weights", [[1], [1, -1], [0, 0], [1, NAN], [1, np.inf], [1, 1, 1]])
    def test_weights_that_are_none(self, weights):
        with pytest.raises(ValueError, match="weight"):
            combined(np.zeros((2, 2)), weights)

    def test_the_first_of_equal_ones(self):
        assert ranks(np.array([1.0, 3.0, 3.0, NAN])).tolist() == [3, 1, 2, 4]


class TestStability:
    LEVELS = np.array([[3.0, 3.0], [2.0, 0.0], [0.0, 2.0], [-3.0, -3.0]])

    def test_sure_ones_and_rivals(self):
        """The first always leads, the last never; two rivals share the second place about evenly."""
        kept = stability(self.LEVELS, [1, 1], 2, runs=2000)
        assert (kept[0], kept[3]) == (1.0, 0.0)
        assert kept[1] == pytest.approx(0.5, abs=0.05)
        assert kept.sum() == pytest.approx(2.0)

    def test_the_same_again(self):
        assert (stability(self.LEVELS, [1, 1], 2) == stability(self.LEVELS, [1, 1], 2)).all()

    def test_unshaken(self):
        kept = stability(self.LEVELS, [2, 1], 2, runs=10, shake=0.0)
        assert kept.tolist() == [1, 1, 0, 0]

    def test_what_is_not_known_does_not_count_as_average(self):
        levels = np.array([[NAN, 5.0], [1.0, 1.0], [NAN, NAN]])
        assert stability(levels, [1, 1], 1, runs=50).tolist() == [1, 0, 0]


class TestPairwise:
    def test_saaty_2008_relative_consumption_of_drinks(self):
        """Saaty 2008, Decision making with the analytic hierarchy process: coffee, wine, tea, beer, sodas, milk, water."""
        above = [
            [9, 5, 2, 1, 1, 1 / 2], [1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9], [1 / 3, 1 / 4, 1 / 3, 1 / 9],
            [1 / 2, 1, 1 / 3], [2, 1 / 2], [1 / 3],
        ]  # fmt: skip
        table = np.eye(7)
        for row, values in enumerate(above):
            for column, value in enumerate(values, start=row + 1):
                table[row, column], table[column, row] = value, 1 / value
        found = pairwise(table)
        assert found.weights == pytest.approx([0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], abs=6e-4)
        assert found.ratio == pytest.approx(0.022, abs=6e-4)
        assert found.consistent

    def test_perfectly_consistent(self):
        found = pairwise(np.array([[1, 2, 6], [1 / 2, 1, 3], [1 / 6, 1 / 3, 1]]))
        assert found.weights == pytest.approx([0.6, 0.3, 0.1])
        assert found.ratio == pytest.approx(0, abs=1e-9)

    def test_contradicting(self):
        found = pairwise(np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]))
        assert not found.consistent

    def test_one_and_two(self):
        assert pairwise(np.array([[1.0]])).weights == pytest.approx([1])
        assert pairwise(np.array([[1, 4], [1 / 4, 1]])).weights == pytest.approx([0.8, 0.2])

    @pytest.mark.parametrize(
        "wrong", [[[1, 2], [2, 1]], [[1, 0], [0, 1]], [[1, -2], [-0.5, 1]], [[1, 2, 3]], np.ones((16, 16)), [[NAN]]]
    )
    def test_what_is_no_comparison(self, wrong):
        with pytest.raises(ValueError, match=r"matrix|judgement"):
            pairwise(np.array(wrong, float))


class TestEntropy:
    def test_hwang_and_yoon_1981_fighter_aircraft(self):
        """Hwang and Yoon 1981: four aircraft, six attributes; the book rounds on the way to four digits."""
        table = np.array(
            [
                [2.0, 1500, 20000, 5.5, 5, 9], [2.5, 2700, 18000, 6.5, 3, 5], [1.8, 2000, 21000, 4.5, 7, 7],
                [2.2, 1800, 20000, 5.0, 5, 5],
            ]
        )  # fmt: skip
        assert by_entropy(table) == pytest.approx([0.0649, 0.2055, 0.0133, 0.0829, 0.3570, 0.2764], abs=2e-3)

    def test_what_tells_none_apart_weighs_nothing(self):
        assert by_entropy(np.array([[1.0, 5.0], [3.0, 5.0]])) == pytest.approx([1, 0])
        assert by_entropy(np.full((3, 2), 4.0)) == pytest.approx([0.5, 0.5])

    def test_areas_with_something_missing_are_left_out(self):
        table = np.array([[1.0, 5.0], [3.0, 6.0], [NAN, 900.0]])
        assert by_entropy(table) == pytest.approx(by_entropy(table[:2]))

    @pytest.mark.parametrize("wrong", [[[1.0, -1.0], [2.0, 3.0]], [[1.0, 2.0]], [[NAN, 1.0], [1.0, NAN]]])
    def test_what_cannot_be_weighed(self, wrong):
        with pytest.raises(ValueError, match=r"negative|two areas"):
            by_entropy(np.array(wrong))
