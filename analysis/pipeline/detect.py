"""People in a batch of frames, by an ultralytics model; on a CPU through OpenVINO."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from .accelerator import gpu_usable
from .inference import Network, there
from .types import Detection, Frame, Image, WeightsMissing

STRIDE = 32  # the coarsest grid of the network: inputs are multiples of it
PERSON = 0  # class index in COCO, and in every detector this project trains


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """weights: a ``.pt`` file; cache: where converted models go; image_size: pixels of the longer side."""

    weights: Path
    cache: Path
    image_size: int = 640
    confidence: float = 0.30
    overlap: float = 0.6  # IoU above which two boxes are one person
    threads: int = 0  # 0: all cores


class Detector:
    """Finds people. The model is loaded at the first call and kept."""

    def __init__(self, config: DetectorConfig) -> None:
        self.config = config
        self._finder: Finder | None = None
        self._digest = ""

    @property
    def version(self) -> str:
        """Names weights and settings; tracklets of different versions are not mixed."""
        if not self._digest:
            path = require_weights(self.config)
            self._digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        return f"{self.config.weights.stem}-{self._digest}@{self.config.image_size}"

    def __call__(
        self, frames: list[Frame], size: int | None = None, confidence: float | None = None
    ) -> list[list[Detection]]:
        """People in each frame, in the order of the frames; boxes in full-size pixels.

        size, confidence: others than the settings', for a quick look.
        """
        if not frames:
            return []
        if self._finder is None:
            self._finder = finder(self.config, self.version)
        config = replace(
            self.config, image_size=size or self.config.image_size, confidence=confidence or self.config.confidence
        )
        found = self._finder([frame.image for frame in frames], config)
        return [
            [Detection(frame.time, (row[:4] * frame.scale).astype(np.float32), float(row[4])) for row in rows]
            for frame, rows in zip(frames, found, strict=True)
        ]


class Finder(Protocol):
    """A detector's arithmetic: pictures of one size in, rows ``x1 y1 x2 y2 confidence`` of people out."""

    def __call__(self, pictures: list[Image], config: DetectorConfig) -> list[NDArray[np.float32]]:
        """``(n, 5) float32`` for each picture, pixels of that picture."""


class CpuFinder:
    """The converted model through OpenVINO, all pictures of a batch at once."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def __call__(self, pictures: list[Image], config: DetectorConfig) -> list[NDArray[np.float32]]:
        """``(n, 5) float32`` for each picture."""
        ready = [letterboxed(picture, config.image_size) for picture in pictures]
        outputs = self.network([values for values, _, _ in ready])
        return [
            people(output[0], scale, corner, picture.shape, config)
            for output, (_, scale, corner), picture in zip(outputs, ready, pictures, strict=True)
        ]


class GpuFinder:
    """The model as ultralytics runs it, in half precision."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, pictures: list[Image], config: DetectorConfig) -> list[NDArray[np.float32]]:
        """``(n, 5) float32`` for each picture."""
        results = self.model.predict(
            pictures, imgsz=config.image_size, conf=config.confidence, iou=config.overlap,
            classes=[PERSON], rect=True, half=True, verbose=False,
        )  # fmt: skip
        return [result.boxes.data.cpu().numpy()[:, :5] for result in results]


def letterboxed(picture: Image, size: int) -> tuple[NDArray[np.float32], float, tuple[int, int]]:
    """The network's input ``(1, 3, h, w)`` RGB 0 to 1: scaled to ``size`` pixels of the longer side and padded
    with grey to multiples of the stride; with the scale and the corner (x, y) that the picture begins at."""
    height, width = picture.shape[:2]
    scale = size / max(height, width)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(picture, inner, interpolation=cv2.INTER_LINEAR) if inner != (width, height) else picture
    across, down = -inner[0] % STRIDE, -inner[1] % STRIDE
    left, top = across // 2, down // 2
    padded = cv2.copyMakeBorder(
        small, top, down - top, left, across - left, cv2.BORDER_CONSTANT, value=(114, 114, 114)
    )  # fmt: skip
    return np.asarray(cv2.dnn.blobFromImage(padded, 1 / 255, swapRB=True), np.float32), scale, (left, top)


def people(
    output: NDArray[np.float32], scale: float, corner: tuple[int, int], shape: tuple[int, ...], config: DetectorConfig
) -> NDArray[np.float32]:
    """From the network's ``(4 + classes, n)``, boxes as centre and size, to rows ``x1 y1 x2 y2 confidence``."""
    sure = output[4 + PERSON] >= config.confidence
    centres, sizes, confidence = output[:2, sure], output[2:4, sure], output[4 + PERSON, sure]
    low = (centres - sizes / 2 - np.array(corner)[:, None]) / scale
    kept = cv2.dnn.NMSBoxes(
        np.concatenate([low, sizes / scale]).T.tolist(), confidence.tolist(), config.confidence, config.overlap
    )
    order = np.asarray(kept, dtype=int).reshape(-1)  # an empty tuple without anybody
    high = low + sizes / scale
    limits = np.array([shape[1], shape[0]], dtype=np.float32)[:, None]
    rows = np.concatenate([np.clip(low, 0, limits), np.clip(high, 0, limits), confidence[None]]).T
    return rows[order].astype(np.float32)


def finder(config: DetectorConfig, version: str) -> Finder:
    """By ultralytics on a GPU, by OpenVINO on a CPU: in eight bits where that form lies beside the weights
    (``ready``), else converted once. WeightsMissing without weights."""
    if gpu_usable():
        quiet_ultralytics(config.cache)
        from ultralytics import YOLO

        return GpuFinder(YOLO(str(config.weights), task="detect"))
    path = ready(config.weights, version)
    if not there(path):
        path = converted(config, version)
    return CpuFinder(Network(path, config.threads, config.cache / "compiled"))


def ready(weights: Path, version: str) -> Path:
    """Where the form in eight bits of just these weights lies, if there is one: its name holds their digest."""
    return weights.with_name(f"{version.split('@')[0]}.xml")


def require_weights(config: DetectorConfig) -> Path:
    """The weights file. WeightsMissing when it is not there."""
    if not config.weights.is_file():
        raise WeightsMissing(
            f"No detector weights at {config.weights}. Correct SEOULCCTV_DETECTOR_WEIGHTS, "
            "or leave it out: the project has weights of its own."
        )
    return config.weights


def converted(config: DetectorConfig, version: str) -> Path:
    """The weights as OpenVINO reads them (.xml), in the cache; made there at the first call."""
    name = version.split("@")[0]
    target = config.cache / f"{name}_openvino_model"
    if not target.is_dir():
        _convert(config, name, target)
    return next(target.glob("*.xml"))


def _convert(config: DetectorConfig, name: str, target: Path) -> None:
    quiet_ultralytics(config.cache)
    from ultralytics import YOLO

    # Convert in a folder of this process's own, then move: two workers may start at once.
    work = config.cache / f".convert-{os.getpid()}"
    work.mkdir(parents=True, exist_ok=True)
    try:
        copy = work / f"{name}.pt"
        shutil.copyfile(config.weights, copy)
        made = Path(YOLO(str(copy)).export(format="openvino", dynamic=True, imgsz=640, verbose=False))
        try:
            made.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def quiet_ultralytics(cache: Path) -> None:
    """Keeps the library from installing, reporting or writing outside the project's own folder."""
    home = cache / "ultralytics"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("YOLO_CONFIG_DIR", str(home))
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    os.environ.setdefault("YOLO_VERBOSE", "false")
