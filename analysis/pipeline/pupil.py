"""The appearance network: in stages, each of which can be taught for itself what a larger network says at that place.

The first stage sees edges; pictures are levelled there one by one, channel by channel, so that light and colour casts of
a camera fall out (Pan et al. 2018, Two at Once: Enhancing Learning and Generalization Capacities via IBN-Net). Each
further stage looks at the same place at four sizes side by side, each size weighed, channel by channel, by what the whole
picture shows (Zhou et al. 2019, Omni-Scale Feature Learning for Person Re-Identification; Hu et al. 2018,
Squeeze-and-Excitation Networks; Ruan et al. 2020, Linear Context Transform Block). The network is small and quick by what
it looks at: pictures of 64x128, half the sides that its teacher takes, whose first layer therefore sees each pixel once,
and 3x3 layers in two steps, over channels and then over places.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from pickle import UnpicklingError  # nosec
from typing import Any

#: Channels, height and width of what the stages say, for a picture of 128x64; the last but the vector.
STAGES = ((16, 64, 32), (64, 64, 32), (64, 32, 16), (96, 32, 16), (96, 16, 8), (128, 16, 8), (128, 16, 8))
WIDTHS = (16, 16, 32, 32, 48, 48)  # channels inside of each but the first
DEPTHS = (1, 2, 3, 4)  # 3x3 layers one after another in each stream: sizes seen at
PARTS = 8  # of the channels, within which a gate compares; the narrowest stages compare all at once


VECTOR = f"stages.{len(STAGES)}.turn.weight"  # of the state: as many rows as the vector is long


def kept_pupil(path: Path, size: int | None = None) -> Any:
    """The network with the numbers that a file keeps. size: of its vectors; None: as they are there. ValueError for a file
    that keeps something else."""
    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        model = pupil(size or len(state[VECTOR]))
        model.load_state_dict(state)
    except (UnpicklingError, EOFError, OSError, TypeError, KeyError, RuntimeError) as error:
        raise ValueError(f"{path} does not keep a learner of this shape.") from error
    return model


def pupil(size: int) -> Any:
    """Pictures ``(n, 3, 128, 64)`` BGR 0 to 255 to ``(n, size)``; ``.stages``: one after the other."""
    import torch
    from torch import nn
    from torch.nn import functional

    def layer(into: int, out: int, active: bool = True) -> Any:
        parts = [nn.Conv2d(into, out, 1, bias=False), nn.BatchNorm2d(out)]
        return nn.Sequential(*parts, *([nn.ReLU(True)] if active else []))

    def link(width: int) -> Any:
        across, around = nn.Conv2d(width, width, 1, bias=False), nn.Conv2d(width, width, 3, 1, 1, 1, width, bias=False)
        return nn.Sequential(across, around, nn.BatchNorm2d(width), nn.ReLU(True))

    class Gate(nn.Module):
        """Weighs channels by what they say of the whole picture, as it is and beside the other channels of their part."""

        def __init__(self, width: int) -> None:
            super().__init__()
            part = width // PARTS if width > WIDTHS[0] else width
            self.register_buffer("part", torch.kron(torch.eye(width // part), torch.ones(part, part)) / part)
            self.narrow, self.wide = nn.Linear(2 * width, max(width // 2, 8)), nn.Linear(max(width // 2, 8), width)
            self.straight = nn.Parameter(torch.zeros(width))

        def forward(self, seen: Any) -> Any:
            means = seen.mean(dim=(2, 3))
            apart = means - means @ self.part
            beside = apart / (apart.square() @ self.part + 1e-5).sqrt()
            bent = self.wide(functional.relu(self.narrow(torch.cat([means, beside], dim=1))))
            return seen * (bent + self.straight * beside).sigmoid()[:, :, None, None]

    class Streams(nn.Module):
        """What is seen at several sizes, summed."""

        def __init__(self, into: int, width: int, out: int) -> None:
            super().__init__()
            self.reduce = layer(into, width)
            self.streams = nn.ModuleList(nn.Sequential(*(link(width) for _ in range(depth))) for depth in DEPTHS)
            self.gates = nn.ModuleList(Gate(width) for _ in DEPTHS)
            self.expand = layer(width, out, active=False)
            self.skip = layer(into, out, active=False) if into != out else nn.Identity()

        def forward(self, seen: Any) -> Any:
            at = self.reduce(seen)
            total = sum(gate(stream(at)) for stream, gate in zip(self.streams, self.gates, strict=True))
            return functional.relu(self.expand(total) + self.skip(seen))

    class Stem(nn.Module):
        """The picture's edges, levelled, at half of its sides."""

        def __init__(self) -> None:
            super().__init__()
            channels = STAGES[0][0]
            self.level, self.edges = nn.InstanceNorm2d(3, affine=True), nn.Conv2d(3, channels, 5, 1, 2, bias=False)
            self.levelled = nn.InstanceNorm2d(channels, affine=True)

        def forward(self, pictures: Any) -> Any:
            edges = functional.relu(self.levelled(self.edges(self.level(pictures / 64))))
            return functional.max_pool2d(edges, 3, 2, 1)

    class Last(nn.Module):
        """Each channel's own sum over places, then the vector, turned as its teacher's is."""

        def __init__(self) -> None:
            super().__init__()
            channels, height, width = STAGES[-1]
            self.places = nn.Conv2d(channels, channels, (height, width), groups=channels)
            self.head = nn.Linear(channels, size, bias=False)
            self.normal, self.bend = nn.BatchNorm1d(size), nn.PReLU(size)
            self.turn = nn.Linear(size, size, bias=False)

        def forward(self, seen: Any) -> Any:
            return self.turn(self.bend(self.normal(self.head(self.places(seen).flatten(1)))))

    class Pupil(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            stages: list[Any] = [Stem()]
            for width, ((into, before, _), (out, height, _)) in zip(WIDTHS, pairwise(STAGES), strict=True):
                stage = [Streams(into, width, out)]
                if height < before:
                    stage += [layer(out, out), nn.AvgPool2d(2)]
                stages.append(nn.Sequential(*stage))
            stages[-1].append(layer(out, out))
            self.stages = nn.ModuleList([*stages, Last()])

        def forward(self, pictures: Any) -> Any:
            for stage in self.stages:
                pictures = stage(pictures)
            return pictures

    return Pupil()
