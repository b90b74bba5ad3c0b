"""A spreadsheet as rows of text, whatever program wrote it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from zipfile import BadZipFile, ZipFile

MOST_BYTES = 100 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024  # of an Excel file, which is an archive
MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_CELL = 5_000  # characters
DELIMITERS = ",;\t|"
ENCODINGS = ("utf-8-sig", "cp949", "utf-16")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class TableError(Exception):
    """A file that cannot be read as a table. code: ``empty``, ``too_large``, ``not_text``, ``not_excel``, ``no_header``,
    ``too_many_rows``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Table:
    """header: names of columns; rows: their cells, as long as the header; lines: where each row begins in the file, from
    1; form: what the file is, such as ``CSV, cp949``."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    form: str


def read_table(content: bytes) -> Table:
    """CSV in any encoding and delimiter that spreadsheets here write, or an Excel file (.xlsx, .xls)."""
    if not content.strip():
        raise TableError("empty")
    if len(content) > MOST_BYTES:
        raise TableError("too_large")
    lines, form = _excel(content) if content.startswith((ZIP, OLE)) else _csv(content)
    return _with_header(lines, form)


def _csv(content: bytes) -> tuple[list[tuple[int, list[str]]], str]:
    text, encoding = _decoded(content)
    sample = text[:20_000].split("\n", 20)
    delimiter = max(DELIMITERS, key=lambda mark: sum(line.count(mark) for line in sample[:1]))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    csv.field_size_limit(10 * MOST_CELL)
    found, before = [], 0
    try:
        for row in reader:
            found.append((before + 1, row))
            before = reader.line_num
            if len(found) > MOST_ROWS + 100:
                raise TableError("too_many_rows")
    except csv.Error as error:
        raise TableError("not_text") from error
    return found, f"CSV, {encoding.removesuffix('-sig')}"


def _decoded(content: bytes) -> tuple[str, str]:
    order = ENCODINGS if not content.startswith((b"\xff\xfe", b"\xfe\xff")) else ENCODINGS[::-1]
    for encoding in order:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    raise TableError("not_text")


def _excel(content: bytes) -> tuple[list[tuple[int, list[str]]], str]:
    """The first sheet that holds something."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if (
            content.startswith(ZIP)
            and sum(part.file_size for part in ZipFile(io.BytesIO(content)).infolist()) > MOST_UNPACKED
        ):
            raise TableError("too_large")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if len(rows) > MOST_ROWS + 100:
                raise TableError("too_many_rows")
            found = [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]
            if any(any(row) for _, row in found):
                return found, f"Excel, {name}"
    except (CalamineError, BadZipFile, ValueError, OSError) as error:
        raise TableError("not_excel") from error
    raise TableError("empty")


def _cell(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value).replace("\x00", "")


def _heads(cells: list[str]) -> bool:
    named = [cell for cell in cells if re.search(r"[^\W\d_]", cell)]
    return len(named) >= 2 and len(named) >= 0.6 * len([cell for cell in cells if cell.strip()])


def _with_header(found: list[tuple[int, list[str]]], form: str) -> Table:
    """The header is the first line of which most cells are named; a title above it is passed over."""
    at = next((number for number, (_, cells) in enumerate(found[:20]) if _heads(cells)), None)
    if at is None:
        raise TableError("no_header")
    cells = found[at][1]
    header = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells[:MOST_COLUMNS]]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    rows, lines = [], []
    for line, row in found[at + 1 :]:
        if any(cell.strip() for cell in row):
            rows.append([*(cell[:MOST_CELL] for cell in row[:width]), *[""] * (width - len(row))])
            lines.append(line)
    if len(rows) > MOST_ROWS:
        raise TableError("too_many_rows")
    return Table(header, rows, lines, form)
