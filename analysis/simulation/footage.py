"""Renders a scenario's files, once: what lies there from an earlier run is taken as it is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from ..pipeline.boxes import overlap
from .film import render
from .scenario import Scenario, SimulatedCamera
from .studio import TrueBox

VERSION = 4  # raise when rendering changes: older files are made anew
LEAST_VISIBLE_S = 1.5  # a person in view for less was not there to be found


@dataclass(frozen=True, slots=True)
class Truth:
    """Who is where in one file: boxes by time; ``path``: the file."""

    camera: SimulatedCamera
    path: Path
    boxes: tuple[TrueBox, ...]

    def visible(self, person: str) -> tuple[float, float] | None:
        """First and last second of the file in which the person is seen; None when hardly or never."""
        times = [box.time for box in self.boxes if box.person == person]
        if not times or times[-1] - times[0] < LEAST_VISIBLE_S:
            return None
        return times[0], times[-1]

    def person_at(self, times: list[float], boxes: list[list[float]]) -> str | None:
        """Whom a track follows: the person whose true boxes overlap most of its own; None for nobody."""
        shared: dict[str, float] = {}
        for time, box in zip(times, boxes, strict=True):
            nearest = min(self.boxes, key=lambda true: abs(true.time - time), default=None)
            if nearest is None or abs(nearest.time - time) > 0.2:
                continue
            there = [true for true in self.boxes if true.time == nearest.time]
            for true, share in zip(there, overlap(box, [t.box for t in there])[0], strict=True):
                shared[true.person] = shared.get(true.person, 0.0) + float(share)
        best = max(shared, key=lambda name: shared[name], default=None)
        return best if best is not None and shared[best] > 0.3 * len(times) else None


def rendered(
    scenario: Scenario, folder: Path, progress: Callable[[int], None] = lambda done: None, processes: int | None = None
) -> list[Truth]:
    """The files of all working cameras with their truth, in the scenario's order. progress: files ready."""
    folder.mkdir(parents=True, exist_ok=True)
    working = [camera for camera in scenario.cameras if camera.working]
    missing = [camera for camera in working if not _ready(folder, camera)]
    done = len(working) - len(missing)
    progress(done)
    if missing:
        with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn")) as pool:
            jobs = [pool.submit(_render, camera, folder) for camera in missing]
            for job in as_completed(jobs):
                job.result()
                done += 1
                progress(done)
    return [_read(camera, folder) for camera in working]


def _ready(folder: Path, camera: SimulatedCamera) -> bool:
    note = folder / f"{camera.name}.json"
    return (folder / f"{camera.name}.mp4").is_file() and note.is_file() and _key(note) == _made_of(camera)


def _made_of(camera: SimulatedCamera) -> str:
    """Changes with anything that shows in the file."""
    return hashlib.sha256(f"{VERSION} {camera!r}".encode()).hexdigest()[:16]


def _key(note: Path) -> str:
    try:
        return str(json.loads(note.read_text())["made_of"])
    except (ValueError, KeyError):
        return ""


def _render(camera: SimulatedCamera, folder: Path) -> None:
    path = folder / f"{camera.name}.mp4"
    made = render(camera.scene, camera.walks, path, camera.duration, camera.fps, camera.gop_s, camera.codec)
    note = folder / f"{camera.name}.json"
    rows = [[box.time, box.person, *box.box, box.visible, *box.place] for box in made.boxes]
    part = note.with_suffix(".part")
    part.write_text(json.dumps({"made_of": _made_of(camera), "boxes": rows}))
    part.replace(note)


def _read(camera: SimulatedCamera, folder: Path) -> Truth:
    rows = json.loads((folder / f"{camera.name}.json").read_text())["boxes"]
    return Truth(camera, folder / f"{camera.name}.mp4", tuple(_boxes(rows)))


def _boxes(rows: list[list]) -> Iterator[TrueBox]:
    for time, person, x1, y1, x2, y2, visible, east, north in rows:
        yield TrueBox(time, person, (x1, y1, x2, y2), visible, (east, north))
