"""A detector in numbers of eight bits, for processors: as sure as before, a good deal quicker.

By NNCF, after training: what each layer gives is seen on pictures, and its range divided into 256 steps (Nagel et al. 2021, A
White Paper on Neural Network Quantization). The end of the network, where boxes are put together, stays as it is.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from ..pipeline.detect import Detector, DetectorConfig, converted, letterboxed, ready

SIZES = (416, 640)  # pixels of the longer side, at which it is used
MOST = 300  # pictures: more bring no more


def quantised(
    weights: Path, cache: Path, pictures: Sequence[Path], done: Callable[[int], None] = lambda seen: None
) -> Path:
    """Writes the form in eight bits beside ``weights`` (.xml and .bin, named by the weights' digest) from pictures as the
    detector will meet them; older ones of other weights stay. WeightsMissing; ValueError without a picture.

    done: called with how many pictures were seen.
    """
    if not pictures:
        raise ValueError("no pictures to see the layers' ranges on")
    os.environ.setdefault("NNCF_CI", "1")  # else it tells its maker of its use
    import nncf
    import openvino

    nncf.set_log_level(logging.ERROR)
    config = DetectorConfig(weights, cache)
    version = Detector(config).version
    model = openvino.Core().read_model(str(converted(config, version)))
    step = max(1, len(pictures) // MOST)
    inputs = [
        letterboxed(np.asarray(cv2.imread(str(path)), np.uint8), SIZES[number % len(SIZES)])[0]
        for number, path in enumerate(sorted(pictures)[::step][:MOST])
    ]
    seen = 0

    def counted(values: Any) -> Any:
        nonlocal seen
        done(seen := min(seen + 1, len(inputs)))
        return values

    made = nncf.quantize(
        model,
        nncf.Dataset(inputs, counted),
        preset=nncf.QuantizationPreset.MIXED,
        ignored_scope=nncf.IgnoredScope(names=_end(model)),
        subset_size=len(inputs),
    )
    target = ready(weights, version)
    with TemporaryDirectory(dir=target.parent) as folder:
        openvino.save_model(made, str(Path(folder) / target.name))
        for suffix in (".bin", ".xml"):  # whoever finds the second has both
            (Path(folder) / target.name).with_suffix(suffix).replace(target.with_suffix(suffix))
    return target


def _end(model: Any) -> list[str]:
    """Names of what puts boxes together, and of all sigmoids: the same that ultralytics leaves alone."""
    operations = model.get_ordered_ops()
    sigmoids = [one.get_friendly_name() for one in operations if one.get_type_name() == "Sigmoid"]
    head = sigmoids[-1].split("/", 1)[0]
    names = (one.get_friendly_name() for one in operations)
    return [name for name in names if name in sigmoids or name.startswith((f"{head}/", f"{head}.dfl"))]
