"""Trains the model of things carried: rendered people with and without them, and real ones who have none of the rarer.

The detector's lower layers and a head in stripes, over the square about a person; cross-entropy for each thing. What is
common in training is not what is common in a street: the log-odds are shifted to the street's (Elkan 2001, The
foundations of cost-sensitive learning).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from ..evaluation.real import real_clip
from ..pipeline.decode import Damage, frames
from ..pipeline.detect import quiet_ultralytics
from ..pipeline.things import BASE_RATE, SIDE, THINGS, squared, within
from ..pipeline.types import Image, Window
from ..simulation.people import Carried, Person, things_of
from ..simulation.wardrobe import passer_by
from .crops import LEAST_HEIGHT, shifted, street_moments
from .network import network, optimiser, written
from .pictures import changed, dyed, framed

#: Nobody in the real clips has these; of other things in them nothing is known.
RARE = ("umbrella", "stick", "walker", "wheelchair", "stroller", "bicycle")
UNKNOWN = -1.0
POOLED = (4, 6)  # layers of the detector whose features are used


@dataclass(frozen=True, slots=True)
class Squares:
    """pictures ``(n, SIDE, SIDE, 3) uint8`` BGR; things ``(n, len(THINGS)) float32``: 1 has it, 0 has not, or
    ``UNKNOWN``."""

    pictures: NDArray[np.uint8]
    things: NDArray[np.float32]

    @classmethod
    def together(cls, several: Sequence[Squares]) -> Squares:
        """All of them."""
        return cls(*(np.concatenate([getattr(one, name) for one in several]) for name in cls.__slots__))


def rendered_squares(
    streets: int, seed: int, processes: int, progress: Callable[[int], None] = lambda done: None
) -> Squares:
    """People of random streets, most of whom carry something."""
    made = []
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_street, number, seed) for number in range(streets)]
        for done, job in enumerate(as_completed(jobs), start=1):
            made.append(job.result())
            progress(done)
    return Squares.together(made)


def laden(number: int, seed: int) -> Person:
    """Somebody who as likely carries one thing as another, or nothing."""
    rng = np.random.default_rng([seed, 11, number])
    someone = passer_by(str(number), rng)
    carries = str(rng.choice(("", "", *get_args(Carried))))
    colour = tuple(int(v) for v in rng.uniform(15, 235, 3))
    bag = tuple(int(v) for v in rng.uniform(15, 200, 3)) if rng.random() < 0.3 else None
    return replace(
        someone,
        carries=carries,  # type: ignore[arg-type]
        carried_bgr=colour,  # type: ignore[arg-type]
        bag_bgr=bag,  # type: ignore[arg-type]
        stoop=someone.stoop if carries != "bicycle" else 0.0,
    )


def _street(number: int, seed: int) -> Squares:
    rng = np.random.default_rng([seed, 13, number])
    pictures, things = [], []
    for picture, boxes in street_moments(
        rng,
        lambda count: [1000 * number + n for n in range(count)],
        lambda who: laden(who, seed),
        crowd=float(rng.choice([6.0, 14.0])),
    ):
        for who, box in boxes:
            pictures.append(cut(picture, shifted(box, rng)))
            has = things_of(laden(who, seed))
            things.append([float(name in has) for name in THINGS])
    return Squares(
        np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE, 3),
        np.array(things, np.float32).reshape(-1, len(THINGS)),
    )


def cut(picture: Image, box: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The square about a person out of a whole picture."""
    x1, y1, x2, y2 = within(box, picture.shape[1], picture.shape[0])
    return squared(picture[y1:y2, x1:x2], (x1, y1), box)


def real_squares(path: Path, every_s: float, share: float, rng: np.random.Generator) -> Squares:
    """At the true boxes of the first ``share`` of a clip with MOTChallenge ground truth, in which nobody has any of the
    rarer things."""
    pictures = []
    with real_clip(path) as clip:
        last = max(clip.truth.frames) / clip.fps
        for frame in frames(clip.path, Window(0.0, share * last), 1 / every_s, 100_000, Damage()):
            for _who, *box in clip.truth.frames.get(round(frame.time * clip.fps) + 1, []):
                if box[3] - box[1] >= LEAST_HEIGHT:
                    pictures.append(cut(frame.image, shifted(np.array(box), rng)))
    things = np.tile([0.0 if name in RARE else UNKNOWN for name in THINGS], (len(pictures), 1))
    return Squares(np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE, 3), things.astype(np.float32))


@dataclass(frozen=True, slots=True)
class ThingsConfig:
    """steps of ``batch`` pictures, ``real`` of them real; rate: of learning (AdamW)."""

    steps: int = 3000
    batch: int = 32
    real: float = 0.25
    rate: float = 1e-3
    seed: int = 1
    threads: int = 0


def train(
    squares: Squares,
    detector: Path,
    out: Path,
    config: ThingsConfig,
    told: Callable[[int, float], None] = lambda step, loss: None,
) -> Path:
    """Writes the model as OpenVINO reads it (``out`` .xml and .bin). told: step and loss."""
    with TemporaryDirectory() as folder:
        quiet_ultralytics(Path(folder))
        import torch
        from torch.nn import functional

        torch.manual_seed(config.seed)
        if config.threads:
            torch.set_num_threads(config.threads)
        rng = np.random.default_rng(config.seed)
        model = network(detector, len(THINGS), (SIDE, SIDE), POOLED).train()
        optimizer, scheduler = optimiser(model, config.rate, config.steps)
        known = squares.things != UNKNOWN
        rendered, real = np.flatnonzero(known.all(axis=1)), np.flatnonzero(~known.all(axis=1))
        for step in range(config.steps):
            of_real = round(config.real * config.batch) if len(real) else 0
            chosen = np.concatenate(
                [rng.choice(rendered, config.batch - of_real), *([rng.choice(real, of_real)] if of_real else [])]
            )
            pictures = np.array([_seen(squares.pictures[i], rng) for i in chosen])
            wanted = torch.from_numpy(squares.things[chosen])
            odds = model(torch.from_numpy(pictures.transpose(0, 3, 1, 2).copy()).float())
            each = functional.binary_cross_entropy_with_logits(odds, wanted.clamp(min=0), reduction="none")
            loss = (each * (wanted != UNKNOWN)).sum() / (wanted != UNKNOWN).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            if step % 50 == 0:
                told(step, float(loss.detach()))
        model.head.bias.data += torch.from_numpy(_shift(squares, config)).float()
        return written(model.eval(), out, (SIDE, SIDE))


def _seen(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    return changed(framed(dyed(picture, rng) if rng.random() < 0.5 else picture, rng), rng)


def _shift(squares: Squares, config: ThingsConfig) -> NDArray[Any]:
    """From how common each thing was in training to how common it is in a street, log-odds."""
    known = squares.things != UNKNOWN
    rendered = known.all(axis=1)
    of_real = config.real if (~rendered).any() else 0.0
    shares = squares.things[rendered].mean(axis=0)
    shares = np.array(
        [share * (1 - of_real) if name in RARE else share for name, share in zip(THINGS, shares, strict=True)]
    )
    shares = np.clip(shares, 1e-3, 1 - 1e-3)
    base = np.array(list(BASE_RATE.values()))
    return np.log(base / (1 - base)) - np.log(shares / (1 - shares))
