"""People in a batch of frames, by an ultralytics model; on a CPU through OpenVINO."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .types import Detection, Frame, WeightsMissing

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
        self._model: Any = None
        self._digest = ""

    @property
    def version(self) -> str:
        """Names weights and settings; tracklets of different versions are not mixed."""
        if not self._digest:
            path = require_weights(self.config)
            self._digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        return f"{self.config.weights.stem}-{self._digest}@{self.config.image_size}"

    def __call__(self, frames: list[Frame]) -> list[list[Detection]]:
        """People in each frame, in the order of the frames; boxes in full-size pixels."""
        if not frames:
            return []
        results = self._loaded().predict(
            [frame.image for frame in frames],
            imgsz=self.config.image_size,
            conf=self.config.confidence,
            iou=self.config.overlap,
            classes=[PERSON],
            rect=True,
            verbose=False,
        )
        return [
            [
                Detection(frame.time, (box[:4] * frame.scale).astype(np.float32), float(box[4]))
                for box in result.boxes.data.cpu().numpy()
            ]
            for frame, result in zip(frames, results, strict=True)
        ]

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = load_model(self.config, self.version)
        return self._model


def require_weights(config: DetectorConfig) -> Path:
    """The weights file; left to ultralytics to fetch when absent; WeightsMissing when that fails."""
    if config.weights.is_file():
        return config.weights
    quiet_ultralytics(config.cache)
    from ultralytics.utils.downloads import attempt_download_asset

    config.weights.parent.mkdir(parents=True, exist_ok=True)
    try:
        attempt_download_asset(config.weights)
    except Exception as error:  # the library raises whatever its transport raises
        raise WeightsMissing(_missing(config)) from error
    if not config.weights.is_file():
        raise WeightsMissing(_missing(config))
    return config.weights


def _missing(config: DetectorConfig) -> str:
    return (
        f"No detector weights at {config.weights}, and they could not be fetched. "
        "Put yolo11n.pt there, or point SEOULCCTV_WEIGHTS_DIR at the folder that holds it."
    )


def load_model(config: DetectorConfig, version: str) -> Any:
    """An ultralytics model: the ``.pt`` on a GPU, its OpenVINO form on a CPU (converted once)."""
    quiet_ultralytics(config.cache)
    import torch
    from ultralytics import YOLO

    if torch.cuda.is_available():
        return YOLO(str(config.weights), task="detect")
    if config.threads:
        torch.set_num_threads(config.threads)
        os.environ["OMP_NUM_THREADS"] = str(config.threads)
    return YOLO(str(_openvino(config, version)), task="detect")


def _openvino(config: DetectorConfig, version: str) -> Path:
    name = version.split("@")[0]
    target = config.cache / f"{name}_openvino_model"
    if target.is_dir():
        return target
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
    return target


def quiet_ultralytics(cache: Path) -> None:
    """Keeps the library from installing, reporting or writing outside the project's own folder."""
    home = cache / "ultralytics"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("YOLO_CONFIG_DIR", str(home))
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    os.environ.setdefault("YOLO_VERBOSE", "false")
