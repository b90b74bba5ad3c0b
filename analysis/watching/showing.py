"""The live watch of a case as its operators see it: who looks out, who would be next, and how the streams do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from analysis.alarms import HEAVY
from analysis.models import Alert, StreamLease, Watch, Watcher
from cameras.models import Stream
from cases.models import Case

MOST_ALERTS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A camera. state: of its stream, or "unheld" while no machine has it. percent: of the person passing within the next
    minutes."""

    watch: Watch
    stream: Stream
    state: str

    @property
    def percent(self) -> int:
        return round(100 * self.watch.chance)


@dataclass(frozen=True, slots=True)
class Watching:
    """watched, waiting: in order; never: those that somebody does not want; machines: watchers that give a sign of life; alerts:
    the latest."""

    watched: list[Row]
    waiting: list[Row]
    never: list[Row]
    machines: int
    alerts: list[Alert]

    @property
    def seeing(self) -> int:
        """Cameras whose pictures come in."""
        return sum(row.state in (Stream.State.CONNECTED, Stream.State.LATE) for row in self.watched)


def watching_of(case: Case, now: datetime | None = None) -> Watching | None:
    """None where no camera has a stream and none has alerted, or nothing may be watched."""
    now = now or timezone.now()
    told = Alert.objects.filter(candidate__case=case)
    if not case.may_search(now) or not (Stream.objects.exists() or told.exists()):
        return None
    watches = case.watches.select_related("camera__district", "camera__stream").defer("camera__district__boundary")
    held = set(StreamLease.objects.held(now).values_list("pk", flat=True))
    rows = [_row(watch, watch.camera.stream, held) for watch in watches if hasattr(watch.camera, "stream")]
    alerts = told.select_related("acknowledged_by", "candidate__tracklet__recording__camera__district")
    return Watching(
        [row for row in rows if row.watch.active],
        [row for row in rows if not row.watch.active and row.watch.wish != Watch.Wish.NEVER],
        [row for row in rows if row.watch.wish == Watch.Wish.NEVER],
        Watcher.objects.answering(now).count(),
        list(alerts.defer(*HEAVY)[:MOST_ALERTS]),
    )


def _row(watch: Watch, stream: Stream, held: set[int]) -> Row:
    return Row(watch, stream, stream.state if stream.pk in held else "unheld")
