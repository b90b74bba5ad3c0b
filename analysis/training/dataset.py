"""Pictures with true boxes for a person detector: rendered streets, and real frames with ground truth.

The layout is that of ultralytics: ``images/NAME.jpg`` with ``labels/NAME.txt`` (class, then centre and
size of the box in shares of the picture).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ..evaluation.real import real_clip
from ..pipeline.decode import Damage, frames
from ..pipeline.types import Frame, Image, Window
from ..simulation.city import SPECS, Spec, build
from ..simulation.scene import KINDS, Light
from ..simulation.studio import Studio

PERSON = 0
VISIBLE = 0.25  # share from which somebody is to be found
LEAST = 7.0  # pixels of height in the picture that is trained on
WIDTH = 640  # pixels of the stored pictures' longer side
LIGHTS: tuple[tuple[Light, float, float], ...] = (
    ("day", 0.0, 0.5), ("dusk", 0.0, 0.12), ("dusk", 0.7, 0.13), ("night", 0.0, 0.25),
)  # fmt: skip  # light, rain, share of the pictures


@dataclass(frozen=True, slots=True)
class Written:
    """How many pictures and people a part of the data set holds."""

    pictures: int
    people: int


def rendered_pictures(
    folder: Path, count: int, seed: int, processes: int, progress: Callable[[int], None] = lambda done: None
) -> Written:
    """``count`` random moments of random streets, half of them crowded; a twentieth without anybody."""
    people = done = 0
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:  # threads of a network do not fork
        jobs = [pool.submit(_rendered, folder, [seed, n], min(4, count - n)) for n in range(0, count, 4)]
        for job in as_completed(jobs):
            made = job.result()
            people, done = people + made.people, done + made.pictures
            progress(done)
    return Written(done, people)


def _rendered(folder: Path, seed: list[int], count: int) -> Written:
    """Some pictures of one street; as JPEG of varied quality, as cameras compress."""
    rng = np.random.default_rng(seed)
    cv2.setNumThreads(1)
    light, rain, _ = LIGHTS[int(rng.choice(len(LIGHTS), p=[share for _, _, share in LIGHTS]))]
    camera = build("training", street(rng, light, rain), int(rng.integers(2**31))).cameras[0]
    studio = Studio(camera.scene, camera.walks)
    times = np.array([t for w in camera.walks for t in np.linspace(w.begin, w.end, 9) if 0 <= t <= camera.duration])
    people = 0
    for index in range(count):
        moment = (
            float(rng.choice(times)) if len(times) and rng.random() > 0.05 else float(rng.uniform(0, camera.duration))
        )
        picture, boxes = studio.frame(moment)
        name = f"r{seed[0]}-{seed[1] + index:06d}"
        people += write(
            folder, name, picture, (b.box for b in boxes if b.visible >= VISIBLE), int(rng.integers(45, 92))
        )
    return Written(count, people)


def street(rng: np.random.Generator, light: Light, rain: float) -> Spec:
    """Any place, crowd, wind and traffic."""
    return replace(
        SPECS["few_people"],
        cameras=1, aside=0, minutes=0.8, decoys=0, light=light, rain=rain, kinds=(KINDS[int(rng.integers(len(KINDS)))],),
        crowd=float(rng.choice([2.0, 8.0, 24.0])), traffic=4.0, height=float(rng.uniform(1.1, 1.85)),
        upper=str(rng.choice(["red", "black", "green", "white", "navy"])), wind=float(rng.uniform(0, 1)),
    )  # fmt: skip


def real_pictures(folder: Path, path: Path, every_s: float, until: float = 1.0, start: float = 0.0) -> Written:
    """Frames of a clip with MOTChallenge ground truth, between two shares of its time."""
    pictures = people = 0
    with real_clip(path) as clip:
        last = max(clip.truth.frames) / clip.fps
        for frame in frames(clip.path, Window(start * last, until * last), 1 / every_s, WIDTH * 2, Damage()):
            rows = clip.truth.frames.get(round(frame.time * clip.fps) + 1, [])
            boxes = [np.array(row[1:]) / frame.scale for row in rows]
            people += write(folder, f"{path.stem}-{round(frame.time * 100):07d}", frame.image, boxes, 90)
            pictures += 1
    return Written(pictures, people)


def taught_pictures(
    folder: Path, path: Path, every_s: float, teacher: Callable[[list[Frame]], list], until: float = 1.0
) -> Written:
    """Frames of a clip without ground truth, labelled by a teacher (a larger or sharper detector)."""
    pictures = people = 0
    for frame in frames(path, Window(0.0, 1e9), 1 / every_s, WIDTH * 2, Damage()):
        (found,) = teacher([frame])
        boxes = [person.box / frame.scale for person in found]
        people += write(folder, f"{path.stem}-{round(frame.time * 100):07d}", frame.image, boxes, 90)
        pictures += 1
    return Written(pictures, people)


def write(
    folder: Path, name: str, picture: Image, boxes: Iterable[NDArray[np.floating] | tuple[float, ...]], quality: int
) -> int:
    """One picture with its labels; boxes in pixels ``x1 y1 x2 y2``. Returns how many people are in it."""
    height, width = picture.shape[:2]
    scale = min(1.0, WIDTH / max(height, width))
    rows = []
    for x1, y1, x2, y2 in boxes:
        x1, x2 = np.clip([x1, x2], 0, width)
        y1, y2 = np.clip([y1, y2], 0, height)
        if (y2 - y1) * scale < LEAST or x2 - x1 < 1:
            continue
        centre, size = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height), ((x2 - x1) / width, (y2 - y1) / height)
        rows.append(f"{PERSON} " + " ".join(f"{v:.6f}" for v in (*centre, *size)))
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    cv2.imwrite(str(folder / "images" / f"{name}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    (folder / "labels" / f"{name}.txt").write_text("\n".join(rows))
    return len(rows)
