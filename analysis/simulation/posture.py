"""How bodies are held: walking, stooping, pushing, sitting, riding.

Points of the body relative to the feet's middle: right, forward, up in metres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .people import Person, hash_share

Points = dict[str, NDArray[np.float64]]


def joints(person: Person, time: float, speed: float = 1.2, sits: bool = False) -> Points:
    """Points of the body relative to the feet's middle: right, forward, up in metres."""
    if person.carries == "wheelchair" or sits:
        return _seated(person)
    if person.carries == "bicycle":
        return _riding(person, time, speed)
    h = person.height
    step = float(np.clip(speed / 1.1, 0.0, 1.35))
    phase = 2 * np.pi * (time * (0.7 + 0.25 * step) + (hash_share(person.key) % 1.0))
    swing = 0.20 * h * np.sin(phase) * min(step, 1.2)
    lift = 0.05 * h * min(step, 1.0)
    hip, shoulder, neck = 0.53 * h, 0.785 * h, 0.83 * h
    points: Points = {
        "head": np.array([0, 0.015 * h, 0.925 * h]),
        "neck": np.array([0, 0, neck]),
        "chest": np.array([0, 0, 0.715 * h]),
        "belly": np.array([0, 0, 0.56 * h]),
        "hem": np.array([0, 0, (0.40 if person.coat else 0.50) * h]),
        "back": np.array([0, -0.10 * h, 0.70 * h]),
        "back_low": np.array([0, -0.11 * h, 0.60 * h]),
    }
    for side, sign in (("left", -1.0), ("right", 1.0)):
        forward = sign * swing
        raised = lift * max(0.0, sign * np.cos(phase))
        points[f"{side}_hip"] = np.array([sign * 0.055 * h, 0, hip])
        points[f"{side}_knee"] = np.array([sign * 0.06 * h, 0.55 * forward + 0.02 * h, 0.285 * h + raised / 2])
        points[f"{side}_ankle"] = np.array([sign * 0.06 * h, forward, 0.04 * h + raised])
        points[f"{side}_toe"] = np.array([sign * 0.06 * h, forward + 0.09 * h, 0.02 * h + raised])
        points[f"{side}_shoulder"] = np.array([sign * 0.115 * h * person.girth, 0, shoulder])
        points[f"{side}_elbow"] = np.array([sign * 0.14 * h * person.girth, -0.35 * forward, 0.64 * h])
        points[f"{side}_hand"] = np.array([sign * 0.13 * h * person.girth, -0.75 * forward + 0.05 * h, 0.49 * h])
    if person.carries == "umbrella":
        points["right_elbow"] = np.array([0.13 * h, 0.08 * h, 0.62 * h])
        points["right_hand"] = np.array([0.10 * h, 0.17 * h, 0.70 * h])
    points = _leaning(points, person.stoop, hip) if person.stoop else points
    return _pushing(person, points)


def _pushing(person: Person, points: Points) -> Points:
    """Both hands on a walker or a stroller."""
    grip = {"walker": (0.13, 0.14, 0.54), "stroller": (0.12, 0.22, 0.58)}.get(person.carries)
    if grip is None:
        return points
    h = person.height
    for side, sign in (("left", -1.0), ("right", 1.0)):
        points[f"{side}_hand"] = np.array([sign * grip[0] * h, grip[1] * h, grip[2] * h])
        points[f"{side}_elbow"] = (points[f"{side}_shoulder"] + points[f"{side}_hand"]) / 2 - np.array([0, 0.05, 0.06])
    return points


def _leaning(points: Points, angle: float, pivot: float) -> Points:
    """Everything above the hips turned forward about them; hands hang down all the same."""
    turned = dict(points)
    for name, point in points.items():
        up = point[2] - pivot
        if up > 0.01 and "hip" not in name and "knee" not in name:
            forward = point[1] * np.cos(angle) + up * np.sin(angle)
            turned[name] = np.array([point[0], forward, pivot + up * np.cos(angle) - point[1] * np.sin(angle)])
    return turned


def _seated(person: Person) -> Points:
    """In a wheelchair: hips at 0.5 m, knees forward."""
    h, seat = person.height, 0.50
    points: Points = {
        "head": np.array([0, 0.02, seat + 0.395 * h]),
        "neck": np.array([0, 0, seat + 0.30 * h]),
        "chest": np.array([0, 0, seat + 0.20 * h]),
        "belly": np.array([0, 0.01, seat + 0.05 * h]),
        "hem": np.array([0, 0.04, seat + 0.01]),
        "back": np.array([0, -0.10 * h, seat + 0.17 * h]),
        "back_low": np.array([0, -0.10 * h, seat + 0.05 * h]),
    }
    for side, sign in (("left", -1.0), ("right", 1.0)):
        points[f"{side}_hip"] = np.array([sign * 0.06 * h, 0, seat])
        points[f"{side}_knee"] = np.array([sign * 0.065 * h, 0.25 * h, seat + 0.02])
        points[f"{side}_ankle"] = np.array([sign * 0.06 * h, 0.27 * h, 0.14])
        points[f"{side}_toe"] = np.array([sign * 0.06 * h, 0.34 * h, 0.12])
        points[f"{side}_shoulder"] = np.array([sign * 0.115 * h * person.girth, 0, seat + 0.255 * h])
        points[f"{side}_elbow"] = np.array([sign * 0.15 * h, 0.04 * h, seat + 0.11 * h])
        points[f"{side}_hand"] = np.array([sign * 0.16 * h, 0.14 * h, seat + 0.07 * h])
    return points


def _riding(person: Person, time: float, speed: float) -> Points:
    """On a bicycle: hips on the saddle, hands on the bars, feet on the pedals (a turn every 5 m)."""
    h, turn = person.height, 2 * np.pi * time * speed / 5.0
    hip, shoulder = np.array([0, -0.12, 0.92]), np.array([0, 0.14, 0.92 + 0.27 * h])
    trunk = shoulder - hip
    points: Points = {
        "head": shoulder + np.array([0, 0.07, 0.13 * h]), "neck": shoulder + np.array([0, 0.02, 0.045 * h]),
        "chest": hip + 0.72 * trunk, "belly": hip + 0.15 * trunk, "hem": hip - np.array([0, 0, 0.02]),
        "back": hip + 0.75 * trunk + np.array([0, -0.11, 0.02]), "back_low": hip + 0.35 * trunk + np.array([0, -0.11, 0.0]),
    }  # fmt: skip
    for side, sign in (("left", -1.0), ("right", 1.0)):
        pedal = np.array([sign * 0.09, 0.02 + 0.17 * np.sin(sign * turn), 0.30 + 0.17 * np.cos(sign * turn)])
        points[f"{side}_hip"] = hip + np.array([sign * 0.055 * h, 0, 0])
        points[f"{side}_ankle"] = pedal + np.array([0, 0, 0.06])
        points[f"{side}_toe"] = pedal + np.array([0, 0.12, 0.03])
        bend = (points[f"{side}_hip"] + points[f"{side}_ankle"]) / 2
        points[f"{side}_knee"] = bend + np.array([0, 0.13 * h / 1.7, 0.04])
        points[f"{side}_shoulder"] = shoulder + np.array([sign * 0.115 * h * person.girth, 0, 0])
        points[f"{side}_hand"] = np.array([sign * 0.24, 0.42, 1.02])
        points[f"{side}_elbow"] = (points[f"{side}_shoulder"] + points[f"{side}_hand"]) / 2 - np.array([0, 0.03, 0.08])
    return points
