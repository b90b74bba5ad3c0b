"""Many inputs at once come back in their order, for any shape, and compiled forms do not pile up."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.pipeline.inference import KEPT_SHAPES, Network


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


@pytest.mark.parametrize("count", [1, 3, 4, 5, 11])
def test_some_at_once_are_the_same(network, count):
    by_four = Network(network.path, threads=2, batch=4)
    wanted = network([picture(n) for n in range(count)])
    for one, other in zip(by_four([picture(n) for n in range(count)]), wanted, strict=True):
        assert one.shape == other.shape
        assert np.array_equal(one, other)


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
