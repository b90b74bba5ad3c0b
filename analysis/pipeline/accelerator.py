"""What a graphics processor takes over where there is one: the detector (``detect.py``), the appearance model, and, where it
is asked for, decoding."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pupil import kept_pupil
from .types import WeightsMissing

ON_CPU = "cpu"  # how videos are decoded; else the name that FFmpeg gives a kind of hardware, such as "cuda"
AT_ONCE = 256  # pictures by a network on a graphics processor
PICTURE = (1, 3, 128, 64)


@cache
def gpu_usable() -> bool:
    """Whether PyTorch can compute on a GPU; it is loaded only where a GPU's driver is, for it takes 0.4 GB."""
    if not any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")):
        return False
    import torch

    return bool(torch.cuda.is_available())


class TorchNetwork:
    """The appearance network by PyTorch, in numbers of half the length (bfloat16): ``inference.Network``'s other form.

    learner: the state that the ``.xml`` beside it was written from. Loaded at the first call; WeightsMissing where that
    is something else.
    """

    input_shape = PICTURE

    def __init__(self, learner: Path, device: str = "cuda") -> None:
        self.learner, self.device = learner, device

    def __call__(self, inputs: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """One output, ``(1, d) float32``, for each input ``(1, 3, 128, 64)``, BGR 0 to 255."""
        import torch

        outputs: list[NDArray[np.float32]] = []
        with torch.inference_mode():
            for first in range(0, len(inputs), AT_ONCE):
                together = torch.from_numpy(np.concatenate(inputs[first : first + AT_ONCE]))
                vectors = self._model(together.to(self.device, torch.bfloat16))
                outputs += np.split(vectors.float().cpu().numpy(), len(vectors))
        return outputs

    @cached_property
    def _model(self) -> Any:
        import torch

        try:
            return kept_pupil(self.learner).eval().to(self.device, torch.bfloat16)
        except ValueError as error:
            raise WeightsMissing(f"{error} Put the state of the .xml beside it there, or nothing.") from error
