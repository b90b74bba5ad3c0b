"""Many inputs at once come back in their order, for any shape, and compiled forms do not pile up."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.inference import KEPT_SHAPES, Network
from seoulcctv.environment import OWN_EMBEDDER


@pytest.fixture
def network(tmp_path):
    """Twice its input."""
    import openvino
    from openvino import opset13 as ops

    value = ops.parameter([-1, 3, -1, -1], np.float32, name="picture")
    model = openvino.Model([ops.multiply(value, np.float32(2))], [value], "twice")
    openvino.save_model(model, str(tmp_path / "twice.xml"), compress_to_fp16=False)
    return Network(tmp_path / "twice.xml", threads=2)


def picture(value: float, height: int = 8) -> np.ndarray:
    return np.full((1, 3, height, 8), value, np.float32)


def test_order_is_kept(network):
    results = network([picture(n) for n in range(50)])
    assert [float(result.mean()) for result in results] == [2.0 * n for n in range(50)]
    assert network([]) == []


@pytest.mark.parametrize("batch", [4, 16])
@pytest.mark.parametrize("count", [1, 3, 4, 5, 11, 16, 39])
def test_some_at_once_are_the_same(network, count, batch):
    several = Network(network.path, threads=2, batch=batch)
    wanted = network([picture(n) for n in range(count)])
    for one, other in zip(several([picture(n) for n in range(count)]), wanted, strict=True):
        assert one.shape == other.shape
        assert np.array_equal(one, other)


def test_short_numbers_say_nearly_the_same():
    """What the appearance model says must not hang on the machine that asks it."""
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 255, (6, 1, 3, 8, 4)).astype(np.float32)
    pictures = list(coarse.repeat(16, axis=3).repeat(16, axis=4))
    long, short = (np.concatenate(Network(OWN_EMBEDDER, 1, short=short)(pictures)) for short in (False, True))
    cosine = (long * short).sum(1) / np.linalg.norm(long, axis=1) / np.linalg.norm(short, axis=1)
    assert cosine.min() > 0.999


def test_results_are_not_overwritten_by_the_next_call(network):
    (first,) = network([picture(1)])
    network([picture(9)])
    assert float(first.mean()) == 2.0


def test_shapes_come_and_go(network):
    assert network.input_shape == (0, 3, 0, 0)
    for height in range(4, 4 + 3 * KEPT_SHAPES, 2):
        (result,) = network([picture(3, height)])
        assert result.shape == (1, 3, height, 8)
    assert len(network._queues) <= KEPT_SHAPES
