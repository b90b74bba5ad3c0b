"""Files are ordinary video: every frame is there and shows what it should."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest

from analysis.pipeline.activity import bytes_per_second
from analysis.pipeline.decode import read_packets
from analysis.simulation.city import SPECS, build
from analysis.simulation.film import QUIET_VARIANTS, render
from analysis.simulation.studio import Studio


@pytest.fixture(scope="module")
def place():
    """A road without wind or traffic, and one passer-by for about half a minute."""
    spec = replace(SPECS["few_people"], wind=0.0, varied_cameras=False, kinds=("road",), cameras=1, aside=0)
    camera = build("quiet", spec, 1).cameras[0]
    walk = next(w for w in camera.walks if w.person.key == "target")
    return replace(camera.scene, props=()), [replace(walk, moment=60.0, begin=45.0, end=75.0)]


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_every_frame_is_there_and_shows_what_it_should(place, tmp_path, codec):
    scene, walks = place
    made = render(scene, walks, tmp_path / "a.mp4", 90.0, fps=5, gop_s=2.0, codec=codec)
    studio = Studio(scene, walks)
    seen = {box.time for box in made.boxes}
    with av.open(str(made.path)) as container:
        times, keys, furthest = [], [], 0.0
        for frame in container.decode(video=0):
            times.append(frame.time)
            keys.append(frame.time) if frame.key_frame else None
            if round(frame.time, 4) not in seen:
                difference = frame.to_ndarray(format="bgr24").astype(float) - studio.quiet
                furthest = max(furthest, float(np.abs(difference.reshape(-1, 8, 3).mean(axis=1)).mean()))
    assert times == pytest.approx(np.arange(450) / 5)
    assert keys == pytest.approx(np.arange(0, 90, 2.0))
    assert furthest < 6
    assert 45 <= min(seen) < max(seen) <= 75


@pytest.mark.parametrize("light", ["day", "dusk", "night"])
def test_a_still_street_costs_few_bytes_and_people_many(place, tmp_path, light):
    scene, walks = place
    made = render(scene.under(light), walks, tmp_path / "a.mp4", 90.0, fps=10)
    load = bytes_per_second(read_packets(made.path))
    there = np.zeros(len(load), bool)
    there[[int(box.time) for box in made.boxes if box.visible > 0.5]] = True
    assert np.median(load[~there]) < 0.3 * load[there].min()


def test_quiet_groups_repeat_and_are_told_from_busy_ones(place, tmp_path):
    scene, walks = place
    made = render(scene, walks, tmp_path / "a.mp4", 120.0, fps=5, gop_s=2.0)
    with av.open(str(made.path)) as container:
        groups = {
            round(p.pts * float(p.time_base), 4): hash(bytes(p)) for p in container.demux(video=0) if p.is_keyframe
        }
    quiet = [key for time, key in groups.items() if time + 2 < 45 or time > 75]
    seen = {box.time for box in made.boxes}
    busy = [key for time, key in groups.items() if time in seen]
    assert len(set(quiet)) == QUIET_VARIANTS
    assert len(set(busy)) == len(busy)
