"""A scenario: who walks past which cameras, and when. Everything about it is known."""

from __future__ import annotations

from dataclasses import dataclass

from .people import Moving, Person
from .scene import Scene


@dataclass(frozen=True, slots=True)
class SimulatedCamera:
    """A camera of the scenario.

    Times in seconds since the person was last seen. passes: when the person is in front of it, None
    for a camera that the person never passes. clock_offset: seconds that its clock is ahead.
    working: False for a camera without footage.
    """

    name: str
    lon: float
    lat: float
    scene: Scene
    start: float
    duration: float
    passes: float | None
    walks: tuple[Moving, ...]
    fps: int = 8
    gop_s: float = 2.0
    codec: str = "libx264"
    clock_offset: float = 0.0
    working: bool = True


@dataclass(frozen=True, slots=True)
class Scenario:
    """lon, lat, direction (degrees from north): where the person was last seen, walking which way."""

    name: str
    seed: int
    target: Person
    lon: float
    lat: float
    direction: float
    cameras: tuple[SimulatedCamera, ...]
    mobility: str = "foot"

    @property
    def duration(self) -> float:
        """Seconds from when the person was last seen to the end of the last file."""
        return max(camera.start + camera.duration for camera in self.cameras)

    @property
    def others(self) -> set[str]:
        """Keys of everybody else who appears."""
        return {w.person.key for c in self.cameras for w in c.walks} - {self.target.key}
