"""Tracks against MOTChallenge ground truth, with trackeval's metrics (HOTA, CLEAR, identity)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from trackeval.metrics import CLEAR, HOTA, Identity

from ..pipeline.boxes import overlap
from ..pipeline.types import Track

Array = NDArray[Any]


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


def score(truth: Truth, tracks: Iterable[Track], fps: float, rate: float) -> Score:
    """Compares at the frames that the tracker sampled, ``rate`` a second, of a recording of ``fps``.

    Those are the frames in which some track has a point, and where no track has one although
    somebody is there, a frame every ``1 / rate`` seconds: nothing found counts against it.
    """
    by_frame: dict[int, list[tuple[int, Array]]] = defaultdict(list)
    for number, track in enumerate(tracks):
        for time, box in zip(track.times, track.boxes, strict=True):
            by_frame[round(float(time) * fps) + 1].append((number, box))
    frames = sampled(sorted(truth.frames), set(by_frame), fps / rate)
    identities = {
        identity: i for i, identity in enumerate(sorted({r[0] for f in frames for r in truth.frames.get(f, [])}))
    }
    numbers = {number: i for i, number in enumerate(sorted({n for f in frames for n, _ in by_frame[f]}))}
    data: dict[str, Any] = {
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


def sampled(true: list[int], looked: set[int], step: float) -> list[int]:
    """Frames to compare: all ``looked`` ones, and of the others those at least ``step`` frames from any."""
    frames, last = set(looked), -np.inf
    ahead = sorted(looked)
    for frame in true:
        following = ahead[bisect_left(ahead, frame)] if frame <= (ahead[-1] if ahead else -1) else np.inf
        if frame in looked:
            last = frame
        elif frame - last >= step and following - frame >= step:
            frames.add(frame)
            last = frame
    return sorted(frames)
