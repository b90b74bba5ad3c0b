"""How people look, picture by picture, and what a track's looks add up to: colours, height and heading, best picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from . import colours, things
from .cloth import light_of
from .counts import Counts
from .cutting import crops_of, pixels, scaled
from .embed import Embedder
from .geometry import CameraGeometry
from .types import Appearance, Detection, Frame, Image, Track

CLEAR = 0.6  # share of a person to be seen before anything is said of what is carried
ASKED = 2  # looks at a person of which that is asked


@dataclass(slots=True)
class Look:
    """What was seen of one detection: named colours, quality, a small picture (JPEG: many are kept at once).

    exposed: 1 for a person of whom nothing is cut off or covered, less for others. around: the person in the
    surroundings in which things carried are looked for (JPEG); empty where they could not be told.
    """

    upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    grey: bool
    exposed: float
    quality: float
    picture: bytes
    around: bytes = b""


class ThingsModel(Protocol):
    """Tells what people carry."""

    name: str

    def __call__(self, squares: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
        """Log-odds ``(n, things)``."""
        ...


@dataclass(slots=True)
class Looks:
    """Looks of all detections of a window by (time, box), to be summed up for each track. things: who tells what is
    carried; None: nobody does."""

    kept: dict[tuple[float, float, float], Look] = field(default_factory=dict)
    things: ThingsModel | None = None

    def keep(self, glance: Glance) -> None:
        """Remembers one detection."""
        self.kept[_key(glance.person.time, glance.person.box)] = glance.look

    def forget(self, before: float) -> None:
        """Drops looks of an earlier time (seconds)."""
        self.kept = {key: look for key, look in self.kept.items() if key[0] >= before}

    def exposed(self, detections: list[Detection]) -> NDArray[np.float64]:
        """How much of each is to be seen, ``(n,)``."""
        return np.array([self.kept[_key(one.time, one.box)].exposed for one in detections])

    def carried(self, seen: list[Look]) -> dict[str, float]:
        """Probability of each thing, from the clearest looks at one person; empty when nothing can be told."""
        clear = sorted((one for one in seen if one.around), key=lambda one: -one.quality)[:ASKED]
        if self.things is None or not clear:
            return {}
        squares = [cv2.imdecode(np.frombuffer(one.around, np.uint8), cv2.IMREAD_COLOR) for one in clear]
        return things.summary(self.things([np.asarray(one, np.uint8) for one in squares]))

    def of(self, track: Track) -> list[Look]:
        """Looks of a track, in order of time."""
        return [look for _time, look in self.at(track)]

    def at(self, track: Track) -> list[tuple[float, Look]]:
        """Looks of a track with their times; where nobody was seen there is none."""
        points = ((float(time), _key(time, box)) for time, box in zip(track.times, track.boxes, strict=True))
        return [(time, self.kept[key]) for time, key in points if key in self.kept]


@dataclass(frozen=True, slots=True)
class Glance:
    """One detection, what was seen of it, and its embedding ``(d,)``."""

    person: Detection
    look: Look
    vector: NDArray[np.float32]


def look_at(
    frames: Sequence[Frame],
    found: Sequence[list[Detection]],
    embedder: Embedder,
    counts: Counts,
    things: ThingsModel | None = None,
) -> list[list[Glance]]:
    """How everybody in several pictures looks, counted; one list for each picture. The network is asked for all at once.

    things: given where somebody is to tell later what is carried.
    """
    asked = things is not None
    with counts.stage("appearance"):
        seen = [one for frame, people in zip(frames, found, strict=True) for one in _looks(frame, people, asked)]
        vectors = embedder([crop for _look, crop in seen]) if seen else ()
    counts.detections += len(seen)
    looked = iter(zip((look for look, _crop in seen), vectors, strict=True))
    return [[Glance(person, *next(looked)) for person in people] for people in found]


def _looks(frame: Frame, people: list[Detection], asked: bool) -> Iterator[tuple[Look, Image]]:
    """Of everybody in one picture, with their pixels. asked: whether what is carried is to be told."""
    if not people:
        return
    grey, light = colours.is_grey_picture(frame.image), light_of(frame.image)
    crops = [crops_of(frame, person.box) for person in people]
    worn = zip(*colours.clothes([crop for crop, _wide in crops], light), strict=True)
    for person, (crop, wide), (upper, lower) in zip(people, crops, worn, strict=True):
        exposed = _exposed(frame, person, people)
        told = asked and exposed >= CLEAR and crop.shape[0] >= things.LEAST_HEIGHT
        look = Look(
            upper, lower, grey, exposed, exposed * _quality(crop, person) + 1e-6, _thumbnail(wide),
            _surroundings(frame, person.box) if told else b"",
        )  # fmt: skip
        yield look, crop


def describe(
    track: Track,
    look: NDArray[np.float32],
    embedding_model: str,
    looks: Looks,
    geometry: CameraGeometry | None,
) -> tuple[Appearance, bytes, float]:
    """Appearance, best picture (JPEG) and its time (seconds) of a finished track."""
    moments = looks.at(track)
    best_time, best = max(moments, key=lambda moment: moment[1].quality)
    seen = [one for _time, one in moments]
    clear = sorted(seen, key=lambda one: -one.quality)[: max(3, len(seen) // 2)]
    coloured = [one for one in clear if not one.grey]
    upper = sum((one.upper * one.quality for one in coloured), np.zeros(len(colours.NAMES)))
    lower = sum((one.lower * one.quality for one in coloured), np.zeros(len(colours.NAMES)))
    height, heading = (geometry.height_of(track), geometry.heading_of(track)) if geometry else (None, None)
    appearance = Appearance(
        embedding=look,
        embedding_model=embedding_model,
        upper=colours.summary(upper),
        lower=colours.summary(lower),
        height=height,
        heading=heading,
        things=looks.carried(seen),
    )
    return appearance, best.picture, best_time


def _key(time: float, box: NDArray[np.float32]) -> tuple[float, float, float]:
    return round(float(time), 4), float(box[0]), float(box[1])


def _exposed(frame: Frame, detection: Detection, others: list[Detection]) -> float:
    """1 for a person of whom nothing is cut off or covered, less for others."""
    x1, y1, x2, y2 = (float(v) for v in detection.box)
    height, width = (side * frame.scale for side in frame.image.shape[:2])
    whole = 1.0 if x1 > 2 and y1 > 2 and x2 < width - 2 and y2 < height - 2 else 0.4
    area = max((x2 - x1) * (y2 - y1), 1.0)
    covered = 0.0
    for other in others:
        if other is detection or other.box[3] <= y2:
            continue  # only who stands nearer (lower in the picture) covers
        w = min(x2, float(other.box[2])) - max(x1, float(other.box[0]))
        h = min(y2, float(other.box[3])) - max(y1, float(other.box[1]))
        covered = max(covered, max(w, 0.0) * max(h, 0.0) / area)
    return whole * (1.0 - covered) ** 2


def _quality(crop: Image, detection: Detection) -> float:
    """Higher for large, sure and sharp people."""
    sharp = float(cv2.Laplacian(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), cv2.CV_64F).std())
    size = min(1.0, float(detection.box[3] - detection.box[1]) / 160.0)
    return detection.confidence * size * min(1.0, 0.3 + sharp / 40.0)


def _surroundings(frame: Frame, box: NDArray[np.float32]) -> bytes:
    scale = 1.0 if frame.cut else frame.scale
    height, width = (int(side * frame.scale / scale) for side in frame.image.shape[:2])
    part = things.within(box / scale, width, height)
    return _jpeg(things.squared(pixels(frame, part), part[:2], box / scale))


def _thumbnail(picture: Image, height: int = 320) -> bytes:
    if picture.shape[0] > height:
        width = max(2, round(picture.shape[1] * height / picture.shape[0]))
        picture = scaled(picture, width, height)
    return _jpeg(picture)


def _jpeg(picture: Image) -> bytes:
    _ok, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return jpeg.tobytes()
