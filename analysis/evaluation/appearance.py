"""Are the described attributes right, and does the system know how sure it may be?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..pipeline.things import THINGS
from ..simulation.people import Person, things_of
from .found import Scanned

BINS = ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01))


@dataclass(frozen=True, slots=True)
class ColourScore:
    """accuracy: share whose largest colour is the true one; unknown: share left open; calibration:
    ``(said, right, count)`` for each bin of the share said; None where there is nothing to tell."""

    accuracy: float | None
    unknown: float | None
    calibration: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class HeightScore:
    """error: median absolute, metres; within: share within two standard deviations of the truth."""

    error: float | None
    within: float | None
    count: int


def colours(several: Iterable[Scanned], part: str) -> ColourScore:
    """part: upper or lower. A coat put on halfway counts as what is worn at the camera."""
    said: list[float] = []
    right: list[bool] = []
    unknown = total = 0
    for scanned in several:
        for found in scanned.found:
            worn = _dressed(found.camera.walks, found.person)
            if worn is None:
                continue
            total += 1
            shares = getattr(found.tracklet.appearance, part)
            if not shares:
                unknown += 1
                continue
            name = max(shares, key=lambda colour: shares[colour])
            said.append(shares[name])
            right.append(name == getattr(worn, part))
    table = []
    for low, high in BINS:
        inside = [i for i, share in enumerate(said) if low <= share < high]
        if inside:
            table.append(
                (float(np.mean([said[i] for i in inside])), float(np.mean([right[i] for i in inside])), len(inside))
            )
    return ColourScore(float(np.mean(right)) if right else None, unknown / total if total else None, tuple(table))


@dataclass(frozen=True, slots=True)
class ThingScore:
    """has: passages with the thing; others: without. found: share of those with it whom the system thinks likelier to
    have it than not, and false_alarms: of the others; auc: chance that one with it is given a higher probability than
    one without (area under the ROC curve); None where there is nothing to tell."""

    has: int
    others: int
    found: float | None
    false_alarms: float | None
    auc: float | None


def things(several: Iterable[Scanned]) -> dict[str, ThingScore]:
    """Of everybody of whom anything is said."""
    said: dict[str, list[tuple[float, bool]]] = {name: [] for name in THINGS}
    for scanned in several:
        for found in scanned.found:
            worn = _dressed(found.camera.walks, found.person)
            if worn is None:
                continue
            for name, probability in found.tracklet.appearance.things.items():
                said[name].append((probability, name in things_of(worn)))
    return {name: thing_score(rows) for name, rows in said.items()}


def thing_score(rows: list[tuple[float, bool]]) -> ThingScore:
    """rows: probability given, and whether it is so."""
    probabilities, true = np.array([p for p, _ in rows]), np.array([so for _, so in rows], bool)
    yes, no = probabilities[true], probabilities[~true]
    higher = (
        (yes[:, None] > no[None]).mean() + 0.5 * (yes[:, None] == no[None]).mean() if len(yes) and len(no) else None
    )
    return ThingScore(
        has=len(yes), others=len(no),
        found=float((yes >= 0.5).mean()) if len(yes) else None,
        false_alarms=float((no >= 0.5).mean()) if len(no) else None,
        auc=None if higher is None else float(higher),
    )  # fmt: skip


def heights(several: Iterable[Scanned]) -> HeightScore:
    """Of everybody whose height was measured; who sits is left out."""
    errors, sure = [], []
    for scanned in several:
        for found in scanned.found:
            worn, measured = _dressed(found.camera.walks, found.person), found.tracklet.appearance.height
            if worn is None or measured is None or worn.carries == "wheelchair" or worn.stoop:
                continue
            errors.append(abs(measured.value - worn.height))
            sure.append(errors[-1] <= 2 * measured.sd)
    if not errors:
        return HeightScore(None, None, 0)
    return HeightScore(float(np.median(errors)), float(np.mean(sure)), len(errors))


def _dressed(walks: Iterable[object], key: str | None) -> Person | None:
    """The person as dressed before this camera."""
    return next((walk.person for walk in walks if walk.person.key == key), None)  # type: ignore[attr-defined]
