"""Things carried by real people, against labels made by eye.

    .venv/bin/python -m tests.benchmarks.things FOLDER [MODEL.xml]

FOLDER holds ``ID/CC_O.png`` (camera, orientation) and ``attributes.csv`` with ``bag``. The pictures end at the person,
so bags held away from the body and all that is pushed lie outside. Nothing is trained on these.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.evaluation.appearance import thing_score  # noqa: E402
from analysis.pipeline.things import THINGS, squared, summary, things_model  # noqa: E402

#: What a label says of each thing; nothing where it cannot be told.
WORDS = {"backpack": "backpack", "case on back": "backpack", "shoulder": "bag", "hand": "bag"}


def labelled(row: dict[str, str]) -> dict[str, bool]:
    """Whether the person has a backpack, a bag, and anything rarer: nobody here has."""
    label = row["bag"]
    if "unsure" in label or label == "bag":
        return {}
    has = {thing for word, thing in WORDS.items() if word in label}
    return {name: name in has for name in THINGS}


def main() -> None:
    folder, console = Path(sys.argv[1]), Console()
    model = things_model(Path(sys.argv[2]) if len(sys.argv) > 2 else settings.THINGS_PATH)
    if model is None:
        sys.exit("There is no such model.")
    said: dict[str, list[tuple[float, bool]]] = {name: [] for name in THINGS}
    with (folder / "attributes.csv").open() as rows:
        for row in csv.DictReader(rows):
            for camera in ("01", "02"):
                crops = [cv2.imread(str(path)) for path in sorted((folder / row["id"]).glob(f"{camera}_*.png"))]
                boxes = [np.array([0, 0, crop.shape[1], crop.shape[0]]) for crop in crops]
                odds = model([squared(crop, (0, 0), box) for crop, box in zip(crops, boxes, strict=True)])
                probabilities = summary(odds)
                for name, has in labelled(row).items():
                    said[name].append((probabilities[name], has))
    table = Table("thing", "with it", "without", "told", "false alarms", "AUC", "mean said with", "without")
    for name, several in said.items():
        score = thing_score(several)
        means = [np.mean([p for p, has in several if has == so] or [np.nan]) for so in (True, False)]
        shares = [
            f"{value:.2f}" if value is not None else "–" for value in (score.found, score.false_alarms, score.auc)
        ]
        table.add_row(name, str(score.has), str(score.others), *shares, *(f"{mean:.2f}" for mean in means))
    console.print(table)


if __name__ == "__main__":
    main()
