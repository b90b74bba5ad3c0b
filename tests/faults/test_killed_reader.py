"""Whoever reads a file of an inventory dies: the inventory is as it was, the page says so, and reading begins anew."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from cameras.intake import apply, read, take_in
from cameras.models import Camera, Intake, IntakeRow
from cameras.practice import practice_file, practice_rows
from cameras.reading_beside import is_being_read
from seoulcctv.beside import GONE_AFTER
from seoulcctv.roles import Role
from tests.conftest import wait_for
from tests.factories import make_camera, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_killed_in_the_middle_of_reading(processes):
    admin = make_user(Role.DISTRICT_ADMIN)
    make_camera(asset_number="before")
    rows = list(practice_rows(20_000, seed=2, district="11110"))
    intake = take_in(admin, admin.district, "large.csv", practice_file(rows))
    reader = processes.start(sys.executable, "manage.py", "read_intake", str(intake.pk))
    wait_for(lambda: Intake.objects.get(pk=intake.pk).progress >= 10, 60, "reading did not begin")
    os.kill(reader.pid, signal.SIGKILL)
    reader.wait()
    intake.refresh_from_db()
    assert (intake.status, IntakeRow.objects.count(), Camera.objects.count()) == ("waiting", 0, 1)
    intake.beat_at = timezone.now() - GONE_AFTER - timedelta(seconds=1)
    assert not is_being_read(intake)
    again = read(intake)  # the place that it had is free again, and so is the file
    assert again.counts["added"] == len(rows)
    apply(again, admin)
    assert Camera.objects.count() == 1 + len(rows)


def test_two_districts_at_the_same_moment(processes):
    one, other = make_user(Role.DISTRICT_ADMIN), make_user(Role.DISTRICT_ADMIN, district_id="11680")
    intakes = []
    for admin in (one, other, one):  # more than there are places
        rows = list(practice_rows(3000, seed=2, district=admin.district_id))
        intakes.append(take_in(admin, admin.district, "x.csv", practice_file(rows)))
        processes.start(sys.executable, "manage.py", "read_intake", str(intakes[-1].pk))
    wait_for(
        lambda: set(Intake.objects.values_list("status", flat=True)) == {"ready"}, 120, "not all of them were read"
    )
    for intake, admin in zip(intakes[:2], (one, other), strict=True):
        apply(Intake.objects.get(pk=intake.pk), admin)
    assert Camera.objects.count() == 6000
