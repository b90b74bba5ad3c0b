"""What is due is deleted, and nothing else; the log's row that it happened stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from analysis.decisions import confirm, reject
from analysis.models import Candidate, Tracklet
from analysis.retention import purge
from cameras.models import Recording
from cases.chain import breaks
from cases.links import make_link
from cases.models import AccessLog, Case, KnownPlace, ShareLink
from cases.notes import add_note, hand_over
from cases.services import end_case
from seoulcctv.roles import Role
from tests.factories import (
    jpeg,
    make_camera,
    make_candidate,
    make_case,
    make_recording,
    make_report,
    make_search,
    make_tracklet,
    make_user,
)

pytestmark = pytest.mark.django_db
PICTURE = jpeg()[:-2] + b"THE PERSON\xff\xd9"


@pytest.fixture
def ended(db) -> Case:
    """A case with everything that a case can have, ended just now."""
    case = make_case(
        description={"name": "김영희 할머니", "notes": "분홍 목도리"},
        reference="112-SECRET",
        last_seen_address="비밀길 7",
        informed="큰딸 010",
    )
    recording = make_recording(start=case.last_seen_at + timedelta(minutes=5), scanned_model="test")
    make_search(case, recording, status="finished").tasks.update(status="done")
    first, second = (make_candidate(case, make_tracklet(recording, 5.0 + 20 * n, picture=PICTURE)) for n in range(2))
    make_tracklet(recording, 50.0, picture=PICTURE)  # somebody else in that footage
    confirm(first, case.opened_by)
    reject(second, case.opened_by)
    make_report(case, reporter="꽃집 주인")
    case.references.create(picture=PICTURE, added_by=case.opened_by)
    case.places.add(
        KnownPlace(name="예전 집", point="SRID=4326;POINT(127.01 37.57)", added_by=case.opened_by), bulk=False
    )
    make_link(case, case.opened_by, ShareLink(name="성북서 실종팀"), 1)
    add_note(case, case.opened_by, "큰아들이 데리러 옴")
    hand_over(case, case.opened_by, make_user(), "막내에게 전화", case.opened_at)
    end_case(case, make_user(Role.SUPERVISOR))
    case.refresh_from_db()
    return case


def everything() -> bytes:
    """All rows of all tables but the accounts', as text."""
    found = b""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
                found += "\n".join(row[0] or "" for row in cursor).encode()
    return found


TRACES = (
    PICTURE.hex().encode(),
    *(
        text.encode()
        for text in (
            "김영희",
            "분홍 목도리",
            "112-SECRET",
            "비밀길 7",
            "꽃집 주인",
            "예전 집",
            "성북서 실종팀",
            "큰딸 010",
            "큰아들이",
            "막내에게",
        )
    ),
)


def test_nothing_of_the_case_is_left(ended):
    before = everything()
    assert all(trace in before for trace in TRACES)
    later = timezone.now() + timedelta(days=settings.RETENTION_DAYS, minutes=1)
    gone = purge(later)
    assert (gone.cases, gone.tracklets) == ([ended.number], 3)
    after = everything()
    assert [trace for trace in TRACES if trace in after] == []
    ended.refresh_from_db()
    assert (ended.status, ended.number in after.decode()) == ("purged", True)
    assert not ended.last_seen_point.equals_exact(make_case().last_seen_point)
    row = AccessLog.objects.get(action="purged", case__isnull=False)
    assert (row.case, row.user) == (ended, None)
    assert list(breaks()) == []
    assert purge(later).cases == []


def test_before_its_time_and_dry_nothing_goes(ended, capsys):
    before = everything()
    assert purge(timezone.now() + timedelta(days=settings.RETENTION_DAYS - 1)).cases == []
    assert everything() == before
    Case.objects.filter(pk=ended.pk).update(ended_at=timezone.now() - timedelta(days=settings.RETENTION_DAYS + 1))
    call_command("purge", dry_run=True)
    assert f"1 cases would be deleted: {ended.number}" in capsys.readouterr().out
    assert Tracklet.objects.count() == 3
    call_command("purge")
    assert not Tracklet.objects.exists()


def test_an_open_case_is_never_deleted(db):
    case = make_case()
    assert purge(timezone.now() + timedelta(days=900)).cases == []
    assert Case.objects.get(pk=case.pk).status == "authorised"


def test_footage_that_another_case_searched_keeps_its_people(ended):
    recording = Recording.objects.get()
    other = make_case()
    make_search(other, recording, status="finished")
    purge(timezone.now() + timedelta(days=settings.RETENTION_DAYS, minutes=1))
    assert recording.tracklets.count() == 3
    assert not Candidate.objects.exists()


def test_nobody_sees_a_deleted_case(ended, client):
    purge(timezone.now() + timedelta(days=settings.RETENTION_DAYS, minutes=1))
    for user in (ended.opened_by, make_user(Role.SUPERVISOR)):
        client.force_login(user)
        assert client.get(f"/cases/{ended.number}/").status_code == 404
        assert client.get(f"/api/cases/{ended.number}/").status_code == 404
        assert ended.number not in client.get("/board/").content.decode()


class TestFootage:
    def old(self, days: float, kept_days: int = 7) -> Recording:
        recording = make_recording(
            make_camera(retention_days=kept_days), timezone.now() - timedelta(days=days), file=f"old/{days}.mp4"
        )
        path = Path(settings.FOOTAGE_ROOT) / recording.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
        return recording

    def test_it_goes_with_its_file_and_its_people(self):
        due, young, long_kept = self.old(8), self.old(6), self.old(9, kept_days=30)
        make_tracklet(due)
        gone = purge()
        assert (gone.recordings, gone.size) == (1, due.size)
        assert set(Recording.objects.all()) == {young, long_kept}
        assert not due.path.exists()
        assert young.path.exists()
        assert not Tracklet.objects.exists()
        assert AccessLog.objects.get(action="purged").subject == "1 recordings past their retention"

    def test_evidence_of_an_open_case_stays_until_the_case_goes(self):
        case = make_case(last_seen_at=timezone.now() - timedelta(days=9))
        due = self.old(8)
        confirm(make_candidate(case, make_tracklet(due)), case.opened_by)
        assert purge().recordings == 0
        end_case(case, make_user(Role.SUPERVISOR))
        assert purge(timezone.now() + timedelta(days=settings.RETENTION_DAYS, minutes=1)).recordings == 1
        assert not due.path.exists()

    def test_what_is_being_scanned_stays(self):
        due = self.old(8)
        make_search(make_case(), due)
        assert purge().recordings == 0

    def test_a_file_that_is_gone_already(self):
        due = self.old(8)
        due.path.unlink()
        assert purge().recordings == 1
