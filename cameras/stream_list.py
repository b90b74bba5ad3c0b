"""Addresses of many streams from one file: taken whole or not at all; of the file itself nothing is kept, for it holds passwords."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from .inventory.table import Table, TableError, read_table
from .keeping import KeepingError
from .models import Camera
from .problems import table_problem
from .streams import Ask, ask, read_address, set_stream

MOST_ROWS = 5000
MOST_TOLD = 20  # lines that cannot be taken
LARGEST = 2_000_000  # bytes
ASKED_AT_ONCE, ANSWERED_S = 16, 20.0  # hosts; until all should be known
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
    hosts = _asked({row[addresses] for row in table.rows})
    with transaction.atomic():
        return _taken(table, numbers, addresses, by, hosts)


def _asked(addresses: Iterable[str]) -> Ask:
    """All hosts are asked for side by side, each once, before anything is written: a name server may take its time."""
    hosts = set[tuple[str, int]]()
    for address in addresses:
        with suppress(KeepingError):  # told later, with its line
            hosts.add(read_address(address)[:2])
    pool = ThreadPoolExecutor(ASKED_AT_ONCE)
    answers = {host: pool.submit(ask, *host) for host in hosts}
    wait(answers.values(), ANSWERED_S)
    pool.shutdown(wait=False, cancel_futures=True)

    def told(host: str, port: int) -> set[str]:
        answer = answers[host, port]
        if answer.cancelled() or not answer.done():
            raise TimeoutError
        return answer.result()

    return told


def _taken(table: Table, numbers: int, addresses: int, by: Any, hosts: Ask) -> int:
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
            set_stream(camera, by, address, hosts)
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
