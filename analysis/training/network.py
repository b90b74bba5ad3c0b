"""The detector's lower layers with a head in stripes; any small model in OpenVINO's form."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LAYERS = 7  # of the detector, down to a sixteenth of the picture
STRIPES = 4


def network(detector: Path, size: int, picture: tuple[int, int], pooled: tuple[int, ...]) -> Any:
    """Pictures ``(n, 3, h, w)`` BGR 0 to 255 to ``(n, size)``. picture: (w, h); pooled: the layers whose features are
    used, 4 an eighth of the picture, 6 a sixteenth."""
    import torch
    from torch import nn
    from ultralytics import YOLO

    class Striped(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = YOLO(str(detector)).model.float().model[:LAYERS]
            for parameter in self.layers.parameters():
                parameter.requires_grad = True
            width = self._pooled(torch.zeros(1, 3, picture[1], picture[0])).shape[1]
            self.normal = nn.BatchNorm1d(width)
            self.head = nn.Linear(width, size)

        def _pooled(self, pictures: Any) -> Any:
            out, several = pictures.flip(1) / 255.0, []
            for number, layer in enumerate(self.layers):
                out = layer(out)
                if number in pooled:
                    count, channels, height, width = out.shape
                    stripes = out.reshape(count, channels, STRIPES, height // STRIPES, width)
                    several += [stripes.mean(dim=(3, 4)).flatten(1), stripes.amax(dim=(3, 4)).flatten(1)]
            return torch.cat(several, dim=1)

        def forward(self, pictures: Any) -> Any:
            return self.head(self.normal(self._pooled(pictures)))

    return Striped()


def optimiser(model: Any, rate: float, steps: int) -> tuple[Any, Any]:
    """AdamW, slower for what was learnt from photographs, and its one-cycle schedule."""
    import torch

    slow, fast = list(model.layers.parameters()), [*model.normal.parameters(), *model.head.parameters()]
    adam = torch.optim.AdamW([{"params": slow, "lr": rate / 4}, {"params": fast, "lr": rate}], weight_decay=1e-3)
    cycle = torch.optim.lr_scheduler.OneCycleLR(adam, [rate / 4, rate], total_steps=steps, pct_start=0.1)
    return adam, cycle


def written(model: Any, out: Path, picture: tuple[int, int]) -> Path:
    """As OpenVINO reads it (``out`` .xml and .bin), numbers of half the length."""
    import openvino
    import torch

    shape = [1, 3, picture[1], picture[0]]
    converted = openvino.convert_model(model, example_input=torch.zeros(*shape), input=shape)
    with TemporaryDirectory() as folder:
        made = Path(folder) / out.with_suffix(".xml").name
        openvino.save_model(converted, str(made), compress_to_fp16=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        for suffix in (".xml", ".bin"):
            shutil.copyfile(made.with_suffix(suffix), out.with_suffix(suffix))
    return out.with_suffix(".xml")
