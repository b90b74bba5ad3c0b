"""Clothing colours of real people, against labels made by eye; and the same people between two cameras.

    .venv/bin/python -m tests.benchmarks.clothes FOLDER

FOLDER holds ``ID/CC_O.png`` (camera, orientation) and ``attributes.csv`` with ``upper_color`` and
``lower_color``. Nothing is trained on these.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from analysis.pipeline.cloth import Light, light_of
from analysis.pipeline.colours import NAMES, clothing, likeness
from analysis.pipeline.types import Image
from analysis.search.looks import centred, mean_look

CAMERAS = ("01", "02")
#: What the labels say beyond the names used here; either of several is right.
WORDS = {
    "gray": "grey", "dark blue": "navy blue", "light blue": "blue", "dark green": "green", "teal green": "green",
    "rust red": "red orange brown", "red-orange": "red orange", "orange-red": "red orange", "pink-purple": "pink purple",
    "orange-tan": "orange beige brown", "mustard yellow": "yellow", "gray-brown": "grey brown", "gray-blue": "grey blue",
    "dark red": "red brown", "dark purple": "purple", "dark brown": "brown", "light blue-gray": "blue grey",
    "white-gray": "white grey", "light gray": "grey white",
}  # fmt: skip


def names(label: str) -> set[str]:
    """The names that a label allows; several where clothes have several colours."""
    words = (WORDS.get(part.strip(), part.strip()) for part in label.split("/"))
    return {name for word in words for name in word.split()} & set(NAMES)


def people(folder: Path) -> Iterator[tuple[str, str, set[str]]]:
    """Identity, part and allowed names, of what could be told."""
    with (folder / "attributes.csv").open() as rows:
        for row in csv.DictReader(rows):
            for part in ("upper", "lower"):
                label = row[f"{part}_color"]
                if "unsure" not in label and names(label):
                    yield row["id"], part, names(label)


def light(folder: Path, camera: str) -> Light:
    """Of a camera, from all that its crops show: there are no whole pictures."""
    small = [cv2.resize(cv2.imread(str(p)), (24, 64)) for p in sorted(folder.glob(f"*/{camera}_*.png"))]
    return light_of(np.vstack(small).astype(np.uint8))


def accuracy(folder: Path) -> dict[tuple[str, str], tuple[float, float, int]]:
    """By part and camera: share whose likeliest colour is right, share for which it is right or one that is
    easily taken for it, and how many people."""
    right: Counter[tuple[str, str]] = Counter()
    near: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for camera in CAMERAS:
        lit = light(folder, camera)
        for identity, part, allowed in people(folder):
            shares = np.zeros(len(NAMES))
            for path in sorted((folder / identity).glob(f"{camera}_*.png")):
                crop: Image = np.asarray(cv2.imread(str(path)), dtype=np.uint8)
                upper, lower = clothing(crop, lit)
                shares += upper if part == "upper" else lower
            best = NAMES[int(shares.argmax())]
            total[part, camera] += 1
            right[part, camera] += best in allowed
            near[part, camera] += any(likeness(best, name) >= 0.5 for name in allowed)
    return {key: (right[key] / total[key], near[key] / total[key], total[key]) for key in total}


Score = tuple[float, float]
Vectors = dict[str, np.ndarray]  # of each camera


def between_cameras(folder: Path) -> tuple[str, dict[str, Score], int]:
    """The settings' appearance model: rank-1 and mean average precision of one camera's looks among all of the other's,
    mean of both ways, by what is compared; how many people. Single crops; means of some, as tracklets have; both also
    without the cameras' share, one crop of each person being known."""
    import django

    django.setup()
    from analysis.scanner import scanner

    embed = scanner().embedder
    owners, vectors = {}, {}
    for camera in CAMERAS:
        paths = sorted(folder.glob(f"*/{camera}_*.png"))
        owners[camera] = np.array([path.parent.name for path in paths])
        vectors[camera] = embed([np.asarray(cv2.imread(str(path)), dtype=np.uint8) for path in paths])
    found = {"single crops": _score(owners, vectors), "without the cameras' share": _without(owners, vectors)}
    rng = np.random.default_rng(1)
    drawn = [_means(owners, vectors, rng) for _ in range(DRAWS)]
    for what, scored in ((f"means of {LOOKS} crops", _score), ("both", _without)):
        several = np.mean([scored(whose, means) for whose, means in drawn], axis=0)
        found[what] = (float(several[0]), float(several[1]))
    return embed.name, found, len(set(owners["01"]))


LOOKS, DRAWS = 5, 20


def _means(owners: Vectors, vectors: Vectors, rng: np.random.Generator) -> tuple[Vectors, Vectors]:
    """Of some crops of everybody, drawn anew; whose they are."""
    whose, means = {}, {}
    for camera, looks in vectors.items():
        whose[camera] = np.unique(owners[camera])
        of_each = [rng.permutation(np.flatnonzero(owners[camera] == one))[:LOOKS] for one in whose[camera]]
        rows = np.array([looks[of_one].mean(axis=0) for of_one in of_each])
        means[camera] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return whose, means


def _without(owners: Vectors, vectors: Vectors) -> Score:
    """Without the cameras' share, as a search compares."""
    overall = np.concatenate(list(vectors.values())).mean(axis=0)
    rest = {}
    for camera, looks in vectors.items():
        one_each = np.unique(owners[camera], return_index=True)[1]
        rest[camera] = centred(looks, mean_look(looks[one_each], overall))
    return _score(owners, rest)


def _score(owners: Vectors, vectors: Vectors) -> Score:
    firsts, precisions = [], []
    for query, gallery in (CAMERAS, CAMERAS[::-1]):
        order = np.argsort(-(vectors[query] @ vectors[gallery].T), axis=1)
        for owner, row in zip(owners[query], order, strict=True):
            hits = np.flatnonzero(owners[gallery][row] == owner) + 1
            firsts.append(hits[0] == 1)
            precisions.append(np.mean(np.arange(1, len(hits) + 1) / hits))
    return float(np.mean(firsts)), float(np.mean(precisions))


def main() -> None:
    folder, console = Path(sys.argv[1]), Console()
    table = Table("part", "camera", "right", "right or easily taken for it", "people")
    for (part, camera), (right, near, count) in sorted(accuracy(folder).items()):
        table.add_row(part, camera, f"{right:.2f}", f"{near:.2f}", str(count))
    console.print(table)
    name, found, count = between_cameras(folder)
    table = Table(f"{name}, {count} people between two cameras", "rank-1", "mAP")
    for what, (first, precision) in found.items():
        table.add_row(what, f"{first:.2f}", f"{precision:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
