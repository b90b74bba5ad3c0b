"""Accounts are made with a role, or refused whole."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db
GOOD = "seven blue umbrellas"


def create(monkeypatch, *args: str, password: str = GOOD) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("create_account", *args, stdout=io.StringIO())


def test_it_works(monkeypatch):
    create(monkeypatch, "kim", "--role", "district_admin", "--district", "11110", "--name", "김")
    user = get_user_model().objects.get()
    assert (user.role, user.district.name_ko) == ("district_admin", "종로구")
    assert user.check_password(GOOD)


@pytest.mark.parametrize(
    ("args", "password"),
    [
        (["kim", "--role", "king"], GOOD),
        (["kim", "--role", "district_admin"], GOOD),
        (["kim", "--role", "operator", "--district", "99999"], GOOD),
        (["kim", "--role", "operator"], "short"),
        (["kim", "--role", "operator"], "kim"),
        (["a name with spaces", "--role", "operator"], GOOD),
    ],
)
def test_refusals(monkeypatch, args, password):
    with pytest.raises(CommandError):
        create(monkeypatch, *args, password=password)
    assert not get_user_model().objects.exists()


def test_a_name_is_used_once(monkeypatch):
    create(monkeypatch, "kim", "--role", "operator")
    with pytest.raises(CommandError):
        create(monkeypatch, "kim", "--role", "auditor")
