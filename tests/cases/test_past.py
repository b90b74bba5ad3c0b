"""What past cases tell planners: places and ways, no case and no person."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.contrib.gis.geos import Point

from cameras.upgrades.sources import ways, went_missing
from cases.models import Case, Sighting
from cases.services import withdraw_sighting
from tests.factories import DONGMYO, make_case, make_report, make_user

pytestmark = pytest.mark.django_db
NEAR, FAR = (127.02, 37.573), (127.03, 37.574)


def sure(case: Case, place: tuple[float, float], minute: float) -> Sighting:
    return make_report(case, *place, minute=minute, certainty=1.0)


def test_nothing_happened_yet():
    assert went_missing().shape == (0, 2)
    assert ways() == []


def test_where_people_were_last_seen():
    make_case()
    make_case(last_seen_point=Point(*FAR, srid=4326))
    assert went_missing().tolist() == [list(DONGMYO), list(FAR)]


def test_of_deleted_cases_nothing_is_told():
    case = make_case()
    Case.objects.filter(pk=case.pk).update(status=Case.Status.PURGED)
    assert len(went_missing()) == 0


def test_ways_go_through_what_was_seen_for_certain_in_order():
    case, other = make_case(), make_case(last_seen_point=Point(*FAR, srid=4326))
    sure(case, FAR, 20)
    sure(case, NEAR, 10)
    make_report(case, 126.9, 37.5, 15)  # somebody thinks so
    withdraw_sighting(sure(case, (126.95, 37.55), 12), make_user())
    sure(other, NEAR, 5)
    told = ways()
    assert len(told) == 2
    np.testing.assert_allclose(told[0], [DONGMYO, NEAR, FAR])
    np.testing.assert_allclose(told[1], [FAR, NEAR])


def test_a_case_without_sightings_has_no_way():
    make_case(last_seen_at=make_case().last_seen_at - timedelta(hours=1))
    assert ways() == []
