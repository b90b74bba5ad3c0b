"""Sockets refuse strangers and the wrong role, and say everything once, in order."""

from __future__ import annotations

import asyncio
import time

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import transaction
from django.test import Client

from cases.links import make_link, revoke_link
from cases.live import record
from cases.models import CaseEvent, ShareLink
from seoulcctv.asgi import application
from seoulcctv.roles import Role
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = 0  # not even accepted


def socket(path: str, user=None, origin: str = "http://localhost") -> WebsocketCommunicator:
    headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
    if user is not None:
        client = Client()
        client.force_login(user)
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()))
    return WebsocketCommunicator(application, path, headers=headers)


def close_code(path: str, user=None, origin: str = "http://localhost") -> int | None:
    """How the socket is closed; None when it stays open."""
    line = socket(path, user, origin)

    async def ask() -> int | None:
        accepted, _code = await line.connect()
        if not accepted:
            return REFUSED
        message = await line.receive_output(timeout=3)
        await line.disconnect()
        return message.get("code") if message["type"] == "websocket.close" else None

    return async_to_sync(ask)()


def note(case, text: str) -> None:
    with transaction.atomic():
        record(case, CaseEvent.Kind.CASE_SHARED, who=text)


def test_it_works_for_those_who_may():
    case = make_case()
    path = f"/ws/cases/{case.number}/"
    assert close_code(path, case.opened_by) is None
    assert close_code(path, make_user(Role.SUPERVISOR)) is None


def test_every_other_is_refused():
    case = make_case()
    path = f"/ws/cases/{case.number}/"
    assert close_code(path) == 4401
    assert close_code(path, make_user(Role.AUDITOR)) == 4403
    assert close_code(path, make_user(Role.DISTRICT_ADMIN)) == 4403
    assert close_code(path, make_user(Role.OPERATOR)) == 4404
    assert close_code(path, make_user(Role.LIAISON)) == 4404
    assert close_code("/ws/cases/2026-9999/", case.opened_by) == 4404
    assert close_code("/ws/elsewhere/", case.opened_by) == 4404


def test_other_origins_are_refused():
    case = make_case()
    assert close_code(f"/ws/cases/{case.number}/", case.opened_by, origin="https://evil.example") == REFUSED


@pytest.mark.parametrize("after", ["-1", "x", "1e9", "9" * 30, "%00"])
def test_a_bad_position_is_refused(after):
    case = make_case()
    assert close_code(f"/ws/cases/{case.number}/?after={after}", case.opened_by) == 4400


def test_replays_from_a_number_then_follows():
    case = make_case()  # events 1 and 2: opened, authorised
    note(case, "three")
    line = socket(f"/ws/cases/{case.number}/?after=1", case.opened_by)

    async def follow() -> list[int]:
        await line.connect()
        assert (await line.receive_json_from()) == {"kind": "hello", "last": 3}
        numbers = [(await line.receive_json_from())["number"] for _ in range(2)]
        await sync_to_async(note)(case, "four")
        numbers.append((await line.receive_json_from(timeout=1))["number"])
        assert await line.receive_nothing(timeout=0.3)
        await line.disconnect()
        return numbers

    assert async_to_sync(follow)() == [2, 3, 4]


def test_a_lost_wake_up_loses_nothing(monkeypatch):
    monkeypatch.setattr("cases.consumers.READ_S", 0.3)
    monkeypatch.setattr("cases.live.wake", lambda pk: None)
    case = make_case()
    line = socket(f"/ws/cases/{case.number}/?after=2", case.opened_by)

    async def follow() -> int:
        await line.connect()
        await line.receive_json_from()
        await sync_to_async(note)(case, "three")
        number = (await line.receive_json_from(timeout=2))["number"]
        await line.disconnect()
        return number

    assert async_to_sync(follow)() == 3


def test_the_socket_closes_when_the_account_does(monkeypatch):
    monkeypatch.setattr("cases.consumers.READ_S", 0.2)
    case = make_case()
    user = case.opened_by
    line = socket(f"/ws/cases/{case.number}/?after=2", user)

    async def follow() -> int:
        await line.connect()
        await line.receive_json_from()
        user.is_active = False
        await sync_to_async(user.save)()
        message = await line.receive_output(timeout=3)
        return message["code"]

    assert async_to_sync(follow)() == 4403


def test_anything_said_to_it_but_ping_closes_it():
    case = make_case()

    def say(text: str):
        line = socket(f"/ws/cases/{case.number}/?after=2", case.opened_by)

        async def answer():
            await line.connect()
            await line.receive_json_from()
            await line.send_to(text_data=text)
            message = await line.receive_output(timeout=3)
            await line.disconnect()
            return message.get("code") or message["text"]

        return async_to_sync(answer)()

    assert "pong" in say('{"kind": "ping"}')
    for text in ('{"kind": "confirm", "candidate": 1}', "not json", "[1]"):
        assert say(text) == 4400


def test_numbers_have_no_gap_when_many_write_at_once():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    case = make_case()

    def write(text: int) -> None:
        try:
            note(case, str(text))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert list(case.events.values_list("number", flat=True)) == list(range(1, 43))


def test_a_share_link_listens_until_it_is_revoked():
    """The socket closes within a second, and says nothing of the case but that it changed."""
    case = make_case()
    link, token, passcode = make_link(case, case.opened_by, ShareLink(name="112"), 1)
    client = Client()
    assert (
        client.post("/s/open/", {"token": token, "passcode": passcode}, content_type="application/json").status_code
        == 200
    )
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost"), (b"cookie", cookie)]
    line = WebsocketCommunicator(application, "/ws/share/", headers=headers)

    async def follow() -> tuple[list, dict, float]:
        assert (await line.connect())[0]
        heard = [await line.receive_json_from(timeout=3)]
        await asyncio.sleep(0.2)
        await sync_to_async(note)(case, "somebody")
        heard.append(await line.receive_json_from(timeout=3))
        begin = time.monotonic()
        await sync_to_async(revoke_link)(link, case.opened_by)
        while (message := await line.receive_output(timeout=3))["type"] != "websocket.close":
            heard.append(message)
        return heard, message, time.monotonic() - begin

    heard, closed, took = async_to_sync(follow)()
    assert heard[:2] == [{"kind": "hello"}, {"kind": "changed"}]
    assert closed["code"] == 4403
    assert took < 1


def test_without_a_link_nobody_listens():
    assert close_code("/ws/share/") == 4401
    assert close_code("/ws/share/", make_user(Role.SUPERVISOR)) == 4401
