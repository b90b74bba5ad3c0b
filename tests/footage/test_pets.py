"""Real footage with ground truth (PETS 2009 S2.L1) at the default sampling."""

from __future__ import annotations

from itertools import pairwise

import pytest

from analysis.evaluation.tracking import Truth, score
from analysis.scanner import scanner

pytestmark = pytest.mark.timeout(300)


def test_people_are_found_and_kept_apart(weights, shared):
    result = scanner().scan(shared / "footage" / "pets09-s2l1.avi")
    truth = Truth.read(shared / "footage" / "pets09-s2l1.gt.txt")
    found = score(truth, [tracklet.track for tracklet in result.tracklets], fps=10, rate=5)
    assert found.recall >= 0.90
    assert found.idf1 >= 0.60
    assert found.precision >= 0.80


def test_one_person_at_a_time_is_one_tracklet_at_a_time(weights, shared):
    tracklets = scanner().scan(shared / "footage" / "one-by-one.mp4").tracklets
    assert 5 <= len(tracklets) <= 8
    spans = sorted((t.track.start, t.track.end) for t in tracklets)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
