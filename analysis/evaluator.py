"""Renders, scans and measures scenarios with the settings' detector, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from .evaluation import live
from .evaluation.detection import DetectionScore, measure
from .evaluation.found import Fits, Scanned, attribute, last_seen_of, wanted_of
from .evaluation.live import Watched, live_figures
from .evaluation.report import Figures, scenario_figures
from .pipeline.scan import Scanner
from .pipeline.types import Tracklet
from .simulation.city import Spec, build
from .simulation.footage import Truth, rendered
from .simulation.scenario import Scenario

Told = Callable[[str, int, int], None]
Result = TypeVar("Result")

MOST_PICTURES = 240  # of each camera that detection is measured on


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A scenario over its seeds: the figures, and what they were made of (everybody followed closely)."""

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
    searched: list[Scanned] = []
    detection = DetectionScore()
    for seed in seeds:
        scenario = build(name, spec, seed)
        total = sum(camera.working for camera in scenario.cameras)
        truths = rendered(scenario, folder / f"{name}-{seed}", lambda done, total=total: told("render", done, total))
        seen = _scan(scenario, truths, told, change)
        for one in seen:
            detection += one.detection
        scanned.append(attribute(scenario, truths, [one.everybody for one in seen]))
        searched.append(attribute(scenario, truths, [one.searched for one in seen], [one.work for one in seen]))
    return Evaluated(scenario_figures(scanned, searched, detection, settings.SCAN_RATE), tuple(scanned), detection)


@dataclass(frozen=True, slots=True)
class Seen:
    """Of one camera: everybody followed closely; what a search finds, and the seconds of one core it took."""

    everybody: list[Tracklet]
    searched: list[Tracklet]
    work: float
    detection: DetectionScore


def watch_scenario(name: str, spec: Spec, seeds: list[int], folder: Path, told: Told) -> Figures:
    """One scenario as live streams: what the eyes tell while everybody walks past."""
    several = []
    for seed in seeds:
        scenario = build(name, spec, seed)
        total = sum(camera.working for camera in scenario.cameras)
        truths = rendered(scenario, folder / f"{name}-{seed}", lambda done, total=total: told("render", done, total))
        watched = _each(_watch, [(index, truth) for index, truth in enumerate(truths)], "watch", told)
        reports = sorted((one for several in watched for one in several), key=lambda one: one.at)
        several.append(Watched(scenario, tuple(truths), tuple(reports)))
    return live_figures(several)


def _watch(index: int, truth: Truth) -> list[live.Told]:
    from .live.eye import Eye
    from .live.replay import replayed
    from .scanner import scanner

    begin = truth.camera.start + truth.camera.clock_offset
    eye = Eye(scanner(), truth.camera.scene.geometry)
    return [
        live.Told(begin + at, index, report.key, replace(report.tracklet, picture=b""))
        for at, report in replayed(eye, truth.path)
    ]


def _scan(
    scenario: Scenario, truths: list[Truth], told: Told, change: Callable[[Scanner], Scanner] | None
) -> list[Seen]:
    wanted, last_seen = wanted_of(scenario), last_seen_of(scenario)
    return _each(_one, [(truth, Fits(wanted, last_seen, truth.camera), change) for truth in truths], "scan", told)


def _each(job: Callable[..., Result], several: list[tuple[Any, ...]], what: str, told: Told) -> list[Result]:
    """On all cores, a process each; results in the order of ``several``, the arguments."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=_start) as pool:
        jobs = [pool.submit(job, *arguments) for arguments in several]
        for done, finished in enumerate(as_completed(jobs), start=1):
            finished.result()  # what fails ends it at once
            told(what, done, len(jobs))
        return [one.result() for one in jobs]


def _start() -> None:
    """In each process: one core, the settings of the parent (by environment)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seoulcctv.settings")
    os.environ["SEOULCCTV_INFERENCE_THREADS"] = "1"
    import django

    django.setup()


def _one(truth: Truth, fits: Fits, change: Callable[[Scanner], Scanner] | None) -> Seen:
    from .pipeline.geometry import CameraGeometry
    from .scanner import scanner

    engine = change(scanner()) if change else scanner()
    geometry: CameraGeometry = truth.camera.scene.geometry
    everybody, searched = engine.scan(truth.path, geometry), engine.scan(truth.path, geometry, fits=fits)
    rate = min(1.0, MOST_PICTURES / truth.camera.duration)
    score = measure(engine.detector, truth, rate)
    return Seen(list(everybody.tracklets), list(searched.tracklets), searched.stats.wall_s, score)


def engine_name() -> dict[str, Any]:
    """Which detector, embedder and sampling the figures belong to."""
    from .scanner import scanner

    return {"version": scanner().version}
