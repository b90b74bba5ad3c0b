"""The simulated city: scenarios differ as they say, and the same seed gives the same bytes."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import get_args

import cv2
import numpy as np
import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command

from analysis.search import geo
from analysis.simulation.city import SPECS, SpecError, build, checked, read_spec
from analysis.simulation.painting import in_infrared
from analysis.simulation.people import Carried, Stroll, Walk
from analysis.simulation.posture import joints
from analysis.simulation.props import Bench
from analysis.simulation.scene import KINDS
from analysis.simulation.studio import Studio
from analysis.simulation.wardrobe import changed, passer_by, person
from cameras.models import District


def test_at_least_twelve_named_scenarios_and_all_can_be_built():
    assert len(SPECS) >= 12
    for name, spec in SPECS.items():
        scenario = build(name, checked(spec), 1)
        assert len(scenario.cameras) == spec.cameras + spec.aside
        passes = [camera.passes for camera in scenario.cameras if camera.passes is not None]
        assert passes == sorted(passes)
        for camera in scenario.cameras:
            if camera.passes is not None:
                assert camera.start <= camera.passes <= camera.start + camera.duration
                assert any(walk.person.key == "target" for walk in camera.walks)


def test_the_same_seed_gives_the_same_scenario():
    assert build("rain", SPECS["rain"], 3) == build("rain", SPECS["rain"], 3)
    assert build("rain", SPECS["rain"], 3) != build("rain", SPECS["rain"], 4)


def test_scenarios_are_what_they_say():
    def of(name: str):
        return build(name, SPECS[name], 1)

    assert sum(not camera.working for camera in of("half_broken").cameras) == 6
    assert {camera.scene.light for camera in of("night").cameras} == {"night"}
    assert any(abs(camera.clock_offset) > 30 for camera in of("wrong_clocks").cameras)
    coats = [w.person.upper for c in of("changes_coat").cameras for w in c.walks if w.person.key == "target"]
    assert set(coats) == {"red", "navy"}
    gaps = np.diff([c.passes for c in of("bus_ride").cameras if c.passes is not None])
    assert gaps.max() > 3 * np.median(gaps)
    assert (
        len(
            {w.person.key for c in of("three_red_jackets").cameras for w in c.walks if w.person.key.startswith("decoy")}
        )
        == 3
    )
    assert "wheelchair" in of("wheelchair").target.carried_things


@pytest.mark.django_db
def test_rush_hour_has_twenty_cameras_in_four_districts():
    cameras = build("rush_hour", SPECS["rush_hour"], 1).cameras
    points = [Point(c.lon, c.lat, srid=4326) for c in cameras]
    assert len(cameras) >= 20
    assert len({District.objects.get(boundary__covers=point).code for point in points}) >= 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("light", "rain"), [("day", 0.0), ("dusk", 0.6), ("night", 0.0)])
def test_every_place_at_every_hour(kind, light, rain):
    spec = replace(SPECS["few_people"], kinds=(kind,), light=light, rain=rain, cameras=1, aside=0)
    camera = build("place", spec, 2).cameras[0]
    moment = camera.passes - camera.start
    picture, boxes = Studio(camera.scene, camera.walks).frame(moment)
    g = camera.scene.geometry
    assert picture.shape == (g.picture_height, g.picture_width, 3)
    assert 25 < picture.mean() < 225
    assert (np.ptp(picture.reshape(-1, 3).astype(int), axis=1).max() == 0) == (light == "night")  # grey at night alone
    assert any(box.person == "target" for box in boxes)


def test_who_stands_behind_is_known_to_be_covered():
    camera = build("x", SPECS["few_people"], 1).cameras[0]
    scene = camera.scene
    rng = np.random.default_rng(1)
    still = [
        Stroll(
            person(name, "red", "black", rng, height=1.7),
            tuple((t, *(float(v) for v in scene.place(0, depth))) for t in (0.0, 60.0)),
        )
        for name, depth in (("front", 8.0), ("behind", 8.8))
    ]
    boxes = {box.person: box for box in Studio(scene, still).frame(30.0)[1]}
    assert boxes["front"].visible > 0.95
    assert boxes["behind"].visible < 0.6
    assert boxes["behind"].place == pytest.approx(tuple(scene.place(0, 8.8)), abs=0.02)


def test_people_differ():
    rng = np.random.default_rng(1)
    crowd = [passer_by(str(n), rng) for n in range(300)]
    assert min(p.height for p in crowd) < 1.35
    assert {p.legs for p in crowd} == {"trousers", "shorts", "skirt"}
    assert {"handbag", "shopping bag", "stick"} <= {p.carries for p in crowd}
    assert any(p.hat_bgr for p in crowd)
    assert any(p.stoop for p in crowd)
    assert {"walker", "stroller"} <= {p.carries for p in crowd}
    assert any(p.padded for p in crowd)
    assert any(p.sleeve_bgr for p in crowd)
    wet = [passer_by(str(n), rng, rain=1.0) for n in range(50)]
    assert any("umbrella" in p.carried_things for p in wet)


def test_some_sit_some_ride():
    market = build("market_crowd", replace(SPECS["market_crowd"], kinds=("park",), cameras=12), 1)
    walks = [(camera, walk) for camera in market.cameras for walk in camera.walks]
    riders = [walk for _, walk in walks if walk.person.carries == "bicycle"]
    sitters = [(c, w) for c, w in walks if isinstance(w, Stroll) and w.sits is not None]
    assert riders
    assert min(walk.speed for walk in riders) > 2
    camera, sitter = sitters[0]
    middle = (sitter.stations[1][0] + sitter.stations[2][0]) / 2
    assert (sitter.sits_at(middle), sitter.sits_at(sitter.begin + 0.5)) == (True, False)
    bench = next(prop for prop in camera.scene.props if isinstance(prop, Bench))
    assert np.linalg.norm(bench.at(0) - sitter.at(middle)) < 0.2


def test_who_sits_is_lower():
    rng = np.random.default_rng(1)
    someone = person("a", "red", "black", rng, height=1.7)
    assert joints(someone, 0.0, 0.0, sits=True)["head"][2] < 0.75 * joints(someone, 0.0, 0.0)["head"][2]


@pytest.mark.parametrize("thing", get_args(Carried)[1:])
def test_things_are_painted(thing):
    """Each changes pixels beside the body, and none makes the true box of the person larger than it is."""
    camera = build("x", replace(SPECS["few_people"], varied_cameras=False, wind=0.0, crowd=0, decoys=0), 1).cameras[0]
    scene = replace(camera.scene, props=())
    rng = np.random.default_rng(1)
    plain = replace(person("a", "red", "black", rng, height=1.7), bag_bgr=None)
    spot = [float(v) for v in scene.place(0, 9.0)]
    pictures, boxes = {}, {}
    for carries in ("", thing):
        walk = Walk(replace(plain, carries=carries), *spot, scene.street, 1.0, 5.0)
        pictures[carries], (boxes[carries],) = Studio(scene, [walk]).frame(5.0)
    assert np.abs(pictures[""].astype(int) - pictures[thing]).max() > 40
    height = boxes[""].box[3] - boxes[""].box[1]
    assert boxes[thing].box[3] - boxes[thing].box[1] < 1.15 * height


def test_colours_mean_nothing_under_infrared():
    people = [person(str(n), "black", "white", np.random.default_rng(n)) for n in range(30)]
    greys = [in_infrared(p).upper_bgr for p in people]
    assert all(len(set(grey)) == 1 for grey in greys)
    assert max(g[0] for g in greys) - min(g[0] for g in greys) > 60  # black on all of them


def test_long_hours_cover_the_whole_walk():
    scenario = build("long_hours", SPECS["long_hours"], 1)
    for camera in scenario.cameras:
        assert camera.start <= 0
        assert camera.duration == 35 * 60
        if camera.passes is not None:
            assert camera.start + camera.duration > camera.passes


def test_a_changed_coat_leaves_the_rest():
    someone = person("a", "red", "black", np.random.default_rng(1))
    other = changed(someone, upper="navy")
    assert (other.key, other.height, other.lower_bgr) == (someone.key, someone.height, someone.lower_bgr)
    assert (other.upper, other.upper_bgr != someone.upper_bgr) == ("navy", True)


def test_a_stroll_pauses_and_turns_back():
    stroll = Stroll(
        person("a", "red", "black", np.random.default_rng(1)), ((0, 0, 0), (10, 10, 0), (20, 10, 0), (30, 0, 0))
    )
    assert stroll.speed_at(5) == pytest.approx(1)
    assert stroll.speed_at(15) == 0
    assert stroll.heading_at(5) == pytest.approx(90)
    assert stroll.heading_at(25) == pytest.approx(270)


class TestFile:
    def write(self, tmp_path, text: str):
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return path

    def test_it_works(self, tmp_path):
        spec = read_spec(self.write(tmp_path, 'crowd = 4\nlight = "dusk"\nkinds = ["park", "alley"]\n'))
        assert (spec.crowd, spec.light, spec.kinds) == (4, "dusk", ("park", "alley"))

    @pytest.mark.parametrize(
        "text",
        [
            "crowd = ", "crowds = 3", 'crowd = "many"', "crowd = -1", 'light = "noon"', 'kinds = ["sea"]', "kinds = []",
            'upper = "plaid"', 'way = "busan"', "cameras = 100000", "sizes = [[9, 9]]", "rates = [0]", "gops = []", "cameras = 1.5", "height = 9",
        ],
    )  # fmt: skip
    def test_refusals_name_the_file(self, tmp_path, text):
        with pytest.raises(SpecError, match=r"mine\.toml"):
            read_spec(self.write(tmp_path, text))


class TestCommand:
    SMALL = "cameras = 2\naside = 0\nminutes = 0.2\nvaried_cameras = false\n"

    def test_it_writes_files_truth_and_sheet(self, tmp_path, capsys):
        (tmp_path / "small.toml").write_text(self.SMALL)
        for folder in ("a", "b"):
            call_command("simulate", scenario=str(tmp_path / "small.toml"), seed=2, out=tmp_path / folder)
        assert sorted(p.name for p in (tmp_path / "a").iterdir()) == [
            "01.json",
            "01.mp4",
            "02.json",
            "02.mp4",
            "sheet.jpg",
            "truth.json",
        ]
        assert (tmp_path / "a/truth.json").read_bytes() == (tmp_path / "b/truth.json").read_bytes()
        truth = json.loads((tmp_path / "a/truth.json").read_text())
        assert truth["people"]["target"]["upper"] == "red"
        assert all(len(row) == 9 for camera in truth["cameras"] for row in camera["boxes"])

    def test_gallery(self, tmp_path):
        call_command("simulate", gallery=tmp_path / "all.jpg")
        assert cv2.imread(str(tmp_path / "all.jpg")).shape == (810, 2400, 3)

    def test_people(self, tmp_path):
        call_command("simulate", people=tmp_path / "all.jpg")
        assert cv2.imread(str(tmp_path / "all.jpg")).shape[1] == 1920

    def test_list(self, capsys):
        call_command("simulate", list=True)
        assert "three_red_jackets" in capsys.readouterr().out

    def test_an_unknown_name_is_told(self, tmp_path):
        with pytest.raises(CommandError, match="few_people"):
            call_command("simulate", scenario="nowhere", out=tmp_path)
        with pytest.raises(CommandError):
            call_command("simulate", scenario="night")


@pytest.mark.parametrize("name", sorted(SPECS))
def test_nobody_is_at_two_places_at_once(name):
    """Between two cameras in turn the person goes no faster than they go, but for a ride, which takes its time."""
    spec, cameras = SPECS[name], [c for c in build(name, SPECS[name], 1).cameras if c.passes is not None]
    cameras.sort(key=lambda camera: camera.passes)
    for before, after in itertools.pairwise(cameras):
        metres = float(geo.distance_m(before.lon, before.lat, after.lon, after.lat))
        assert metres / max(after.passes - before.passes, 1.0) <= 1.05 * spec.speed, (before.name, after.name)
