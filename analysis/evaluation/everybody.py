"""Whether everybody who was there to be seen was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..pipeline.types import Track
from ..simulation.footage import Truth

LEAST_S = 2.0  # in view, in all
LEAST_VISIBLE = 0.3  # share of the body
LEAST_HEIGHT = 40.0  # pixels


@dataclass(frozen=True, slots=True)
class Everybody:
    """people: who were in view for at least ``LEAST_S``; found: of them; tracks: that follow one of those found;
    others: tracks that follow nobody."""

    people: int = 0
    found: int = 0
    tracks: int = 0
    others: int = 0

    def __add__(self, other: Everybody) -> Everybody:
        return Everybody(
            self.people + other.people, self.found + other.found, self.tracks + other.tracks, self.others + other.others
        )

    @property
    def share(self) -> float | None:
        """Found of the people; None when there was nobody."""
        return self.found / self.people if self.people else None

    @property
    def tracks_each(self) -> float | None:
        """Tracks for each person found: 1 when nobody's way is cut."""
        return self.tracks / self.found if self.found else None


def everybody(truth: Truth, tracks: Sequence[Track]) -> Everybody:
    """Of one camera."""
    frames = Counter(
        box.person for box in truth.boxes if box.visible >= LEAST_VISIBLE and box.box[3] - box.box[1] >= LEAST_HEIGHT
    )
    there = {person for person, count in frames.items() if count >= LEAST_S * truth.camera.fps}
    followed = Counter(truth.person_at(track.times.tolist(), track.boxes.tolist()) for track in tracks)
    return Everybody(len(there), len(there & set(followed)), sum(followed[person] for person in there), followed[None])
