"""Numbers as people read them."""

from datetime import timedelta

import pytest
from django.utils import translation

from seoulcctv.templatetags.units import about, clock, compass, megabytes, metres


def test_clock_and_distance():
    assert clock(timedelta(hours=1, minutes=42, seconds=10)) == "1:42:10"
    assert (metres(149.4), metres(1234), megabytes(8_600_000)) == ("149 m", "1.2 km", "8.6 MB")


@pytest.mark.parametrize("filter_", [clock, about, metres])
def test_nothing_known_is_shown_as_nothing(filter_):
    assert filter_(None) == ""


def test_words_in_both_languages():
    with translation.override("en"):
        assert (about(250), about(7260), compass(44), compass(359)) == (
            "4 min 10 s",
            "2 h 1 min",
            "north-east",
            "north",
        )
    with translation.override("ko"):
        assert (about(250), compass(44)) == ("4분 10초", "북동쪽")
