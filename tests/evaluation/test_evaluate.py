"""The command on three small scenarios; and figures drop when the pipeline is made worse."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from analysis.evaluator import evaluate_scenario
from analysis.pipeline.detect import Detector
from analysis.pipeline.scan import Scanner
from analysis.simulation.city import SPECS

SMALL = "cameras = 2\naside = 0\nminutes = 0.3\nvaried_cameras = false\n"
KINDS = {"day": "", "dark": 'light = "night"\n', "crowd": "crowd = 8\n"}


@pytest.fixture
def by_environment(weights, monkeypatch):
    """For the processes that scan."""
    monkeypatch.setenv("SEOULCCTV_WEIGHTS_DIR", str(weights))


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
    assert "day" in capsys.readouterr().out


def blind(scanner: Scanner) -> Scanner:
    """A pipeline made worse on purpose: it believes only what is almost certain."""
    worse = Detector(replace(scanner.detector.config, confidence=0.86))
    return Scanner(worse, scanner.embedder, scanner.config)


def test_a_worse_pipeline_scores_worse(by_environment, tmp_path):
    spec = replace(SPECS["few_people"], cameras=2, aside=0, minutes=0.3, varied_cameras=False)
    told: list[str] = []
    good = evaluate_scenario("small", spec, [1], tmp_path, lambda what, *_: told.append(what))
    bad = evaluate_scenario("small", spec, [1], tmp_path, lambda *_: None, blind)
    assert bad["detection"]["recall_60"] < good["detection"]["recall_60"] - 0.2
    assert (bad["tracking"]["idf1"] or 0) < good["tracking"]["idf1"]
    assert {"render", "scan"} <= set(told)


def test_real_footage(by_environment, shared, capsys):
    call_command("evaluate", only_mot=True, mot=[shared / "footage" / "pets09-s2l1.avi"])
    assert "pets09" in capsys.readouterr().out


def test_missing_ground_truth_is_told(by_environment, tmp_path):
    with pytest.raises(CommandError, match="no ground truth"):
        call_command("evaluate", only_mot=True, mot=[tmp_path / "a.mp4"])


def test_an_unknown_scenario_is_told(by_environment):
    with pytest.raises(CommandError, match="neither"):
        call_command("evaluate", scenario=["nowhere"])
