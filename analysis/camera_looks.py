"""What the people of each camera have in common, from the tracklets that are stored; kept for a while in the cache."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from django.db.models import F, QuerySet
from numpy.typing import NDArray

from seoulcctv.hints import drop, keep, kept

from .models import Tracklet
from .search.looks import CENTRED, ENOUGH, centred, mean_look

SAMPLE = 100  # latest people of one camera
SAMPLE_OVERALL = 1000
KEPT_S, OVERALL_KEPT_S = 120, 10
Vector = NDArray[np.float32]


class CameraLooks:
    """The means of some cameras for one appearance model; nothing is taken off where too few people were seen."""

    def __init__(self, model: str, cameras: Iterable[int]) -> None:
        self.model = model
        self.overall = _overall(model)
        self.means = _means(model, set(cameras), self.overall) if self.overall is not None else {}

    @property
    def space(self) -> str:
        """The name under which its vectors compare."""
        return CENTRED + self.model if self.overall is not None else self.model

    def seen(self, look: Vector, camera: int) -> Vector:
        """A look at that camera without the camera's share."""
        return centred(look, self.means[camera]) if self.overall is not None else look

    def elsewhere(self, look: Vector) -> Vector:
        """A look of another camera than these, without what all have in common."""
        return centred(look, self.overall) if self.overall is not None else look


def forget(model: str, camera: int) -> None:
    """The camera has seen more people: its mean is to be made anew."""
    drop(f"looks:{model}:{camera}")


def _overall(model: str) -> Vector | None:
    key = f"looks:{model}"
    if before := kept([key]):
        return _vector(before[key])
    looks = _looks(_people(model).order_by("-pk")[:SAMPLE_OVERALL])
    if len(looks) < ENOUGH:
        return None
    overall = looks.mean(axis=0)
    keep({key: overall.tobytes()}, OVERALL_KEPT_S)
    return overall


def _means(model: str, cameras: set[int], overall: Vector) -> dict[int, Vector]:
    keys = {f"looks:{model}:{camera}": camera for camera in cameras}
    means = {keys[key]: _vector(mean) for key, mean in kept(keys).items()}
    made = {}
    for camera in cameras - set(means):
        rows = _people(model).filter(recording__camera=camera).order_by("-pk")[:SAMPLE]
        made[camera] = mean_look(_looks(rows).reshape(-1, len(overall)), overall)
    keep({f"looks:{model}:{camera}": mean.tobytes() for camera, mean in made.items()}, KEPT_S)
    return means | made


def _people(model: str) -> QuerySet[Tracklet]:
    """Of the latest scans only: of earlier ones none but candidates are left, who look like the person sought."""
    return Tracklet.objects.filter(embedding_model=model, model=F("recording__scanned_model"))


def _looks(rows: QuerySet[Tracklet]) -> Vector:
    return np.array([row.embedding for row in rows.only("embedding_bytes")], np.float32)


def _vector(content: bytes) -> Vector:
    return np.frombuffer(content, np.float32)
