"""The demonstration: a simulated walk in the database, accounts, a case, and a colleague who
decides by the simulator's truth as an operator would by looking."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from cameras.footage import digest_of
from cameras.models import Camera, District, Recording
from cameras.services import import_recording
from cases.models import Case, Description
from cases.services import authorise, open_case, share
from seoulcctv.roles import Role

from . import decisions
from .models import Candidate
from .simulation.city import SPECS, build
from .simulation.footage import Truth, rendered
from .simulation.scenario import Scenario, SimulatedCamera
from .simulation.walk import first_walk

FIRST = "first_walk"
AGO = timedelta(minutes=5)  # the last file ended so long before the demonstration
ACCOUNTS = (
    ("operator", Role.OPERATOR, "관제", "서울시 CCTV 안전센터"),
    ("supervisor", Role.SUPERVISOR, "책임", "서울시 CCTV 안전센터"),
    ("district", Role.DISTRICT_ADMIN, "구청", "종로구 스마트도시과"),
    ("police", Role.LIAISON, "경찰", "서울청 112 상황실"),
    ("auditor", Role.AUDITOR, "감사", "서울시 개인정보보호담당"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What lies ready. zero: the moment at which the person was last seen."""

    scenario: Scenario
    truths: dict[int, Truth]  # by recording id
    zero: datetime

    def true_sightings(self) -> list[tuple[Recording, datetime]]:
        """Where and when the person really passed, in order of time."""
        found = []
        recordings = Recording.objects.select_related("camera__district").in_bulk(list(self.truths))
        for pk, truth in self.truths.items():
            span = truth.visible(self.scenario.target.key)
            if span is not None:
                found.append((recordings[pk], recordings[pk].start + timedelta(seconds=span[0])))
        return sorted(found, key=lambda row: row[1])

    def is_target(self, candidate: Candidate) -> bool:
        """Whether the candidate is the person: what an operator sees with their own eyes."""
        tracklet = candidate.tracklet
        truth = self.truths.get(tracklet.recording_id)
        return truth is not None and truth.person_at(tracklet.times, tracklet.boxes) == self.scenario.target.key


def scenario_of(name: str, seed: int) -> Scenario:
    """The first walk, or a named scenario of the city."""
    return first_walk(seed) if name == FIRST else build(name, SPECS[name], seed)


def set_up(scenario: Scenario, folder: Path, progress: Callable[[int], None]) -> Stage:
    """Renders what is missing and brings it in as footage. Running it again changes nothing."""
    return stage(scenario, rendered(scenario, folder, progress))


def stage(scenario: Scenario, truths: Sequence[Truth]) -> Stage:
    """Brings rendered files in as footage, those that are not there yet."""
    zero = _moment(scenario)
    found: dict[int, Truth] = {}
    for simulated in scenario.cameras:
        _camera(scenario, simulated)
    for truth in truths:
        camera = _camera(scenario, truth.camera)
        digest = digest_of(truth.path)
        recording = Recording.objects.filter(camera=camera, digest=digest).first()
        if recording is None:
            camera.recordings.filter(simulated=True).delete()  # of an earlier version of the scenario
            start = zero + timedelta(seconds=truth.camera.start)
            recording = import_recording(truth.path, camera, start, simulated=True)
        found[recording.pk] = truth
    return Stage(scenario, found, zero)


def _moment(scenario: Scenario) -> datetime:
    """When the person was last seen: as in the footage already there, else so that it ended just now."""
    first = next(camera for camera in scenario.cameras if camera.working)
    known = Recording.objects.filter(camera__asset_number=_asset_number(scenario, first), simulated=True)
    kept = timezone.now() - timedelta(hours=20)  # a case this old would find its window closed
    recording = known.filter(start__gt=kept).order_by("-start").first()
    if recording is not None:
        return recording.start - timedelta(seconds=first.start)
    Recording.objects.filter(camera__asset_number__startswith=_prefix(scenario), simulated=True).delete()
    return (timezone.now() - timedelta(seconds=scenario.duration) - AGO).replace(microsecond=0)


