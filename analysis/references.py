"""Reference pictures: taken in, read by a worker, compared with until cameras have seen the person."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.live import record
from cases.models import Case, CaseEvent
from cases.models.case import CaseError

from .decisions import told
from .matching import rematch
from .models import Machine, Reference
from .pipeline.types import Frame
from .scanner import scanner

MOST = 8  # of a case


@transaction.atomic
def add_reference(case: Case, by: Any, jpeg: bytes) -> Reference:
    """It waits until a worker has read it."""
    case = told(case, by)
    if case.references.standing().count() >= MOST:
        raise CaseError(_("There are enough reference pictures; remove one first."))
    added = Reference.objects.create(case=case, picture=jpeg, added_by=by)
    record(case, CaseEvent.Kind.REFERENCE_ADDED, by, reference=added.pk)
    transaction.on_commit(wake_reader)
    return added


@transaction.atomic
def remove_reference(reference: Reference, by: Any) -> None:
    """The picture goes, the trace that it was there stays. Twice changes nothing."""
    case = told(reference.case, by)
    changed = case.references.standing().filter(pk=reference.pk)
    if changed.update(removed_at=timezone.now(), picture=b"", embedding_bytes=b""):
        record(case, CaseEvent.Kind.REFERENCE_REMOVED, by, reference=reference.pk)
        rematch(case)


def waiting() -> Any:
    """References that nobody has read yet."""
    return Reference.objects.standing().filter(state=Reference.State.WAITING)


def wake_reader() -> None:
    """Any machine that answers may read; one that comes up later looks by itself."""
    from django_q.brokers import get_broker
    from django_q.tasks import async_task

    machine = Machine.objects.answering().first()
    if machine and waiting().exists() and get_broker(machine.queue).queue_size() < 2 * machine.workers + 2:
        async_task("analysis.references.read_all", cluster=machine.queue)


def read_all() -> int:
    """What a worker does: reads all that wait. Returns how many."""
    count = 0
    for pk in waiting().values_list("pk", flat=True):
        count += _read(pk)
    return count


def _read(pk: int) -> bool:
    reference = waiting().filter(pk=pk).first()
    if reference is None:
        return False
    found = person_in(bytes(reference.picture))
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(pk=reference.case_id)
        row = waiting().filter(pk=pk)
        if found is None:
            changed = row.update(state=Reference.State.NOBODY)
        else:
            model, vector = found
            changed = row.update(
                state=Reference.State.PERSON, embedding_model=model, embedding_bytes=vector.astype(np.float32).tobytes()
            )
        if changed:
            record(case, CaseEvent.Kind.REFERENCE_READ, None, reference=pk)
            rematch(case)
    return bool(changed)


def person_in(jpeg: bytes) -> tuple[str, np.ndarray] | None:
    """The largest person in a picture as the search compares them: the model's name and ``(d,)``; None for nobody."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    engine = scanner()
    people = engine.detector([Frame(0.0, picture)])[0]
    if not people:
        return None
    x1, y1, x2, y2 = max((one.box for one in people), key=lambda box: (box[2] - box[0]) * (box[3] - box[1])).astype(int)
    crop = picture[max(y1, 0) : max(y2, y1 + 2), max(x1, 0) : max(x2, x1 + 2)]
    return engine.embedder.name, engine.embedder([crop])[0]
