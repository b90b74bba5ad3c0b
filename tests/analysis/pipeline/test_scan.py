"""The composition: who is found, what is left out and said, how it stops."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analysis.pipeline.closer import CloserConfig, Spell
from analysis.pipeline.scan import ScanConfig, Scanner, gop_around
from analysis.pipeline.types import Interrupted, PipelineError, SkipReason, Window
from analysis.scanner import scanner
from analysis.simulation.film import render
from analysis.simulation.walk import first_walk
from tests.factories import write_video

SHORT = ScanConfig(closer=CloserConfig(spell_s=4.0))


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
    short = Scanner(scanner().detector, scanner().embedder, SHORT)
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

    monkeypatch.setattr("analysis.pipeline.closer.Spell", Watched)
    short = Scanner(scanner().detector, scanner().embedder, SHORT)
    short.scan(street[1].path)
    assert 10 < max(most) <= 4 * 5 + 2


def test_a_survey_finds_them_from_keyframes(weights, street):
    camera, truth = street
    result = scanner().survey(truth.path, camera.scene.geometry)
    (found,) = result.tracklets
    whole = scanner().scan(truth.path, camera.scene.geometry).tracklets[0]
    assert result.stats.frames == 0
    assert len(found.track.times) >= 3
    assert whole.track.start - 2.1 <= found.track.start <= whole.track.start + 2.1
    assert max(found.appearance.upper, key=found.appearance.upper.get) == "red"
    assert found.appearance.height.value == pytest.approx(1.56, abs=0.15)
    reasons = {part.reason for part in result.stats.skipped}
    assert reasons == {SkipReason.QUIET, SkipReason.NOBODY, SkipReason.NOT_CLOSELY} or reasons == {
        SkipReason.QUIET,
        SkipReason.NOT_CLOSELY,
    }


def looking_at_all_seen_less_than(enough):
    config = ScanConfig(closer=CloserConfig(enough=enough))
    return Scanner(scanner().detector, scanner().embedder, config)


def test_who_fits_gets_a_closer_look(weights, street):
    camera, truth = street
    survey = scanner().survey(truth.path, camera.scene.geometry).tracklets[0]
    result = looking_at_all_seen_less_than(99).scan(truth.path, camera.scene.geometry, fits=lambda found: True)
    (found,) = result.tracklets
    assert 1.9 <= result.stats.dense_s <= 2.1
    assert len(found.track.times) >= len(survey.track.times) + 4
    assert (found.track.start, found.track.end) == (survey.track.start, survey.track.end)
    assert (np.diff(found.track.times) > 0).all()


def test_who_was_seen_often_enough_needs_none(weights, street):
    camera, truth = street
    (found,) = scanner().survey(truth.path, camera.scene.geometry).tracklets
    looks = len(found.track.times)
    often, seldom = (
        looking_at_all_seen_less_than(enough).scan(truth.path, camera.scene.geometry, fits=lambda found: True).stats
        for enough in (looks, looks + 1)
    )
    assert often.frames == 0
    assert seldom.frames > 0


def test_a_closer_look_by_itself(weights, street):
    camera, truth = street
    people = scanner().survey(truth.path, camera.scene.geometry).tracklets
    closely = scanner().look_closer(truth.path, people, [0], camera.scene.geometry)
    assert set(closely.known) == {0}
    assert closely.new == ()


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


def test_the_window_around_a_keyframe_stays_in_the_recording():
    assert gop_around(2.0, np.array([0.0, 2, 4]), 5.0) == Window(0, 4)
    assert gop_around(4.0, np.array([0.0, 2, 4]), 4.5) == Window(2, 4.5)
