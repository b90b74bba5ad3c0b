"""Pictures that leave the workspace: the person alone, everybody and everything else unrecognisable, and whose copy it is.

Pixels are thrown away, not covered: what is not the person's is brought down to a few colours before it is enlarged.
"""

from __future__ import annotations

from datetime import timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from .models import Tracklet
from .pipeline.cutting import MARGIN
from .pipeline.types import Image

BLOCKS = 6  # colours across what is made unrecognisable
CORE = 0.4  # of the person's width that stays clear although somebody stands before it
SAME = 0.5  # intersection over union from which another track at the place is another piece of the person's own
ROOM = 0.05  # of the box's size that stays clear about it: hair, shoes
QUALITY = 85
Box = NDArray[np.float64]


def shared_picture(tracklet: Tracklet, mark: str) -> bytes:
    """JPEG. mark: who gets it and when, written into the picture (ASCII)."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(bytes(tracklet.picture), np.uint8), cv2.IMREAD_COLOR), np.uint8)
    at = (tracklet.picture_at - tracklet.recording.start).total_seconds()
    own = _box_at(tracklet, at)
    around = tracklet.recording.tracklets.exclude(pk=tracklet.pk).filter(
        start__lte=tracklet.picture_at + timedelta(seconds=2), end__gte=tracklet.picture_at - timedelta(seconds=2)
    )
    boxes = [_box_at(other, at) for other in around.only("times", "boxes", "recording")]
    others = [box for box in boxes if _overlap(box, own) < SAME]
    shown = _shown(own, tracklet.recording.width, tracklet.recording.height)
    scale = picture.shape[0] / (shown[3] - shown[1])
    here, there = (own - shown[[0, 1, 0, 1]]) * scale, [(box - shown[[0, 1, 0, 1]]) * scale for box in others]
    return marked(alone(picture, here, there), mark)


def alone(picture: Image, own: Box, others: list[Box]) -> Image:
    """Everything outside the person's box is made unrecognisable, and others inside it, but for its middle. Boxes: x1 y1
    x2 y2 in pixels of the picture."""
    height, width = picture.shape[:2]
    wide, tall = (own[2] - own[0]) * ROOM, (own[3] - own[1]) * ROOM
    x1, y1, x2, y2 = _inside(own + np.array([-wide, -tall, wide, tall]), width, height)
    kept = np.zeros((height, width), bool)
    kept[y1:y2, x1:x2] = True
    core = _inside(np.array([x1 + (x2 - x1) * (1 - CORE) / 2, y1, x2 - (x2 - x1) * (1 - CORE) / 2, y2]), width, height)
    for other in others:
        left, top, right, bottom = _inside(other, width, height)
        kept[top:bottom, left:right] = False
        kept[max(top, core[1]) : min(bottom, core[3]), max(left, core[0]) : min(right, core[2])] = True
    coarse = cv2.resize(picture, (BLOCKS, max(1, round(BLOCKS * height / width))), interpolation=cv2.INTER_AREA)
    coarse = np.where(kept[..., None], picture, cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))
    return np.asarray(coarse, np.uint8)


def marked(picture: Image, text: str) -> bytes:
    """With a line of text along its foot, at least 240 pixels wide; JPEG."""
    if picture.shape[1] < 240:
        scale = 240 / picture.shape[1]
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)
    width = picture.shape[1]
    (long, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
    size = min(0.45, (width - 8) / long)
    line = np.full((round(tall * size) + 10, width, 3), 20, np.uint8)
    cv2.putText(line, text, (4, line.shape[0] - 5), cv2.FONT_HERSHEY_SIMPLEX, size, (225, 225, 225), 1, cv2.LINE_AA)
    across = picture.copy()  # faintly over the person, too: cutting the line off does not help
    cv2.putText(
        across, text, (4, picture.shape[0] // 2), cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1, cv2.LINE_AA
    )
    picture = cv2.addWeighted(picture, 0.72, across, 0.28, 0)
    _done, coded = cv2.imencode(".jpg", np.vstack([picture, line]), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return coded.tobytes()


def _box_at(tracklet: Tracklet, time: float) -> Box:
    boxes = np.array(tracklet.boxes)
    return np.array([np.interp(time, tracklet.times, boxes[:, axis]) for axis in range(4)])


def _shown(own: Box, width: int, height: int) -> Box:
    """What of the camera's picture the kept one shows (``cutting.crops_of``)."""
    dx, dy = (own[2] - own[0]) * MARGIN, (own[3] - own[1]) * MARGIN
    return np.array(
        [max(0, own[0] - dx), max(0, own[1] - dy), min(width, own[2] + dx), min(height, own[3] + dy)]
    ).round()


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if min(width, height) <= 0:
        return 0.0
    both = float(width * height)
    return both / (float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - both)


def _inside(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = (round(float(v)) for v in box)
    return min(max(x1, 0), width), min(max(y1, 0), height), min(max(x2, 0), width), min(max(y2, 0), height)
