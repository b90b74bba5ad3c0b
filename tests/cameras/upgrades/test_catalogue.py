"""Indicators that are known by name: each is found by what it may be called, in both languages, once."""

from __future__ import annotations

import pytest
from django.utils import translation

from cameras.inventory.columns import plain
from cameras.upgrades.catalogue import CATALOGUE, MEASURED, USUAL_WEIGHTS, unit_of
from cameras.upgrades.indicator_file import key_of, usual


@pytest.mark.parametrize("key", CATALOGUE)
def test_found_by_all_its_names(key):
    known = CATALOGUE[key]
    for word in (key, known.name_ko, known.name_en, *known.words):
        assert key_of(word) == key
        assert key_of(f" {word.upper()} ({known.unit_ko}) ") == key
    assert usual(key)["worse"] in (1, -1)


def test_no_name_means_two_things():
    words = [
        plain(word)
        for key, one in CATALOGUE.items()
        for word in {plain(w) for w in (key, one.name_ko, one.name_en, *one.words)}
    ]
    assert len(words) == len(set(words))


def test_usual_weights_are_of_what_is_known_and_of_sum_hundred():
    assert set(USUAL_WEIGHTS) <= {*CATALOGUE, *MEASURED}
    assert sum(USUAL_WEIGHTS.values()) == 100


def test_units_in_the_readers_language():
    with translation.override("en"):
        assert unit_of("crime_theft", "건/년") == "a year"
        assert unit_of("crime_theft", "per 1,000") == "per 1,000"  # as whoever brought it wrote it
        assert unit_of("vets", "곳") == "곳"
    with translation.override("ko"):
        assert unit_of("crime_theft", "건/년") == "건/년"
