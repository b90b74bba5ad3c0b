"""Likeness between cameras, from what is stored: the cameras' own share taken off, once there are people enough."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.conf import settings as django_settings

from analysis.camera_looks import CameraLooks, forget
from analysis.decisions import confirm
from analysis.matching import rematch
from analysis.models import ScanTask, Tracklet
from analysis.search.looks import CENTRED, ENOUGH
from seoulcctv.environment import OWN_EMBEDDER
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_search, make_tracklet

pytestmark = pytest.mark.django_db
MODEL, DIMENSIONS = f"{OWN_EMBEDDER.stem}-x", 16


@pytest.fixture
def street():
    """Two cameras that each see the same people, with something of the camera in every look."""
    case, rng = make_case(), np.random.default_rng(1)
    people = rng.normal(size=(ENOUGH, DIMENSIONS))
    rows: list[list[Tracklet]] = []
    for number in range(2):
        camera = make_camera(DONGMYO[0] + 0.001 * number, DONGMYO[1])
        start = case.last_seen_at + timedelta(minutes=2 + 2 * number)
        recording = make_recording(camera, start=start, seconds=600, scanned_model="test", scanned_depth="survey")
        common = 4 * rng.normal(size=DIMENSIONS)
        looks = people + common + 0.3 * rng.normal(size=people.shape)
        rows.append([
            make_tracklet(
                recording, second=5.0 + n, embedding_model=MODEL,
                embedding_bytes=(look / np.linalg.norm(look)).astype(np.float16).tobytes(),
            )
            for n, look in enumerate(looks)
        ])  # fmt: skip
    search = make_search(case, rows[0][0].recording, rows[1][0].recording)
    search.tasks.update(status=ScanTask.Status.DONE)
    return case, rows


def test_it_works(street):
    """The person confirmed before one camera is the first of the other, though all there look much alike."""
    case, (first, second) = street
    rematch(case)
    confirmed = case.candidates.get(tracklet=first[7])
    confirm(confirmed, case.opened_by)  # weighs everybody again
    of_second = case.candidates.filter(tracklet__in=second)
    likeness = {row.tracklet_id: row.factors["likeness"] for row in of_second}
    best = max(likeness, key=lambda pk: likeness[pk])
    assert best == second[7].pk
    assert likeness[best] > 1
    assert np.median(list(likeness.values())) < 0  # the camera's light does not count as likeness


def test_with_few_people_nothing_is_taken_off():
    tracklet = make_tracklet(embedding_model=MODEL)
    looks = CameraLooks(MODEL, [tracklet.recording.camera_id])
    assert looks.space == MODEL
    assert looks.seen(tracklet.embedding, tracklet.recording.camera_id) == pytest.approx(tracklet.embedding)


def test_means_are_kept_for_a_while_and_work_without_the_cache(street, settings, django_assert_num_queries):
    _case, (first, second) = street
    cameras = [first[0].recording.camera_id, second[0].recording.camera_id]
    before = CameraLooks(MODEL, cameras)
    assert before.space == CENTRED + MODEL
    with django_assert_num_queries(0):
        again = CameraLooks(MODEL, cameras)
    settings.CACHES = {"default": {**django_settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    without = CameraLooks(MODEL, cameras)
    for camera in cameras:
        assert again.means[camera] == pytest.approx(before.means[camera])
        assert without.means[camera] == pytest.approx(before.means[camera])


def test_what_an_earlier_scan_left_does_not_count(street):
    """Of earlier scans only candidates stay: with them a camera's mean would be the person sought."""
    _case, (first, _) = street
    camera = first[0].recording.camera_id
    before = CameraLooks(MODEL, [camera]).means[camera]
    for _ in range(50):
        make_tracklet(
            first[0].recording, model="before: test", embedding_model=MODEL, embedding_bytes=bytes(first[0].embedding_bytes)
        )  # fmt: skip
    forget(MODEL, camera)
    assert CameraLooks(MODEL, [camera]).means[camera] == pytest.approx(before)


def test_a_camera_that_saw_more_people_is_weighed_anew(street):
    _case, (first, _) = street
    camera = first[0].recording.camera_id
    before = CameraLooks(MODEL, [camera]).means[camera]
    make_tracklet(
        first[0].recording,
        second=300.0,
        embedding_model=MODEL,
        embedding_bytes=np.eye(DIMENSIONS, dtype=np.float16)[0].tobytes(),
    )
    assert CameraLooks(MODEL, [camera]).means[camera] == pytest.approx(before)
    forget(MODEL, camera)
    assert CameraLooks(MODEL, [camera]).means[camera] != pytest.approx(before)


def test_nobody_confirmed_no_means(street, django_assert_num_queries):
    """The usual case while a search begins must not pay for it."""
    case, (first, _) = street
    make_candidate(case, first[0])
    from analysis.matching import Cameras

    with django_assert_num_queries(2):
        assert Cameras(case, first).models == {}
