"""How an appearance model's cosines tell one person from two: within a camera (tracking) and between (search).

    .venv/bin/python -m tests.benchmarks.likeness [MODEL.xml ...]      # default: the settings' own; 'colours': names

On rendered people whom no model was trained on. Within a camera the cosine distance is printed up to which nine in ten
looks at one person lie, and how many looks at two people do; between cameras the logistic fit that ``match.LIKENESS``
takes: where same and different balance, and how fast it tells them apart.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from scipy.optimize import minimize  # noqa: E402

from analysis.pipeline.embed import ColourEmbedder, Embedder, embedder  # noqa: E402
from analysis.search.looks import CENTRED, centred, mean_look  # noqa: E402
from analysis.training.crops import rendered_crops  # noqa: E402

SEED, STREETS, PEOPLE = 77, 60, 50


def balance(same: np.ndarray, different: np.ndarray) -> tuple[float, float]:
    """Middle and slope of the log-odds ``slope * (cosine - middle)``, both kinds weighing the same."""

    def cost(x: np.ndarray) -> float:
        lost_same, lost_different = (
            np.logaddexp(0, -sign * x[1] * (c - x[0])) for sign, c in ((1, same), (-1, different))
        )
        return float(lost_same.mean() + lost_different.mean())

    fit = minimize(cost, np.array([float(np.median([same.mean(), different.mean()])), 5.0]), method="Nelder-Mead")
    return float(fit.x[0]), float(fit.x[1])


def without_cameras(vectors: np.ndarray, who: np.ndarray, camera: np.ndarray) -> np.ndarray:
    """As a search sees them: what each camera's people have in common taken off, one look of each being known."""
    result, overall = np.zeros_like(vectors), vectors.mean(axis=0)
    for number in np.unique(camera):
        here = np.flatnonzero(camera == number)
        firsts = here[np.unique(who[here], return_index=True)[1]]
        result[here] = centred(vectors[here], mean_look(vectors[firsts], overall))
    return result


def main() -> None:
    models: list[Embedder] = [
        ColourEmbedder() if name == "colours" else embedder(Path(name))
        for name in sys.argv[1:] or [str(settings.EMBEDDER_PATH)]
    ]
    crops = rendered_crops(STREETS, PEOPLE, SEED, os.cpu_count() or 1)
    who, camera = crops.identities, crops.cameras
    one, other = np.triu_indices(len(who), 1)
    same, here = who[one] == who[other], camera[one] == camera[other]
    table = Table("model", "same camera: 0.9 of looks within", "of two people", "between: balance", "slope", "rank-1")

    def add(name: str, vectors: np.ndarray) -> None:
        cosine = np.einsum("ij,ij->i", vectors[one], vectors[other])
        within = float(np.quantile(1 - cosine[same & here], 0.9))
        mistaken = float(np.mean(1 - cosine[~same & here] < within))
        middle, slope = balance(cosine[same & ~here], cosine[~same & ~here])
        alike = vectors @ vectors.T - 2.0 * (camera[:, None] == camera[None])
        first = float(np.mean(who[alike.argmax(axis=1)] == who))
        table.add_row(name, f"{within:.2f}", f"{mistaken:.2f}", f"{middle:.2f}", f"{slope:.1f}", f"{first:.2f}")

    for model in models:
        raw = np.concatenate([model([picture]) for picture in crops.pictures])
        add(model.name, raw)
        add(CENTRED + model.name, without_cameras(raw, who, camera))
    console = Console(width=120)
    console.print(f"{len(who)} looks at {len(np.unique(who))} people before {len(np.unique(camera))} cameras")
    console.print(table)


if __name__ == "__main__":
    main()
