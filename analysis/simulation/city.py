"""Named scenarios, from easy to hard, and scenarios from a file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from ..pipeline.geometry import CameraGeometry
from ..search import geo
from .people import CLOTH_BGR, Carried, Moving, Person, Stroll, Walk
from .props import Bench, Post, Prop, Tree, Vehicle
from .scenario import Scenario, SimulatedCamera
from .scene import KINDS, Kind, Light, Scene
from .wardrobe import changed, passer_by, person

#: Street-like ways over district borders, WGS84 lon, lat.
WAYS: dict[str, tuple[tuple[float, float], ...]] = {
    # Jongno-gu, Dongdaemun-gu, Seongdong-gu
    "dongmyo": ((127.0178, 37.5727), (127.0252, 37.5752), (127.0352, 37.5730), (127.0402, 37.5668), (127.0421, 37.5622)),
    # Jongno-gu, Dongdaemun-gu, Seongdong-gu, Gwangjin-gu
    "majang": (
        (127.0178, 37.5727), (127.0270, 37.5748), (127.0352, 37.5730), (127.0415, 37.5664), (127.0475, 37.5600),
        (127.0600, 37.5540), (127.0720, 37.5490), (127.0810, 37.5440),
    ),
    # inside Jongno-gu
    "jongno": ((126.9920, 37.5715), (127.0010, 37.5712), (127.0100, 37.5715)),
}  # fmt: skip

PLAIN = (960, 540)


@dataclass(frozen=True, slots=True)
class Spec:
    """What makes one scenario differ from another; each field may stand in a TOML file.

    minutes: footage of each camera. crowd: others who pass a camera in a minute.
    decoys: people dressed like the person. wind: 0 to 1. traffic: vehicles that pass a road in a minute.
    sizes (pixels, with shares), rates (frames a second), gops (seconds): what cameras vary between, up to
    4K and 60 a second, unless ``varied_cameras`` is false.
    pause: (share of the way, seconds) spent unseen, as in a bus; jump: metres gained meanwhile, past cameras that do
    not see the person.
    changes_coat: share of the way after which the upper clothing is another.
    broken: share of cameras without footage. wrong_clocks: standard deviation of clock offsets, seconds.
    continuous: every camera records all ``minutes`` from about when the person was last seen, not just about
    when they pass. scatter: metres around that place within which the cameras aside stand; 0: along the way.
    """

    about: str
    way: str = "dongmyo"
    cameras: int = 8
    aside: int = 2
    minutes: float = 1.0
    crowd: float = 2.0
    decoys: int = 1
    light: Light = "day"
    rain: float = 0.0
    kinds: tuple[Kind, ...] = KINDS
    upper: str = "red"
    lower: str = "black"
    height: float = 1.56
    carries: Carried = ""
    stoop: float = 0.0
    speed: float = 1.0
    mobility: str = "foot"
    pause: tuple[float, float] = (0.0, 0.0)
    jump: float = 0.0
    changes_coat: float = 1.0
    coat: str = "navy"
    broken: float = 0.0
    wrong_clocks: float = 0.0
    varied_cameras: bool = True
    sizes: tuple[tuple[int, int], ...] = ((640, 480), (960, 540), (1280, 720), (1920, 1080))
    size_shares: tuple[float, ...] = (0.15, 0.35, 0.4, 0.1)
    rates: tuple[int, ...] = (6, 8, 10, 15)
    gops: tuple[float, ...] = (1.0, 2.0, 2.0, 4.0, 10.0)
    wind: float = 0.3
    traffic: float = 1.0
    continuous: bool = False
    scatter: float = 0.0


SPECS: dict[str, Spec] = {
    "few_people": Spec("Quiet streets by day, few people.", crowd=1.0),
    "market_crowd": Spec("A crowd at every camera.", crowd=9.0, cameras=6),
    "three_red_jackets": Spec("Three others dressed like the person.", decoys=3),
    "two_borders": Spec("Over two district borders.", cameras=10, crowd=3.0),
    "bus_ride": Spec("Twenty minutes unseen in a bus.", pause=(0.4, 1200.0), jump=900.0, mobility="foot"),
    "changes_coat": Spec("Puts another jacket on halfway.", changes_coat=0.5),
    "night": Spec("Infrared at night: no colours.", light="night", crowd=1.0),
    "rain": Spec("Rain and umbrellas at dusk.", light="dusk", rain=0.8),
    "wrong_clocks": Spec("Clocks wrong by a minute or two.", wrong_clocks=70.0),
    "half_broken": Spec("Half of the cameras have no footage.", cameras=12, broken=0.5),
    "running_child": Spec(
        "A child who runs.", upper="yellow", lower="blue", height=1.15, speed=2.2, mobility="bicycle"
    ),
    "wheelchair": Spec(
        "A person in a wheelchair.", carries="wheelchair", upper="purple", speed=0.9, mobility="wheelchair"
    ),
    "old_with_stick": Spec(
        "Stooped, with a stick, through a park.",
        kinds=("park", "road"),
        carries="stick",
        stoop=0.35,
        speed=0.7,
        upper="green",
        lower="grey",
        mobility="slow",
    ),
    "rush_hour": Spec(
        "Twenty cameras in four districts, rush hour, decoys.",
        way="majang",
        cameras=20,
        aside=4,
        crowd=5.0,
        decoys=2,
        minutes=0.8,
    ),
    "long_hours": Spec(
        "Half an hour of quiet streets from twenty cameras all around, few people.",
        way="jongno",
        cameras=6,
        aside=14,
        minutes=35.0,
        crowd=0.15,
        continuous=True,
        scatter=1200.0,
        sizes=((640, 480), (960, 540)),
        size_shares=(0.5, 0.5),
        rates=(6, 8, 10),
        wind=0.0,
        traffic=0.2,
    ),
    "common_clothes": Spec("Black on black, as many others.", upper="black", lower="black", crowd=4.0, decoys=2),
}


class SpecError(Exception):
    """A scenario file that cannot be used; the message says why."""


def read_spec(path: Path) -> Spec:
    """A scenario from a TOML file with the fields of ``Spec``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(f"{path}: {error}") from error
    known = {field.name: field for field in fields(Spec)}
    if unknown := sorted(set(content) - set(known)):
        raise SpecError(f"{path}: unknown field {', '.join(unknown)}; known are {', '.join(known)}")
    try:
        return checked(TypeAdapter(Spec).validate_python({"about": path.stem, **content}))
    except ValueError as error:
        raise SpecError(f"{path}: {error}") from error


