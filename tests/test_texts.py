"""Korean and English are complete; the set-up compiles them."""

from __future__ import annotations

import subprocess
import sys

import polib
from django.utils import translation
from django.utils.translation import gettext

from tests.conftest import ROOT

PO = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"


def test_every_message_has_a_korean_text():
    lacking = [entry.msgid for entry in polib.pofile(str(PO)) if not entry.translated() or entry.fuzzy]
    assert lacking == []


def test_the_file_holds_every_message_of_the_code(tmp_path):
    """Collects the messages anew, beside the file, and compares."""
    copy = tmp_path / "copy"
    names = ["analysis", "cameras", "cases", "seoulcctv", "templates", "manage.py"]
    copy.mkdir()
    for name in names:
        subprocess.run(["cp", "-r", str(ROOT / name), str(copy)], check=True)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "ko", "--no-location", "--no-wrap"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    wanted = {entry.msgid for entry in polib.pofile(str(copy / "locale/ko/LC_MESSAGES/django.po"))}
    assert wanted - {entry.msgid for entry in polib.pofile(str(PO))} == set()


def test_placeholders_are_the_same_in_both():
    import re

    for entry in polib.pofile(str(PO)):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", entry.msgid)), entry.msgid


def test_compiled():
    with translation.override("ko"):
        assert gettext("Board") == "상황판"
    with translation.override("en"):
        assert gettext("Board") == "Board"
