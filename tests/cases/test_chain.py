"""Whoever tampers with the access log by SQL is found out, and where."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cases.access import log_for
from cases.chain import Break, anchor, anchored_today, breaks
from cases.models import AccessLog
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(db) -> list[AccessLog]:
    user, case = make_user(), make_case()
    for number in range(6):
        log_for(
            user if number else None,
            AccessLog.Action.SEARCH,
            case,
            f"수색 {number}",
            "2001:db8::1" if number % 2 else None,
        )
    return list(AccessLog.objects.order_by("position"))


def tamper(sql: str, *values) -> None:
    """As somebody with the database's password."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_accesslog DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE cases_accesslog ENABLE TRIGGER USER")


def test_an_untouched_log_is_whole(rows, capsys, tmp_path):
    assert list(breaks()) == []
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert len({row.hash for row in rows}) == len(rows)
    call_command("verify_access_log", anchors=tmp_path / "none")
    assert f"whole: {len(rows)} rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("column", "value"),
    [("subject", "something else"), ("at", "2020-01-01"), ("user_id", None), ("role", "auditor"), ("address", "10.0.0.9"), ("case_id", None), ("action", "log_viewed")],
)  # fmt: skip
def test_a_changed_row(rows, column, value, tmp_path, capsys):
    tamper(f"UPDATE cases_accesslog SET {column} = %s WHERE position = 4", value)  # noqa: S608
    assert list(breaks()) == [Break(4, rows[3].pk, "edited")]
    with pytest.raises(CommandError):
        call_command("verify_access_log", anchors=tmp_path / "none")
    assert "Row 4 was changed" in capsys.readouterr().err


def test_a_removed_row(rows):
    tamper("DELETE FROM cases_accesslog WHERE position = 3")
    assert list(breaks()) == [Break(3, None, "missing")]


def test_rows_that_changed_places(rows):
    tamper("UPDATE cases_accesslog SET position = -position WHERE position IN (3, 4)")
    tamper("UPDATE cases_accesslog SET position = 7 + position WHERE position < 0")
    assert {one.position for one in breaks()} >= {3, 4}


def test_a_row_put_in(rows):
    tamper(
        "INSERT INTO cases_accesslog (at, role, action, subject, hash, position) VALUES (now(), '', 'search', 'x', '', NULL)"
    )
    (found,) = breaks()
    assert found.kind == "unchained"


def test_a_chain_made_anew_or_cut_off_shows_against_the_anchor(rows, tmp_path):
    file = tmp_path / "kept" / "anchors.txt"
    assert not anchored_today(file)
    anchor(file)
    assert anchored_today(file)
    call_command("verify_access_log", anchors=file)
    tamper("DELETE FROM cases_accesslog WHERE position >= 5")
    assert list(breaks()) == []  # the chain alone cannot tell
    with pytest.raises(CommandError):
        call_command("verify_access_log", anchors=file)
    for _ in range(2):
        log_for(None, AccessLog.Action.SEARCH)  # the same length again
    with pytest.raises(CommandError):
        call_command("verify_access_log", anchors=file)
    text = file.read_text()
    file.write_text(("B" if text[0] == "A" else "A") + text[1:])
    with pytest.raises(CommandError, match="signature"):
        call_command("verify_access_log", anchors=file)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain():
    def write(number: int) -> None:
        try:
            log_for(None, AccessLog.Action.SEARCH, None, str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))
    assert AccessLog.objects.count() == 60
    assert list(breaks()) == []
