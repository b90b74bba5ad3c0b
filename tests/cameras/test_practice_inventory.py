"""Several thousand rows with every kind of dirt: nothing valid is lost, nothing invalid comes in, each refusal says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from cameras.intake import apply, read, take_in
from cameras.inventory.clean import MENDS, REFUSES
from cameras.models import Camera, District, Intake
from cameras.practice import DIRT, practice_file, practice_rows
from cameras.problems import NOTES
from seoulcctv.roles import Role
from tests.factories import make_camera, make_user

#: Which kind of note each kind of dirt is to lead to; none where it is no dirt to a reader that knows spreadsheets.
LEADS_TO = {
    "swapped": "swapped", "full_width": "full_width", "no_point": "decimal_point", "thousands": "number_form",
    "date_form": "date_form", "formula": "formula", "line_break": None, "quotes": None,
    "repeated_number": "number_repeated", "no_number": "number_made", "odd_purpose": "purpose_unknown",
    "odd_retention": "value_odd", "blank_place": "no_place", "zero_place": "no_place", "outside": "outside",
    "same_row": "same_row", "elsewhere": "outside",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["cp949", "utf-16"])
def test_every_kind_of_dirt(encoding):
    admin = make_user(Role.DISTRICT_ADMIN)
    rows = list(practice_rows(3000, seed=5, dirt=0.35, district="11110"))
    assert set(DIRT) == set(LEADS_TO) <= {row.dirt for row in rows}
    intake = read(take_in(admin, admin.district, "cctv.csv", practice_file(rows, encoding)))
    kept = list(intake.rows.filter(line__gt=0).order_by("line"))
    assert len(kept) == len(rows)
    wrong = []
    for row, told in zip(rows, kept, strict=True):
        kind = LEADS_TO.get(row.dirt)
        if (told.verdict == "added") != row.valid or (kind and kind not in told.kinds) or (told.kinds and not row.dirt):
            wrong.append((row.dirt, told.verdict, told.kinds, row.cells))
    assert wrong == []
    assert all(told.notes for told in kept if told.verdict == "refused")
    apply(intake, admin)
    assert Camera.objects.count() == sum(row.valid for row in rows)
    clean = {row.cells[1]: row for row in rows if not row.dirt}
    for camera in Camera.objects.filter(asset_number__in=clean):
        cells = clean[camera.asset_number].cells
        assert (f"{camera.location.y:.6f}", f"{camera.location.x:.6f}") == (cells[12], cells[13])
        assert (camera.address, str(camera.count), str(camera.pixels)) == (cells[3], cells[6], cells[7])
        assert f"{camera.installed:%Y%m}" == cells[10]
    swapped = next(row for row in rows if row.dirt == "swapped")
    assert f"{Camera.objects.get(asset_number=swapped.cells[1]).location.y:.6f}" == swapped.cells[13]
    assert not Camera.objects.filter(address__startswith="=").exists()


def test_every_note_has_its_words():
    assert set(NOTES) == {*REFUSES, *MENDS}


@pytest.mark.django_db
def test_the_city_by_command(tmp_path, capsys):
    file = tmp_path / "seoul.csv"
    call_command("practice_inventory", out=file, cameras=2000, dirt=0.0)
    call_command("import_inventory", file, district="all", dry_run=True)
    assert not Camera.objects.exists()
    call_command("import_inventory", file, district="all")
    assert Camera.objects.count() == 2000
    assert len(Counter(Camera.objects.values_list("district", flat=True))) == 25
    call_command("import_inventory", undo=Intake.objects.latest("pk").pk)
    assert not Camera.objects.exists()
    for wrong, words in (
        ({"file": tmp_path / "none.csv", "district": "11110"}, "no file"),
        ({"file": file}, "which district"),
        ({"file": file, "district": "99999"}, "which district"),
        ({"undo": 99999}, "no file"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_inventory", **wrong)


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_writing(tmp_path):
    """The process that applies is killed while the database writes: the inventory is as it was."""
    make_camera(126.983, 37.575, asset_number="OLD-1", address="before")
    rows = list(practice_rows(30_000, seed=2))
    file = tmp_path / "seoul.csv"
    file.write_bytes(practice_file(rows))
    name = connection.settings_dict["NAME"]
    code = (
        f"import django; from django.conf import settings; settings.DATABASES['default']['NAME'] = {name!r}; django.setup();"
        f"from django.core.management import call_command; call_command('import_inventory', {str(file)!r}, district='all', retire_missing=True)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "seoulcctv.settings"},
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
                " AND query LIKE '%%INSERT INTO cameras_camera %%' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                break
        time.sleep(0.005)
    assert process.poll() is None, "it was not caught in the act"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for _ in range(200):  # the database notices, and rolls back
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND state <> 'idle'"
            )
            if not cursor.fetchone()[0]:
                break
        time.sleep(0.1)
    assert list(Camera.objects.values_list("asset_number", "status", "address")) == [("OLD-1", "working", "before")]
    intake = Intake.objects.get()
    assert intake.status == "ready"
    apply(intake, None)  # and it can be done after all
    assert Camera.objects.count() == 30_001
    assert District.objects.count() == 25
