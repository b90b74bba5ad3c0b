"""All figures of an evaluation in one structure, which a table or JSON is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ..pipeline.types import Track
from . import appearance, hunt
from .detection import SHARES, SIZES, DetectionScore
from .everybody import Everybody, everybody
from .found import Scanned
from .tracking import Score, Truth, score

BUDGETS = (5, 10, 20)  # operator decisions

Figures = dict[str, Any]


def tracking(scanned: Scanned, rate: float) -> list[tuple[Score, int]]:
    """Scores of each camera with people, and how many true boxes stand behind it."""
    rows = []
    for truth in scanned.truths:
        frames: dict[int, list[tuple[int, float, float, float, float]]] = defaultdict(list)
        numbers = {key: n for n, key in enumerate(sorted({box.person for box in truth.boxes}))}
        for box in truth.boxes:
            if box.visible >= 0.3:
                frames[round(box.time * truth.camera.fps) + 1].append((numbers[box.person], *box.box))
        tracks: list[Track] = [f.tracklet.track for f in scanned.found if f.camera.name == truth.camera.name]
        if frames:
            count = sum(len(several) for several in frames.values())
            rows.append((score(Truth(dict(frames)), tracks, truth.camera.fps, min(rate, truth.camera.fps)), count))
    return rows


def scenario_figures(
    scanned: Sequence[Scanned], searched: Sequence[Scanned], detection: DetectionScore, rate: float
) -> Figures:
    """Of one scenario over its seeds; shares 0 to 1, None where there is nothing to tell.

    scanned: everybody followed closely at ``rate`` pictures a second; searched: as a search scans.
    """
    tracks = [row for one in scanned for row in tracking(one, rate)]
    ranks = [hunt.ranking(one) for one in searched]
    hunts = [hunt.hunt(one) for one in searched]
    orders = [hunt.order(one) for one in searched]
    return {
        "seeds": len(scanned),
        "detection": detection_figures(detection),
        "tracking": {
            "hota": _weighted([(s.hota, n) for s, n in tracks]),
            "idf1": _weighted([(s.idf1, n) for s, n in tracks]),
            "switches": sum(s.switches for s, _ in tracks),
        },
        "attributes": attribute_figures(scanned),
        "searched": searched_figures(searched),
        "ranking": {
            "rank1": float(np.mean([r.rank == 1 for r in ranks])),
            "rank5": float(np.mean([bool(r.rank and r.rank <= 5) for r in ranks])),
            "mrr": float(np.mean([r.reciprocal for r in ranks])),
        },
        "route": {
            "found": _ratio(sum(h.confirmed for h in hunts), sum(h.true for h in hunts)),
            "decisions": float(np.mean([h.decisions for h in hunts])),
            "complete_after": [h.complete_after for h in hunts],
            **{
                f"complete_in_{most}": float(
                    np.mean([bool(h.complete_after and h.complete_after <= most) for h in hunts])
                )
                for most in BUDGETS
            },
            "hop_precision": _mean([h.auto_precision for h in hunts]),
            "hop_recall": _mean([h.auto_recall for h in hunts]),
        },
        "order_h": {
            "planned": _mean([o.planned for o in orders]),
            "by_time": _mean([o.by_time for o in orders]),
            "by_distance": _mean([o.by_distance for o in orders]),
            "of": float(np.mean([sum(t.camera.duration for t in one.truths) / 3600 for one in scanned])),
        },
        "order_work_s": {
            "planned": _mean([o.planned_work for o in orders]),
            "by_time": _mean([o.by_time_work for o in orders]),
            "by_distance": _mean([o.by_distance_work for o in orders]),
        },
    }


def searched_figures(searched: Sequence[Scanned]) -> Figures:
    """What a search finds of everybody, and how well it names what they wear."""
    all_of_them = Everybody()
    for one in searched:
        for truth in one.truths:
            tracks = [found.tracklet.track for found in one.found if found.camera.name == truth.camera.name]
            all_of_them += everybody(truth, tracks)
    return {
        "people": all_of_them.people,
        "found": all_of_them.share,
        "tracks_each": all_of_them.tracks_each,
        "nobody": all_of_them.others,
        **{part: appearance.colours(searched, part).accuracy for part in ("upper", "lower")},
        "height": appearance.heights(searched).error,
        "hours": sum(t.camera.duration for one in searched for t in one.truths) / 3600,
        "work_s": sum(sum(one.work) for one in searched),
    }


def detection_figures(detection: DetectionScore) -> Figures:
    """Recall (people at least 60 px tall and 70 % visible, but for the span that is named) and precision."""
    return {
        "recall_60": detection.recall(60),
        "precision": detection.precision(),
        "recall_by_height": {span_name(size): detection.recall(size=size) for size in SIZES},
        "recall_by_share": {span_name(share): detection.recall(share=share) for share in SHARES},
        "by_light": {
            light: {"recall_60": detection.recall(60, light=light), "precision": detection.precision(light)}
            for light in detection.lights
        },
        "people": detection.wanted.total(),
    }


def span_name(span: tuple[float, float]) -> str:
    """As a key: ``60-120``, ``120+``; shares in percent."""
    low, high = span
    if high <= 1.01:
        return f"{100 * low:.0f}-{min(100 * high, 100):.0f}%"
    return f"{low:g}-{high:g}" if high < 10_000 else f"{low:g}+"


def pooled(detections: Sequence[DetectionScore], scanned: Sequence[Scanned]) -> Figures:
    """Over all scenarios: what each has too little of by itself."""
    total = DetectionScore()
    for one in detections:
        total += one
    return {"detection": detection_figures(total), "attributes": attribute_figures(scanned)}


def attribute_figures(scanned: Sequence[Scanned]) -> Figures:
    """Accuracy and calibration of colours, error of heights."""
    result: Figures = {}
    for part in ("upper", "lower"):
        colours = appearance.colours(scanned, part)
        result[part] = {"accuracy": colours.accuracy, "unknown": colours.unknown, "calibration": colours.calibration}
    result["things"] = {name: asdict(score) for name, score in appearance.things(scanned).items()}
    height = appearance.heights(scanned)
    result["height"] = {"median_error_m": height.error, "within_2_sd": height.within, "count": height.count}
    return result


def _weighted(rows: list[tuple[float, int]]) -> float | None:
    return float(np.average([v for v, _ in rows], weights=[n for _, n in rows])) if rows else None


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
