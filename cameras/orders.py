"""Work on cameras: ordered, assigned, done. A fault takes the camera out of searches until it is mended."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .intake import lock_districts
from .keeping import KeepingError, change, refuse_strangers
from .models import Camera, WorkOrder, WorkStep

State = WorkOrder.State
NEXT = {State.OPEN: (State.ASSIGNED, State.DONE, State.DROPPED), State.ASSIGNED: (State.DONE, State.DROPPED)}


@transaction.atomic
def order_work(
    camera: Camera, by: Any, kind: str, text: str, assigned_to: str = "", due: date | None = None, out: bool = False
) -> WorkOrder:
    """out: the camera sees nothing until this is done. KeepingError where the account may not, or the camera is retired."""
    refuse_strangers(by, camera.district)
    lock_districts(camera.district_id)
    camera = Camera.objects.select_for_update(of=("self",)).select_related("district").get(pk=camera.pk)
    if camera.status == Camera.Status.RETIRED:
        raise KeepingError(_("This camera is retired."))
    state = State.ASSIGNED if assigned_to else State.OPEN
    order = WorkOrder.objects.create(
        camera=camera, by=by, kind=kind, text=text, assigned_to=assigned_to, due=due, state=state
    )
    WorkStep.objects.create(order=order, by=by, state=state, text=assigned_to)
    if out and camera.status == Camera.Status.WORKING:
        change(camera, by, {"status": Camera.Status.FAULTY})
    return order


@transaction.atomic
def step(order: WorkOrder, by: Any, state: str, text: str = "") -> WorkOrder:
    """assigned: text says to whom. done: a camera that was out of order works again, unless another fault is open.
    KeepingError where that state cannot follow."""
    lock_districts(order.camera.district_id)
    order = WorkOrder.objects.select_for_update(of=("self",)).select_related("camera__district").get(pk=order.pk)
    refuse_strangers(by, order.camera.district)
    if state not in NEXT.get(State(order.state), ()):
        raise KeepingError(_("This work is over, or cannot become that."))
    if state == State.ASSIGNED and not text:
        raise KeepingError(_("Say who does it."))
    order.state = state
    if state == State.ASSIGNED:
        order.assigned_to = text[:100]
    if order.over:
        order.closed_at = timezone.now()
    order.save()
    WorkStep.objects.create(order=order, by=by, state=state, text=text[:400])
    _back_in_order(order, by)
    return order


def _back_in_order(order: WorkOrder, by: Any) -> None:
    camera = order.camera
    others = camera.orders.exclude(state__in=WorkOrder.OVER).exclude(kind=WorkOrder.Kind.CLEANING)
    mended = order.state == State.DONE and order.kind != WorkOrder.Kind.CLEANING
    if mended and camera.status == Camera.Status.FAULTY and not others.exists():
        change(camera, by, {"status": Camera.Status.WORKING})
