"""The 25 districts are there in an empty database."""

import pytest
from django.contrib.gis.geos import Point

from cameras.districts import load_districts
from cameras.models import District

pytestmark = pytest.mark.django_db


def test_all_are_there_with_names_and_boundaries():
    assert District.objects.count() == 25
    assert all(
        d.name_ko.endswith("구") and d.name_en.endswith("-gu") and d.boundary.valid for d in District.objects.all()
    )


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [
        (126.9769, 37.5759, "종로구"),
        (127.0473, 37.5172, "강남구"),
        (127.0421, 37.5622, "성동구"),
        (126.9246, 37.5264, "영등포구"),
    ],
)
def test_known_places_lie_where_they_should(lon, lat, name):
    assert District.objects.get(boundary__covers=Point(lon, lat, srid=4326)).name_ko == name


def test_known_years_of_joining():
    years = dict(District.objects.values_list("name_ko", "joined_year"))
    assert (years["강남구"], years["송파구"], years["종로구"]) == (2022, 2023, 2026)


def test_loading_again_changes_nothing():
    before = list(District.objects.values_list("code", "name_ko"))
    load_districts(District)
    assert list(District.objects.values_list("code", "name_ko")) == before
