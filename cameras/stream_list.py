"""Addresses of many streams from one file: taken whole or not at all; of the file itself nothing is kept, for it holds passwords."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .inventory.table import Table, TableError, read_table
from .keeping import KeepingError
from .models import Camera
from .problems import table_problem
from .streams import set_stream

MOST_ROWS = 5000
MOST_TOLD = 20  # lines that cannot be taken
LARGEST = 2_000_000  # bytes
SAMPLE = 50  # cells of a column, by which it is told what stands there


@dataclass(frozen=True, slots=True)
class Refused:
    """line: of the file; 0 for the file itself."""

    line: int
    why: str


class StreamListError(Exception):
    """Nothing was taken; ``lines`` says why."""

    def __init__(self, lines: list[Refused]) -> None:
        super().__init__("; ".join(one.why for one in lines))
        self.lines = lines


@transaction.atomic
def bring_streams(content: bytes, by: Any) -> int:
    """Every row names a camera by its number and the address of its stream, in any columns and under any names; how many were
    taken. StreamListError, with lines and reasons but without addresses, where any of them cannot be."""
    try:
        table = read_table(content) if len(content) <= LARGEST else None
    except TableError as error:
        raise _whole(table_problem(error.code)) from error
    if table is None or len(table.rows) > MOST_ROWS:
        raise _whole(_("The file is too large: at most %(most)s rows.") % {"most": MOST_ROWS})
    numbers, addresses = _columns(table, by)
    names = {row[numbers].strip() for row in table.rows}
    known: dict[str, list[Camera]] = {}
    for camera in _own(by).filter(asset_number__in=names).select_related("district").defer("district__boundary"):
        known.setdefault(camera.asset_number, []).append(camera)
    refused, taken = [], set[int]()
    for line, row in zip(table.lines, table.rows, strict=True):
        number, address = row[numbers].strip(), row[addresses].strip()
        if not number and not address:
            continue
        try:
            camera = _camera(known.get(number, []), taken)
            set_stream(camera, by, address)
            taken.add(camera.pk)
        except KeepingError as error:
            refused.append(Refused(line, str(error)))
    if refused:
        raise StreamListError(refused[:MOST_TOLD])
    return len(taken)


def _own(by: Any) -> Any:
    return Camera.objects.visible_to(by).exclude(status=Camera.Status.RETIRED)


def _camera(found: list[Camera], taken: set[int]) -> Camera:
    if not found:
        raise KeepingError(_("There is no camera of that number."))
    if len(found) > 1:
        raise KeepingError(_("More than one district has a camera of that number."))
    if found[0].pk in taken:
        raise KeepingError(_("This camera stands in the file more than once."))
    return found[0]


def _columns(table: Table, by: Any) -> tuple[int, int]:
    """That of the numbers and that of the addresses, by what stands in them."""
    wide = range(len(table.header))
    told = {at: sum(row[at].strip().startswith("rtsp://") for row in table.rows) for at in wide}
    addresses = max(wide, key=lambda at: told[at], default=-1)
    if addresses < 0 or not told[addresses]:
        raise _whole(_("No column holds addresses that begin with rtsp://."))
    some = {
        at: set(islice(filter(None, (row[at].strip() for row in table.rows)), SAMPLE)) for at in wide if at != addresses
    }
    known = set(_own(by).filter(asset_number__in=set().union(*some.values())).values_list("asset_number", flat=True))
    numbers = max(some, key=lambda at: len(some[at] & known), default=-1)
    if numbers < 0 or not some[numbers] & known:
        raise _whole(_("No column holds numbers of your cameras."))
    return numbers, addresses


def _whole(why: str) -> StreamListError:
    return StreamListError([Refused(0, why)])
