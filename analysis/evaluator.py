"""Renders, scans and measures scenarios with the settings' detector, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings

from .evaluation.detection import DetectionScore, measure
from .evaluation.found import Scanned, attribute
from .evaluation.report import Figures, scenario_figures
from .pipeline.scan import Scanner
from .pipeline.types import Tracklet
from .simulation.city import Spec, build
from .simulation.footage import Truth, rendered

Told = Callable[[str, int, int], None]

MOST_PICTURES = 240  # of each camera that detection is measured on


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A scenario over its seeds: the figures, and what they were made of."""

    figures: Figures
    scanned: tuple[Scanned, ...]
    detection: DetectionScore


def evaluate_scenario(
    name: str,
    spec: Spec,
    seeds: list[int],
    folder: Path,
    told: Told,
    change: Callable[[Scanner], Scanner] | None = None,
) -> Evaluated:
    """One scenario. told: what is done, how much of how much. change: for tests, another scanner."""
    scanned: list[Scanned] = []
    detection = DetectionScore()
    for seed in seeds:
        scenario = build(name, spec, seed)
        total = sum(camera.working for camera in scenario.cameras)
        truths = rendered(scenario, folder / f"{name}-{seed}", lambda done, total=total: told("render", done, total))
        people, work, score = _scan(truths, told, change)
        detection += score
        scanned.append(attribute(scenario, truths, people, work))
    return Evaluated(scenario_figures(scanned, detection, settings.SCAN_RATE), tuple(scanned), detection)


def _scan(
    truths: list[Truth], told: Told, change: Callable[[Scanner], Scanner] | None
) -> tuple[list[list[Tracklet]], list[float], DetectionScore]:
    people: list[list[Tracklet]] = [[] for _ in truths]
    work = [0.0] * len(truths)
    score = DetectionScore()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=_start) as pool:
        jobs = {pool.submit(_one, truth, change): index for index, truth in enumerate(truths)}
        for done, job in enumerate(as_completed(jobs), start=1):
            people[jobs[job]], work[jobs[job]], found = job.result()
            score += found
            told("scan", done, len(truths))
    return people, work, score


def _start() -> None:
    """In each process: one core, the settings of the parent (by environment)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")
    os.environ["SEOULCCTV_INFERENCE_THREADS"] = "1"
    import django

    django.setup()


def _one(truth: Truth, change: Callable[[Scanner], Scanner] | None) -> tuple[list[Tracklet], float, DetectionScore]:
    from .pipeline.geometry import CameraGeometry
    from .scanner import scanner

    engine = change(scanner()) if change else scanner()
    geometry: CameraGeometry = truth.camera.scene.geometry
    result = engine.scan(truth.path, geometry)
    rate = min(1.0, MOST_PICTURES / truth.camera.duration)
    return list(result.tracklets), result.stats.wall_s, measure(engine.detector, truth, rate)


def engine_name() -> dict[str, Any]:
    """Which detector, embedder and sampling the figures belong to."""
    from .scanner import scanner

    return {"version": scanner().version}
