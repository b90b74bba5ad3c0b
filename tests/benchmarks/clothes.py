"""Clothing colours of real people, against labels made by eye; and the same people between two cameras.

    .venv/bin/python -m tests.benchmarks.clothes FOLDER

FOLDER holds ``ID/CC_O.png`` (camera, orientation) and ``attributes.csv`` with ``upper_color`` and
``lower_color``, told from the first camera. Nothing is trained on these. ``second_eye.csv``: what an AI model that looked at the
pictures called the clothes of 33 of the people in each camera, three crops of each in drawn order, without knowing whose label is
which: how far one eye agrees with another says how much can be asked for.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from analysis.pipeline.cloth import Light, light_of
from analysis.pipeline.colours import NAMES, clothing, likeness
from analysis.pipeline.types import Image
from analysis.search.looks import centred, mean_look

CAMERAS = ("01", "02")
PARTS = ("upper", "lower")
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
            for part in PARTS:
                label = row[f"{part}_color"]
                if "unsure" not in label and names(label):
                    yield row["id"], part, names(label)


def light(folder: Path, camera: str) -> Light:
    """Of a camera, from all that its crops show: there are no whole pictures."""
    small = [cv2.resize(cv2.imread(str(p)), (24, 64)) for p in sorted(folder.glob(f"*/{camera}_*.png"))]
    return light_of(np.vstack(small).astype(np.uint8))


def likeliest(folder: Path) -> dict[tuple[str, str, str], str]:
    """The colour that the pixels speak for, of each part, camera and person."""
    found = {}
    for camera in CAMERAS:
        lit = light(folder, camera)
        for identity in {identity for identity, _, _ in people(folder)}:
            shares = np.zeros((2, len(NAMES)))
            for path in sorted((folder / identity).glob(f"{camera}_*.png")):
                crop: Image = np.asarray(cv2.imread(str(path)), dtype=np.uint8)
                shares += clothing(crop, lit)
            for part, of_part in zip(PARTS, shares, strict=True):
                found[part, camera, identity] = NAMES[int(of_part.argmax())]
    return found


def accuracy(folder: Path, best: dict[tuple[str, str, str], str]) -> dict[tuple[str, str], tuple[float, float, int]]:
    """By part and camera: share whose likeliest colour is right, share for which it is right or one that is
    easily taken for it, and how many people."""
    told: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for camera in CAMERAS:
        for identity, part, allowed in people(folder):
            name = best[part, camera, identity]
            near = any(likeness(name, one) >= 0.5 for one in allowed)
            told[part, camera].append((name in allowed, near))
    return {key: (*np.mean(rows, axis=0), len(rows)) for key, rows in told.items()}


def second_eye(folder: Path, best: dict[tuple[str, str, str], str]) -> dict[tuple[str, str], NDArray[np.float64]]:
    """By part and camera, of the people whom a second eye named: share for whom that eye, the pixels, are right by the
    label; and the pixels by the label or the second eye."""
    allowed = {(identity, part): names for identity, part, names in people(folder)}
    told: dict[tuple[str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    with Path(__file__).with_name("second_eye.csv").open() as rows:
        for row in csv.DictReader(rows):
            for part, (place, camera) in product(PARTS, enumerate(CAMERAS, 1)):
                if names := allowed.get((row["id"], part)):
                    eye, name = row[f"{part}_{place}"], best[part, camera, row["id"]]
                    told[part, camera].append((eye in names, name in names, name in names | {eye}))
    return {key: np.mean(several, axis=0) for key, several in told.items()}


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
    best = likeliest(folder)
    table = Table("part", "camera", "right", "right or easily taken for it", "people")
    for (part, camera), (right, near, several) in sorted(accuracy(folder, best).items()):
        table.add_row(part, camera, f"{right:.2f}", f"{near:.2f}", str(several))
    console.print(table)
    table = Table(
        "part", "camera", "a second eye, by the label", "pixels, by the label", "pixels, by label or second eye"
    )
    compared = second_eye(folder, best)
    for (part, camera), shares in sorted(compared.items()):
        table.add_row(part, camera, *(f"{share:.2f}" for share in shares))
    table.add_row("mean", "", *(f"{share:.2f}" for share in np.mean(list(compared.values()), axis=0)))
    console.print(table)
    name, found, count = between_cameras(folder)
    table = Table(f"{name}, {count} people between two cameras", "rank-1", "mAP")
    for what, (first, precision) in found.items():
        table.add_row(what, f"{first:.2f}", f"{precision:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
