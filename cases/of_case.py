"""What views below a case's address have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import status, viewsets
from rest_framework.exceptions import APIException

from seoulcctv.roles import CASE_READERS, CASE_WORKERS, ByRole

from .models import Case
from .models.case import CaseError


class Conflict(APIException):
    """The case does not allow this now; ``detail`` says why, in the reader's language."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def done(change: Callable[[], Any]) -> Any:
    """What the change gives back; 409 with the reason where the case does not allow it."""
    try:
        return change()
    except CaseError as error:
        raise Conflict(str(error)) from error


class OfCase(viewsets.GenericViewSet):
    """Views below ``/api/cases/<number>/``."""

    permission_classes = [ByRole]
    readers: tuple[str, ...] = CASE_READERS
    writers: tuple[str, ...] = CASE_WORKERS

    def case(self) -> Case:
        """The case in the address, if the account may see it."""
        return get_object_or_404(Case.objects.visible_to(self.request.user), number=self.kwargs["number"])
