"""The truth of a scenario as JSON: who is who, who is where; the same seed gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .footage import Truth
from .people import Person
from .scenario import Scenario


def write_truth(scenario: Scenario, truths: Sequence[Truth], path: Path) -> None:
    """``truth.json``: scenario, people (clothing, height in metres, carried things), cameras, boxes by frame."""
    people = {w.person.key: w.person for c in scenario.cameras for w in c.walks}
    content = {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "last_seen": {"lon": scenario.lon, "lat": scenario.lat, "direction": scenario.direction},
        "target": scenario.target.key,
        "people": {key: _person(someone) for key, someone in sorted(people.items())},
        "cameras": [_camera(truth) for truth in truths],
    }
    path.write_text(json.dumps(content, indent=None, separators=(",", ":")))


def _person(someone: Person) -> dict[str, Any]:
    return {
        "height_m": round(someone.height, 3),
        "upper": someone.upper,
        "lower": someone.lower,
        "sleeves": someone.sleeve or someone.upper,
        "coat": someone.coat,
        "padded": someone.padded,
        "legs": someone.legs,
        "stoop_rad": round(someone.stoop, 3),
        "carries": list(someone.carried_things),
        "hat": someone.hat_bgr is not None,
    }


def _camera(truth: Truth) -> dict[str, Any]:
    camera = truth.camera
    return {
        "name": camera.name,
        "file": truth.path.name,
        "lon": camera.lon,
        "lat": camera.lat,
        "start_s": round(camera.start, 3),
        "kind": camera.scene.kind,
        "light": camera.scene.light,
        "rain": camera.scene.rain,
        "clock_offset_s": camera.clock_offset,
        "boxes": [[b.time, b.person, *b.box, b.visible, *b.place] for b in truth.boxes],
    }
