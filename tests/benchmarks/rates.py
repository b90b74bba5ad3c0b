"""How well people are linked at few pictures a second, on real footage with ground truth.

    .venv/bin/python -m tests.benchmarks.rates CLIP        # a video with STEM.gt.txt beside it, or a MOTChallenge folder

The survey's linking over all of the clip, at several sampling rates and sizes of the detector's pictures.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")

import django

django.setup()

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from analysis.evaluation.real import real_clip  # noqa: E402
from analysis.evaluation.tracking import score  # noqa: E402
from analysis.pipeline.counts import Counts  # noqa: E402
from analysis.pipeline.decode import Damage, read_packets  # noqa: E402
from analysis.pipeline.survey import Plan, Survey  # noqa: E402
from analysis.pipeline.types import Window  # noqa: E402
from analysis.scanner import scanner  # noqa: E402

RATES, SIZES = (0.5, 1.0, 2.0, 5.0), (416, 640)


def main() -> None:
    engine = scanner()
    table = Table("size", "pictures a second", "recall", "precision", "MOTA", "IDF1", "HOTA", "switches")
    with real_clip(Path(sys.argv[1])) as clip:
        whole = Window(0.0, read_packets(clip.path).duration)
        for size in SIZES:
            for rate in RATES:
                config = replace(engine.config.survey, size=size, sparse_rate=rate)
                survey = Survey(engine.detector, engine.embedder, config, Counts())
                found = survey.run(clip.path, Plan([whole], [whole]), None, Damage(), lambda at: None)
                s = score(clip.truth, [tracklet.track for tracklet in found], clip.fps, min(rate, clip.fps))
                numbers = (s.recall, s.precision, s.mota, s.idf1, s.hota)
                table.add_row(str(size), f"{rate:g}", *(f"{n:.2f}" for n in numbers), str(s.switches))
    Console().print(engine.version)
    Console().print(table)


if __name__ == "__main__":
    main()
