"""PPO's losses against numbers worked by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import tensor

from lab.losses import (
    clipped_share,
    clipped_surrogate_loss,
    clipped_value_loss,
    kl_estimate,
    policy_gradient_loss,
)


def logs(*ratios: float) -> torch.Tensor:
    return tensor([math.log(ratio) for ratio in ratios])


def test_clipped_surrogate_by_hand() -> None:
    """Ratio 1.5 up: clipped to 1.2; down: not. Ratio .5 up: not; down: clipped to .8. Ratio 1.1: as it is."""
    advantage = tensor([2.0, -2.0, 2.0, -2.0, 1.0])
    loss = clipped_surrogate_loss(logs(1.5, 1.5, 0.5, 0.5, 1.1), torch.zeros(5), advantage)
    assert loss.tolist() == pytest.approx([-2.4, 3.0, -1.0, 1.6, -1.1])
    share = clipped_share(logs(1.5, 1.5, 0.5, 0.5, 1.1), torch.zeros(5), advantage)
    assert share.tolist() == [True, False, False, True, False]


def test_clip_higher() -> None:
    loss = clipped_surrogate_loss(logs(1.5), torch.zeros(1), tensor([1.0]), clip_low=0.2, clip_high=0.28)
    assert loss.tolist() == pytest.approx([-1.28])


def test_where_the_policy_is_still_the_old_one_the_gradient_is_reinforces() -> None:
    logits = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    actions, advantage = tensor([0, 1, 2, 3, 4, 0]), tensor([1.0, -1.0, 0.5, 2.0, -3.0, 0.0])
    gradients = []
    for loss_of in (
        lambda x: policy_gradient_loss(x, actions, advantage),
        lambda x: clipped_surrogate_loss(
            torch.log_softmax(x, 1).gather(1, actions[:, None])[:, 0],
            torch.log_softmax(logits, 1).gather(1, actions[:, None])[:, 0],
            advantage,
        ),
    ):
        x = logits.clone().requires_grad_()
        loss_of(x).sum().backward()
        assert x.grad is not None
        gradients.append(x.grad)
    torch.testing.assert_close(gradients[0], gradients[1])


def test_clipped_value_by_hand() -> None:
    """v 1.0, old .5, R 1: clipped to .7, error .09 beats 0. v .6, old .5, R 1: not clipped, .16."""
    loss = clipped_value_loss(tensor([1.0, 0.6]), tensor([0.5, 0.5]), tensor([1.0, 1.0]))
    assert loss.tolist() == pytest.approx([0.045, 0.08])


def test_kl_estimate_by_hand_and_on_average() -> None:
    """pi_ref / pi = 2: 2 - ln 2 - 1. Over the actions of pi it averages to the divergence itself."""
    assert kl_estimate(logs(0.25), logs(0.5)).tolist() == pytest.approx([1 - math.log(2)])
    pi, reference = tensor([0.7, 0.2, 0.1]), tensor([0.5, 0.25, 0.25])
    average = float((pi * kl_estimate(pi.log(), reference.log())).sum())
    assert average == pytest.approx(float((pi * (pi / reference).log()).sum()))


def test_other_shapes_are_named() -> None:
    with pytest.raises(ValueError, match=r"all are \[T\], not \(2,\), \(3,\), \(2,\)"):
        clipped_surrogate_loss(torch.zeros(2), torch.zeros(3), torch.zeros(2))
