"""Trains an appearance model: the lower layers of the detector, which know photographs, and a head in stripes.

Two teachers. A larger re-identification model says how alike pictures of people are, whoever they are: its vectors
are what the head is to say (distillation: Hinton et al. 2015), under changes of colour, light, blur and framing that
turn few people into many. Rendered people who pass several cameras say who is the same (hardest triplet of a batch:
Hermans et al. 2017, In Defense of the Triplet Loss).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..pipeline.describe import Embedder
from ..pipeline.detect import quiet_ultralytics
from .crops import NOBODY, SIZE, Crops

LAYERS = 7  # of the detector, down to a sixteenth of the picture
STRIPES = 4
MARGIN = 0.25  # of cosine between the same and others


@dataclass(frozen=True, slots=True)
class AppearanceConfig:
    """steps of ``batch`` pictures: ``each`` of so many rendered people as make half of it, real ones for the rest.
    rate: of learning (AdamW); size: numbers of the vector, those of the teacher; same: what the triplets weigh."""

    steps: int = 5000
    batch: int = 64
    each: int = 4
    rate: float = 1e-3
    size: int = 256
    same: float = 0.5
    seed: int = 1
    threads: int = 0


def changed(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same person before another camera, in other light, or in clothes of another colour."""
    image: NDArray[Any] = picture.astype(np.float32)
    if rng.random() < 0.5:
        image = image[:, ::-1]
    image = 255 * np.clip(image / 255, 0, 1) ** rng.uniform(0.7, 1.4)
    image = image * rng.uniform(0.88, 1.14, 3) * rng.uniform(0.7, 1.3) + rng.uniform(-12, 25)
    if rng.random() < 0.25:
        image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.6)))
    if rng.random() < 0.3:
        image = image + rng.normal(0, rng.uniform(2, 9), image.shape)
    out = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        low = int(rng.integers(14, 34))
        out = cv2.resize(cv2.resize(out, (low, 2 * low), interpolation=cv2.INTER_AREA), SIZE)
    if rng.random() < 0.3:
        _, coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 85))])
        out = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    if rng.random() < 0.3:
        top, left = int(rng.integers(0, 100)), int(rng.integers(0, 48))
        height, width = int(rng.integers(10, 50)), int(rng.integers(8, 40))
        out = out.copy()
        out[top : top + height, left : left + width] = rng.integers(0, 255, 3)
    return np.ascontiguousarray(out)


def dyed(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Somebody else: hues turned, saturation changed, the upper and the lower half each in their own way."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(np.int32)
    middle = int(rng.integers(52, 68))
    for rows in (slice(0, middle), slice(middle, None)):
        hsv[rows, :, 0] = (hsv[rows, :, 0] + int(rng.integers(0, 180))) % 180
        hsv[rows, :, 1] = np.clip(hsv[rows, :, 1] * rng.uniform(0.3, 2.5), 0, 255)
        hsv[rows, :, 2] = np.clip(hsv[rows, :, 2] * rng.uniform(0.5, 1.5), 0, 255)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR), np.uint8)


