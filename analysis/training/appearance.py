"""Trains the appearance network.

Two teachers. A larger re-identification network says how alike pictures of people are, whoever they are (distillation:
Hinton et al. 2015), and what it sees on the way (Romero et al. 2015, FitNets): first each stage of the pupil learns alone,
from what the teacher has at that place to what it has at the next (Li et al. 2020, Block-wisely Supervised Neural
Architecture Search with Knowledge Distillation), then all together. Last the pupil is to say of a picture changed what its
teacher says of the same unchanged: so it goes beyond a teacher who is misled by a camera's light (after Xie et al. 2020,
Self-training with Noisy Student improves ImageNet classification). Changes of colour, light, blur and framing turn few
people into many. Rendered people who pass several cameras say who is the same (hardest triplet of a batch: Hermans et al.
2017, In Defense of the Triplet Loss).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from math import cos, pi
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.pipeline.pupil import kept_pupil, pupil

from .crops import NOBODY, SIZE, Crops
from .descent import Descent
from .network import written
from .pictures import Picture, changed, crossed, dressed, dyed, elsewhere, mixed, window
from .teacher import Teacher, Whitened

MARGIN = 0.25  # of cosine between the same and others
AHEAD = 3  # batches
ELSEWHERE = 0.5  # of the pictures, before another camera as well
PLAIN_PHOTO = 0.08  # of the real pictures' places
WARM = 0.03  # of the steps, in which the rate rises
WHITENED = 4000  # pictures, by what the teacher says of which its vectors are whitened
KEPT_EVERY_S = 120.0  # the pupil, so that training can go on after a break


class Phase(NamedTuple):
    """Of a training. size: pictures a step; apart: each stage alone; beyond: the teacher sees pictures before they change."""

    steps: int
    size: int
    rate: float
    apart: bool = False
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class AppearanceConfig:
    """apart: steps in which each stage learns alone, of ``batch_apart`` pictures; steps: all together, of ``batch``: ``each``
    of so many rendered people as make half of it, real ones for the rest; beyond: the same, their teacher being shown what was
    not changed, at half the rate. rate: of learning together (``Descent``), four
    times that apart; size: numbers of the vector, those of the teacher; between: what the teacher's way weighs; same: what the triplets
    weigh; level: steps after which batch normalisation is steady (0: at once, for a pupil that goes on);
    flat: how little the teacher's vectors are whitened (``whitening``); compiled: PyTorch's compiler makes a step some two
    and a half times as fast, after some minutes of its own."""

    apart: int = 3000
    steps: int = 4000
    beyond: int = 1500
    batch_apart: int = 16
    batch: int = 32
    each: int = 4
    rate: float = 1e-3
    size: int = 256
    between: float = 0.5
    same: float = 0.2
    seed: int = 1
    threads: int = 0
    level: int = 400
    flat: float = 0.8
    compiled: bool = False

    @property
    def phases(self) -> tuple[Phase, ...]:
        """One after another."""
        return (
            Phase(self.apart, self.batch_apart, 4 * self.rate, apart=True),
            Phase(self.steps, self.batch, self.rate),
            Phase(self.beyond, self.batch, self.rate / 2, beyond=True),
        )


def train(
    crops: Crops,
    teacher: Teacher,
    out: Path,
    config: AppearanceConfig,
    told: Callable[[int, float, float], None] = lambda step, unlike, between: None,
    photos: Sequence[Picture] = (),
    kept: Path | None = None,
) -> Path:
    """Writes the model as OpenVINO reads it (``out`` .xml and .bin). told: step, one less the cosine to the teacher's
    vectors, how far the stages are from what it says between.

    photos: of anything; where there are some, half of the real pictures are dressed in them (after Beyer et al. 2022,
    Knowledge distillation: a good teacher is patient and consistent; Asano and Saeed 2023, The augmented image prior).
    kept: the pupil is kept in this file, and goes on from it where it is there (``begun``).
    """
    import torch

    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    model = begun(config.size, kept).train().to(memory_format=torch.channels_last)
    if config.compiled:
        torch._dynamo.config.recompile_limit = 64  # type: ignore[attr-defined]  # for every stage, learning alone and together
        for stage in model.stages:
            stage.compile(dynamic=False)
    rng = np.random.default_rng(config.seed)
    teacher = Whitened(teacher, _some(crops.pictures, rng), config.flat)

    def lesson(phase: Phase) -> tuple[Any, list[Any], Any]:
        plain, owners = _batch(crops, phase.size, config.each, rng, list(photos))
        if phase.beyond:
            pictures = [changed(elsewhere(one, rng) if rng.random() < ELSEWHERE else one, rng) for one in plain]
            said = teacher(np.array(plain))[-1:]  # what lies on the way there shows the light
        else:
            pictures = [changed(one, rng) for one in plain]
            said = teacher(np.array(pictures))
        inputs = torch.from_numpy(np.array(pictures).transpose(0, 3, 1, 2).astype(np.float32))
        return inputs, [torch.from_numpy(one) for one in said], torch.from_numpy(owners)

    lessons = (phase for phase in config.phases for _ in range(phase.steps))
    with ThreadPoolExecutor(1) as beside:  # the next pictures are made and judged while the last are learnt
        waiting = [beside.submit(lesson, phase) for phase in islice(lessons, AHEAD)]
        saved, done = time.monotonic(), 0
        for phase in config.phases:
            descent = Descent(model, phase.rate)
            for step in range(phase.steps):
                if done == config.level:
                    _steady(model)
                inputs, said, owners = waiting.pop(0).result()
                waiting += [beside.submit(lesson, later) for later in islice(lessons, 1)]
                vectors, between = _answered(model, inputs, said, phase.apart)
                loss, unlike = _loss(vectors, said[-1], between, owners, config, phase.apart)
                loss.backward()
                descent.step(_share(step / phase.steps))
                done += 1
                if done % 50 == 1:
                    told(done, float(unlike), float(torch.stack(between).mean().detach()) if between else 0.0)
                if kept and time.monotonic() - saved > KEPT_EVERY_S:
                    _keep(model, kept)
                    saved = time.monotonic()
    if kept:
        _keep(model, kept)
    plain = pupil(config.size)  # the same numbers without the compiler's marks
    plain.load_state_dict(model.state_dict())
    return written(plain.eval(), out, SIZE)


def _keep(model: Any, kept: Path) -> None:
    """Whole or not at all: where it is stopped meanwhile, what was kept before stays."""
    import torch

    part = kept.with_name(f"{kept.name}.part")
    torch.save(model.state_dict(), part)
    part.replace(kept)


def begun(size: int, kept: Path | None) -> Any:
    """The pupil, as a file keeps it where there is one. ValueError for a file that keeps something else."""
    return kept_pupil(kept, size) if kept and kept.is_file() else pupil(size)


def _some(pictures: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    return pictures[rng.permutation(len(pictures))[:WHITENED]]


def _steady(model: Any) -> None:
    """From here on batch normalisation keeps the means and variances that it knows. What the teacher says of a picture
    does not hang on the others of a batch, so their chance would be noise that nothing can be learnt from."""
    from torch import nn

    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.eval()


def _share(done: float) -> float:
    """Of the full rate after so much of the steps: a short rise, then half a cosine."""
    return done / WARM if done < WARM else 0.5 * (1 + cos(pi * (done - WARM) / (1 - WARM)))


def _answered(model: Any, pictures: Any, said: list[Any], apart: bool) -> tuple[Any, list[Any]]:
    """The pupil's vectors, and how far each stage is from what the teacher says there. apart: each stage is given what
    the teacher has at its place. A teacher who says nothing between is answered by all stages together."""
    between, at = [], pictures
    for number, stage in enumerate(model.stages):
        at = stage(at)
        if number < len(said) - 1:
            between.append(_apart(at, said[number]))
            if apart:
                at = said[number]
    return at, between


def _apart(answered: Any, said: Any) -> Any:
    """Squared distance by channel, in units of how much that channel changes; logarithmic, so that channels that are far
    off do not drown the others."""
    import torch

    over = [0, 2, 3] if said.dim() == 4 else [0]
    squared = ((answered - said) ** 2).mean(over)
    return torch.log1p(squared / (said.var(over) + 0.1 * said.var() + 1e-6)).mean()


def _loss(
    answered: Any, said: Any, between: list[Any], owners: Any, config: AppearanceConfig, apart: bool
) -> tuple[Any, Any]:
    """And one less the cosine between what is answered and what the teacher says."""
    from torch.nn import functional

    vectors, wanted = functional.normalize(answered), functional.normalize(said)
    unlike = (1 - (vectors * wanted).sum(dim=1)).mean()
    exact = _apart(answered, said)
    if apart and between:
        return sum(between) + exact, unlike.detach()
    # Not only each vector: also how alike any two are, without what all have in common, as a search compares.
    own, theirs = _centred(vectors), _centred(wanted)
    alike = functional.mse_loss(own @ own.T, theirs @ theirs.T) + (1 - (own * theirs).sum(dim=1)).mean()
    loss = config.between * sum(between) + exact + 2 * unlike + 2 * alike + config.same * _triplets(vectors, owners)
    return loss, unlike.detach()


def _centred(vectors: Any) -> Any:
    """Without their mean, of length one again."""
    from torch.nn import functional

    return functional.normalize(vectors - vectors.mean(dim=0))


def _batch(
    crops: Crops, size: int, each: int, rng: np.random.Generator, photos: list[Picture]
) -> tuple[list[Picture], NDArray[np.int64]]:
    """``size`` pictures: half rendered people, ``each`` of one; half real ones, most of them made into others."""
    named = np.flatnonzero(crops.identities != NOBODY)
    unnamed = np.flatnonzero(crops.identities == NOBODY)
    half = size // 2 if len(unnamed) else size
    pictures, owners = [], []
    for owner in rng.choice(np.unique(crops.identities[named]), size=half // each, replace=False):
        of_them = np.flatnonzero(crops.identities == owner)
        for index in rng.choice(of_them, size=each, replace=len(of_them) < each):
            pictures.append(crops.pictures[index])
            owners.append(int(owner))
    for index in rng.choice(unnamed, size=size - len(pictures)) if len(unnamed) else ():
        picture = crops.pictures[index]
        pictures.append(_somebody_else(picture, crops.pictures, rng, photos))
        owners.append(NOBODY)
    return pictures, np.array(owners)


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
