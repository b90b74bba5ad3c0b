"""What people decide: who a candidate is, and what others say they saw. The search reckons with it at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.live import record
from cases.models import Case, CaseEvent, KnownPlace, Sighting
from cases.models.case import CaseError
from cases.models.sighting import PERHAPS
from cases.services import add_sighting, lock_case, make_sure, withdraw_sighting
from seoulcctv.roles import CASE_WORKERS, role_of

from .alarms import answered
from .matching import match_tracklets, rematch
from .models import Candidate
from .pointing import who_is_at
from .services import replan

# Candidates


def _locked(candidate: Candidate, by: Any) -> Candidate:
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors decide on candidates."))
    lock_case(candidate.case_id)
    locked = (
        Candidate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("case", "tracklet__recording__camera")
        .get(pk=candidate.pk)
    )
    if not locked.case.may_search():
        raise CaseError(_("The case is not authorised, or has ended."))
    return locked


def _settle(candidate: Candidate, decision: str, by: Any) -> None:
    candidate.decision, candidate.decided_by, candidate.decided_at = decision, by, timezone.now()
    if decision == Candidate.Decision.OPEN:
        candidate.decided_by = candidate.decided_at = None
    candidate.save()
    answered(candidate, by)
    rematch(candidate.case)
    replan(candidate.case)


@transaction.atomic
def confirm(candidate: Candidate, by: Any) -> Candidate:
    """It is the person: a sighting enters the route. Doing it twice changes nothing."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.CONFIRMED:
        return candidate
    if candidate.decision == Candidate.Decision.UNSURE and candidate.sighting is not None:
        make_sure(candidate.sighting, by)
    else:
        candidate.sighting = _sighting_of(candidate, by, 1.0)
    _settle(candidate, Candidate.Decision.CONFIRMED, by)
    return candidate


@transaction.atomic
def point_at(candidate: Candidate, by: Any, time: float, x: float, y: float) -> Candidate | None:
    """Somebody in the pictures of a candidate's passage (seconds of the recording, full-size pixels) becomes a candidate,
    however little they fit; None where nobody was followed."""
    candidate = _locked(candidate, by)
    tracklet = who_is_at(candidate.tracklet.recording, time, x, y)
    if tracklet is None:
        return None
    other, _new = Candidate.objects.get_or_create(case=candidate.case, tracklet=tracklet, defaults={"score": 0.0})
    if not other.pointed_at:
        other.pointed_at = True
        other.save(update_fields=["pointed_at"])
        match_tracklets(candidate.case, [tracklet])
        other.refresh_from_db()
        _of_candidate(other, CaseEvent.Kind.CANDIDATE_POINTED_AT, by)
    return other


@transaction.atomic
def perhaps(candidate: Candidate, by: Any) -> Candidate:
    """It may be the person: the search reckons with both. What is confirmed must be undone first."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.UNSURE:
        return candidate
    _refuse_confirmed(candidate)
    candidate.sighting = _sighting_of(candidate, by, PERHAPS)
    _settle(candidate, Candidate.Decision.UNSURE, by)
    return candidate


def _sighting_of(candidate: Candidate, by: Any, certainty: float) -> Sighting:
    tracklet = candidate.tracklet
    camera = tracklet.recording.camera
    return add_sighting(
        candidate.case,
        by,
        camera=camera,
        point=camera.location,
        time=tracklet.start,
        end=tracklet.end,
        heading=tracklet.heading,
        certainty=certainty,
    )


def _refuse_confirmed(candidate: Candidate) -> None:
    if candidate.decision == Candidate.Decision.CONFIRMED:
        raise CaseError(_("This candidate is confirmed; undo that first."))


@transaction.atomic
def reject(candidate: Candidate, by: Any) -> Candidate:
    """It is somebody else. A confirmed one must be undone first."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.REJECTED:
        return candidate
    _refuse_confirmed(candidate)
    _withdraw(candidate, by)
    _of_candidate(candidate, CaseEvent.Kind.CANDIDATE_REJECTED, by)
    _settle(candidate, Candidate.Decision.REJECTED, by)
    return candidate


@transaction.atomic
def undo(candidate: Candidate, by: Any) -> Candidate:
    """Takes a decision back; a sighting is withdrawn, its row stays."""
    candidate = _locked(candidate, by)
    if candidate.decision == Candidate.Decision.OPEN:
        return candidate
    if candidate.decision == Candidate.Decision.REJECTED:
        _of_candidate(candidate, CaseEvent.Kind.CANDIDATE_REOPENED, by)
    _withdraw(candidate, by)
    _settle(candidate, Candidate.Decision.OPEN, by)
    return candidate


def _withdraw(candidate: Candidate, by: Any) -> None:
    if candidate.sighting is not None:
        withdraw_sighting(candidate.sighting, by)
        candidate.sighting = None


def _of_candidate(candidate: Candidate, kind: CaseEvent.Kind, by: Any) -> None:
    record(candidate.case, kind, by, candidate=candidate.pk, camera=str(candidate.tracklet.recording.camera))


# Reports of people


@transaction.atomic
def report_sighting(case: Case, by: Any, sighting: Sighting) -> Sighting:
    """Somebody says that they saw the person: the search reckons with it as far as it is believed."""
    case = told(case, by)
    if sighting.time < case.last_seen_at:
        raise CaseError(_("That is before the person was last seen. Correct the case's time and place instead."))
    if sighting.time > timezone.now():
        raise CaseError(_("That time has not come yet."))
    given = ("point", "time", "heading", "reporter", "certainty")
    added = add_sighting(case, by, end=sighting.time, **{name: getattr(sighting, name) for name in given})
    rematch(case)
    replan(case)
    return added


@transaction.atomic
def withdraw_report(sighting: Sighting, by: Any) -> None:
    """The report was wrong. Twice changes nothing; what a camera saw is undone at its candidate."""
    case = told(sighting.case, by)
    sighting = Sighting.objects.select_for_update().get(pk=sighting.pk)
    if sighting.camera_id is not None:
        raise CaseError(_("This sighting is a candidate's: undo it there."))
    if sighting.withdrawn_at is None:
        withdraw_sighting(sighting, by)
        rematch(case)
        replan(case)


MOST_PLACES = 12


@transaction.atomic
def add_place(case: Case, by: Any, place: KnownPlace) -> KnownPlace:
    """The person may head there: the ways to it are searched, too."""
    case = told(case, by)
    if case.places.standing().count() >= MOST_PLACES:
        raise CaseError(_("There are so many places already that one more tells nothing."))
    place.case, place.added_by = case, by
    place.save()
    record(case, CaseEvent.Kind.PLACE_ADDED, by, place=place.pk)
    replan(case)
    return place


@transaction.atomic
def remove_place(place: KnownPlace, by: Any) -> None:
    """It was none of the person's. Twice changes nothing."""
    case = told(place.case, by)
    if case.places.standing().filter(pk=place.pk).update(removed_at=timezone.now()):
        record(case, CaseEvent.Kind.PLACE_REMOVED, by, place=place.pk)
        replan(case)


def told(case: Case, by: Any) -> Case:
    """The case, locked, if the account may enter what others say of it. CaseError."""
    if role_of(by) not in CASE_WORKERS:
        raise CaseError(_("Only operators and supervisors enter what others report."))
    case = lock_case(case.pk)
    if case.status == Case.Status.ENDED:
        raise CaseError(_("This case has ended."))
    return case
