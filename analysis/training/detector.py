"""Trains a person detector for street cameras, starting from another one's weights."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..pipeline.detect import quiet_ultralytics


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """size: pixels of the longer side; rate: of learning (AdamW), small, since little is to be learnt anew;
    frozen: layers at the bottom that stay as they are (10: the backbone, which knows photographs)."""

    epochs: int = 6
    size: int = 416
    batch: int = 16
    rate: float = 2e-4
    frozen: int = 10
    seed: int = 1
    threads: int = 0


def train(start: Path, data: Path, work: Path, out: Path, config: TrainingConfig) -> Path:
    """Trains on ``data/train`` and writes weights (half precision) to ``out``.

    The class names of the starting weights are kept, so that its head is; ``work`` takes what the library
    writes on the way. Without epochs ``out`` is what it began with.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    if not config.epochs:
        if start.resolve() != out.resolve():
            shutil.copyfile(start, out)
        return out
    quiet_ultralytics(work)
    import torch
    import yaml
    from ultralytics import YOLO

    if config.threads:
        torch.set_num_threads(config.threads)
    model: Any = YOLO(str(start))
    description = work / "data.yaml"
    description.write_text(
        yaml.safe_dump({"path": str(data), "train": "train/images", "val": "val/images", "names": dict(model.names)})
    )
    model.train(
        data=str(description), imgsz=config.size, epochs=config.epochs, batch=config.batch, lr0=config.rate, lrf=0.1,
        optimizer="AdamW", freeze=config.frozen, seed=config.seed, amp=False, plots=False, workers=1, cache="ram",
        project=str(work), name="run", exist_ok=True, close_mosaic=2, warmup_epochs=0.5, hsv_s=0.5, verbose=False,
        device="0" if torch.cuda.is_available() else "cpu",
    )  # fmt: skip
    shutil.copyfile(work / "run" / "weights" / "last.pt", out)
    return out
