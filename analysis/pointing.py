"""Somebody in a picture whom the search did not put forward: found by where they are."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from cameras.models import Recording

from .models import Tracklet

AROUND = 0.15  # of the box's size, within which a click still means the person
NEAR = timedelta(seconds=0.6)  # of time, before and after the track


def who_is_at(recording: Recording, time: float, x: float, y: float) -> Tracklet | None:
    """The person followed there: time in seconds of the recording, x and y in pixels of the full picture. Of several the
    one in whose middle the point lies best; None where nobody was followed."""
    moment = recording.start + timedelta(seconds=time)
    about = recording.tracklets.filter(start__lte=moment + NEAR, end__gte=moment - NEAR)
    found = [(off, tracklet) for tracklet in about if (off := _off(tracklet, time, x, y)) is not None]
    return min(found, key=lambda row: row[0])[1] if found else None


def _off(tracklet: Tracklet, time: float, x: float, y: float) -> float | None:
    """How far from the middle of the person's box, in its own size; None outside it."""
    boxes = np.array(tracklet.boxes)
    x1, y1, x2, y2 = (float(np.interp(time, tracklet.times, boxes[:, axis])) for axis in range(4))
    across = abs(x - (x1 + x2) / 2) / max(x2 - x1, 1.0)
    down = abs(y - (y1 + y2) / 2) / max(y2 - y1, 1.0)
    return None if max(across, down) > 0.5 + AROUND else float(np.hypot(across, down))
