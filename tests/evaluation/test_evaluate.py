"""The command on three small scenarios; and figures drop when the pipeline is made worse."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from analysis.evaluation.real import real_clip
from analysis.evaluator import evaluate_scenario
from analysis.pipeline.detect import Detector
from analysis.pipeline.scan import Scanner
from analysis.simulation.city import SPECS, build
from analysis.simulation.film import render

SMALL = "cameras = 2\naside = 0\nminutes = 0.3\nvaried_cameras = false\n"
KINDS = {"day": "", "dark": 'light = "night"\n', "crowd": "crowd = 8\n"}


@pytest.fixture
def by_environment(weights, monkeypatch):
    """For the processes that scan."""
    monkeypatch.setenv("SEOULCCTV_EMBEDDER_WEIGHTS", str(settings.EMBEDDER_PATH))


def test_three_scenarios(by_environment, tmp_path, capsys):
    files = []
    for name, text in KINDS.items():
        files.append(tmp_path / f"{name}.toml")
        files[-1].write_text(SMALL + text)
    call_command(
        "evaluate", scenario=[str(f) for f in files], seeds=[1], out=tmp_path / "files", json=tmp_path / "figures.json"
    )
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert set(figures["scenarios"]) == set(KINDS)
    day = figures["scenarios"]["day"]
    assert day["detection"]["recall_60"] > 0.7
    assert day["detection"]["precision"] > 0.8
    assert day["route"]["found"] == 1.0
    assert day["ranking"]["rank1"] == 1.0
    dark = figures["scenarios"]["dark"]["attributes"]["upper"]
    assert dark["unknown"] == 1.0  # infrared shows no colours, and none are claimed
    assert set(figures["all"]["detection"]["by_light"]) == {"day", "night"}
    assert day["order_work_s"]["planned"] > 0
    assert "day" in capsys.readouterr().out

    call_command(
        "evaluate", scenario=[str(files[0])], seeds=[1], out=tmp_path / "files", live=True, json=tmp_path / "live.json"
    )
    live = json.loads((tmp_path / "live.json").read_text())["live"]["day"]
    assert live["passes"] == 2
    assert live["recall"] == 1.0
    assert live["delay_95_s"] < 3.0
    assert live["false_an_hour_at_recall"] is not None

    call_command(
        "evaluate", scenario=[str(files[0])], seeds=[1], out=tmp_path / "files", image_size=320, embedder=Path("none"),
        beside=tmp_path / "figures.json", json=tmp_path / "small.json",
    )  # fmt: skip
    out = capsys.readouterr().out
    assert "Side by side" in out
    version = json.loads((tmp_path / "small.json").read_text())["version"]
    assert re.search(r"@320/416\+names-2\+things-street-1-[0-9a-f]{8}~5$", version)
    assert (settings.DETECTOR_SIZE, "SEOULCCTV_DETECTOR_SIZE" in os.environ) == (640, False)


def blind(scanner: Scanner) -> Scanner:
    """A pipeline made worse on purpose: it believes only what is almost certain."""
    worse = Detector(replace(scanner.detector.config, confidence=0.86))
    return Scanner(worse, scanner.embedder, scanner.config)


def test_a_worse_pipeline_scores_worse(by_environment, tmp_path):
    spec = replace(SPECS["few_people"], cameras=2, aside=0, minutes=0.3, varied_cameras=False)
    told: list[str] = []
    good = evaluate_scenario("small", spec, [1], tmp_path, lambda what, *_: told.append(what)).figures
    bad = evaluate_scenario("small", spec, [1], tmp_path, lambda *_: None, blind).figures
    assert bad["detection"]["recall_60"] < good["detection"]["recall_60"] - 0.2
    assert (bad["tracking"]["idf1"] or 0) < good["tracking"]["idf1"]
    assert {"render", "scan"} <= set(told)


def test_real_footage(by_environment, shared, tmp_path):
    clip = shared / "footage" / "pets09-s2l1.avi"
    call_command("evaluate", only_mot=True, mot=[clip], json=tmp_path / "real.json")
    figures = json.loads((tmp_path / "real.json").read_text())["real"]["pets09-s2l1.avi"]
    assert figures["recall"] > 0.85
    assert figures["reid_queries"] > 20
    assert figures["reid_rank1"] > 1.5 / figures["reid_people"]  # better than guessing


@pytest.fixture
def sequence(tmp_path):
    """A MOTChallenge folder made from a rendered street: pictures, ground truth, seqinfo.ini."""
    camera = build(
        "seq", replace(SPECS["few_people"], varied_cameras=False, minutes=0.3, cameras=1, aside=0), 1
    ).cameras[0]
    made = render(camera.scene, camera.walks, tmp_path / "a.mp4", 8.0, fps=8)
    folder = tmp_path / "SEQ-01"
    (folder / "img1").mkdir(parents=True)
    (folder / "gt").mkdir()
    with av.open(str(made.path)) as container:
        for number, frame in enumerate(container.decode(video=0), start=1):
            cv2.imwrite(str(folder / "img1" / f"{number:06d}.jpg"), frame.to_ndarray(format="bgr24"))
    names = {key: n for n, key in enumerate(sorted({b.person for b in made.boxes}), start=1)}
    (folder / "gt" / "gt.txt").write_text(
        "".join(
            f"{round(b.time * 8) + 1},{names[b.person]},{b.box[0]},{b.box[1]},{b.box[2] - b.box[0]},{b.box[3] - b.box[1]},1,1,1\n"
            for b in made.boxes
            if b.visible > 0.3
        )
    )
    (folder / "seqinfo.ini").write_text("[Sequence]\nname=SEQ-01\nimDir=img1\nframeRate=8\nseqLength=64\nimExt=.jpg\n")
    return folder


def test_a_folder_of_pictures(by_environment, sequence, tmp_path):
    call_command("evaluate", only_mot=True, mot=[sequence], json=tmp_path / "real.json")
    figures = json.loads((tmp_path / "real.json").read_text())["real"]["SEQ-01"]
    assert figures["recall"] > 0.6
    assert figures["precision"] > 0.8


def test_pictures_keep_their_times_and_pixels(sequence):
    with real_clip(sequence) as clip, av.open(str(clip.path)) as container:
        frames = list(container.decode(video=0))
    assert [f.time for f in frames] == pytest.approx(np.arange(64) / 8, abs=2e-3)
    first = cv2.imread(str(sequence / "img1" / "000001.jpg"))
    assert np.abs(frames[0].to_ndarray(format="bgr24").astype(int) - first).mean() < 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("seqinfo.ini", "[Sequence]\nframeRate=0\n", "seqinfo"),
        ("seqinfo.ini", "rubbish", "seqinfo"),
        ("seqinfo.ini", "[Sequence]\nframeRate=8\nimExt=.png\n", "000001.png"),
        ("gt/gt.txt", "1,2,three", "no MOTChallenge ground truth"),
    ],
)
def test_a_damaged_folder_is_told(by_environment, sequence, name, content, message):
    (sequence / name).write_text(content)
    with pytest.raises(CommandError, match=message):
        call_command("evaluate", only_mot=True, mot=[sequence])


def test_missing_ground_truth_is_told(by_environment, tmp_path):
    with pytest.raises(CommandError, match="no ground truth"):
        call_command("evaluate", only_mot=True, mot=[tmp_path / "a.mp4"])


def test_missing_weights_and_reports_are_told(by_environment, tmp_path):
    (tmp_path / "a.json").write_text("[]")
    for options in (
        {"weights": tmp_path / "no.pt"},
        {"embedder": tmp_path / "no.xml"},
        {"beside": tmp_path / "a.json"},
    ):
        with pytest.raises(CommandError, match=r"no\.|report"):
            call_command("evaluate", only_mot=True, **options)


def test_an_unknown_scenario_is_told(by_environment):
    with pytest.raises(CommandError, match="neither"):
        call_command("evaluate", scenario=["nowhere"])
