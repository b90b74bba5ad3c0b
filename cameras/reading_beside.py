"""Large files of inventories are read in a process of their own: the site goes on answering meanwhile.

At most a few files are read at the same moment; others wait their turn. A process that dies leaves a row that shows no sign of
life, and the inventory as it was.
"""

from __future__ import annotations

import logging

from django.utils import timezone

from seoulcctv.beside import alive, signs_of_life, slot, start

from .intake import IntakeError, read
from .models import Intake

logger = logging.getLogger(__name__)

AT_ONCE_BYTES = 200_000  # up to which size a file is read while who sent it waits
SLOTS = 2
SLOT_KEY = 0x1A7A  # of the database's advisory locks


def read_soon(intake: Intake, size: int) -> None:
    """Reads it now, or has it read. IntakeError as ``read``."""
    if size <= AT_ONCE_BYTES:
        read(intake)
        return
    Intake.objects.filter(pk=intake.pk).update(progress=0, beat_at=timezone.now())
    start("read_intake", str(intake.pk))


def read_here(pk: int) -> None:
    """What that process does: waits for a place, reads, shows signs of life."""
    intake = Intake.objects.get(pk=pk)
    with signs_of_life(Intake.objects.filter(pk=pk)), slot(SLOT_KEY, SLOTS):
        try:
            read(intake)
        except IntakeError:
            logger.info("intake %s was dealt with before it was read", pk)
        except Exception:
            Intake.objects.filter(pk=pk, status=Intake.Status.WAITING).update(
                status=Intake.Status.FAILED, problem="broke", progress=100
            )
            raise


def is_being_read(intake: Intake) -> bool:
    """Somebody shows signs of life."""
    return intake.status == Intake.Status.WAITING and alive(intake.beat_at)
