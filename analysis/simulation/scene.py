"""A street as a fixed camera sees it: background, passers-by, the sensor; into an H.264 file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.geometry import CameraGeometry
from ..pipeline.types import Image
from .people import Walk, draw

NOISE_FRAMES = 16


@dataclass(frozen=True, slots=True)
class Scene:
    """One camera's view of a street. street: its heading in degrees; near, far: metres from the
    camera's foot to the two kerbs; cast: gain of the blue, green and red channel; light: exposure."""

    geometry: CameraGeometry
    street: float
    near: float
    far: float
    seed: int
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    light: float = 1.0
    noise: float = 1.7
    blur: float = 0.7

    @property
    def gain(self) -> NDArray[np.float64]:
        """Of the blue, green and red channel, ``(3,)``."""
        return np.array(self.cast) * self.light


@dataclass(frozen=True, slots=True)
class TrueBox:
    """Where somebody is in one frame: time in seconds of the file, box in pixels ``x1 y1 x2 y2``."""

    time: float
    person: str
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class Rendered:
    """What was put into a file: the truth of every frame."""

    path: Path
    duration: float
    boxes: list[TrueBox] = field(default_factory=list)


def background(scene: Scene) -> Image:
    """Road with markings, pavements, house fronts and sky; ``(h, w, 3) uint8``."""
    g, rng = scene.geometry, np.random.default_rng(scene.seed)
    xs, ys = np.meshgrid(np.arange(g.picture_width) + 0.5, np.arange(g.picture_height) + 0.5)
    pixels = np.column_stack([xs.ravel(), ys.ravel()])
    spots = g.ground(pixels).reshape(g.picture_height, g.picture_width, 2)
    angle = np.radians(scene.street)
    along = spots[..., 0] * np.sin(angle) + spots[..., 1] * np.cos(angle)
    look = np.radians(g.heading)
    side = np.array([np.cos(angle), -np.sin(angle)])
    if side @ np.array([np.sin(look), np.cos(look)]) < 0:
        side = -side
    across = spots @ side
    ground = np.isfinite(across) & (np.abs(across) < scene.far + 9.0)
    picture = np.empty((g.picture_height, g.picture_width, 3), np.float32)
    _fronts(picture, scene, rng)
    road = ground & (across > scene.near) & (across < scene.far)
    pavement = ground & ~road & (across < scene.far + 4.0)
    verge = ground & ~road & ~pavement
    picture[road] = (92, 90, 88)
    picture[pavement] = (148, 150, 152)
    picture[verge] = (96, 118, 106)
    joint = pavement & ((np.mod(along, 0.9) < 0.05) | (np.mod(across, 0.9) < 0.05))
    picture[joint] *= 0.86
    kerb = ground & ((np.abs(across - scene.near) < 0.12) | (np.abs(across - scene.far) < 0.12))
    picture[kerb] = (176, 178, 180)
    middle = (scene.near + scene.far) / 2
    line = road & (np.abs(across - middle) < 0.09) & (np.mod(along, 5.0) < 3.0)
    picture[line] = (70, 190, 214)
    crossing = road & (np.abs(along - 4.0) < 2.0) & (np.mod(across, 1.0) < 0.5)
    picture[crossing] = (206, 208, 210)
    grain = cv2.resize(
        rng.normal(0, 1, (g.picture_height // 3, g.picture_width // 3)).astype(np.float32),
        (g.picture_width, g.picture_height),
    )
    coarse = cv2.resize(
        rng.normal(0, 1, (12, 20)).astype(np.float32),
        (g.picture_width, g.picture_height),
        interpolation=cv2.INTER_CUBIC,
    )
    picture += (5.0 * grain + 6.0 * coarse)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def _fronts(picture: NDArray[np.float32], scene: Scene, rng: np.random.Generator) -> None:
    """House fronts with windows and doors behind the far pavement, sky above."""
    height, width = picture.shape[:2]
    picture[:] = (214, 204, 192)
    x = 0
    while x < width:
        wide = int(rng.uniform(0.10, 0.24) * width)
        tone = rng.uniform(95, 185) * np.array([rng.uniform(0.88, 1.02), rng.uniform(0.92, 1.0), 1.0])
        roof = int(rng.uniform(0.0, 0.12) * height)
        picture[roof:, x : x + wide] = tone
        step, tall = max(18, wide // int(rng.integers(2, 5))), int(0.09 * height)
        for top in range(roof + tall // 2, height, int(tall * 1.8)):
            for left in range(x + step // 4, x + wide - step // 3, step):
                glass = rng.uniform(50, 110) * np.array([1.08, 1.0, 0.94])
                picture[top : top + tall, left : left + step // 2] = glass
        picture[roof:, x : x + 2] *= 0.7
        x += wide


def render(
    scene: Scene,
    walks: list[Walk],
    path: Path,
    duration: float,
    fps: int = 8,
    gop_s: float = 2.0,
    progress: Callable[[float], None] = lambda share: None,
) -> Rendered:
    """Writes the file (H.264 in MP4) and returns its truth. ``duration``: seconds."""
    g, rng = scene.geometry, np.random.default_rng(scene.seed + 1)
    plain = background(scene)
    shape = (g.picture_height, g.picture_width, 3)
    noise = [np.clip(rng.normal(128, scene.noise, shape), 0, 255).astype(np.uint8) for _ in range(NOISE_FRAMES)]
    quiet = cv2.GaussianBlur(np.clip(plain * scene.gain, 0, 255).astype(np.uint8), (0, 0), scene.blur)
    result = Rendered(path, duration)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part.mp4")
    with av.open(str(part), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = g.picture_width, g.picture_height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        stream.options = {
            "preset": "superfast", "crf": "27", "g": str(round(gop_s * fps)), "sc_threshold": "0", "threads": "1",
        }  # fmt: skip
        total = round(duration * fps)
        for index in range(total):
            time = index / fps
            frame, boxes = _frame(scene, walks, time, quiet)
            result.boxes += boxes
            frame = cv2.addWeighted(frame, 1.0, noise[int(rng.integers(NOISE_FRAMES))], 1.0, -128.0)
            picture = av.VideoFrame.from_ndarray(frame, format="bgr24")
            picture.pts = index
            container.mux(stream.encode(picture))
            if index % 32 == 0:
                progress(index / total)
        container.mux(stream.encode(None))
    part.replace(path)
    progress(1.0)
    return result


def _frame(scene: Scene, walks: list[Walk], time: float, quiet: Image) -> tuple[Image, list[TrueBox]]:
    look = np.radians(scene.geometry.heading)
    forward = np.array([np.sin(look), np.cos(look)])
    there = [walk for walk in walks if walk.begin <= time <= walk.end]
    there.sort(key=lambda walk: -float(walk.at(time) @ forward))  # who stands nearer is painted later
    frame, boxes = quiet, []
    for walk in there:
        canvas = quiet.copy() if frame is quiet else frame
        box = draw(canvas, scene.geometry, walk, time, scene.gain)
        if box is None:
            continue
        frame = canvas
        _soften(frame, box, scene.blur)
        boxes.append(TrueBox(round(time, 4), walk.person.key, tuple(round(float(v), 1) for v in box)))  # type: ignore[arg-type]
    return frame, boxes


def _soften(image: Image, box: NDArray[np.float64], sigma: float) -> None:
    """The lens blurs people as it blurs the street."""
    x1, y1 = (int(max(v - 4, 0)) for v in box[:2])
    part = image[y1 : int(box[3]) + 4, x1 : int(box[2]) + 4]
    if part.size:
        part[:] = cv2.GaussianBlur(part, (0, 0), sigma)
