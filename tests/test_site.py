"""The site as a whole: schema, health, headers, settings."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.conftest import ROOT
from tests.factories import make_case, make_user


def test_the_schema_is_complete_and_without_warnings(tmp_path):
    call_command("spectacular", "--file", str(tmp_path / "schema.yml"), "--fail-on-warn", "--validate")


@pytest.mark.django_db
def test_health(client):
    assert client.get("/health/").json() == {"status": "up"}


@pytest.mark.django_db
def test_a_strict_content_security_policy(client):
    client.force_login(make_user())
    policy = client.get("/board/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.django_db
def test_no_inline_style_or_script_in_any_page(client):
    import re

    case = make_case()
    client.force_login(case.opened_by)
    for path in ("/board/", "/cases/new/", f"/cases/{case.number}/", "/footage/", "/nowhere/"):
        html = client.get(path).content.decode()
        assert not re.search(r"<[^>]+\sstyle=", html), path
        assert not re.search(r"<[^>]+\son\w+=", html), path
        assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html)), path


@pytest.mark.django_db
def test_wrong_pages_are_told_kindly(client):
    client.force_login(make_user())
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "찾을 수 없습니다" in answer.content.decode()


def start(**environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
    )  # fmt: skip


def test_production_settings_are_clean():
    good = start(
        SEOULCCTV_PRODUCTION="1", SEOULCCTV_SECRET_KEY="x9" + "kq7Zr-" * 12, SEOULCCTV_ALLOWED_HOSTS='["a.example"]'
    )
    assert good.returncode == 0, good.stderr


def test_production_without_a_key_does_not_start():
    assert "SEOULCCTV_SECRET_KEY" in start(SEOULCCTV_PRODUCTION="1", SEOULCCTV_SECRET_KEY="").stderr


def test_a_wrong_setting_is_named():
    assert "scan_rate" in start(SEOULCCTV_SCAN_RATE="fast").stderr.lower()
