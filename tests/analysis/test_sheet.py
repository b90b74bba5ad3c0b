"""A case on paper, and reports of one person twice."""

from __future__ import annotations

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread

import numpy as np
import pytest
from django.contrib.gis.geos import Point
from pypdf import PdfReader

from analysis.decisions import confirm
from analysis.routes import route_of
from analysis.sheet import HEIGHT, WIDTH, drawing
from cases.models import AccessLog, Case
from cases.services import alike
from seoulcctv.paper import as_pdf
from tests.factories import DONGMYO, jpeg, make_camera, make_candidate, make_case, make_recording, make_tracklet

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    case = make_case(description={"name": "<b>김영희</b>", "upper_kind": "패딩"})
    for number in range(3):
        camera = make_camera(DONGMYO[0] + 0.008 * number, DONGMYO[1] + 0.004 * number, address=f"종로 {number}")
        recording = make_recording(camera, case.last_seen_at + timedelta(minutes=5 + 14 * number), 600)
        confirm(make_candidate(case, make_tracklet(recording)), case.opened_by)
    return case


def test_it_holds_description_route_and_whose_copy_it_is(case, client):
    client.force_login(case.opened_by)
    page = client.get(f"/cases/{case.number}/sheet/").content.decode()
    for expected in ("패딩", "종로 2", "data:image/jpeg;base64,", "<polyline", case.opened_by.username, case.reference):
        assert expected in page, expected
    assert "<b>김영희" not in page
    assert page.count("data:image/jpeg") == 3
    assert AccessLog.objects.filter(action="exported", case=case, user=case.opened_by).count() == 1


def test_it_is_a_pdf_of_a_page_or_two(case, client):
    """With its pictures, its map and Korean letters in it, and everything it needs."""
    client.force_login(case.opened_by)
    answer = client.get(f"/cases/{case.number}/sheet.pdf", headers={"accept-language": "ko"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    document = PdfReader(BytesIO(answer.content))
    assert 1 <= len(document.pages) <= 3
    text = "".join(page.extract_text() for page in document.pages)
    for expected in (case.number, "패딩", "종로 2", "동대문구", case.opened_by.username):
        assert expected in text, expected
    assert sum(len(page.images) for page in document.pages) >= 2  # equal ones are kept once
    assert AccessLog.objects.filter(action="exported", case=case, subject="case sheet as PDF").count() == 1


def test_nothing_is_fetched_for_a_pdf(tmp_path):
    """Whatever somebody writes into a case: neither from the disk nor from the network."""
    asked = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Listening)
    Thread(target=server.serve_forever, daemon=True).start()
    secret = tmp_path / "secret.png"
    secret.write_bytes(jpeg())
    page = (
        f'<img src="http://127.0.0.1:{server.server_port}/a"><img src="file://{secret}"><img src="{secret}">'
        f'<style>@import url("http://127.0.0.1:{server.server_port}/b");</style>'
        f'<svg><image href="file://{secret}" width="9" height="9"/></svg><link rel="attachment" href="file://{secret}">'
    )
    try:
        document = PdfReader(BytesIO(as_pdf(page)))
    finally:
        server.shutdown()
    assert not asked
    assert not document.pages[0].images
    assert not list(document.attachments)


def test_pictures_are_withheld_where_results_are(case, client):
    Case.objects.filter(pk=case.pk).update(status="pending", authorised_by=None, authorised_at=None)
    client.force_login(case.opened_by)
    page = client.get(f"/cases/{case.number}/sheet/").content.decode()
    assert "종로 2" in page
    assert "data:image/jpeg" not in page


def test_the_map_shows_all_stops_and_north_is_above(case):
    drawn = drawing(case, route_of(case))
    x, y = np.array([(x, y) for x, y, _ in drawn.stops]).T
    assert (x > 20).all()
    assert (x < WIDTH - 20).all()
    assert (y > 20).all()
    assert (y < HEIGHT - 20).all()
    assert (np.diff(x[1:]) > 0).all()  # east is right
    assert (np.diff(y[1:]) < 0).all()
    assert {"종로구", "동대문구"} <= {name for _, _, name in drawn.names}


def test_a_case_without_sightings(client):
    case = make_case()
    client.force_login(case.opened_by)
    assert client.get(f"/cases/{case.number}/sheet/").status_code == 200


def test_one_person_reported_twice_is_noticed():
    first = make_case()
    again = make_case(last_seen_point=Point(DONGMYO[0] + 0.004, DONGMYO[1], srid=4326))
    assert alike(again) == [first]
    for other in (
        {"category": Case.Category.CHILD},
        {"last_seen_at": first.last_seen_at - timedelta(hours=8)},
        {"last_seen_point": Point(127.056, 37.654, srid=4326)},
    ):
        assert alike(make_case(**other)) == [], other
