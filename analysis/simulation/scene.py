"""What a fixed camera looks at: the place, the light, the weather, and how the camera renders them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..pipeline.geometry import CameraGeometry
from .props import Prop

Kind = Literal["road", "crossing", "alley", "park", "station"]
Light = Literal["day", "dusk", "night"]
KINDS: tuple[Kind, ...] = ("road", "crossing", "alley", "park", "station")


@dataclass(frozen=True, slots=True)
class Scene:
    """One camera's view of a street.

    street: its heading in degrees; near, far: metres from the camera's foot to the two kerbs (in a
    park: edges of the path; in an alley: the walls); cast: gain of the blue, green and red channel;
    exposure: of all three; noise: of the sensor, grey levels; blur: of the lens, pixels.
    """

    geometry: CameraGeometry
    street: float
    near: float
    far: float
    seed: int
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    exposure: float = 1.0
    noise: float = 0.9
    blur: float = 0.7
    kind: Kind = "road"
    light: Light = "day"
    rain: float = 0.0  # 0 to 1
    props: tuple[Prop, ...] = ()

    @property
    def gain(self) -> NDArray[np.float64]:
        """Of the blue, green and red channel, ``(3,)``, the light of the hour included."""
        hour = {"day": (1.0, 1.0, 1.0), "dusk": (0.50, 0.46, 0.48), "night": (0.62, 0.62, 0.62)}[self.light]
        return np.array(self.cast) * self.exposure * np.array(hour)

    @property
    def infrared(self) -> bool:
        """Cameras turn to infrared at night: no colours."""
        return self.light == "night"

    @property
    def across(self) -> NDArray[np.float64]:
        """Unit vector east, north from the camera over the street, ``(2,)``."""
        angle, look = np.radians(self.street), np.radians(self.geometry.heading)
        side = np.array([np.cos(angle), -np.sin(angle)])
        return side if side @ np.array([np.sin(look), np.cos(look)]) >= 0 else -side

    @property
    def along(self) -> NDArray[np.float64]:
        """Unit vector east, north of the street's heading, ``(2,)``."""
        angle = np.radians(self.street)
        return np.array([np.sin(angle), np.cos(angle)])

    def place(self, along: float, across: float) -> NDArray[np.float64]:
        """East, north of a spot so many metres up the street and over it, seen from where the camera looks."""
        axis = np.array([np.sin(np.radians(self.geometry.heading)), np.cos(np.radians(self.geometry.heading))])
        middle = axis * across / max(float(self.across @ axis), 0.35)
        return middle + along * self.along

    def under(self, light: Light, rain: float = 0.0) -> Scene:
        """The same place at another hour, in other weather; dark hours are noisy and soft."""
        noise = self.noise * {"day": 1.0, "dusk": 1.6, "night": 2.2}[light]
        return replace(self, light=light, rain=rain, noise=noise, blur=self.blur + 0.5 * rain)
