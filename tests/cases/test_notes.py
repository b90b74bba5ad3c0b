"""Notes, tasks, mentions; passing a case to the next shift."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import notes
from cases.models import AccessLog, Case, CaseEvent, Handover, Mention, Note
from cases.models.case import CaseError
from cases.services import share
from seoulcctv.roles import Role
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    return make_case(by=make_user(username="night.kim"))


def kinds(case) -> list[str]:
    return [event.kind for event in case.events.all()]


class TestNotes:
    def test_a_colleague_is_told(self, case):
        colleague = make_user(username="day.lee")
        share(case, colleague, case.opened_by)
        notes.add_note(case, case.opened_by, "@day.lee, the bus company calls back. @day.lee!")
        mention = Mention.objects.get()
        assert (mention.who, mention.read_at) == (colleague, None)
        (row,) = Case.objects.visible_to(colleague).with_what_waits_for(colleague)
        assert row.mentioned
        client = Client()
        client.force_login(colleague)
        assert "note names you" in client.get(reverse("board"), headers={"accept-language": "en"}).content.decode()
        client.get(reverse("case-state", args=[case.number]))  # in a window behind others
        assert not Mention.objects.get().read_at
        client.get(reverse("case-state", args=[case.number]), {"seen": 1})
        assert Mention.objects.get().read_at

    def test_oneself_is_not_told(self, case):
        notes.add_note(case, case.opened_by, "@night.kim will call")
        assert not Mention.objects.exists()

    @pytest.mark.parametrize("who", ["nobody.at.all", "liaison.park", "stranger.choi"])
    def test_who_cannot_read_it_is_not_named(self, case, who):
        share(case, make_user(Role.LIAISON, username="liaison.park"), case.opened_by)
        make_user(username="stranger.choi")
        with pytest.raises(CaseError, match=f"@{who}"):
            notes.add_note(case, case.opened_by, f"ask @{who}")
        assert not Note.objects.exists()
        assert CaseEvent.Kind.NOTE_ADDED not in kinds(case)

    def test_a_name_that_no_database_takes(self, case):
        client = Client()
        client.force_login(case.opened_by)
        assert client.post(f"/cases/{case.number}/share/", {"username": "a\x00b"}).status_code == 302
        assert client.post(f"/api/cases/{case.number}/share/", {"username": "a\x00b"}).status_code == 409
        assert not case.members.exists()

    def test_an_address_is_no_mention(self, case):
        notes.add_note(case, case.opened_by, "mail to kim@police.example")
        assert not Mention.objects.exists()

    def test_a_task_is_ticked_off_once(self, case):
        task = notes.add_note(case, case.opened_by, "call the hospital", is_task=True)
        notes.set_done(task, case.opened_by, True)
        notes.set_done(task, case.opened_by, True)
        task.refresh_from_db()
        assert task.done_by == case.opened_by
        assert not case.notes.to_do()
        notes.set_done(task, case.opened_by, False)
        assert list(case.notes.to_do()) == [task]
        assert kinds(case)[-3:] == ["note.added", "task.done", "task.reopened"]

    def test_a_note_is_no_task(self, case):
        note = notes.add_note(case, case.opened_by, "seen at the market")
        with pytest.raises(CaseError):
            notes.set_done(note, case.opened_by, True)

    def test_what_is_written_is_text(self, case):
        client = Client()
        client.force_login(case.opened_by)
        written = client.post(f"/api/cases/{case.number}/notes/", {"text": "<script>alert(1)</script> & @night.kim"})
        assert written.status_code == 201
        page = client.get(reverse("workspace", args=[case.number])).content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <b>@night.kim</b>" in page

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
    def test_neither_empty_nor_endless(self, case, text):
        client = Client()
        client.force_login(case.opened_by)
        assert client.post(f"/api/cases/{case.number}/notes/", {"text": text}).status_code == 400
        assert not Note.objects.exists()

    def test_liaisons_learn_that_there_is_one_not_what(self, case):
        liaison = make_user(Role.LIAISON)
        share(case, liaison, case.opened_by)
        notes.add_note(case, case.opened_by, "the family does not know yet")
        client = Client()
        client.force_login(liaison)
        events = client.get(f"/api/cases/{case.number}/events/").json()
        assert events[-1]["kind"] == "note.added"
        assert set(events[-1]["data"]) == {"note"}
        for page in (reverse("workspace", args=[case.number]), reverse("case-state", args=[case.number])):
            assert "does not know" not in client.get(page).content.decode()


class TestHandover:
    def test_to_somebody_who_did_not_follow_it(self, case):
        to = make_user(username="day.lee")
        notes.hand_over(case, case.opened_by, to, "the daughter calls at eight", timezone.now() - timedelta(hours=8))
        (row,) = Case.objects.visible_to(to).with_what_waits_for(to)
        assert row.handed_over
        client = Client(headers={"accept-language": "en"})
        client.force_login(to)
        assert "handed over to you" in client.get(reverse("board")).content.decode()
        assert "the daughter calls at eight" in client.get(reverse("workspace", args=[case.number])).content.decode()
        client.post(reverse("take-over", args=[case.number]))
        assert Handover.objects.get().taken_at
        assert not Case.objects.visible_to(to).with_what_waits_for(to)[0].handed_over
        assert kinds(case)[-3:] == ["case.shared", "case.handed_over", "case.taken_over"]

    def test_only_by_whom_it_is_meant_for(self, case):
        notes.hand_over(case, case.opened_by, make_user(), "", timezone.now())
        with pytest.raises(CaseError):
            notes.take_over(case, make_user(Role.SUPERVISOR))

    def test_a_later_one_replaces_it(self, case):
        first, second = make_user(), make_user()
        notes.hand_over(case, case.opened_by, first, "", timezone.now())
        notes.hand_over(case, case.opened_by, second, "", timezone.now())
        with pytest.raises(CaseError):
            notes.take_over(case, first)
        notes.take_over(case, second)

    @pytest.mark.parametrize("role", [Role.LIAISON, Role.AUDITOR, Role.DISTRICT_ADMIN])
    def test_not_to_those_who_do_not_search(self, case, role):
        with pytest.raises(CaseError):
            notes.hand_over(case, case.opened_by, make_user(role), "", timezone.now())
        assert not case.members.exists()

    def test_by_the_page(self, case):
        to = make_user()
        client = Client()
        client.force_login(case.opened_by)
        address = reverse("handover", args=[case.number])
        assert client.post(address, {"to": case.opened_by.pk}).status_code == 400
        assert client.post(address, {"to": "x' OR 1=1"}).status_code == 400
        assert client.get(address, {"hours": "-1e9"}).status_code == 200
        assert not Handover.objects.exists()
        assert client.post(address, {"to": to.pk, "text": "all is quiet"}).status_code == 302
        assert Handover.objects.get().to == to
        assert AccessLog.objects.filter(case=case, subject__startswith="handed over to").exists()
