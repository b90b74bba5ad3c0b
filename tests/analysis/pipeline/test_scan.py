"""The composition: who is found, what is left out and said, how it stops."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analysis.pipeline.scan import ScanConfig, Scanner, Spell, gop_around, keyframe_plan
from analysis.pipeline.types import Interrupted, PipelineError, Window
from analysis.scanner import scanner
from analysis.simulation.film import render
from analysis.simulation.walk import first_walk
from tests.factories import write_video


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """A quiet minute with one passer-by in red, and the truth of it."""
    camera = first_walk(1).cameras[0]
    walk = next(w for w in camera.walks if w.person.key == "target")
    start = walk.moment - 30
    moved = type(walk)(
        walk.person, walk.east, walk.north, walk.heading, walk.speed, 30, walk.begin - start, walk.end - start
    )
    return camera, render(camera.scene, [moved], tmp_path_factory.mktemp("street") / "a.mp4", 60.0)


def test_it_works(weights, street):
    camera, truth = street
    shares: list[float] = []
    result = scanner().scan(truth.path, camera.scene.geometry, lambda share: shares.append(share) or True)
    (found,) = result.tracklets
    times = [box.time for box in truth.boxes]
    assert found.track.start == pytest.approx(times[0], abs=1.5)
    assert found.track.end == pytest.approx(times[-1], abs=1.5)
    assert max(found.appearance.upper, key=found.appearance.upper.get) == "red"
    assert max(found.appearance.lower, key=found.appearance.lower.get) == "black"
    assert found.appearance.height.value == pytest.approx(1.56, abs=0.12)
    assert found.picture[:2] == b"\xff\xd8"
    assert found.appearance.embedding @ found.appearance.embedding == pytest.approx(1, abs=1e-3)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_what_was_not_looked_at_is_said(weights, street):
    stats = scanner().scan(street[1].path).stats
    assert stats.dense_s < 45
    skipped = sum(part.window.duration for part in stats.skipped)
    assert skipped + stats.dense_s == pytest.approx(stats.footage_s, abs=4)


def test_long_spells_are_cut_and_nobody_is_lost(weights, street):
    whole = scanner().scan(street[1].path).tracklets[0].track
    short = Scanner(scanner().detector, scanner().embedder, ScanConfig(spell_s=4.0))
    parts = [tracklet.track for tracklet in short.scan(street[1].path).tracklets]
    assert len(parts) >= 2
    assert all(part.end - part.start <= 4.3 for part in parts)
    assert sum(len(part.times) for part in parts) >= 0.9 * len(whole.times)


def test_looks_do_not_pile_up_over_a_long_window(weights, street, monkeypatch):
    """What a spell keeps is dropped with it: at most as much as one spell's frames."""
    most = []

    class Watched(Spell):
        def add(self, *arguments):
            super().add(*arguments)
            most.append(len(self.looks.kept))

    monkeypatch.setattr("analysis.pipeline.scan.Spell", Watched)
    short = Scanner(scanner().detector, scanner().embedder, ScanConfig(spell_s=4.0))
    short.scan(street[1].path)
    assert 10 < max(most) <= 4 * 5 + 2


def test_a_scan_can_be_stopped(weights, street):
    with pytest.raises(Interrupted):
        scanner().scan(street[1].path, progress=lambda share: share < 0.3)


def test_footage_without_people(weights, tmp_path):
    assert scanner().scan(write_video(tmp_path / "a.mp4", seconds=6)).tracklets == ()


def test_a_broken_file(weights, tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x" * 100)
    with pytest.raises(PipelineError):
        scanner().scan(tmp_path / "a.mp4")


def test_the_command_prints_people_and_speed(weights, street, capsys, tmp_path):
    call_command("scan", str(street[1].path), pictures=tmp_path / "people")
    out = capsys.readouterr().out
    assert "1 people" in out
    assert "x real time" in out
    assert len(list((tmp_path / "people").glob("*.jpg"))) == 1


def test_the_command_says_which_file_is_bad(weights, tmp_path):
    (tmp_path / "bad.mp4").write_text("no")
    with pytest.raises(CommandError):
        call_command("scan", str(tmp_path / "bad.mp4"))


def test_without_weights_a_message_says_what_to_do(settings, tmp_path):
    settings.WEIGHTS_PATH = tmp_path / "none.pt"
    scanner.cache_clear()
    try:
        with pytest.raises(PipelineError, match="SEOULCCTV_DETECTOR_WEIGHTS"):
            scanner().scan(write_video(tmp_path / "a.mp4"))
    finally:
        scanner.cache_clear()


CONFIG = ScanConfig()


def test_short_gops_are_asked_by_keyframe_long_ones_looked_at_at_once():
    looked, straight = keyframe_plan(np.array([0.0, 2, 4, 6]), [Window(2.5, 5)], 8.0, CONFIG)
    assert list(looked) == [0, 2, 4]  # 0 and not 6: quiet parts get a look every ten seconds
    assert straight == []
    looked, straight = keyframe_plan(np.array([0.0, 10]), [Window(12, 15)], 20.0, CONFIG)
    assert straight == [Window(12, 15)]


def test_the_window_around_a_keyframe_stays_in_the_recording():
    assert gop_around(2.0, np.array([0.0, 2, 4]), 5.0) == Window(0, 4)
    assert gop_around(4.0, np.array([0.0, 2, 4]), 4.5) == Window(2, 4.5)
