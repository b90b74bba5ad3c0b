"""A contact sheet: what each camera shows at its busiest moment, with the true boxes drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from ..pipeline.decode import Damage, frames
from ..pipeline.geometry import CameraGeometry
from ..pipeline.types import Image, Window
from .city import SPECS, build, unit
from .footage import Truth
from .people import CLOTH_BGR, Carried, Moving, Person, Stroll, Walk
from .props import Bench
from .scene import KINDS, Light, Scene
from .studio import Studio
from .wardrobe import changed, person

TILE = (480, 270)
COLUMNS = 4


def contact_sheet(truths: Sequence[Truth], path: Path, boxes: bool = True) -> None:
    """Writes a JPEG of tiles, four in a row; boxes: those at least 70 % visible in green, others in amber."""
    tiles = [_tile(truth, boxes) for truth in truths]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 88])


def gallery(path: Path, seed: int = 1) -> None:
    """Writes a JPEG: a row for each hour and weather, a column for each kind of place."""
    rows = []
    hours: tuple[tuple[Light, float], ...] = (("day", 0.0), ("dusk", 0.7), ("night", 0.0))
    for light, rain in hours:
        tiles = []
        for kind in KINDS:
            spec = replace(SPECS["market_crowd"], kinds=(kind,), light=light, rain=rain, cameras=1, aside=0)
            camera = build("gallery", spec, seed).cameras[0]
            moment = (camera.passes or 0.0) - camera.start
            picture, _boxes = Studio(camera.scene, camera.walks).frame(moment)
            tiles.append(_labelled(picture, f"{kind} {light}" + (" rain" if rain else "")))
        rows.append(np.hstack(tiles))
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 85])


def lineup(path: Path, seed: int = 1) -> None:
    """Writes a JPEG: everything that people wear, carry, push and ride, from the side, from before and from behind."""
    rng = np.random.default_rng(seed)
    geometry = CameraGeometry(3.0, 0.0, 9.5, 30.0, 960, 540)
    scene = Scene(geometry, 90.0, 3.0, 30.0, seed, noise=0.5, blur=0.5, kind="station")
    tiles = []
    for name, someone, sits in _models(rng):
        walks: list[Moving] = [
            Stroll(someone, ((0.0, east, 12.4), (0.9, east, 12.4 + 1e-9)), sits=heading) if sits
            else Walk(someone, east, 12.4, heading, 1.0, 0.45)
            for east, heading in ((-2.0, 90.0), (0.0, 180.0), (2.0, 20.0))
        ]  # fmt: skip
        benches = tuple(_bench_under(walk) for walk in walks if sits)
        picture, _boxes = Studio(replace(scene, props=benches), walks).frame(0.45)
        tiles.append(_labelled(picture[60:460, 125:835], name))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 88])


def _bench_under(walk: Moving) -> Bench:
    spot, heading = walk.at(0.4), walk.heading_at(0.4)
    east, north = (float(v) for v in spot - 0.06 * unit(heading))
    return Bench(east, north, heading)


def _models(rng: np.random.Generator) -> list[tuple[str, Person, bool]]:
    """A label, the person, and whether they sit."""
    plain = person("model", "blue", "grey", rng, height=1.7, girth=1.0)
    plain = replace(plain, coat=False, bag_bgr=None)
    old = changed(plain, stoop=0.35, hair=(150, 150, 152), upper="green")
    result = [
        ("shirt and trousers", plain, False),
        ("coat, hat", changed(replace(plain, coat=True), upper="beige", hat=CLOTH_BGR["black"]), False),
        ("padded jacket", replace(changed(plain, upper="red"), padded=True, girth=1.25), False),
        ("two-tone, shorts", replace(changed(plain, upper="white", legs="shorts"), sleeve_bgr=CLOTH_BGR["red"]), False),
        ("skirt, backpack", replace(changed(plain, upper="yellow", legs="skirt"), bag_bgr=(60, 70, 76)), False),
        ("child", replace(changed(plain, upper="pink"), height=1.15), False),
        ("old, stooped, stick", changed(old, carries="stick"), False),
        ("sitting", changed(plain, upper="purple"), True),
    ]
    for thing in get_args(Carried)[1:]:
        if thing != "stick":
            result.append((thing, changed(plain, carries=thing, thing=CLOTH_BGR["brown"]), False))
    return result


def _labelled(picture: Image, label: str) -> Image:
    tile = cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA)
    cv2.rectangle(tile, (0, 0), (12 * len(label), 28), (24, 24, 24), -1)
    cv2.putText(tile, label, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def _tile(truth: Truth, boxes: bool) -> Image:
    shown: Counter[float] = Counter()
    width = truth.camera.scene.geometry.picture_width
    for box in truth.boxes:  # who is half hidden or at the edge counts little
        aside = abs((box.box[0] + box.box[2]) / width - 1)
        shown[box.time] += round(100 * box.visible**2 * (1 - 0.8 * aside))
    moment = shown.most_common(1)[0][0] if shown else 0.0
    picture = _frame_at(truth.path, moment)
    if boxes:
        for box in truth.boxes:
            if box.time == moment:
                x1, y1, x2, y2 = (int(v) for v in box.box)
                cv2.rectangle(picture, (x1, y1), (x2, y2), (120, 220, 80) if box.visible >= 0.7 else (60, 160, 240), 2)
    camera = truth.camera
    return _labelled(picture, f"{camera.name} {camera.scene.kind} {camera.scene.light}")


def _frame_at(path: Path, moment: float) -> Image:
    around = Window(max(moment - 1e-3, 0.0), np.inf)
    picture = next(frames(path, around, 100.0, 100_000, Damage()), None)
    if picture is None:
        raise ValueError(f"{path} holds no pictures")
    return picture.image
