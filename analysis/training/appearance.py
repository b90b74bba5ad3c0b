"""Trains an appearance model: the lower layers of the detector, which know photographs, and a head in stripes.

Two teachers. A larger re-identification model says how alike pictures of people are, whoever they are: its vectors
are what the head is to say (distillation: Hinton et al. 2015), under changes of colour, light, blur and framing that
turn few people into many. Rendered people who pass several cameras say who is the same (hardest triplet of a batch:
Hermans et al. 2017, In Defense of the Triplet Loss).
"""

from __future__ import annotations

from collections.abc import Callable
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
from .pictures import changed, crossed, dyed

POOLED = (6,)  # layers of the detector whose features are used
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
        model = network(detector, config.size, SIZE, POOLED).train()
        optimizer, scheduler = optimiser(model, config.rate, config.steps)
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
        return written(model.eval(), out, SIZE)


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