def crossed(above: NDArray[np.uint8], below: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Somebody else again: the upper half of one, the lower half of another."""
    middle = int(rng.integers(54, 72))
    return np.concatenate([above[:middle], below[middle:]])


def network(detector: Path, size: int) -> Any:
    """Pictures ``(n, 3, 128, 64)`` BGR 0 to 255 to vectors ``(n, size)``."""
    import torch
    from torch import nn
    from ultralytics import YOLO

    class Appearance(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = YOLO(str(detector)).model.float().model[:LAYERS]
            for parameter in self.layers.parameters():
                parameter.requires_grad = True
            channels = self._features(torch.zeros(1, 3, SIZE[1], SIZE[0])).shape[1]
            self.normal = nn.BatchNorm1d(2 * STRIPES * channels)
            self.head = nn.Linear(2 * STRIPES * channels, size)

        def _features(self, pictures: Any) -> Any:
            out = pictures.flip(1) / 255.0
            for layer in self.layers:
                out = layer(out)
            return out

        def forward(self, pictures: Any) -> Any:
            features = self._features(pictures)
            count, channels, height, width = features.shape
            stripes = features.reshape(count, channels, STRIPES, height // STRIPES, width)
            pooled = torch.cat([stripes.mean(dim=(3, 4)), stripes.amax(dim=(3, 4))], dim=1)
            return self.head(self.normal(pooled.reshape(count, -1)))

    return Appearance()


def train(
    crops: Crops,
    teacher: Embedder,
    detector: Path,
    out: Path,
    config: AppearanceConfig,
    told: Callable[[int, float, float], None] = lambda step, teacher_loss, same_loss: None,
) -> Path:
    """Writes the model as OpenVINO reads it (``out`` .xml and .bin). told: step, losses against both teachers."""
    with TemporaryDirectory() as folder:
        quiet_ultralytics(Path(folder))
        import torch
        from torch.nn import functional

        torch.manual_seed(config.seed)
        if config.threads:
            torch.set_num_threads(config.threads)
        rng = np.random.default_rng(config.seed)
        model = network(detector, config.size).train()
        slow, fast = list(model.layers.parameters()), [*model.normal.parameters(), *model.head.parameters()]
        optimizer = torch.optim.AdamW(
            [{"params": slow, "lr": config.rate / 4}, {"params": fast, "lr": config.rate}], weight_decay=1e-3
        )
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [config.rate / 4, config.rate], total_steps=config.steps, pct_start=0.1
        )
        for step in range(config.steps):
            pictures, owners = _batch(crops, config, rng)
            wanted = torch.from_numpy(teacher(list(pictures)))
            vectors = functional.normalize(model(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()).float()))
            taught = (1 - (vectors * wanted).sum(dim=1)).mean()
            # Not only each vector: also how alike any two are.
            alike = functional.mse_loss(vectors @ vectors.T, wanted @ wanted.T)
            same = _triplets(vectors, torch.from_numpy(owners))
            loss = taught + 10 * alike + config.same * same
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            if step % 50 == 0:
                told(step, float(taught.detach()), float(same.detach()))
        return _written(model.eval(), out)


def _batch(
    crops: Crops, config: AppearanceConfig, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Half rendered people, ``each`` pictures of one; half real ones, most of them made into others."""
    named = np.flatnonzero(crops.identities != NOBODY)
    unnamed = np.flatnonzero(crops.identities == NOBODY)
    half = config.batch // 2 if len(unnamed) else config.batch
    pictures, owners = [], []
    for owner in rng.choice(np.unique(crops.identities[named]), size=half // config.each, replace=False):
        of_them = np.flatnonzero(crops.identities == owner)
        for index in rng.choice(of_them, size=config.each, replace=len(of_them) < config.each):
            pictures.append(changed(crops.pictures[index], rng))
            owners.append(int(owner))
    for index in rng.choice(unnamed, size=config.batch - len(pictures)) if len(unnamed) else ():
        picture = crops.pictures[index]
        if rng.random() < 0.4:
            picture = crossed(picture, crops.pictures[rng.choice(len(crops.pictures))], rng)
        pictures.append(changed(dyed(picture, rng) if rng.random() < 0.7 else picture, rng))
        owners.append(NOBODY)
    return np.array(pictures), np.array(owners)


def _triplets(vectors: Any, owners: Any) -> Any:
    """Of the rendered people: the least alike of the same person against the most alike of others."""
    import torch

    named = owners != NOBODY
    alike = vectors[named] @ vectors[named].T
    same = owners[named][:, None] == owners[named][None]
    worst = torch.where(same, alike, torch.full_like(alike, 2.0)).min(dim=1).values
    nearest = torch.where(same, torch.full_like(alike, -2.0), alike).max(dim=1).values
    return torch.relu(nearest - worst + MARGIN).mean()


def _written(model: Any, out: Path) -> Path:
    """As OpenVINO reads it, numbers of half the length."""
    import openvino
    import torch

    example = torch.zeros(1, 3, SIZE[1], SIZE[0])
    converted = openvino.convert_model(model, example_input=example, input=[1, 3, SIZE[1], SIZE[0]])
    with TemporaryDirectory() as folder:
        made = Path(folder) / out.with_suffix(".xml").name
        openvino.save_model(converted, str(made), compress_to_fp16=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        for suffix in (".xml", ".bin"):
            shutil.copyfile(made.with_suffix(suffix), out.with_suffix(suffix))
    return out.with_suffix(".xml")
