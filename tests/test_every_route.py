"""Every address of the site, for strangers and for each role: one table.

A route that is missing from the table fails the test: whoever adds one says who may use it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from analysis.models import Alert
from cameras.attachments import attach
from cameras.models import Camera, IndicatorFile, Intake, MachineKey, Plan
from cameras.orders import order_work
from cases.services import share
from seoulcctv.roles import Role
from tests.cameras.upgrades.small_city import made_plan
from tests.factories import make_full_case, make_recording, make_user

STRANGER = "stranger"  # nobody signed in
OWNER = "owner"  # the operator who opened the case
OTHER = "other operator"
SUPERVISOR = "supervisor"
DISTRICT = "district administrator"
FOLLOWER = "liaison with whom the case is shared"
LIAISON = "another liaison"
AUDITOR = "auditor"
EVERYBODY = {STRANGER, OWNER, OTHER, SUPERVISOR, DISTRICT, FOLLOWER, LIAISON, AUDITOR}
SIGNED_IN = EVERYBODY - {STRANGER}
OPERATORS = {OWNER, OTHER, SUPERVISOR}
CASE_READERS = {OWNER, SUPERVISOR, FOLLOWER}
CASE_WORKERS = {OWNER, SUPERVISOR}

# name: (method, who may). Where a role "may", the answer is anything but 401, 403, 404 and a way to sign-in.
PAGES = {
    "home": ("get", SIGNED_IN),
    "health": ("get", EVERYBODY),
    "sign-in": ("get", EVERYBODY),
    "two-factor": ("get", SIGNED_IN),
    "two-factor-setup": ("get", SIGNED_IN),
    "sign-out": ("post", EVERYBODY),
    "set_language": ("post", EVERYBODY),
    "board": ("get", OPERATORS | {FOLLOWER, LIAISON}),
    "new-case": ("get", OPERATORS),
    "read-description": ("post", OPERATORS),
    "workspace": ("get", CASE_READERS),
    "case-state": ("get", CASE_READERS),
    "case-where": ("get", CASE_READERS),
    "candidate": ("get", CASE_WORKERS),
    "case-camera": ("get", CASE_READERS),
    "case-sheet": ("get", CASE_WORKERS),
    "case-sheet-pdf": ("get", CASE_WORKERS),
    "handover": ("get", CASE_WORKERS),
    "take-over": ("post", CASE_WORKERS),
    "left-out": ("get", CASE_READERS),
    "authorise": ("post", {SUPERVISOR}),
    "emergency": ("post", CASE_WORKERS),
    "share-case": ("post", CASE_WORKERS),
    "end-case": ("post", {SUPERVISOR}),
    "transparency": ("get", EVERYBODY),
    "share": ("get", EVERYBODY),
    "share-open": ("post", EVERYBODY),  # the wrong token: 400
    "share-state": ("get", set()),  # only with an opened link
    "share-report": ("post", set()),
    "share-picture": ("get", set()),
    "camera-map": ("get", OPERATORS | {DISTRICT}),
    "inventory": ("get", {SUPERVISOR, DISTRICT}),
    "inventory-csv": ("get", {SUPERVISOR, DISTRICT}),
    "inventory-geojson": ("get", {SUPERVISOR, DISTRICT}),
    "inventory-xlsx": ("get", {SUPERVISOR, DISTRICT}),
    "inventory-gpkg": ("get", {SUPERVISOR, DISTRICT}),
    "machine-keys": ("get", {SUPERVISOR, DISTRICT}),
    "machine-key-revoke": ("post", {SUPERVISOR, DISTRICT}),
    "camera-table": ("get", OPERATORS | {DISTRICT}),
    "camera-lists": ("post", OPERATORS | {DISTRICT}),
    "cameras-change": ("post", {SUPERVISOR, DISTRICT}),
    "cameras-take-back": ("post", {SUPERVISOR, DISTRICT}),
    "new-camera": ("get", {SUPERVISOR, DISTRICT}),
    "camera": ("get", OPERATORS | {DISTRICT}),
    "camera-attach": ("post", {SUPERVISOR, DISTRICT}),
    "camera-work": ("post", {SUPERVISOR, DISTRICT}),
    "camera-stream": ("post", {SUPERVISOR, DISTRICT}),
    "camera-accept-view": ("post", {SUPERVISOR, DISTRICT}),
    "work": ("get", OPERATORS | {DISTRICT}),
    "streams": ("get", OPERATORS | {DISTRICT}),
    "streams-bring": ("post", {SUPERVISOR, DISTRICT}),  # without a file: 400
    "work-step": ("post", {SUPERVISOR, DISTRICT}),
    "attachment": ("get", OPERATORS | {DISTRICT}),
    "attachment-remove": ("post", {SUPERVISOR, DISTRICT}),
    "intake": ("get", {SUPERVISOR, DISTRICT}),
    "intake-decide": ("post", {SUPERVISOR, DISTRICT}),
    "intake-refused": ("get", {SUPERVISOR, DISTRICT}),
    "intake-progress": ("get", {SUPERVISOR, DISTRICT}),
    "intake-points": ("get", {SUPERVISOR, DISTRICT}),
    "planning": ("get", {SUPERVISOR, DISTRICT}),  # the administrator goes on to the plans
    "planning-shapes": ("get", {SUPERVISOR}),
    "planning-values": ("get", {SUPERVISOR}),
    "planning-weigh": ("post", {SUPERVISOR}),
    "planning-measure": ("post", {SUPERVISOR}),
    "planning-measuring": ("get", {SUPERVISOR}),
    "planning-areas": ("post", {SUPERVISOR}),
    "indicators": ("get", {SUPERVISOR}),
    "indicator-file": ("get", {SUPERVISOR}),
    "indicator-decide": ("post", {SUPERVISOR}),
    "indicator-refused": ("get", {SUPERVISOR}),
    "plan-ask": ("post", {SUPERVISOR}),
    "plans": ("get", {SUPERVISOR, DISTRICT}),
    "plan-compare": ("get", {SUPERVISOR, DISTRICT}),
    "plan": ("get", {SUPERVISOR, DISTRICT}),
    "plan-progress": ("get", {SUPERVISOR, DISTRICT}),
    "plan-points": ("get", {SUPERVISOR, DISTRICT}),
    "plan-items": ("get", {SUPERVISOR, DISTRICT}),
    "plan-step": ("post", {SUPERVISOR, DISTRICT}),
    "plan-approve": ("post", {SUPERVISOR, DISTRICT}),  # the administrator is told why not
    "plan-remove": ("post", {SUPERVISOR, DISTRICT}),  # likewise
    "plan-pdf": ("get", {SUPERVISOR, DISTRICT}),
    "plan-xlsx": ("get", {SUPERVISOR, DISTRICT}),
    "plan-gpkg": ("get", {SUPERVISOR, DISTRICT}),
    "rollout": ("get", OPERATORS | {AUDITOR}),
    "rollout-pdf": ("get", OPERATORS | {AUDITOR}),
    "footage": ("get", OPERATORS | {DISTRICT}),
    "access-log": ("get", {AUDITOR}),
    "access-log-csv": ("get", {AUDITOR}),
    "api-schema": ("get", SIGNED_IN),
    "api-district-list": ("get", SIGNED_IN),
    "api-camera-list": ("get", OPERATORS | {DISTRICT}),
    "api-camera-clusters": ("get", OPERATORS | {DISTRICT}),
    "api-camera-blind-spots": ("get", OPERATORS | {DISTRICT}),
    "api-camera-coverage": ("get", OPERATORS | {DISTRICT}),
    "api-camera-detail": ("get", OPERATORS | {DISTRICT}),
    "api-recording-list": ("get", OPERATORS | {DISTRICT}),
    "api-recording-detail": ("get", OPERATORS | {DISTRICT}),
    "api-case-list": ("get", OPERATORS | {FOLLOWER, LIAISON}),
    "api-case-detail": ("get", CASE_READERS),
    "api-case-authorise": ("post", CASE_WORKERS),  # the operator is told why not: 409
    "api-case-emergency": ("post", CASE_WORKERS),
    "api-case-share": ("post", CASE_WORKERS),
    "api-case-end": ("post", CASE_WORKERS),  # likewise
    "api-case-links": ("get", CASE_WORKERS),
    "api-case-revoke": ("post", CASE_WORKERS),
    "api-case-events": ("get", CASE_READERS),
    "api-case-sightings": ("get", CASE_READERS),
    "api-search-list": ("get", CASE_READERS),
    "api-search-detail": ("get", CASE_READERS),
    "api-search-stop": ("post", CASE_WORKERS),
    "api-candidate-list": ("get", CASE_WORKERS),
    "api-candidate-detail": ("get", CASE_WORKERS),
    "api-candidate-confirm": ("post", CASE_WORKERS),
    "api-candidate-perhaps": ("post", CASE_WORKERS),
    "api-candidate-point": ("post", CASE_WORKERS),
    "api-candidate-reject": ("post", CASE_WORKERS),
    "api-candidate-undo": ("post", CASE_WORKERS),
    "api-candidate-picture": ("get", CASE_WORKERS),
    "api-candidate-clip": ("get", CASE_WORKERS),
    "api-candidate-track": ("get", CASE_WORKERS),
    "api-report-list": ("post", CASE_WORKERS),
    "api-report-withdraw": ("post", CASE_WORKERS),
    "api-place-list": ("get", CASE_WORKERS),
    "api-place-remove": ("post", CASE_WORKERS),
    "api-reference-list": ("get", CASE_WORKERS),
    "api-reference-remove": ("post", CASE_WORKERS),
    "api-reference-picture": ("get", CASE_WORKERS),
    "api-watch-list": ("get", CASE_WORKERS),
    "api-watch-always": ("post", CASE_WORKERS),  # an ordinary camera: 409
    "api-watch-never": ("post", CASE_WORKERS),
    "api-watch-choose": ("post", CASE_WORKERS),
    "api-alert-list": ("get", CASE_WORKERS),
    "api-alert-acknowledge": ("post", CASE_WORKERS),
    "api-note-list": ("get", CASE_WORKERS),
    "api-note-done": ("post", CASE_WORKERS),
    "api-note-reopen": ("post", CASE_WORKERS),
    "api-route-list": ("get", CASE_READERS),
}
# Addresses that take more than one method.
WRITES = {
    "new-case": OPERATORS,
    "inventory": {SUPERVISOR, DISTRICT},
    "machine-keys": {SUPERVISOR, DISTRICT},
    "new-camera": {SUPERVISOR, DISTRICT},
    "camera": {SUPERVISOR, DISTRICT},
    "rollout": {SUPERVISOR},
    "indicators": {SUPERVISOR},
    "footage": OPERATORS | {DISTRICT},
    "api-recording-list": OPERATORS | {DISTRICT},
    "api-case-list": OPERATORS,
    "api-search-list": CASE_WORKERS,
    "api-place-list": CASE_WORKERS,
    "api-note-list": CASE_WORKERS,
    "handover": CASE_WORKERS,
    "api-case-links": CASE_WORKERS,
    "api-reference-list": CASE_WORKERS,
}


def names(patterns=None) -> set[str]:
    found = set()
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            found |= names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found.add(pattern.name)
    return found


def test_table_names_every_route():
    assert names() == set(PAGES)


@pytest.fixture
def world(db):
    owner, follower = make_user(), make_user(Role.LIAISON)
    case = make_full_case(owner)
    share(case, follower, owner)
    Intake.objects.create(district_id="11110", name="cctv.csv")
    people = {
        STRANGER: None,
        OWNER: owner,
        OTHER: make_user(),
        SUPERVISOR: make_user(Role.SUPERVISOR),
        DISTRICT: make_user(Role.DISTRICT_ADMIN),
        FOLLOWER: follower,
        LIAISON: make_user(Role.LIAISON),
        AUDITOR: make_user(Role.AUDITOR),
    }
    candidate = case.candidates.get()
    Alert.objects.create(candidate=candidate, seen_at=timezone.now())
    with_everything(candidate.tracklet.recording.camera, people[DISTRICT])
    made_plan(people[SUPERVISOR])
    return case, case.searches.get(), candidate, candidate.tracklet.recording, people


def with_everything(camera: Camera, by) -> None:
    """One of everything that can belong to a camera or its keeper."""
    order_work(camera, by, "fault", "dark")
    attach(camera, by, SimpleUploadedFile("paper.pdf", b"%PDF-1.7"))
    MachineKey.make(by, "GIS", "read", timezone.now() + timedelta(days=1))
    IndicatorFile.objects.create(name="crime.csv", content="자치구,절도\n종로구,3\n".encode(), told={})


def address(name: str, world) -> str:
    case, search, candidate, recording, _people = world
    camera = recording.camera
    own = {
        "candidate": candidate.pk,
        **{name: Intake.objects.get().pk for name in PAGES if name.startswith("intake")},
        **dict.fromkeys(("camera", "camera-attach", "camera-work", "camera-stream", "camera-accept-view"), camera.pk),
        **{
            name: Plan.objects.get().pk for name in PAGES if name.startswith("plan") and not name.startswith("planning")
        },
        **{name: IndicatorFile.objects.get().pk for name in PAGES if name.startswith("indicator-")},
        "work-step": camera.orders.get().pk,
        **dict.fromkeys(("attachment", "attachment-remove"), camera.attachments.get().pk),
        "machine-key-revoke": MachineKey.objects.get().pk,
        "share-picture": candidate.pk,
        "api-camera-detail": recording.camera_id,
        "case-camera": recording.camera_id,
        "api-recording-detail": recording.pk,
        "api-search-detail": search.pk,
        "api-search-stop": search.pk,
        "api-reference-remove": case.references.get().pk,
        "api-reference-picture": case.references.get().pk,
        "api-place-remove": case.places.get().pk,
        **dict.fromkeys(("api-watch-always", "api-watch-never", "api-watch-choose"), recording.camera_id),
        "api-alert-acknowledge": candidate.alert.pk,
        "api-note-done": case.notes.get().pk,
        "api-note-reopen": case.notes.get().pk,
        "api-report-withdraw": case.sightings.get().pk,
    }
    for kwargs in (
        {},
        {"number": case.number},
        {"number": case.number, "link": case.links.get().pk},
        {"pk": own.get(name)},
        {"number": case.number, "pk": own.get(name, candidate.pk)},
    ):
        try:
            return reverse(name, kwargs=kwargs)
        except Exception:  # noqa: S112  (the next form of arguments)
            continue
    raise AssertionError(name)


def let_in(method: str, url: str, user) -> bool:
    client = Client()
    if user is not None:
        client.force_login(user)
    before = transaction.savepoint()  # what one removes, the next finds again
    response = getattr(client, method)(url, {})
    transaction.savepoint_rollback(before)
    assert response.status_code < 500, (method, url, response.status_code)
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("sign-in"))
    return response.status_code not in (401, 403, 404) and not (to_sign_in and "sign-out" not in url)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_only_those_who_may(name, world):
    method, may = PAGES[name]
    url = address(name, world)
    assert {who for who, user in world[-1].items() if let_in(method, url, user)} == may


@pytest.mark.parametrize("name", sorted(WRITES))
def test_only_those_who_may_write(name, world):
    url = address(name, world)
    assert {who for who, user in world[-1].items() if let_in("post", url, user)} == WRITES[name]


@pytest.mark.parametrize("name", [name for name, (method, _) in PAGES.items() if method == "post"])
def test_changes_need_the_csrf_token(name, world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world[-1][SUPERVISOR])
    assert client.post(address(name, world)).status_code == 403


def test_closed_account_sees_nothing(world):
    owner = world[-1][OWNER]
    client = Client()
    client.force_login(owner)
    owner.is_active = False
    owner.save()
    assert client.get(address("workspace", world)).status_code == 302


def test_district_administrator_sees_only_their_district(world):
    elsewhere = make_recording(camera=make_recording().camera.__class__.objects.create(
        district_id="11680", asset_number="GANGNAM", location="POINT(127.05 37.5)"
    ))  # fmt: skip
    client = Client()
    client.force_login(world[-1][DISTRICT])
    assert client.get(reverse("api-recording-detail", kwargs={"pk": elsewhere.pk})).status_code == 404
    assert client.get(reverse("api-camera-detail", kwargs={"pk": elsewhere.camera_id})).status_code == 404
