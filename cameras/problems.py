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
