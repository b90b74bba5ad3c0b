"""The simulated walk: what the demonstration promises of it, and that its truth is true."""

from __future__ import annotations

import av
import numpy as np
import pytest
from django.contrib.gis.geos import Point

from analysis.simulation.footage import LEAST_VISIBLE_S, Truth, rendered
from analysis.simulation.people import CLOTH_BGR
from analysis.simulation.walk import first_walk
from cameras.models import District


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """One short camera of the walk."""
    scenario = first_walk(5, cameras=1, aside=0, minutes=0.7)
    folder = tmp_path_factory.mktemp("walk")
    return scenario, folder, rendered(scenario, folder, processes=1)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 7])
def test_eight_cameras_in_three_districts_one_to_find_and_a_dozen_others(seed):
    scenario = first_walk(seed)
    assert len(scenario.cameras) >= 8
    points = [Point(camera.lon, camera.lat, srid=4326) for camera in scenario.cameras]
    assert len({District.objects.get(boundary__covers=point).code for point in points}) >= 3
    assert len(scenario.others) >= 12
    double = next(w.person for c in scenario.cameras for w in c.walks if w.person.key == "double")
    assert (double.upper, double.lower) == (scenario.target.upper, scenario.target.lower)


def test_the_same_seed_gives_the_same_walk():
    assert first_walk(4) == first_walk(4)
    assert first_walk(4) != first_walk(5)


def test_the_person_passes_the_cameras_one_after_the_other_at_walking_speed():
    passes = [camera.passes for camera in first_walk(1).cameras if camera.passes is not None]
    assert passes == sorted(passes)


def test_the_file_is_ordinary_video_of_the_stated_length(filmed):
    scenario, _folder, truth = filmed
    with av.open(str(truth.path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.frames / 8 == pytest.approx(scenario.cameras[0].duration, abs=0.2)


def test_the_truth_is_where_the_pixels_are(filmed):
    scenario, _folder, truth = filmed
    boxes = {box.time: box for box in truth.boxes if box.person == scenario.target.key}
    hits = 0
    with av.open(str(truth.path)) as container:
        for frame in container.decode(video=0):
            box = boxes.get(round(frame.time, 4))
            if box is None:
                continue
            x1, y1, x2, y2 = (int(v) for v in box.box)
            chest = frame.to_ndarray(format="bgr24")[y1 + (y2 - y1) // 4 : y1 + (y2 - y1) // 2, max(x1, 0) : x2]
            if chest.size:
                red = (chest[..., 2].astype(int) - chest[..., 1] > 60).mean()
                hits += red > 0.1
    assert hits > 0.8 * len(boxes) > 5


def test_rendering_again_takes_what_is_there(filmed):
    scenario, folder, truth = filmed
    before = truth.path.stat().st_mtime_ns
    again = rendered(scenario, folder, processes=1)[0]
    assert again.path.stat().st_mtime_ns == before
    assert again.boxes == truth.boxes


def test_a_damaged_note_is_made_anew(filmed):
    scenario, folder, _truth = filmed
    note = folder / "01.json"
    content = note.read_text()
    note.write_text("{")
    rendered(scenario, folder, processes=1)
    assert note.read_text() == content  # the same seed, the same bytes of truth


def test_whom_a_track_follows(filmed):
    _scenario, _folder, truth = filmed
    target = [box for box in truth.boxes if box.person == "target"][:20]
    times, boxes = [b.time for b in target], [list(b.box) for b in target]
    assert truth.person_at(times, boxes) == "target"
    assert truth.person_at(times, [[0, 0, 5, 5]] * len(times)) is None
    assert Truth(truth.camera, truth.path, ()).person_at(times, boxes) is None
    assert truth.visible("target")[1] - truth.visible("target")[0] >= LEAST_VISIBLE_S
    assert truth.visible("nobody") is None


def test_clothing_colours_are_those_of_the_pipeline():
    from analysis.pipeline.colours import NAMES, named

    for name, bgr in CLOTH_BGR.items():
        assert NAMES[named(np.array([bgr], np.uint8))[0]] == name
