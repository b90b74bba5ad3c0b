"""A case with five thousand candidates: the page answers, the list goes on, a decision is weighed."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
import pytest
from django.test import Client

from analysis.decisions import confirm
from analysis.models import Candidate, ScanTask, Tracklet
from seoulcctv.environment import OWN_EMBEDDER
from tests.factories import DONGMYO, make_camera, make_case, make_recording, make_search, make_tracklet

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(120)]
COUNT, CAMERAS = 5000, 50


@pytest.fixture
def case(db):
    case, rng = make_case(), np.random.default_rng(1)
    recordings = [
        make_recording(
            make_camera(DONGMYO[0] + 0.0005 * n, DONGMYO[1]), case.last_seen_at + timedelta(minutes=5), 3000,
            scanned_model="test", scanned_depth="survey",
        )
        for n in range(CAMERAS)
    ]  # fmt: skip
    pattern = make_tracklet(recordings[0])
    rows = []
    for n in range(COUNT):
        recording = recordings[n % CAMERAS]
        start = recording.start + timedelta(seconds=0.5 * n)
        rows.append(
            Tracklet(
                recording=recording, number=10_000 + n, model="test", start=start, end=start + timedelta(seconds=5),
                times=[0.0, 5.0], boxes=pattern.boxes, confidence=0.8, embedding_model=f"{OWN_EMBEDDER.stem}-x",
                embedding_bytes=rng.normal(size=256).astype(np.float16).tobytes(), upper={"red": 0.9}, lower={"black": 1.0},
                picture=pattern.picture, picture_at=start,
            )
        )  # fmt: skip
    Tracklet.objects.bulk_create(rows, batch_size=1000)
    made = Tracklet.objects.filter(number__gte=10_000)
    Candidate.objects.bulk_create(
        [Candidate(case=case, tracklet=t, score=float(rng.uniform(0.1, 0.9))) for t in made], batch_size=1000
    )
    make_search(case, *recordings).tasks.update(status=ScanTask.Status.DONE)
    return case


def timed(what) -> float:
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def test_it_works(case, client: Client):
    client.force_login(case.opened_by)
    address = f"/cases/{case.number}/state/"
    answer = client.get(address).json()
    list_of = answer["panels"]["candidates-panel"]
    assert f'id="open-count">{COUNT:,}' in list_of.replace(".", ",") or f'id="open-count">{COUNT}' in list_of
    assert list_of.count("data-candidate=") == 60
    assert 'data-more="120"' in list_of
    assert client.get(address, {"most": "120"}).json()["panels"]["candidates-panel"].count("data-candidate=") == 120
    for bad in ("-5", "x", "9" * 30, "1e3", "٣"):
        assert client.get(address, {"most": bad}).json()["panels"]["candidates-panel"].count("data-candidate=") == 60
    last = client.get(address, {"most": "999999"}).json()["panels"]["candidates-panel"]
    assert last.count("data-candidate=") == 600
    assert "data-more" not in last
    assert min(timed(lambda: client.get(address)) for _ in range(3)) < 1.5


def test_a_decision_weighs_all_of_them_while_the_operator_waits(case):
    best = case.candidates.order_by("-score").first()
    took = timed(lambda: confirm(best, case.opened_by))
    assert took < 10
    assert case.candidates.filter(decision="open", factors__has_key="likeness").count() > 1000
