"""The code from the phone: set up, asked for, wrong, used twice, lost."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from cases.models import AccessLog
from seoulcctv.roles import Role
from tests.factories import PASSWORD, make_case, make_user
from tests.test_sockets import close_code

pytestmark = pytest.mark.django_db


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift + steps)
    totp.time = timezone.now().timestamp()
    return f"{totp.token():06d}"


def time_passes() -> None:
    """As if nobody had tried for a while."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


def signed_in(user) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    return client


def set_up(user) -> tuple[Client, list[str], str]:
    client = signed_in(user)
    page = client.get("/two-factor/set-up/")
    assert "<svg" in page.content.decode()
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    code = code_of(device)
    done = client.post("/two-factor/set-up/", {"code": code})
    assert done.status_code == 200, done.content.decode()
    return client, re.findall(r"<li><code>(\w+)</code>", done.content.decode()), code


def test_who_has_none_is_not_asked():
    assert signed_in(make_user()).get("/board/").status_code == 200


def test_set_up_and_asked_for_at_the_next_sign_in():
    user = make_user()
    case = make_case(by=user)
    first, spare, _code = set_up(user)
    assert first.get("/board/").status_code == 200
    assert len(set(spare)) == 8
    client = signed_in(user)
    assert client.get("/board/")["Location"] == "/two-factor/"
    assert client.get(f"/cases/{case.number}/")["Location"] == "/two-factor/"
    refused = client.get(f"/api/cases/{case.number}/")
    assert (refused.status_code, "detail" in refused.json()) == (403, True)
    device = TOTPDevice.objects.get(user=user)
    assert client.post("/two-factor/", {"code": "000000"}).status_code == 400
    TOTPDevice.objects.update(throttling_failure_count=5)  # the wait grows with every wrong one
    assert client.post("/two-factor/", {"code": code_of(device, 1)}).status_code == 400  # right, but too soon
    time_passes()
    assert client.post("/two-factor/", {"code": code_of(device, 1)})["Location"] == "/"
    assert client.get("/board/").status_code == 200
    told = list(AccessLog.objects.filter(user=user).values_list("action", "subject"))
    assert ("sign_in", "second factor set up") in told
    assert told.count(("sign_in_failed", "code refused")) == 2


def test_a_code_opens_once_and_so_does_a_spare_one():
    user = make_user()
    _client, spare, used = set_up(user)
    again = signed_in(user)
    assert again.post("/two-factor/", {"code": used}).status_code == 400
    time_passes()
    assert again.post("/two-factor/", {"code": spare[0]}).status_code == 302
    third = signed_in(user)
    assert third.post("/two-factor/", {"code": spare[0]}).status_code == 400


def test_another_phone_is_set_up_only_after_the_code_of_the_first():
    user = make_user()
    set_up(user)
    assert signed_in(user).get("/two-factor/set-up/")["Location"] == "/two-factor/"


def test_a_wrong_code_sets_nothing_up():
    user = make_user()
    client = signed_in(user)
    client.get("/two-factor/set-up/")
    assert client.post("/two-factor/set-up/", {"code": "123"}).status_code == 400
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


@pytest.mark.parametrize("role", Role.values)
def test_demanded_of_supervisors_and_administrators(settings, role):
    settings.TWO_FACTOR_DEMANDED = True
    answer = signed_in(make_user(role)).get("/", follow=False)
    must = role in (Role.SUPERVISOR, Role.DISTRICT_ADMIN)
    assert (answer["Location"] == "/two-factor/set-up/") == must


def test_pages_for_everybody_ask_for_no_code(settings):
    settings.TWO_FACTOR_DEMANDED = True
    client = signed_in(make_user(Role.SUPERVISOR))
    assert [client.get(path).status_code for path in ("/health/", "/transparency/", "/s/")] == [200] * 3
    assert client.post("/sign-out/").status_code == 302


def test_a_lost_phone(capsys):
    user = make_user()
    set_up(user)
    call_command("reset_two_factor", user.username)
    assert "1 phones" in capsys.readouterr().out
    assert signed_in(user).get("/board/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_sockets_wait_for_the_code_too():
    user = make_user()
    case = make_case(by=user)
    path = f"/ws/cases/{case.number}/"
    assert close_code(path, user) is None
    TOTPDevice.objects.create(user=user, confirmed=True)
    assert close_code(path, user) == 4401
