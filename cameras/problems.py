"""What can be wrong with footage: kept as a code, told in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

TEXTS = {
    "truncated": _("Truncated: the file is shorter than it claims."),
    "cannot_open": _("The file cannot be opened, or is gone."),
    "no_video": _("The file holds no video."),
    "no_pictures": _("The file holds no moving pictures."),
    "wrong_times": _("The times in the file cannot be right: it claims to be longer than a day."),
    "hangs": _("Reading the file came to a stop: the disk, or the file itself, does not answer."),
    "disk_full": _("The worker's disk, or the database's, is full."),
    "no_weights": _("The detector's weights are missing on the worker."),
    "worker_lost": _("The worker was lost several times while scanning it."),
    "failed": _("The scan failed; the worker's log says why."),
}


def text_of(code: str) -> str:
    """The sentence for a code; empty for none."""
    return str(TEXTS.get(code, code))


#: Of files of inventories, see ``inventory.table.TableError``.
TABLES = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than 100 MB."),
    "not_text": _("The file is neither text in UTF-8, CP949 or UTF-16 nor an Excel file."),
    "not_excel": _("The file looks like an Excel file, and cannot be opened as one."),
    "no_header": _("There is no line with the names of columns."),
    "too_many_rows": _("The file has more than 500,000 rows."),
    "broke": _("Reading broke off. Nothing was changed; whoever keeps the machines finds the reason in their log."),
}
#: Of rows, see ``inventory.clean``.
NOTES = {
    "no_place": _("Latitude or longitude is missing"),
    "bad_place": _("Latitude or longitude is no place in Korea"),
    "outside": _("The place lies outside Seoul"),
    "other_district": _("The place lies in another district"),
    "number_too_long": _("The asset number has more than 40 characters"),
    "number_is_formula": _("The asset number is a formula"),
    "same_row": _("The same as an earlier row"),
    "swapped": _("Latitude and longitude were swapped"),
    "decimal_point": _("The decimal point of the place was missing"),
    "number_repeated": _("Another camera has this asset number already: a number was added to it"),
    "number_made": _("No asset number: one was made from place and address"),
    "district_by_place": _("The row names another district than the one it lies in"),
    "full_width": _("Full-width digits"),
    "date_form": _("The date in another form"),
    "date_unreadable": _("The date cannot be read: left out"),
    "number_form": _("Thousands separators"),
    "value_odd": _("The number makes no sense: left out"),
    "purpose_unknown": _("Unknown purpose: taken as other"),
    "kind_unknown": _("Neither intelligent nor regular: left out"),
    "formula": _("A formula in a text: left out"),
    "text_cut": _("A text of more than 200 characters: cut off"),
}


#: Of live streams, see ``analysis.live.reader.Problem``.
STREAMS = {
    "no_answer": _("The camera does not answer."),
    "refused": _("The camera takes no connection."),
    "unreachable": _("There is no way to the camera."),
    "password": _("The camera does not accept user or password."),
    "not_found": _("The camera has no such path."),
    "redirected": _("The camera sends elsewhere; nothing follows."),
    "no_rtsp": _("What answers there is no RTSP."),
    "no_video": _("The stream has no video."),
    "codec": _("The stream is neither H.264 nor H.265."),
    "stalled": _("No pictures come any longer."),
    "ended": _("The camera ended the stream."),
    "broken": _("The stream cannot be read."),
    "outside": _("The camera lies outside the networks that are allowed."),
}


def stream_problem(code: str) -> str:
    """Why a stream is down; empty for none."""
    return str(STREAMS.get(code, code))


def table_problem(code: str) -> str:
    """Why a file of an inventory could not be read."""
    return str(TABLES.get(code, code))


def note_text(kind: str) -> str:
    """What was found in a row."""
    return str(NOTES.get(kind, kind))