def checked(spec: Spec) -> Spec:
    """ValueError names what cannot be."""
    for name, low, high in (
        ("cameras", 1, 200), ("aside", 0, 200), ("minutes", 0.2, 120), ("crowd", 0, 40), ("decoys", 0, 20), ("rain", 0, 1),
        ("height", 0.8, 2.2), ("speed", 0.2, 6), ("broken", 0, 1), ("wind", 0, 1), ("scatter", 0, 5000), ("traffic", 0, 30), ("changes_coat", 0, 1),
    ):  # fmt: skip
        if not low <= getattr(spec, name) <= high:
            raise ValueError(f"{name} must lie between {low} and {high}")
    for name, allowed in (("way", WAYS), ("upper", CLOTH_BGR), ("lower", CLOTH_BGR), ("coat", CLOTH_BGR)):
        if getattr(spec, name) not in allowed:
            raise ValueError(f"{name} must be one of {', '.join(allowed)}")
    if not spec.sizes or any(
        not (160 <= w <= 3840 and 120 <= h <= 2160 and w % 2 == h % 2 == 0) for w, h in spec.sizes
    ):
        raise ValueError("sizes must be even and lie between 160x120 and 3840x2160")
    if len(spec.size_shares) != len(spec.sizes) or abs(sum(spec.size_shares) - 1) > 1e-6 or min(spec.size_shares) < 0:
        raise ValueError("size_shares must be one share for each of the sizes, adding up to 1")
    if not spec.rates or any(not 1 <= rate <= 60 for rate in spec.rates):
        raise ValueError("rates must lie between 1 and 60")
    if not spec.gops or any(not 0.2 <= gop <= 30 for gop in spec.gops):
        raise ValueError("gops must lie between 0.2 and 30")
    if not spec.kinds:
        raise ValueError(f"kinds must be some of {', '.join(KINDS)}")
    return spec


