"""A file of an inventory into the inventory: read and compared first, applied in one transaction, undone if need be.

What is written to cameras is written by the database from the rows that were looked at: nothing is sent twice, and a
process that dies leaves the inventory as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from seoulcctv.roles import Role, role_of

from .intake_reading import cleaned_rows, columns_of, counts_of, inventory_of, keep_rows, missing_cameras, sort_rows
from .intake_sql import ADDED, CHANGED, RESTORED, RETIRED, UNDONE, UNTOUCHED, WHOLE_FILES
from .inventory.clean import MENDS
from .inventory.columns import ALIASES, missing, signature
from .inventory.sorting import compare
from .inventory.table import TableError, read_table
from .models import Camera, CameraChange, ColumnMapping, District, Intake

DEALT_WITH = (Intake.Status.APPLIED, Intake.Status.UNDONE, Intake.Status.PUT_AWAY)


class IntakeError(Exception):
    """What cannot be done with a file; the message is for whoever tried."""


def may_write(user: Any, district: District | None) -> bool:
    """A district administrator their own district, a supervisor any and the whole city."""
    role = role_of(user)
    if role == Role.DISTRICT_ADMIN:
        return district is not None and district.pk == user.district_id
    return role == Role.SUPERVISOR


def _refuse_strangers(by: Any, district: District | None) -> None:
    """by: None for a command, which whoever can run it may."""
    if by is not None and not may_write(by, district):
        raise IntakeError(_("This account cannot write the inventory of that district."))


def take_in(by: Any, district: District | None, name: str, content: bytes) -> Intake:
    """Keeps the file, to be read. IntakeError where the account may not write that district."""
    _refuse_strangers(by, district)
    return Intake.objects.create(by=by, district=district, name=name[:200], content=content)


def read(intake: Intake, told: Callable[[int], None] = lambda percent: None) -> Intake:
    """Reads and compares; changes no camera. Done again, it begins anew. told: percent."""

    def progress(percent: int) -> None:
        Intake.objects.filter(pk=intake.pk).update(progress=percent)
        told(percent)

    intake.refresh_from_db(fields=["status"])
    if intake.status in DEALT_WITH:
        raise IntakeError(_("This file was dealt with already."))
    try:
        table = read_table(bytes(intake.content or b""))
    except TableError as error:
        return _ended(intake, Intake.Status.FAILED, problem=error.code)
    intake.form, intake.header = table.form, table.header
    columns = columns_of(table.header)
    if missing(columns):
        return _ended(intake, Intake.Status.COLUMNS, columns=columns)
    progress(10)
    rows = cleaned_rows(table, columns, progress)
    sort_rows(rows, table, columns, intake.district_id)
    progress(60)
    with transaction.atomic():
        now = Intake.objects.select_for_update().only("status").get(pk=intake.pk)
        if now.status in DEALT_WITH:
            raise IntakeError(_("This file was dealt with already."))
        mark = _mark()
        compare(rows, inventory_of(intake.district_id))
        progress(70)
        gone = missing_cameras(rows, intake.district_id)
        intake.rows.all().delete()
        keep_rows(intake, rows, gone, table)
        counts = counts_of(rows, len(gone))
        return _ended(intake, Intake.Status.READY, columns=columns, mark=mark, counts=counts)


def name_columns(intake: Intake, by: Any, columns: dict[str, int]) -> None:
    """Once for all files of this form. IntakeError where latitude or longitude has no column."""
    known = {field: at for field, at in columns.items() if field in ALIASES and 0 <= at < len(intake.header)}
    if missing(known):
        raise IntakeError(_("Say at least which columns hold latitude and longitude."))
    if len(set(known.values())) < len(known):
        raise IntakeError(_("One column cannot hold two things."))
    ColumnMapping.objects.update_or_create(
        signature=signature(intake.header), defaults={"columns": known, "by": by, "at": timezone.now()}
    )


@transaction.atomic
def apply(intake: Intake, by: Any, turned_down: Sequence[str] = (), retire_missing: bool = False) -> Intake:
    """All that was looked at, but rows mended in ways that are turned down. IntakeError where the inventory has changed
    since it was compared: then it is to be read again."""
    intake = Intake.objects.select_for_update().defer("content").get(pk=intake.pk)
    _refuse_strangers(by, intake.district)
    if intake.status != Intake.Status.READY:
        raise IntakeError(_("This file is not waiting to be applied."))
    if wrong := set(turned_down) - set(MENDS):
        raise IntakeError(_("There is no such kind of mending: %(kinds)s") % {"kinds": ", ".join(sorted(wrong))})
    lock_districts(*([intake.district_id] if intake.district_id else []))
    if _changed_since(intake):
        raise IntakeError(_("The inventory has changed since this file was compared with it. Compare it again."))
    intake.turned_down, intake.retire_missing = sorted(turned_down), retire_missing
    with connection.cursor() as cursor:
        cursor.execute(WHOLE_FILES)
        for statement in (ADDED, CHANGED, *([RETIRED] if retire_missing else [])):
            cursor.execute(statement, {"intake": intake.pk, "by": by.pk if by else None, "down": intake.turned_down})
    intake.status, intake.applied_at, intake.content = Intake.Status.APPLIED, timezone.now(), None
    intake.save()
    return intake


@transaction.atomic
def undo(intake: Intake, by: Any) -> Intake:
    """Cameras are as they were before; those that were changed since, or have footage, stay (retired, if they were new)."""
    intake = Intake.objects.select_for_update().defer("content").get(pk=intake.pk)
    _refuse_strangers(by, intake.district)
    if intake.status != Intake.Status.APPLIED:
        raise IntakeError(_("This file was not applied, or was undone already."))
    lock_districts(*([intake.district_id] if intake.district_id else []))
    untouched = restore("intake_id", intake.pk, by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT camera_id FROM untouched WHERE kind = 'added'")
        added = [row[0] for row in cursor]
    used = _used(added)
    Camera.objects.filter(pk__in=used).update(status=Camera.Status.RETIRED)
    Camera.objects.filter(pk__in=set(added) - used).delete()
    intake.kept = intake.changes.exclude(kind=CameraChange.Kind.UNDONE).count() - untouched
    intake.status, intake.undone_at = Intake.Status.UNDONE, timezone.now()
    intake.save()
    return intake


def restore(column: str, value: Any, by: Any) -> int:
    """Takes changes of cameras back that nobody has changed since, told in the history; how many. column: ``batch`` or
    ``intake_id`` of the changes. Within a transaction; leaves the table ``untouched`` with those changes to its end."""
    with connection.cursor() as cursor:
        cursor.execute(WHOLE_FILES)
        cursor.execute("DROP TABLE IF EXISTS untouched")
        cursor.execute(UNTOUCHED[column], {"value": value})
        cursor.execute("SELECT count(*) FROM untouched")
        (number,) = cursor.fetchone()
        cursor.execute(RESTORED)
        cursor.execute(UNDONE, {"by": by.pk if by else None, "intake": value if column == "intake_id" else None})
    return int(number)


def put_away(intake: Intake) -> None:
    """It is not wanted; nothing was changed."""
    waiting = (Intake.Status.WAITING, Intake.Status.COLUMNS, Intake.Status.READY, Intake.Status.FAILED)
    Intake.objects.filter(pk=intake.pk, status__in=waiting).update(status=Intake.Status.PUT_AWAY, content=None)


def _ended(intake: Intake, status: str, **fields: Any) -> Intake:
    for name, value in {"status": status, "progress": 100, "problem": "", **fields}.items():
        setattr(intake, name, value)
    intake.save(
        update_fields=["status", "progress", "problem", "form", "header", *(fields.keys() - {"problem"})]
    )  # not the file again
    return intake


def _mark() -> int:
    latest = CameraChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    return latest or 0


def _changed_since(intake: Intake) -> bool:
    since = CameraChange.objects.filter(pk__gt=intake.mark)
    return bool((since.filter(district=intake.district) if intake.district_id else since).exists())


def lock_districts(*districts: str) -> None:
    """One who writes at a time for each district; for the city (none named), all of them, always in the same order."""
    rows = District.objects.select_for_update(no_key=True).defer("boundary").order_by("code")
    list(rows.filter(code__in=districts) if districts else rows)


def _used(cameras: Sequence[int]) -> set[int]:
    """Those that something points at: footage, sightings, searches."""
    used: set[int] = set()
    for relation in Camera._meta.get_fields(include_hidden=True):
        model = getattr(relation, "related_model", None)
        if not (relation.one_to_many and model) or model is CameraChange:
            continue
        name = relation.field.name  # type: ignore[union-attr]
        used |= set(model._base_manager.filter(**{f"{name}__in": cameras}).values_list(name, flat=True))
    return used
