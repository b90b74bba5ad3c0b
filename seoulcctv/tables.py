"""Tables and other files to take along."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, StreamingHttpResponse

WRITTEN = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


class _Line:
    def write(self, line: str) -> str:
        return line


def safe(cell: Any) -> Any:
    """The cell as text that no spreadsheet takes for a formula (OWASP, CSV injection); numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """UTF-8 with the mark that spreadsheets want."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(head)  # type: ignore[operator]
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])  # type: ignore[misc]


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A file that is sent while it is made."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def written_response(name: str, write: Callable[[Path], None]) -> FileResponse:
    """A file that has to be whole before it is sent; its kind goes by its ending, see ``WRITTEN``."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        content = path.open("rb")  # stays readable when the folder is gone
    kind = WRITTEN[path.suffix.removeprefix(".")]
    response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    return response
