"""A contact sheet: what each camera shows at its busiest moment, with the true boxes drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np

from ..pipeline.types import Image
from .city import SPECS, build
from .film import Studio
from .footage import Truth
from .scene import KINDS, Light

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


def _labelled(picture: Image, label: str) -> Image:
    tile = cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA)
    cv2.rectangle(tile, (0, 0), (12 * len(label), 28), (24, 24, 24), -1)
    cv2.putText(tile, label, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def _tile(truth: Truth, boxes: bool) -> Image:
    shown: Counter[float] = Counter()
    for box in truth.boxes:
        shown[box.time] += round(100 * box.visible**2)  # half-hidden people count little
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
    with av.open(str(path)) as container:
        last = None
        for frame in container.decode(video=0):
            last = frame
            if float(frame.time or 0) >= moment - 1e-3:
                break
        if last is None:
            raise ValueError(f"{path} holds no pictures")
        return last.to_ndarray(format="bgr24")