def build(name: str, spec: Spec, seed: int) -> Scenario:
    """The scenario of a spec and a seed; the same two give the same scenario."""
    rng = np.random.default_rng([seed, *name.encode()])
    target = changed(
        person("target", spec.upper, spec.lower, rng, height=spec.height, hair=(150, 150, 152)),
        carries=spec.carries, stoop=spec.stoop or None,
    )  # fmt: skip
    decoys = [
        person(f"decoy-{n}", spec.upper, spec.lower, rng, height=float(rng.uniform(1.6, 1.8)))
        for n in range(spec.decoys)
    ]
    way = _Way(np.array(WAYS[spec.way]), spec)
    spots = np.linspace(0.04, 0.98, spec.cameras) + rng.uniform(-0.012, 0.012, spec.cameras)
    working = rng.permutation(spec.cameras) >= round(spec.broken * spec.cameras)
    made = []
    for index, share in enumerate(spots):
        dressed = changed(target, upper=spec.coat) if share > spec.changes_coat else target
        lon, lat, heading, passes = way.at(float(share))
        seen = not way.ridden(float(share))
        camera = _camera(f"{index + 1:02d}", spec, lon, lat, heading, passes, seen, dressed, decoys, index, rng)
        made.append(replace(camera, working=bool(working[index])))
    for index in range(spec.aside):
        lon, lat, heading, passes = way.at(float(rng.uniform(0.2, 0.9)))
        aside = 260 * unit(heading + 90)
        if spec.scatter:
            lon, lat = WAYS[spec.way][0]
            aside = spec.scatter * np.sqrt(rng.random()) * unit(float(rng.uniform(0, 360)))
        side = geo.offset(lon, lat, *(float(v) for v in aside))[0]
        label = f"{spec.cameras + index + 1:02d}"
        made.append(
            _camera(label, spec, float(side[0]), float(side[1]), heading, passes, False, target, decoys, index, rng)
        )
    lon, lat, heading, _ = way.at(0.0)
    return Scenario(name, seed, target, lon, lat, heading, tuple(made), spec.mobility)