def _prefix(scenario: Scenario) -> str:
    return f"SIM-{scenario.name.upper()[:20]}-{scenario.seed}-"


def _asset_number(scenario: Scenario, camera: SimulatedCamera) -> str:
    return _prefix(scenario) + camera.name


def _camera(scenario: Scenario, simulated: SimulatedCamera) -> Camera:
    point = Point(simulated.lon, simulated.lat, srid=4326)
    camera, _created = Camera.objects.get_or_create(
        district=District.objects.get(boundary__covers=point),
        asset_number=_asset_number(scenario, simulated),
        defaults={
            **fields_of(simulated),
            "location": point,
            "status": Camera.Status.WORKING if simulated.working else Camera.Status.FAULTY,
        },
    )
    return camera


def fields_of(simulated: SimulatedCamera) -> dict[str, Any]:
    """What an inventory says of it, but for where it stands."""
    geometry = simulated.scene.geometry
    return {
        "purpose": Camera.Purpose.CRIME,
        "kind": Camera.Kind.INTELLIGENT,
        "heading": geometry.heading,
        "field_of_view": geometry.field_of_view,
        "tilt": geometry.tilt,
        "mounting_height": geometry.mounting_height,
        "range_m": 40.0,
        "width": geometry.picture_width,
        "height": geometry.picture_height,
        "fps": simulated.fps,
    }


def accounts() -> tuple[dict[str, Any], str]:
    """One account for each role and their password, made for this clone and kept under var/."""
    note = settings.VAR_DIR / "demo" / "password"
    if not note.is_file():
        note.parent.mkdir(parents=True, exist_ok=True)
        note.touch(mode=0o600)
        note.write_text(secrets.token_urlsafe(9))
    password = note.read_text().strip()
    return people(password), password


def people(password: str) -> dict[str, Any]:
    """One account for each role, by username, all with this password."""
    users = {}
    for username, role, name, unit in ACCOUNTS:
        district = District.objects.get(code="11110") if role == Role.DISTRICT_ADMIN else None
        user, _created = get_user_model().objects.get_or_create(
            username=username, defaults={"role": role, "first_name": name, "unit": unit, "district": district}
        )
        if not user.check_password(password):
            user.set_password(password)
            user.save()
        users[username] = user
    return users


@transaction.atomic
def open_demo_case(stage: Stage, users: dict[str, Any]) -> Case:
    """Described as a family would: not more than they would know."""
    scenario = stage.scenario
    case = open_case(
        users["operator"],
        Case(
            category=Case.Category.DEMENTIA,
            agency="서울종로경찰서",
            reference=f"DEMO-{timezone.localtime():%m%d%H%M%S}",
            legal_basis=Case.LegalBasis.MISSING_ACT,
            last_seen_at=stage.zero,
            last_seen_point=Point(scenario.lon, scenario.lat, srid=4326),
            last_seen_address="종로구 숭인동 동묘앞역 (시연)",
            direction=round(scenario.direction),
            mobility=scenario.mobility,
        ),
        Description(
            name="김○○",
            sex=Description.Sex.FEMALE,
            age=78,
            upper_colour=scenario.target.upper,
            upper_kind="패딩",
            lower_colour=scenario.target.lower,
            lower_kind="바지",
            height_min=10 * round(10 * scenario.target.height - 0.6),
            height_max=10 * round(10 * scenario.target.height - 0.6) + 10,
            notes="짧은 회색 머리",
        ),
    )
    case = authorise(case, users["supervisor"])
    share(case, users["police"], users["operator"])
    return case


def decide(stage: Stage, case: Case, by: Any, refuse: bool = True) -> Candidate | None:
    """One decision on the likeliest candidate that waits, as an operator at the screen; None when none does."""
    waiting = (
        case.candidates.shown().filter(decision=Candidate.Decision.OPEN).select_related("tracklet").order_by("-score")
    )
    for candidate in waiting:
        if stage.is_target(candidate):
            return decisions.confirm(candidate, by)
        if refuse:
            return decisions.reject(candidate, by)
    return None
