"""Pictures of people for an appearance model: rendered ones who pass several cameras, and real ones without names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..evaluation.real import real_clip
from ..pipeline.decode import Damage, frames
from ..pipeline.types import Detection, Frame, Image, Window
from ..simulation.city import build
from ..simulation.people import Person
from ..simulation.studio import Studio
from ..simulation.wardrobe import passer_by
from .dataset import LIGHTS, street

SIZE = (64, 128)  # width, height
VISIBLE, LEAST_HEIGHT = 0.6, 48.0  # share of the body; pixels
MOMENTS = 10  # of each rendered street
NOBODY = -1  # the identity of real people, whom nobody named


@dataclass(frozen=True, slots=True)
class Crops:
    """pictures ``(n, 128, 64, 3) uint8`` BGR; identities, cameras ``(n,) int64``."""

    pictures: NDArray[np.uint8]
    identities: NDArray[np.int64]
    cameras: NDArray[np.int64]

    @classmethod
    def of(cls, pictures: Sequence[Image], identities: Sequence[int], cameras: Sequence[int]) -> Crops:
        """From lists; pictures of any size."""
        small = [cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA) for picture in pictures]
        shape = (len(small), SIZE[1], SIZE[0], 3)
        return cls(
            np.array(small, np.uint8).reshape(shape), np.array(identities, np.int64), np.array(cameras, np.int64)
        )

    @classmethod
    def together(cls, several: Sequence[Crops]) -> Crops:
        """All of them."""
        return cls(*(np.concatenate([getattr(one, name) for one in several]) for name in cls.__slots__))


def rendered_crops(
    streets: int, people: int, seed: int, processes: int, progress: Callable[[int], None] = lambda done: None
) -> Crops:
    """``people`` who are met again in several of ``streets``, by day, at dusk, in rain and under infrared."""
    made = []
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_street, number, people, seed) for number in range(streets)]
        for done, job in enumerate(as_completed(jobs), start=1):
            made.append(job.result())
            progress(done)
    return Crops.together(made)


def somebody(number: int, seed: int) -> Person:
    """One of the people, always dressed the same."""
    return passer_by(f"p{number}", np.random.default_rng([seed, number]))


def _street(number: int, people: int, seed: int) -> Crops:
    rng = np.random.default_rng([seed, 7, number])
    pictures, identities = [], []

    def chosen(count: int) -> list[int]:
        return [int(who) for who in rng.choice(people, size=count, replace=count > people)]

    for picture, boxes in street_moments(rng, chosen, lambda who: somebody(who, seed)):
        for who, box in boxes:
            pictures.append(shaken(picture, box, rng))
            identities.append(who)
    return Crops.of(pictures, identities, [number] * len(pictures))


def street_moments(
    rng: np.random.Generator, chosen: Callable[[int], list[int]], dressed: Callable[[int], Person], crowd: float = 14.0
) -> Iterator[tuple[Image, list[tuple[int, NDArray[np.float64]]]]]:
    """Some moments of a random street: the picture, and of who is well to be seen number and box.

    chosen: the numbers of those who take so many walks; dressed: the person of a number.
    """
    cv2.setNumThreads(1)
    light, rain, _ = LIGHTS[int(rng.choice(len(LIGHTS), p=[share for _, _, share in LIGHTS]))]
    spec = replace(street(rng, light, rain), crowd=crowd)
    camera = build("crops", spec, int(rng.integers(2**31))).cameras[0]
    numbers = chosen(len(camera.walks))
    walks = [
        replace(walk, person=replace(dressed(who), key=str(who)))  # type: ignore[type-var]
        for walk, who in zip(camera.walks, numbers, strict=True)
    ]
    studio = Studio(camera.scene, walks)
    for moment in rng.uniform(1.0, camera.duration - 1.0, MOMENTS):
        picture, boxes = studio.frame(float(moment))
        clear = [box for box in boxes if box.visible >= VISIBLE and box.box[3] - box.box[1] >= LEAST_HEIGHT]
        yield picture, [(int(box.person), np.array(box.box)) for box in clear]


def shaken(picture: Image, box: NDArray[np.floating], rng: np.random.Generator) -> Image:
    """The person as a detector would have cut them out: not quite."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = shifted(box, rng).round().astype(int)
    x1, y1 = max(0, min(x1, width - 2)), max(0, min(y1, height - 2))
    return picture[y1 : max(y2, y1 + 2), x1 : max(x2, x1 + 2)]


def shifted(box: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.float64]:
    """The box, as exact as detectors are."""
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    return np.asarray(box + size * rng.normal(0, 0.04, 4), np.float64)


def real_crops(path: Path, every_s: float, share: float, rng: np.random.Generator) -> Crops:
    """At the true boxes of the first ``share`` of a clip with MOTChallenge ground truth; who they are is not used."""
    pictures: list[Image] = []
    with real_clip(path) as clip:
        last = max(clip.truth.frames) / clip.fps
        for frame in frames(clip.path, Window(0.0, share * last), 1 / every_s, 100_000, Damage()):
            for _who, *box in clip.truth.frames.get(round(frame.time * clip.fps) + 1, []):
                if box[3] - box[1] >= LEAST_HEIGHT:
                    pictures.append(shaken(frame.image, np.array(box), rng))
    return Crops.of(pictures, [NOBODY] * len(pictures), [NOBODY] * len(pictures))


def seen_crops(
    path: Path, every_s: float, detector: Callable[[list[Frame]], list[list[Detection]]], rng: np.random.Generator
) -> Crops:
    """Of whom a detector finds in a clip without ground truth."""
    pictures = [
        shaken(frame.image, person.box / frame.scale, rng)
        for frame in frames(path, Window(0.0, 1e9), 1 / every_s, 100_000, Damage())
        for person in detector([frame])[0]
    ]
    return Crops.of(pictures, [NOBODY] * len(pictures), [NOBODY] * len(pictures))
