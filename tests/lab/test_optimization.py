"""One step of AdamW: a gradient that is no number changes nothing, and clipping only what is too long."""

from __future__ import annotations

import pytest
import torch

from lab.optimization import descend, new_optimizer
from lab.run import TrainingDiverged


def test_a_gradient_that_is_no_number_stops_before_the_step() -> None:
    """The loss sqrt(0 x) is 0 and finite, its gradient 0 / 0."""
    network = torch.nn.Linear(2, 1)
    optimizer = new_optimizer(network, 0.1, 0.0)
    before = [parameter.detach().clone() for parameter in network.parameters()]
    loss = torch.sqrt(0.0 * network.weight.sum())
    assert loss.item() == 0.0
    with pytest.raises(TrainingDiverged, match="step 7: gradient"):
        descend(optimizer, loss, 0.1, update=7)
    assert all(torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True))


@pytest.mark.parametrize(("clip", "norm"), [(1.0, 1.0), (100.0, 5.0), (float("inf"), 5.0)])
def test_only_what_is_too_long_is_clipped(clip: float, norm: float) -> None:
    network = torch.nn.Linear(2, 1, bias=False)
    loss = (network.weight * torch.tensor([[3.0, 4.0]])).sum()
    descend(new_optimizer(network, 0.1, 0.0), loss, 0.1, 0, clip)
    assert network.weight.grad is not None
    assert float(network.weight.grad.norm()) == pytest.approx(norm, rel=1e-4)
