"""The API against its own OpenAPI schema: requests made up by schemathesis, as its clients and its enemies would send them.

Each operation is called as a supervisor on a case that is there, with what the schema allows and with what it does not.
Nothing may fail on the server, and every answer is one that the schema announces.
"""

from __future__ import annotations

import re

import pytest
import requests
import schemathesis
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from analysis.models import Alert
from seoulcctv.asgi import application  # noqa: F401  (the site as it is served: all addresses are known)
from seoulcctv.roles import Role
from tests.factories import make_full_case, make_user

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 20  # of each operation, right and wrong ones


def schema():
    return schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))


OPERATIONS = {operation.ok().label: operation.ok() for operation in schema().get_all_operations()}


@pytest.fixture
def world(db):
    boss = make_user(Role.SUPERVISOR)
    case = make_full_case(boss)
    recording = case.candidates.get().tracklet.recording
    client = Client()
    client.force_login(boss)
    there = {
        "searches": case.searches.get().pk,
        "candidates": case.candidates.get().pk,
        "reports": case.sightings.get().pk,
        "references": case.references.get().pk,
        "places": case.places.get().pk,
        "notes": case.notes.get().pk,
        "alerts": Alert.objects.create(candidate=case.candidates.get(), seen_at=timezone.now()).pk,
        "watches": recording.camera_id,
        "links": case.links.get().pk,
        "cameras": recording.camera_id,
        "recordings": recording.pk,
    }
    return case, client, there


def test_the_schema_has_every_operation():
    assert len(OPERATIONS) >= 45
    assert not [label for label in OPERATIONS if "/s/" in label]


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_as_announced(label, world):
    case, client, there = world
    operation = OPERATIONS[label]
    modes = schemathesis.GenerationMode
    made_up = strategies.one_of(
        *(operation.as_strategy(generation_mode=mode) for mode in (modes.POSITIVE, modes.NEGATIVE))
    )

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sent=made_up, real=strategies.booleans())
    def ask(sent, real):
        if real:
            of = re.search(r"/(\w+)/\{(?:pk|id|link)\}", label)
            for name in sent.path_parameters or {}:
                sent.path_parameters[name] = case.number if name == "number" else there[of[1]] if of else "1"
        response = answer(client, sent)
        sent.validate_response(response, checks=CHECKS)

    ask()


def answer(client: Client, sent):
    """By Django's own client: in the test's transaction, through all middleware."""
    kwargs = sent.as_transport_kwargs(base_url="http://testserver")
    prepared = requests.Request(
        method=kwargs["method"], url=kwargs["url"], headers=kwargs.get("headers"), params=kwargs.get("params"),
        data=kwargs.get("data"), json=kwargs.get("json"), files=kwargs.get("files"),
    ).prepare()  # fmt: skip
    body = prepared.body or b""
    headers = {
        k: v for k, v in prepared.headers.items() if k.lower() not in ("content-type", "content-length", "cookie")
    }
    got = client.generic(
        prepared.method,
        prepared.path_url,
        body.encode() if isinstance(body, str) else body,
        content_type=prepared.headers.get("Content-Type", "application/octet-stream"),
        headers=headers,
    )
    content = b"".join(got) if got.streaming else got.content
    told = {name: [value] for name, value in got.headers.items()}
    return schemathesis.Response(got.status_code, told, content, prepared, elapsed=0.0, verify=False)
