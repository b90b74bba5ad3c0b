"""Notes and tasks on a case over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from seoulcctv.roles import CASE_WORKERS

from . import notes
from .access import log
from .forms import NoteForm
from .models import AccessLog, Note
from .of_case import OfCase, done


class NoteSerializer(serializers.ModelSerializer):
    """mentions: user names; done_at: of a task, null while it is to be done."""

    by = serializers.StringRelatedField()
    done_by = serializers.StringRelatedField(allow_null=True)
    mentions = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = ["id", "by", "at", "text", "is_task", "done_at", "done_by", "mentions"]
        read_only_fields = fields

    def get_mentions(self, note: Note) -> list[str]:
        return [mention.who.username for mention in note.mentions.all()]


class NewNoteSerializer(serializers.Serializer):
    """text: ``@name`` tells the account of that name; is_task: to be ticked off."""

    text = serializers.CharField(max_length=2000)
    is_task = serializers.BooleanField(required=False)


class NoteViewSet(mixins.ListModelMixin, OfCase):
    """For those who work on the case; liaisons do not read them."""

    serializer_class = NoteSerializer
    readers = CASE_WORKERS
    queryset = Note.objects.none()

    def get_queryset(self) -> Any:
        return self.case().notes.select_related("case", "by", "done_by").prefetch_related("mentions__who").in_order()

    @extend_schema(request=NewNoteSerializer, responses={201: NoteSerializer})
    def create(self, request: Request, number: str) -> Response:
        """409 where somebody is named who cannot read it."""
        case, form = self.case(), NoteForm(request.data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        note = done(lambda: notes.add_note(case, request.user, form.cleaned_data["text"], form.cleaned_data["is_task"]))
        log(request, AccessLog.Action.CASE_CHANGED, case, f"note {note.pk}")
        return Response(NoteSerializer(note).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def done(self, request: Request, number: str, pk: str) -> Response:
        """Ticks a task off. Twice changes nothing."""
        return self._tick(request, True)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, number: str, pk: str) -> Response:
        """It is to be done after all."""
        return self._tick(request, False)

    def _tick(self, request: Request, ticked: bool) -> Response:
        note = self.get_object()
        done(lambda: notes.set_done(note, request.user, ticked))
        log(request, AccessLog.Action.CASE_CHANGED, note.case, f"task {note.pk} {'done' if ticked else 'reopened'}")
        return Response(status=status.HTTP_204_NO_CONTENT)
