"""Trains an appearance model: the lower layers of the detector, which know photographs, and a head in stripes.

Two teachers. A larger re-identification model says how alike pictures of people are, whoever they are: its vectors
are what the head is to say (distillation: Hinton et al. 2015), under changes of colour, light, blur and framing that
turn few people into many. Rendered people who pass several cameras say who is the same (hardest triplet of a batch:
Hermans et al. 2017, In Defense of the Triplet Loss).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pipeline.describe import Embedder
from ..pipeline.detect import quiet_ultralytics
from .crops import NOBODY, SIZE, Crops
from .network import network, optimiser, written
from .pictures import Picture, changed, crossed, dressed, dyed, mixed, window

POOLED = (4, 6)  # layers of the detector whose features are used
MARGIN = 0.25  # of cosine between the same and others
AHEAD = 3  # batches
PLAIN_PHOTO = 0.08  # of the real pictures' places


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


def train(
    crops: Crops,
    teacher: Embedder,
    detector: Path,
    out: Path,
    config: AppearanceConfig,
    told: Callable[[int, float, float], None] = lambda step, teacher_loss, same_loss: None,
    photos: Sequence[Picture] = (),
) -> Path:
    """Writes the model as OpenVINO reads it (``out`` .xml and .bin). told: step, losses against both teachers.

    photos: of anything; where there are some, half of the real pictures are dressed in them (after Beyer et al. 2022,
    Knowledge distillation: a good teacher is patient and consistent; Asano and Saeed 2023, The augmented image prior).
    """
    with TemporaryDirectory() as folder:
        quiet_ultralytics(Path(folder))
        import torch
        from torch.nn import functional

        torch.manual_seed(config.seed)
        if config.threads:
            torch.set_num_threads(config.threads)
        model = network(detector, config.size, SIZE, POOLED).train().to(memory_format=torch.channels_last)
        optimizer, scheduler = optimiser(model, config.rate, config.steps)
        with ThreadPoolExecutor(1) as beside:  # the next pictures are made and judged while the last are learnt
            rng = np.random.default_rng(config.seed)

            def lesson() -> tuple[Any, Any, Any]:
                pictures, owners = _batch(crops, config, rng, list(photos))
                inputs = torch.from_numpy(pictures.transpose(0, 3, 1, 2).astype(np.float32))
                return inputs, torch.from_numpy(teacher(list(pictures))), torch.from_numpy(owners)

            waiting = [beside.submit(lesson) for _ in range(AHEAD)]
            for step in range(config.steps):
                inputs, wanted, owners = waiting.pop(0).result()
                waiting.append(beside.submit(lesson))
                with torch.autocast("cpu", torch.bfloat16):
                    out_vectors = model(inputs.contiguous(memory_format=torch.channels_last))
                vectors = functional.normalize(out_vectors.float())
                taught = (1 - (vectors * wanted).sum(dim=1)).mean()
                # Not only each vector: also how alike any two are.
                alike = functional.mse_loss(vectors @ vectors.T, wanted @ wanted.T)
                same = _triplets(vectors, owners)
                loss = taught + 10 * alike + config.same * same
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                scheduler.step()
                if step % 50 == 0:
                    told(step, float(taught.detach()), float(same.detach()))
            for left in waiting:
                left.cancel()
        return written(model.eval(), out, SIZE)


def _batch(
    crops: Crops, config: AppearanceConfig, rng: np.random.Generator, photos: list[Picture]
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
        pictures.append(changed(_somebody_else(picture, crops.pictures, rng, photos), rng))
        owners.append(NOBODY)
    return np.array(pictures), np.array(owners)


def _somebody_else(
    picture: Picture, others: NDArray[np.uint8], rng: np.random.Generator, photos: list[Picture]
) -> Picture:
    if photos and rng.random() < PLAIN_PHOTO:
        return window(photos[int(rng.integers(len(photos)))], SIZE, rng)
    other = others[int(rng.integers(len(others)))]
    if rng.random() < 0.4:
        picture = crossed(picture, other, rng)
    if photos and rng.random() < 0.5:
        picture = dressed(picture, photos, rng)
    elif rng.random() < 0.7:
        picture = dyed(picture, rng)
    return mixed(picture, other, rng) if photos and rng.random() < 0.1 else picture


def _triplets(vectors: Any, owners: Any) -> Any:
    """Of the rendered people: the least alike of the same person against the most alike of others."""
    import torch

    named = owners != NOBODY
    alike = vectors[named] @ vectors[named].T
    same = owners[named][:, None] == owners[named][None]
    worst = torch.where(same, alike, torch.full_like(alike, 2.0)).min(dim=1).values
    nearest = torch.where(same, torch.full_like(alike, -2.0), alike).max(dim=1).values
    return torch.relu(nearest - worst + MARGIN).mean()
