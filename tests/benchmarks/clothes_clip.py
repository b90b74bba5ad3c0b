"""Clothing colours of the real people in a clip, as a scan tells them, against names given by eye.

    .venv/bin/python -m tests.benchmarks.clothes_clip pets09-s2l1.avi      # beside its ground truth, pets09-s2l1.gt.txt

Which tracklets show whom is told from the ground truth's boxes; a person's colours are those of all tracklets that show them.
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

import numpy as np  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.evaluation.real import RealClip, real_clip  # noqa: E402
from analysis.pipeline.boxes import overlap  # noqa: E402
from analysis.pipeline.types import Track  # noqa: E402
from analysis.scanner import scanner  # noqa: E402

#: Of the people of PETS 2009 S2.L1, by their number there: upper and lower clothing, by eye, before the scan was asked.
#: Either of several names is right: two-tone jackets, dark brown leather, jeans between blue and navy.
BY_EYE = {
    1: ("black", "black"), 2: ("black brown grey", "blue"), 3: ("red navy", "navy"), 4: ("black", "navy blue"),
    5: ("black brown", "blue"), 6: ("red", "blue navy"), 7: ("blue", "grey"), 8: ("black brown", "black"),
    9: ("black brown", "blue"), 10: ("red", "blue navy"), 11: ("red navy", "navy"), 12: ("black", "blue navy"),
    13: ("grey black brown", "blue"), 14: ("black brown", "black"), 15: ("black brown", "black"),
    16: ("blue white", "blue"), 17: ("black navy", "blue"), 18: ("black brown", "black"), 19: ("black", "black"),
}  # fmt: skip
SAME = 0.5  # overlap with the true box


def shown(track: Track, clip: RealClip) -> Counter[int]:
    """How many of its boxes show whom."""
    seen: Counter[int] = Counter()
    for time, box in zip(track.times, track.boxes, strict=True):
        rows = clip.truth.frames.get(round(float(time) * clip.fps) + 1, [])
        if rows:
            shared = overlap(np.array([box]), np.array([row[1:] for row in rows]))[0]
            if shared.max() >= SAME:
                seen[rows[int(shared.argmax())][0]] += 1
    return seen


def told(path: Path) -> dict[int, tuple[Counter[str], Counter[str]]]:
    """Of each person: names and shares of upper and lower clothing, added up over tracklets, by how often these show them."""
    people: dict[int, tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    with real_clip(path) as clip:
        for tracklet in scanner().scan(clip.path).tracklets:
            parts = tracklet.appearance.upper, tracklet.appearance.lower
            for person, often in shown(tracklet.track, clip).items():
                for total, part in zip(people[person], parts, strict=True):
                    for name, share in part.items():
                        total[name] += share * often
    return people


def main() -> None:
    people = told(Path(sys.argv[1]))
    table = Table("person", "upper, by eye", "told", "lower, by eye", "told")
    right: dict[int, list[bool]] = {0: [], 1: []}
    for number, names in BY_EYE.items():
        row = [str(number)]
        for part, name in enumerate(names):
            most = people[number][part].most_common(1)
            right[part].append(bool(most) and most[0][0] in name.split())
            row += [name, f"{most[0][0] if most else '–'}{'' if right[part][-1] else '  (wrong)'}"]
        table.add_row(*row)
    console = Console()
    console.print(table)
    shares = [float(np.mean(right[part])) for part in (0, 1)]
    console.print(
        f"right: upper {shares[0]:.2f}, lower {shares[1]:.2f}, both {np.mean(shares):.2f} of {len(BY_EYE)} people"
    )


if __name__ == "__main__":
    main()
