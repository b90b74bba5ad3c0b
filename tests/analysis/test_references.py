"""Pictures of the person: taken in without what hides in files, read by a worker, compared with."""

from __future__ import annotations

import io
from datetime import timedelta

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from analysis.decisions import confirm
from analysis.matching import rematch
from analysis.models import Machine, Reference
from analysis.references import MOST, read_all
from analysis.simulation.city import build
from analysis.simulation.studio import Studio
from analysis.training.dataset import street
from cases.models import AccessLog
from seoulcctv.pictures import LARGEST_BYTES
from seoulcctv.roles import Role
from tests.conftest import wait_for
from tests.factories import jpeg, make_candidate, make_case, make_recording, make_search, make_tracklet, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case()


def sent(client, case, content: bytes, name: str = "her.jpg"):
    client.force_login(case.opened_by)
    return client.post(f"/api/cases/{case.number}/references/", {"picture": SimpleUploadedFile(name, content)})


def walkers() -> tuple[np.ndarray, list]:
    """A street by day with people in it, and their boxes."""
    rng = np.random.default_rng(4)
    camera = build("reference", street(rng, "day", False), 4).cameras[0]
    studio = Studio(camera.scene, camera.walks)
    for moment in np.arange(1.0, camera.duration - 1, 0.5):
        picture, boxes = studio.frame(float(moment))
        tall = [box.box for box in boxes if box.visible > 0.9 and box.box[3] - box.box[1] > 90]
        if tall:
            return picture, tall
    raise AssertionError("an empty street")


def test_a_person_is_found_and_others_compared_with_them(weights, case, client):
    picture, boxes = walkers()
    x1, y1, x2, y2 = (int(v) for v in max(boxes, key=lambda box: box[3] - box[1]))
    around = picture[max(y1 - 40, 0) : y2 + 40, max(x1 - 80, 0) : x2 + 80]
    content = cv2.imencode(".png", around)[1].tobytes()
    answer = sent(client, case, content, "her.png")
    assert (answer.status_code, answer.json()["state"]) == (201, "waiting")
    assert read_all() == 1
    assert read_all() == 0
    reference = case.references.get()
    assert reference.state == "person"
    assert np.linalg.norm(reference.embedding) == pytest.approx(1, abs=1e-3)
    likely, unlikely = (
        make_tracklet(
            make_recording(start=case.last_seen_at + timedelta(minutes=5), scanned_model="test"),
            embedding_model=reference.embedding_model,
            embedding_bytes=(sign * reference.embedding).astype(np.float16).tobytes(),
        )
        for sign in (1, -1)
    )
    make_search(case, likely.recording, unlikely.recording, status="finished").tasks.update(status="done")
    rematch(case)
    scores = {c.tracklet_id: c for c in case.candidates.all()}
    assert scores[likely.pk].factors["likeness"] > 0
    assert unlikely.pk not in scores or scores[unlikely.pk].factors["likeness"] < 0
    assert case.events.filter(kind="reference.read").count() == 1
    client.post(f"/api/cases/{case.number}/references/{reference.pk}/remove/")
    assert "likeness" not in case.candidates.get(tracklet=likely).factors
    reference.refresh_from_db()
    assert (bytes(reference.picture), bytes(reference.embedding_bytes)) == (b"", b"")


def test_nobody_in_it(weights, case, client):
    assert sent(client, case, jpeg()).status_code == 201
    read_all()
    assert case.references.get().state == "nobody"
    assert "아무도" in client.get(f"/cases/{case.number}/").content.decode()


def test_what_hides_in_files_stays_out(case, client):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "at her daughter's"  # turned; a description
    Image.new("RGB", (3000, 1500), "red").save(out, "JPEG", exif=exif)
    assert sent(client, case, out.getvalue()).status_code == 201
    kept = bytes(case.references.get().picture)
    assert b"daughter" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, len(picture.getexif())) == ((640, 1280), 0)  # upright


def test_a_file_that_is_no_picture_is_refused(case, client):
    import ultralytics  # noqa: F401  (it changes PIL.Image.open for the whole process)

    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    cut = jpeg()[:200]
    for content in (
        b"",
        b"GIF89a" + b"x" * 100,
        b"<svg onload=alert(1)>",
        cut,
        bomb.getvalue(),
        b"x" * (LARGEST_BYTES + 1),
    ):
        answer = sent(client, case, content)
        assert answer.status_code == 400, content[:10]
        assert answer.json()["picture"]
    assert not Reference.objects.exists()


def test_only_so_many(case, client):
    for _ in range(MOST):
        assert sent(client, case, jpeg()).status_code == 201
    assert sent(client, case, jpeg()).status_code == 409


def test_its_picture_is_logged_and_not_for_liaisons(case, client):
    pk = sent(client, case, jpeg()).json()["id"]
    address = f"/api/cases/{case.number}/references/{pk}/picture/"
    assert client.get(address)["Content-Type"] == "image/jpeg"
    assert AccessLog.objects.filter(action="picture_viewed", subject=f"reference {pk}").count() == 1
    liaison = make_user(Role.LIAISON)
    case.members.add(liaison)
    client.force_login(liaison)
    assert client.get(address).status_code in (403, 404)
    assert "references/" not in client.get(f"/cases/{case.number}/").content.decode()


def test_what_a_camera_saw_counts_instead(case):
    """A confirmed sighting outweighs pictures of another time."""
    vector = np.zeros(8, np.float32)
    vector[1] = 1  # unlike those before the cameras
    case.references.create(
        picture=jpeg(),
        state="person",
        embedding_model="names-1",
        embedding_bytes=vector.tobytes(),
        added_by=case.opened_by,
    )
    recording = make_recording(start=case.last_seen_at + timedelta(minutes=5), scanned_model="test")
    make_search(case, recording, status="finished").tasks.update(status="done")
    one, other = make_tracklet(recording), make_tracklet(recording, 60)
    first, _ = make_candidate(case, one), make_candidate(case, other)
    rematch(case)
    assert case.candidates.get(tracklet=other).factors["likeness"] < 0
    confirm(first, case.opened_by)
    assert case.candidates.get(tracklet=other).factors["likeness"] > 0


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_reads_it(weights, processes, client):
    case = make_case()
    processes.worker(SEOULCCTV_WORKERS="1")
    wait_for(lambda: Machine.objects.answering().exists(), 30, "no machine answers")
    assert sent(client, case, jpeg()).status_code == 201
    wait_for(lambda: case.references.get().state == "nobody", 60, "nobody reads it")
    assert case.references.get().added_at < timezone.now()