class _Way:
    """Places and times along the way; a pause takes time and may carry the person on."""

    def __init__(self, points: np.ndarray, spec: Spec) -> None:
        self.points, self.spec = points, spec
        self.lengths = geo.distance_m(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
        self.total = float(self.lengths.sum())

    def at(self, share: float) -> tuple[float, float, float, float]:
        """lon, lat, heading (degrees) and seconds since the start, after a share of the way."""
        walked = share * self.total
        lon, lat, heading = along(self.points, self.lengths, walked)
        seconds = walked / (0.85 * self.spec.speed)
        after, length = self.spec.pause
        if length and share > after:
            seconds += length - min(self.spec.jump, walked - after * self.total) / (0.85 * self.spec.speed)
        return lon, lat, heading, seconds

    def ridden(self, share: float) -> bool:
        """Whether the person is carried past there, where no camera sees them."""
        beyond = (share - self.spec.pause[0]) * self.total
        return bool(self.spec.pause[1]) and 0 < beyond < self.spec.jump


def _camera(
    name: str, spec: Spec, lon: float, lat: float, street: float, passes: float, passed: bool, target: Person,
    decoys: list[Person], index: int, rng: np.random.Generator,
) -> SimulatedCamera:  # fmt: skip
    duration = spec.minutes * 60 * (1.0 if spec.continuous else float(rng.uniform(0.85, 1.15)))
    scene = _scene(spec, street, duration, rng)
    before = min(float(rng.uniform(0.3, 0.7)) * duration, max(passes - 5.0, 0.0))
    start = passes - before
    if spec.continuous:
        start = -float(rng.uniform(0, 120))
        before = passes - start
    walks: list[Moving] = []
    if passed:
        walks.append(_past(target, scene, street, spec.speed, before, rng))
    for count, decoy in enumerate(decoys):
        if (index + count) % 3 == 1 or not (passed or spec.scatter):
            away = (30.0 + 9 * count) * (1 if before < duration / 2 else -1)
            walks.append(_past(decoy, scene, street + 180, 1.3, before + away, rng))
    for count in range(int(rng.poisson(spec.crowd * duration / 60))):
        walks += _passing(f"{name}-{count}", scene, street, duration, spec.rain, rng)
    fps, gop = (int(rng.choice(spec.rates)), float(rng.choice(spec.gops))) if spec.varied_cameras else (8, 2.0)
    return SimulatedCamera(
        name, lon, lat, scene, start, duration, passes if passed else None, tuple(walks), fps, gop,
        "libx265" if spec.varied_cameras and rng.random() < 0.15 else "libx264",
        round(float(rng.normal(0, spec.wrong_clocks)), 1) if spec.wrong_clocks else 0.0,
    )  # fmt: skip


def _scene(spec: Spec, street: float, duration: float, rng: np.random.Generator) -> Scene:
    size = spec.sizes[int(rng.choice(len(spec.sizes), p=spec.size_shares))] if spec.varied_cameras else PLAIN
    kind: Kind = spec.kinds[int(rng.integers(len(spec.kinds)))]
    turned = 1.0 if rng.random() < 0.5 else -1.0
    geometry = CameraGeometry(
        mounting_height=float(rng.uniform(3.6, 4.6)),
        heading=float((street + turned * rng.uniform(62, 112)) % 360),
        tilt=float(rng.uniform(15, 20)),
        field_of_view=float(rng.uniform(62, 76)),
        picture_width=size[0],
        picture_height=size[1],
    )
    near, far = {"alley": (4.2, 10.5), "park": (6.0, 9.5), "station": (5.0, 14.0)}.get(kind, (6.4, 11.0))
    scene = Scene(
        geometry, street, near, far, int(rng.integers(2**31)), tuple(float(c) for c in rng.uniform(0.93, 1.07, 3)),  # type: ignore[arg-type]
        float(rng.uniform(0.85, 1.08)), float(rng.uniform(0.6, 1.3)), float(rng.uniform(0.5, 1.0)) * size[0] / 960, kind,
    ).under(spec.light, spec.rain)  # fmt: skip
    return replace(scene, props=tuple(_props(scene, spec.wind, spec.traffic, duration, rng)))


def _props(scene: Scene, wind: float, traffic: float, duration: float, rng: np.random.Generator) -> list[Prop]:
    """Posts everywhere, vehicles on roads, trees in parks and here and there."""
    props: list[Prop] = [
        Post(*_spot(scene, float(rng.uniform(-7, 7)), scene.near - 0.4)) for _ in range(int(rng.integers(0, 3)))
    ]
    if scene.kind in ("road", "crossing"):
        colours = [(200, 200, 204), (40, 40, 44), (120, 118, 116), (140, 70, 40), (40, 44, 150)]
        for _ in range(int(rng.integers(0, 3))):
            spot = _spot(scene, float(rng.uniform(-9, 9)), scene.far - 1.2)
            props.append(Vehicle(*spot, scene.street, colours[int(rng.integers(5))]))
        for _ in range(int(rng.poisson(traffic * duration / 60))):
            spot = _spot(scene, 0.0, (scene.near + scene.far) / 2)
            moment, speed = float(rng.uniform(0, duration)), float(rng.uniform(6, 12))
            props.append(Vehicle(*spot, scene.street, colours[int(rng.integers(5))], speed, moment))
    seats = {"park": rng.random() < 0.8, "station": rng.random() < 0.5, "road": rng.random() < 0.2}
    if seats.get(scene.kind, False):
        across = scene.far + {"park": 0.5, "station": 1.5, "road": 2.6}[scene.kind]
        spot = _spot(scene, float(rng.uniform(-3, 3)), across)
        props.append(Bench(*spot, (scene.geometry.heading + 180 + float(rng.uniform(-25, 25))) % 360))
    trees = int(rng.integers(2, 5)) if scene.kind == "park" else int(rng.integers(0, 2))
    for _ in range(trees):
        spot = _spot(scene, float(rng.uniform(-12, 12)), scene.far + float(rng.uniform(2.5, 9)))
        props.append(
            Tree(*spot, float(rng.uniform(4, 7)), float(rng.uniform(1.2, 2.2)), wind, int(rng.integers(2**31)))
        )
    return props


def _spot(scene: Scene, along: float, across: float) -> tuple[float, float]:
    east, north = scene.place(along, across)
    return float(east), float(north)


def _depth(scene: Scene, rng: np.random.Generator) -> float:
    """Metres over the street at which people walk there."""
    if scene.kind in ("park", "alley"):
        return float(rng.uniform(scene.near + 0.4, scene.far - 0.4))
    if scene.kind == "station":
        return float(rng.uniform(scene.near, scene.far))
    return float(
        rng.choice([rng.uniform(scene.near - 1.6, scene.near - 0.4), rng.uniform(scene.far + 0.5, scene.far + 3.0)])
    )


def _past(who: Person, scene: Scene, heading: float, speed: float, moment: float, rng: np.random.Generator) -> Walk:
    spot = scene.place(float(rng.uniform(-1.5, 1.5)), _depth(scene, rng))
    pace = speed * float(rng.uniform(0.95, 1.2))
    return Walk(
        who, float(spot[0]), float(spot[1]), float(heading % 360), pace, moment, moment - 18 / pace, moment + 18 / pace
    )


def _passing(
    key: str, scene: Scene, street: float, duration: float, rain: float, rng: np.random.Generator
) -> list[Moving]:
    """One passer-by, or two who go together; some stop on the way, sit down, turn back, or ride a bicycle."""
    heading = street + (180.0 if rng.random() < 0.5 else 0.0)
    moment, speed = float(rng.uniform(0, duration)), float(rng.uniform(0.8, 1.5))
    walk = _past(passer_by(key, rng, rain), scene, heading, speed, moment, rng)
    kind = rng.random()
    bench = next((prop for prop in scene.props if isinstance(prop, Bench)), None)
    if bench is not None and kind > 0.85 and not walk.person.carries:
        return [_sitting(walk, bench, float(rng.uniform(8, 40)))]
    if 0.79 < kind < 0.85 and walk.person.height > 1.4:
        rider = changed(walk.person, carries="bicycle", stoop=0.0)
        return [_past(rider, scene, heading, float(rng.uniform(2.5, 4.5)), moment, rng)]
    if kind < 0.12:
        return [walk, replace(walk, person=passer_by(f"{key}b", rng, rain), east=walk.east + 0.6 * float(scene.across[0]), north=walk.north + 0.6 * float(scene.across[1]))]  # fmt: skip
    if kind < 0.30:
        return [_stopping(walk, float(rng.uniform(3, 15)), back=bool(rng.random() < 0.3))]
    return [walk]


def _stopping(walk: Walk, pause: float, back: bool) -> Stroll:
    """The same way with a pause at its middle; ``back``: then returns."""
    first, middle = walk.at(walk.begin), walk.at(walk.moment)
    last = first if back else walk.at(walk.end)
    rest = float(np.linalg.norm(last - middle)) / walk.speed
    stations = (
        (walk.begin, *first),
        (walk.moment, *middle),
        (walk.moment + pause, *middle),
        (walk.moment + pause + rest, *last),
    )
    return Stroll(walk.person, tuple((float(t), float(e), float(n)) for t, e, n in stations))


def _sitting(walk: Walk, bench: Bench, pause: float) -> Stroll:
    """Comes along, sits down on the bench, and goes on. pause: seconds."""
    spot = bench.at(0.0) + 0.06 * unit(bench.heading)
    first, last = walk.at(walk.begin), walk.at(walk.end)
    come, leave = (float(np.linalg.norm(spot - end)) / walk.speed for end in (first, last))
    stations = (
        (walk.moment - come, *first),
        (walk.moment, *spot),
        (walk.moment + pause, *spot),
        (walk.moment + pause + leave, *last),
    )
    return Stroll(walk.person, tuple((float(t), float(e), float(n)) for t, e, n in stations), sits=bench.heading)


def along(points: np.ndarray, lengths: np.ndarray, walked: float) -> tuple[float, float, float]:
    """Place (lon, lat) and heading (degrees) after some metres of the way."""
    ends = np.cumsum(lengths)
    index = min(int(np.searchsorted(ends, walked)), len(lengths) - 1)
    share = float(np.clip((walked - (ends[index] - lengths[index])) / lengths[index], 0, 1))
    place = points[index] + share * (points[index + 1] - points[index])
    return float(place[0]), float(place[1]), float(geo.bearing(*points[index], *points[index + 1]))


def unit(heading: float) -> np.ndarray:
    return np.array([np.sin(np.radians(heading)), np.cos(np.radians(heading))])
