"""The appearance network: in stages, each of which can be taught for itself what a larger network says at that place.

Small and quick by its shape: from the first layers on an eighth of the picture's sides is what counts (with 32 channels,
3x3), each stage sums what it sees at three sizes, each size weighed by what the whole picture shows (after Zhou et al.
2019, Omni-Scale Feature Learning for Person Re-Identification; Hu et al. 2018, Squeeze-and-Excitation Networks). Pictures
are levelled one by one first, channel by channel, so that light and colour casts of a camera fall out (Pan et al. 2018,
Two at Once: Enhancing Learning and Generalization Capacities via IBN-Net).
"""

from __future__ import annotations

from typing import Any

#: Channels, height and width of what the stages say, for a picture of 128x64; the last is the vector.
STAGES = ((64, 32, 16), (96, 32, 16), (96, 16, 8), (128, 16, 8), (128, 16, 8))
WIDTHS = (32, 32, 32, 48, 48)  # channels inside of each
LINKS = 3  # 3x3 layers one after another: sizes seen at


def pupil(size: int) -> Any:
    """Pictures ``(n, 3, 128, 64)`` BGR 0 to 255 to ``(n, size)``; ``.stages``: one after the other."""
    from torch import nn
    from torch.nn import functional

    def layer(into: int, out: int, side: int, stride: int = 1, active: bool = True) -> Any:
        parts = [nn.Conv2d(into, out, side, stride, side // 2, bias=False), nn.BatchNorm2d(out)]
        return nn.Sequential(*parts, *([nn.ReLU(True)] if active else []))

    class Gate(nn.Module):
        """Weighs channels by what they say of the whole picture."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.narrow, self.wide = nn.Linear(width, width // 2), nn.Linear(width // 2, width)

        def forward(self, seen: Any) -> Any:
            weights = self.wide(functional.relu(self.narrow(seen.mean(dim=(2, 3))))).sigmoid()
            return seen * weights[:, :, None, None]

    class Chain(nn.Module):
        """What is seen at several sizes, summed."""

        def __init__(self, into: int, width: int, out: int) -> None:
            super().__init__()
            self.reduce = layer(into, width, 1)
            self.links = nn.ModuleList(layer(width, width, 3) for _ in range(LINKS))
            self.gates = nn.ModuleList(Gate(width) for _ in range(LINKS))
            self.expand = layer(width, out, 1, active=False)
            self.skip = layer(into, out, 1, active=False) if into != out else nn.Identity()

        def forward(self, seen: Any) -> Any:
            at, total = self.reduce(seen), 0
            for link, gate in zip(self.links, self.gates, strict=True):
                at = link(at)
                total = total + gate(at)
            return functional.relu(self.expand(total) + self.skip(seen))

    class Stem(nn.Module):
        """The picture, levelled, at a quarter of its sides."""

        def __init__(self) -> None:
            super().__init__()
            self.level, self.edges = nn.InstanceNorm2d(3, affine=True), nn.Conv2d(3, 16, 5, 2, 2, bias=False)
            self.levelled, self.shapes = nn.InstanceNorm2d(16, affine=True), layer(16, 48, 3, 2)

        def forward(self, pictures: Any) -> Any:
            return self.shapes(functional.relu(self.levelled(self.edges(self.level(pictures / 64)))))

    class Last(nn.Module):
        """Each channel's own sum over places, then the vector."""

        def __init__(self) -> None:
            super().__init__()
            channels, height, width = STAGES[-1]
            self.places = nn.Conv2d(channels, channels, (height, width), groups=channels)
            self.head = nn.Linear(channels, size, bias=False)
            self.normal, self.bend = nn.BatchNorm1d(size), nn.PReLU(size)

        def forward(self, seen: Any) -> Any:
            return self.bend(self.normal(self.head(self.places(seen).flatten(1))))

    class Pupil(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            widths = (48, *(channels for channels, _, _ in STAGES))
            chains = [Chain(i, w, o) for i, w, o in zip(widths, WIDTHS, widths[1:], strict=False)]
            first = nn.Sequential(Stem(), chains[0])
            smaller = nn.Sequential(chains[2], nn.AvgPool2d(2))
            self.stages = nn.ModuleList([first, chains[1], smaller, chains[3], nn.Sequential(chains[4]), Last()])

        def forward(self, pictures: Any) -> Any:
            for stage in self.stages:
                pictures = stage(pictures)
            return pictures

    return Pupil()
