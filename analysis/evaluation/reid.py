"""Real footage with ground truth: identities compared across two halves of its time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..pipeline.types import Tracklet
from .tracking import Truth, overlap


@dataclass(frozen=True, slots=True)
class ReidScore:
    """rank1: share of second-half tracklets whose likest first-half tracklet is the same person's."""

    rank1: float | None
    queries: int
    gallery: int


def identity_of(tracklet: Tracklet, truth: Truth, fps: float) -> int | None:
    """The true identity that a tracklet follows for most of its time; None for nobody."""
    votes: Counter[int] = Counter()
    for time, box in zip(tracklet.track.times, tracklet.track.boxes, strict=True):
        rows = truth.frames.get(round(float(time) * fps) + 1, [])
        if rows:
            close = overlap(np.array([row[1:] for row in rows]), np.array([box]))[:, 0]
            if close.max() >= 0.4:
                votes[rows[int(close.argmax())][0]] += 1
    if not votes:
        return None
    identity, count = votes.most_common(1)[0]
    return identity if count >= 0.5 * len(tracklet.track.times) else None


def _middle(tracklet: Tracklet) -> float:
    return (tracklet.track.start + tracklet.track.end) / 2


def across_halves(tracklets: Sequence[Tracklet], truth: Truth, fps: float, duration: float) -> ReidScore:
    """By the pipeline's own embedding; only people with tracklets in both halves are asked for."""
    named = [(identity_of(tracklet, truth, fps), tracklet) for tracklet in tracklets]
    first = [(i, t) for i, t in named if i is not None and _middle(t) < duration / 2]
    second = [(i, t) for i, t in named if i is not None and _middle(t) >= duration / 2]
    queries = [(i, t) for i, t in second if i in {j for j, _ in first}]
    if not queries:
        return ReidScore(None, 0, len(first))
    gallery = np.array([t.appearance.embedding for _, t in first])
    hits = [first[int((gallery @ t.appearance.embedding).argmax())][0] == i for i, t in queries]
    return ReidScore(float(np.mean(hits)), len(queries), len(first))
