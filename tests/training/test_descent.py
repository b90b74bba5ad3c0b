"""What weighs channels takes steps as long in every direction; everything else follows AdamW."""

from __future__ import annotations

import pytest

from analysis.training.descent import Descent


@pytest.fixture
def model():
    import torch
    from torch import nn

    torch.manual_seed(1)
    layers = nn.Sequential(
        nn.Conv2d(4, 4, 1, bias=False), nn.Conv2d(4, 8, 3, bias=False), nn.Conv2d(8, 8, 3, groups=8), nn.BatchNorm2d(8)
    )
    layers.extend([nn.Flatten(), nn.Linear(200, 9)])
    return layers.to(memory_format=torch.channels_last)


def test_directions_that_few_show_are_not_drowned(model):
    import torch

    weight = model[0].weight
    before = weight.detach().clone()
    for layer in model.parameters():
        layer.grad = torch.zeros_like(layer)
    weight.grad = torch.diag(torch.tensor([1.0, 0.5, 0.1, 0.05]))[:, :, None, None]
    Descent(model, rate=0.1).step(1.0)
    moved = (before - weight.detach())[:, :, 0, 0].diagonal()
    assert moved.min() > 0.3 * moved.max()  # of slopes that differ twentyfold
    assert weight.grad is None


def test_numbers_that_would_not_follow_are_told(model):
    """Convolutions over places whose channels do not lie last share no memory with their matrices."""
    import torch

    with pytest.raises(ValueError, match="channels_last"):
        Descent(model.to(memory_format=torch.contiguous_format), rate=0.1)


def test_everything_moves_by_its_share_of_the_rate(model):
    import torch

    def steps(share: float) -> list[float]:
        names = {name: value.detach().clone() for name, value in model.named_parameters()}
        descent = Descent(model, rate=1e-2)
        model(torch.randn(2, 4, 9, 9, generator=torch.Generator().manual_seed(2))).square().mean().backward()
        descent.step(share)
        return [float((value.detach() - names[name]).abs().max()) for name, value in model.named_parameters()]

    whole, tenth = steps(1.0), steps(0.1)
    assert min(whole) > 0
    assert all(little < 0.2 * much for little, much in zip(tenth, whole, strict=True))


def test_a_network_learns(model):
    import torch

    pictures = torch.randn(16, 4, 9, 9, generator=torch.Generator().manual_seed(3))
    wanted = (pictures[:, :1] * pictures[:, 1:2])[:, :, ::3, ::3].flatten(1)
    losses, descent = [], Descent(model, rate=1e-2)
    for _ in range(60):
        loss = (model(pictures) - wanted).square().mean()
        losses.append(float(loss.detach()))
        loss.backward()
        descent.step(1.0)
    assert losses[-1] < 0.7 * losses[0]
