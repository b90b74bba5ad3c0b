"""Cameras kept by hand: one changed, many changed at once, taken back. Every change is told in the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from .intake import lock_districts, may_write, restore
from .intake_reading import BORDER_DEGREES
from .models import Camera, CameraChange, District

#: What may be changed by hand. Numbers stay: inventories are compared by them.
EDITABLE = (
    "location", "address", "lot_address", "agency", "purpose", "kind", "status", "heading", "more_headings",
    "field_of_view", "tilt", "range_m", "mounting_height", "width", "height", "fps", "retention_days", "clock_offset_s",
    "count", "pixels", "view", "installed", "telephone", "as_of",
)  # fmt: skip
#: What many cameras may be given at once.
BULK = ("purpose", "kind", "status", "agency", "telephone", "retention_days", "installed", "as_of", "pixels", "range_m")
MOST_AT_ONCE = 20_000
#: Sent when cameras were changed by hand: ``request``, ``subject``. Apps above listen.
cameras_kept = Signal()


class KeepingError(Exception):
    """What cannot be done; the message is for whoever tried."""


class Outdated(KeepingError):
    """Somebody else has changed the camera since it was read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a batch back did. back: cameras as they were before; kept: changed since, and left as they are."""

    back: int
    kept: int


def refuse_strangers(by: Any, district: District) -> None:
    """KeepingError where the account may not write that district's inventory."""
    if not may_write(by, district):
        raise KeepingError(_("This account cannot write the inventory of that district."))


@transaction.atomic
def change(camera: Camera, by: Any, values: Mapping[str, Any], via: str = "", seen: int | None = None) -> Camera:
    """values: fields to what they are to be. seen: the latest change that whoever changes it has seen (``version_of``);
    Outdated where there is a later one. KeepingError, ValidationError by field. What does not differ is not told."""
    camera = _locked([camera.pk], by)[0]
    if seen is not None and version_of(camera) != seen:
        raise Outdated(_("Somebody else has changed this camera meanwhile. Read it again."))
    _change([camera], by, values, via, uuid4())
    return camera


@transaction.atomic
def change_many(cameras: Any, by: Any, values: Mapping[str, Any], via: str = "") -> tuple[UUID, int]:
    """cameras: a queryset. All of them or none; the batch by which it is taken back, and how many changed."""
    if not values or set(values) - set(BULK):
        raise KeepingError(_("Choose what is to be changed."))
    pks = list(cameras.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(pks) > MOST_AT_ONCE:
        raise KeepingError(_("That is more than %(most)s cameras: narrow the list down.") % {"most": MOST_AT_ONCE})
    if not pks:
        raise KeepingError(_("No camera is chosen."))
    batch = uuid4()
    return batch, _change(_locked(pks, by), by, values, via, batch)


@transaction.atomic
def add(by: Any, camera: Camera, via: str = "") -> Camera:
    """A camera that is new to the inventory. KeepingError, ValidationError by field."""
    refuse_strangers(by, camera.district)
    lock_districts(camera.district_id)
    camera.full_clean()
    _check_whole(camera)
    camera.save()
    after = {name: as_json(getattr(camera, name)) for name in EDITABLE if getattr(camera, name) not in (None, "", [])}
    CameraChange.objects.create(
        camera=camera, district_id=camera.district_id, asset_number=camera.asset_number, kind=CameraChange.Kind.ADDED,
        by=by, via=via, batch=uuid4(), after=after,
    )  # fmt: skip
    return camera


@transaction.atomic
def take_back(batch: UUID, by: Any) -> Taken:
    """Cameras are as they were before that batch; those changed since stay. KeepingError where there is none."""
    changes = CameraChange.objects.filter(batch=batch, camera__isnull=False, kind__in=_BACK)
    _locked_districts(changes.order_by().values_list("district", flat=True).distinct(), by)
    number = changes.count()
    back = restore("batch", batch, by)
    if not back:
        raise KeepingError(_("There is nothing to take back."))
    return Taken(back, number - back)


def version_of(camera: Camera) -> int:
    """The latest change of a camera; 0 where none was told."""
    latest = CameraChange.objects.filter(camera=camera).order_by("-pk").values_list("pk", flat=True).first()
    return latest or 0


def as_json(value: Any) -> Any:
    """A field's value as the history keeps it."""
    if isinstance(value, Point):
        return [value.x, value.y]
    return value if isinstance(value, (list, int, float, str, type(None))) else DjangoJSONEncoder().default(value)


_BACK = (CameraChange.Kind.CHANGED, CameraChange.Kind.RETIRED)


def _locked(pks: Iterable[int], by: Any) -> list[Camera]:
    """Those cameras, after their districts, so that no file of an inventory is applied meanwhile."""
    pks = list(pks)
    _locked_districts(Camera.objects.filter(pk__in=pks).order_by().values_list("district_id", flat=True).distinct(), by)
    rows = Camera.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return list(rows)


def _locked_districts(codes: Iterable[str], by: Any) -> None:
    """KeepingError where the account may not write one of them."""
    codes = list(codes)
    for district in District.objects.defer("boundary").filter(pk__in=codes):
        refuse_strangers(by, district)
    if codes:
        lock_districts(*codes)


def _change(cameras: list[Camera], by: Any, values: Mapping[str, Any], via: str, batch: UUID) -> int:
    if wrong := set(values) - set(EDITABLE):
        raise ValidationError({name: _("This cannot be changed.") for name in wrong})
    for name, value in values.items():
        if name == "location" and not isinstance(value, Point):
            raise ValidationError({name: _("A place is a point.")})
    changed, told, checked = [], [], False
    for camera in cameras:
        before = {name: getattr(camera, name) for name in values}
        for name, value in values.items():
            setattr(camera, name, value)
        if not checked:
            _check(camera, values)
        checked = set(values) <= set(BULK)  # which are right or wrong whatever the camera
        differing = [name for name in values if getattr(camera, name) != before[name]]
        if differing:
            changed.append(camera.pk)
            retired = "status" in differing and camera.status == Camera.Status.RETIRED
            told.append(
                _told(
                    camera, CameraChange.Kind.RETIRED if retired else CameraChange.Kind.CHANGED, by, via, batch,
                    {name: as_json(before[name]) for name in differing},
                    {name: as_json(getattr(camera, name)) for name in differing},
                )
            )  # fmt: skip
    if changed:
        Camera.objects.filter(pk__in=changed).update(**values)
        CameraChange.objects.bulk_create(told, batch_size=1000)
    return len(changed)


def _told(camera: Camera, kind: str, by: Any, via: str, batch: UUID, before: Any, after: Any) -> CameraChange:
    return CameraChange(
        camera=camera, district_id=camera.district_id, asset_number=camera.asset_number, kind=kind, by=by, via=via[:80],
        batch=batch, before=before, after=after,
    )  # fmt: skip


def _check(camera: Camera, values: Mapping[str, Any]) -> None:
    """ValidationError by field, for those that are given."""
    others = [field.name for field in Camera._meta.fields if field.name not in values]
    camera.clean_fields(exclude=others)
    camera.validate_constraints(exclude=[*others, "district", "asset_number"])
    _check_whole(camera, "location" in values)


def _check_whole(camera: Camera, placed: bool = True) -> None:
    if camera.more_headings and len(camera.more_headings) >= camera.count:
        raise ValidationError({"more_headings": _("There are more headings than cameras at this pole.")})
    if not placed:
        return
    district = camera.district
    if district.boundary.distance(camera.location) > BORDER_DEGREES:
        raise ValidationError({"location": _("This place lies outside %(district)s.") % {"district": district}})
