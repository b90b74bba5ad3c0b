"""One stream, watched: who walks past is told while they do, and nothing is decoded where nothing moves."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from analysis.live.eye import Eye, EyeConfig, Motion
from analysis.live.reader import Address, Piece, pieces
from analysis.live.replay import pieces_of
from analysis.scanner import scanner
from analysis.simulation.film import render
from analysis.simulation.walk import first_walk
from tests.live.cameras import LOOP, serving

CLEAR_PX, CLEAR = 60, 0.7  # a person's height and visible share


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    """Forty seconds of a street with one passer-by in red, from the fifteenth on."""
    camera = first_walk(1).cameras[0]
    walk = next(w for w in camera.walks if w.person.key == "target")
    start = walk.moment - 20
    moved = replace(walk, moment=20, begin=walk.begin - start, end=walk.end - start)
    return camera, render(camera.scene, [moved], tmp_path_factory.mktemp("street") / "a.mp4", 40.0, fps=15, gop_s=1.0)


def first_clear(truth) -> float:
    return min(box.time for box in truth.boxes if box.visible >= CLEAR and box.box[3] - box.box[1] >= CLEAR_PX)


def watched(eye: Eye, source):
    told, last = [], None
    for last in source:
        told += [(last.at, report) for report in eye.take(last)]
    return told + [(last.at, report) for report in eye.end(last)]


def test_who_walks_past_is_told_while_they_do(weights, street):
    camera, truth = street
    told = watched(Eye(scanner(), camera.scene.geometry), pieces_of(truth.path))
    assert told[0][0] - first_clear(truth) < 2.0
    final = [report for _at, report in told if report.final]
    assert len({report.key for report in final}) == 1
    found = final[0].tracklet
    assert max(found.appearance.upper, key=found.appearance.upper.get) == "red"
    assert found.appearance.height.value == pytest.approx(1.56, abs=0.15)
    assert found.track.end - found.track.start > 0.7 * (truth.boxes[-1].time - first_clear(truth))
    assert sum(report.key == final[0].key for _at, report in told) > 5  # it is the same one all the time


def test_who_lies_behind_looks_less_often_and_still_tells(weights, street):
    camera, truth = street
    eyes = {}
    for behind, longest in ((0.0, 2.0), (5.0, 4.0)):
        eyes[behind] = Eye(scanner(), camera.scene.geometry)
        told = [report for piece in pieces_of(truth.path) for report in eyes[behind].take(piece, behind)]
        assert told
        assert told[0].tracklet.track.start - first_clear(truth) < longest
    assert eyes[5.0].counts.frames < 0.85 * eyes[0.0].counts.frames


def test_where_nothing_moves_hardly_anything_is_decoded(weights, street):
    camera, truth = street
    quiet = render(camera.scene, [], truth.path.with_name("quiet.mp4"), 60.0, fps=15, gop_s=1.0)
    eye = Eye(scanner(), camera.scene.geometry)
    assert not watched(eye, pieces_of(quiet.path))
    assert eye.counts.frames <= 5  # a keyframe each twenty seconds


def test_nothing_is_kept_of_anybody_afterwards(weights, street):
    eye = Eye(scanner(), street[0].scene.geometry)
    watched(eye, pieces_of(street[1].path))
    assert not eye.spell.looks.kept
    assert not eye.group or len(eye.group) < 30  # of packets, a group of pictures at the most


def test_a_break_ends_them_and_begins_anew(weights, street):
    _camera, truth = street
    source = list(pieces_of(truth.path))
    middle = next(n for n, piece in enumerate(source) if piece.at > first_clear(truth) + 3 and piece.keyframe)
    eye, told = Eye(scanner()), []
    for piece in source[:middle]:
        told += eye.take(piece)
    assert any(not report.final for report in told)
    assert not any(report.final for report in told)
    again = replace(source[middle], at=0.0, fresh=True)
    ended = eye.take(again)
    assert [report.final for report in ended] == [True]
    later = [
        report for piece in source[middle + 1 :] for report in eye.take(replace(piece, at=piece.at - source[middle].at))
    ]
    assert later
    assert all(report.tracklet.track.start >= 0 for report in later)


def test_over_a_real_stream_it_is_told_in_time(weights, street):
    """From the arrival of the first picture in which the person is clear to the report: at most two seconds."""
    camera, truth = street
    clear = first_clear(truth)
    eye = Eye(scanner(), camera.scene.geometry)
    list(eye.closer.detector([]))  # weights are loaded at first use
    watched(Eye(scanner()), (piece for piece in pieces_of(truth.path) if piece.at < clear + 1))
    with serving(truth.path) as server:
        shown, told = None, None
        for piece in pieces(Address(LOOP, server.port, "/live")):
            if shown is None and piece.at >= clear:
                shown = piece.arrived
            if reports := eye.take(piece):
                told = time.monotonic()
                break
        assert reports
    assert told - shown < 2.0


class TestMotion:
    """Sizes of packets, of made-up cameras."""

    def packets(self, seconds: int, quiet: int, busy: range, loud: int):
        for number in range(seconds * 15):
            at, key = number / 15, number % 30 == 0
            size = 20_000 if key else loud if int(at) in busy else quiet
            yield Piece(at, at, key, size, None, None, number == 0)

    def test_it_learns_what_quiet_costs(self):
        motion, moved = Motion(EyeConfig()), set()
        for piece in self.packets(60, 30, range(40, 45), 900):
            if motion.add(piece):
                moved.add(int(piece.at))
        assert moved == {40, 41, 42, 43, 44} or moved == {40, 41, 42, 43, 44, 45}

    def test_a_noisy_camera_is_not_always_awake(self):
        motion, moved = Motion(EyeConfig()), []
        for piece in self.packets(120, 100, range(100, 105), 900):
            moved.append(motion.add(piece))
        share = np.mean(moved)
        assert 0.03 < share < 0.1
