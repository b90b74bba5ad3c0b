"""Tracks against MOTChallenge ground truth, with trackeval's metrics (HOTA, CLEAR, identity)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from trackeval.metrics import CLEAR, HOTA, Identity

from analysis.pipeline.types import Track


@dataclass(frozen=True)
class Truth:
    """Boxes by frame number (from 1): ``{frame: [(identity, x1, y1, x2, y2)]}``."""

    frames: dict[int, list[tuple[int, float, float, float, float]]]

    @classmethod
    def read(cls, path: Path) -> Truth:
        """A gt.txt: frame, id, left, top, width, height, considered, ..."""
        frames: dict[int, list[tuple[int, float, float, float, float]]] = defaultdict(list)
        for line in path.read_text().splitlines():
            frame, identity, left, top, width, height, considered, *_ = (float(v) for v in line.split(","))
            if considered:
                frames[int(frame)].append((int(identity), left, top, left + width, top + height))
        return cls(dict(frames))


@dataclass(frozen=True)
class Score:
    """Shares 0 to 1; ``switches``: identity switches."""

    recall: float
    precision: float
    mota: float
    idf1: float
    hota: float
    switches: int


def score(truth: Truth, tracks: Iterable[Track], fps: float, every: int = 1) -> Score:
    """Compares at every ``every``-th frame of the truth, from the first: those that the tracker sampled.

    A track's point counts for the nearest of those frames. Frames in which the tracker found
    nobody count all the same.
    """
    by_frame: dict[int, list[tuple[int, np.ndarray]]] = defaultdict(list)
    for number, track in enumerate(tracks):
        for time, box in zip(track.times, track.boxes, strict=True):
            by_frame[round(float(time) * fps / every) * every + 1].append((number, box))
    frames = sorted(set(range(1, max(truth.frames) + 1, every)) | set(by_frame))
    identities = {
        identity: i for i, identity in enumerate(sorted({r[0] for f in frames for r in truth.frames.get(f, [])}))
    }
    numbers = {number: i for i, number in enumerate(sorted({n for f in frames for n, _ in by_frame[f]}))}
    data = {
        "num_timesteps": len(frames),
        "num_gt_ids": len(identities),
        "num_tracker_ids": len(numbers),
        "gt_ids": [],
        "tracker_ids": [],
        "similarity_scores": [],
    }
    for frame in frames:
        wanted = truth.frames.get(frame, [])
        found = by_frame.get(frame, [])
        data["gt_ids"].append(np.array([identities[row[0]] for row in wanted], dtype=int))
        data["tracker_ids"].append(np.array([numbers[number] for number, _ in found], dtype=int))
        data["similarity_scores"].append(
            overlap(np.array([row[1:] for row in wanted]), np.array([box for _, box in found]))
        )
    data["num_gt_dets"] = sum(len(ids) for ids in data["gt_ids"])
    data["num_tracker_dets"] = sum(len(ids) for ids in data["tracker_ids"])
    clear = CLEAR({"PRINT_CONFIG": False}).eval_sequence(data)
    identity = Identity({"PRINT_CONFIG": False}).eval_sequence(data)
    hota = HOTA().eval_sequence(data)
    return Score(
        recall=float(clear["CLR_Re"]),
        precision=float(clear["CLR_Pr"]),
        mota=float(clear["MOTA"]),
        idf1=float(identity["IDF1"]),
        hota=float(np.mean(hota["HOTA"])),
        switches=int(clear["IDSW"]),
    )


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union, ``(n, 4)`` and ``(m, 4)`` to ``(n, m)``."""
    a, b = a.reshape(-1, 4), b.reshape(-1, 4)
    left_top = np.maximum(a[:, None, :2], b[None, :, :2])
    right_bottom = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inner = np.prod(np.clip(right_bottom - left_top, 0, None), axis=2)
    area = lambda boxes: np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)  # noqa: E731
    return inner / np.maximum(area(a)[:, None] + area(b)[None] - inner, 1e-9)
