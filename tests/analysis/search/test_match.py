"""Reasons add up to the score, and each speaks for what a person would say it speaks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.pipeline.types import Estimate
from analysis.search import geo
from analysis.search.belief import Belief, beliefs
from analysis.search.match import PRIOR, Seen, Wanted, match
from analysis.search.reach import LastKnown

HERE = (127.0178, 37.5727)
WANTED = Wanted(upper="red", lower="black", height_min=1.5, height_max=1.6)
KNOWN = beliefs([LastKnown(*HERE, 0.0, 90.0)])


def unit(angle: float) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def at(east: float) -> dict[str, float]:
    lon, lat = geo.offset(*HERE, east, 0)[0]
    return {"lon": float(lon), "lat": float(lat)}


FITTING = Seen(
    upper={"red": 0.9, "grey": 0.1}, lower={"black": 1.0}, height=Estimate(1.56, 0.05), heading=Estimate(90, 6),
    embedding=unit(0), embedding_model="retail-0288-x", time=360.0, **at(300),
)  # fmt: skip


def score(wanted: Wanted = WANTED, known: list[Belief] = KNOWN, **changes) -> float:
    return match(wanted, replace(FITTING, **changes), known).score


def test_it_works():
    assert score() > 0.8


def test_the_factors_add_up():
    found = match(WANTED, FITTING, KNOWN)
    odds = PRIOR + sum(found.factors.values())
    assert found.score == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-3)


@pytest.mark.parametrize(
    "worse",
    [
        {"upper": {"green": 1.0}},
        {"lower": {"white": 1.0}},
        {"height": Estimate(1.85, 0.05)},
        {"heading": Estimate(270, 6)},
        {"time": 30.0},  # 300 m in half a minute
        {"time": 20_000.0},
        at(-300),
    ],
)
def test_whatever_fits_worse_scores_lower(worse):
    assert score(**worse) < score()


def test_who_comes_from_there_walks_on_although_nobody_said_where_to():
    nowhere = beliefs([replace(KNOWN[0].knowns[0], direction=None)])

    def said(heading: float | None, **changes) -> float | None:
        seen = replace(FITTING, heading=None if heading is None else Estimate(heading, 6), **changes)
        return match(WANTED, seen, nowhere).factors.get("direction")

    assert said(90) > 0.3 > 0 > said(270) > -1.3
    assert said(90, time=5000.0) == pytest.approx(0, abs=0.1)  # long ago
    assert said(None) is said(90, **at(40)) is None  # nothing known; too near to say
    headings = np.linspace(0, 360, 72, endpoint=False)
    assert np.mean([np.exp(said(heading)) for heading in headings]) == pytest.approx(1, abs=0.01)  # a likelihood ratio


def test_colours_that_are_taken_for_each_other_lie_between():
    assert score(upper={"green": 1.0}) < score(upper={"orange": 1.0}) < score(upper={"red": 1.0})


def test_what_is_not_known_does_not_count():
    found = match(WANTED, replace(FITTING, upper={}, lower={}, height=None, heading=None), beliefs([]))
    assert found.factors == {}


def test_rare_colours_say_more_than_common_ones():
    rare = match(replace(WANTED, upper="purple"), replace(FITTING, upper={"purple": 1.0}), KNOWN).factors["upper"]
    common = match(replace(WANTED, upper="black"), replace(FITTING, upper={"black": 1.0}), KNOWN).factors["upper"]
    assert rare > common > 0


def test_likeness_to_confirmed_ones_counts_and_to_rejected_ones_counts_against():
    like = replace(WANTED, looks={"retail-0288-x": [unit(0.8)]})
    unlike = replace(like, unlike={"retail-0288-x": [unit(0)]})
    assert match(like, FITTING, KNOWN).factors["likeness"] > 0
    assert score(unlike) < score(like)
    assert "likeness" not in match(replace(WANTED, looks={"another model": [unit(0)]}), FITTING, KNOWN).factors


def test_a_later_sighting_too_far_away_rules_out():
    later = LastKnown(*at(5000).values(), 420.0)
    assert score(known=beliefs([*KNOWN[0].knowns, later])) < 0.1


def test_before_the_person_was_last_seen_nobody_counts():
    assert score(time=-600.0) < 0.1


def test_things_carried_speak_for_and_against():
    with_stick = {"stick": 0.6, "backpack": 0.05, "bag": 0.05}
    described = replace(WANTED, has=("stick",))
    assert match(described, replace(FITTING, things=with_stick), KNOWN).factors["things"] > 1
    assert match(described, replace(FITTING, things={"stick": 0.001}), KNOWN).factors["things"] == -1.0
    assert "things" not in match(described, FITTING, KNOWN).factors  # nothing known, nothing said
    assert "things" not in match(WANTED, replace(FITTING, things=with_stick), KNOWN).factors
    without = replace(WANTED, has_not=("backpack", "bag"))
    assert match(without, replace(FITTING, things={"backpack": 0.9, "bag": 0.1}), KNOWN).factors["things"] < -0.5
    assert 0 < match(without, replace(FITTING, things=with_stick), KNOWN).factors["things"] < 0.5
