"""The roll-out: counted from what is there, changed by supervisors only, printable."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from analysis.models import Machine
from analysis.rollout import rows
from cameras.models import CameraHealth, District
from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import make_camera, make_recording, make_user

pytestmark = pytest.mark.django_db
GANGNAM = (127.0473, 37.5172)


def of(code: str):
    (row,) = [row for row in rows() if row.district.pk == code]
    return row


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def test_what_is_there_is_counted():
    make_camera(*GANGNAM, count=4, kind="intelligent"), make_camera(*GANGNAM, status="faulty")
    make_camera(*GANGNAM, status="retired", count=9)
    CameraHealth.objects.create(camera=make_camera(*GANGNAM), findings=["dark"])
    CameraHealth.objects.create(camera=make_camera(*GANGNAM), findings=[])
    recording = make_recording(make_camera())
    row = of("11680")
    assert (row.poles, row.cameras, row.intelligent, row.faulty, row.found) == (4, 7, 4, 1, 1)
    assert row.percent == 57
    assert (of("11110").last, row.last) == (recording.end, None)
    assert (of("11740").cameras, of("11740").percent) == (0, 0)
    assert len(rows()) == 25


def test_by_year_then_those_not_known():
    years = [row.district.joined_year for row in rows()]
    known = [year for year in years if year]
    assert known == sorted(known) == years[: len(known)]
    assert (years[0], rows()[0].district.stage, of("11110").district.stage) == (2022, "live", "building")


def test_machines_answer_or_not():
    assert of("11680").machines == ""
    Machine.objects.create(name="city")
    Machine.objects.create(name="gangnam", districts=["11680"], seen_at=timezone.now() - timedelta(hours=1))
    assert (of("11680").machines, of("11110").machines) == ("silent", "answers")
    Machine.objects.create(name="gangnam 2", districts=["11680"])
    assert of("11680").machines == "answers"


def test_supervisors_say_how_far_it_is():
    client = signed_in(Role.SUPERVISOR)
    client.post("/rollout/", {"district": "11110", "stage": "trial"})
    assert District.objects.get(pk="11110").stage == "trial"
    assert AccessLog.objects.filter(action="inventory_written").count() == 1
    for wrong in (
        {},
        {"district": "11110", "stage": "x"},
        {"district": "99999", "stage": "live"},
        {"district": "\x00" * 5, "stage": "live"},
    ):
        assert client.post("/rollout/", wrong).status_code == 302
    assert District.objects.get(pk="11110").stage == "trial"
    assert signed_in(Role.OPERATOR).post("/rollout/", {"district": "11110", "stage": "live"}).status_code == 403


def test_on_paper():
    make_camera(*GANGNAM, count=4, kind="intelligent")
    answer = signed_in(Role.SUPERVISOR).get("/rollout.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert all(str(district) in text for district in District.objects.all())
    assert "2022" in text
    assert len(PdfReader(io.BytesIO(answer.content)).pages) <= 3
