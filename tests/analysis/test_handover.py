"""What the summary for the next shift says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from analysis.decisions import confirm, reject
from analysis.handover import summary, usual_since
from cases import notes
from cases.links import make_link
from cases.models import CaseEvent, ShareLink
from tests.factories import DONGMYO, make_camera, make_candidate, make_case, make_recording, make_tracklet, make_user

pytestmark = pytest.mark.django_db


def candidate(case, minute: float, score: float = 0.8):
    camera = make_camera(DONGMYO[0] + 0.004 * minute / 6, DONGMYO[1])
    recording = make_recording(camera, case.last_seen_at + timedelta(minutes=minute), 600)
    return make_candidate(case, make_tracklet(recording), score)


def test_what_happened_since_and_what_is_open():
    case = make_case()
    by = case.opened_by
    confirm(candidate(case, 6), by)
    CaseEvent.objects.filter(case=case).update(at=timezone.now() - timedelta(hours=20))  # the shift before
    case.sightings.update(confirmed_at=timezone.now() - timedelta(hours=20))
    confirm(candidate(case, 12), by)
    reject(candidate(case, 14), by)
    candidate(case, 30, 0.9)
    notes.add_note(case, by, "call the hospital", is_task=True)
    ticked = notes.add_note(case, by, "call the daughter", is_task=True)
    notes.set_done(ticked, by, True)
    notes.add_note(case, by, "the son arrives at nine")
    make_link(case, by, ShareLink(name="112"), 1)

    told = summary(case, timezone.now() - timedelta(hours=8), by)
    assert len(told.sightings) == 1
    assert told.rejected == 1
    assert told.decided == [(str(by), 2)]
    assert [note.text for note in told.to_do] == ["call the hospital"]
    assert [note.text for note in told.written] == ["the son arrives at nine"]
    assert [link.name for link in told.links] == ["112"]
    assert told.undecided == case.candidates.filter(decision="open").count() == 1
    assert told.best == round(100 * case.candidates.get(decision="open").score)
    assert len(told.told.stops) == 2  # the route is the whole one


def test_withheld_results_stay_withheld():
    case = make_case(authorised=False)
    candidate(case, 6, 0.9)
    told = summary(case, case.opened_at, case.opened_by)
    assert (told.undecided, told.best) == (0, None)


def test_since_the_case_was_taken_over():
    case, now = make_case(), timezone.now()
    assert usual_since(case, now) == case.opened_at
    case.opened_at = now - timedelta(days=3)
    case.save()
    assert usual_since(case, now) == now - timedelta(hours=12)
    to = make_user()
    handover = notes.hand_over(case, case.opened_by, to, "", now)
    assert usual_since(case, now) == now - timedelta(hours=12)  # nobody has taken it yet
    notes.take_over(case, to)
    assert usual_since(case, now) == handover.at
