"""PPO with a critic, one answer of three tokens worked on paper from the verdict to the two losses.

The verifier says 1; the sampler's log-probabilities are ln .5, ln .4, ln .8, the reference's ln .25, ln .4,
ln .8; with a penalty of .1 the first token costs .1 ln 2 = .069315.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import tensor

from lab.losses import clipped_surrogate_loss, clipped_value_loss, generalized_advantage

OLD = tensor([0.5, 0.4, 0.8]).log()
REFERENCE = tensor([0.25, 0.4, 0.8]).log()
VALUES = tensor([[0.5, 0.6, 0.9]])
REWARD = tensor([[0.0, 0.0, 1.0]]) - 0.1 * (OLD - REFERENCE)
ALL = torch.ones(1, 3, dtype=torch.bool)
# delta_2 = 1 - .9 = .1; delta_1 = .9 - .6 = .3; delta_0 = -.069315 + .6 - .5 = .030685
# A_2 = .1; A_1 = .3 + .95 * .1 = .395; A_0 = .030685 + .95 * .395 = .405935
ADVANTAGES = [0.405935, 0.395, 0.1]
# returns A + v
RETURNS = [0.905935, 0.995, 1.0]


def test_rewards_and_advantages() -> None:
    assert REWARD[0].tolist() == pytest.approx([-0.1 * math.log(2), 0.0, 1.0])
    found = generalized_advantage(REWARD, VALUES, ALL, lambda_=0.95)
    assert found[0].tolist() == pytest.approx(ADVANTAGES, abs=1e-6)
    assert (found + VALUES)[0].tolist() == pytest.approx(RETURNS, abs=1e-6)


def test_policy_loss_and_its_gradient() -> None:
    """Ratios 1.5, .7, 1: the first is clipped to 1.2 and has no gradient; the second falls and is not."""
    log_prob = (OLD + tensor([1.5, 0.7, 1.0]).log()).requires_grad_()
    loss = clipped_surrogate_loss(log_prob, OLD, tensor(ADVANTAGES))
    assert loss.tolist() == pytest.approx([-1.2 * 0.405935, -0.7 * 0.395, -0.1], abs=1e-6)
    loss.sum().backward()  # type: ignore[no-untyped-call]
    assert log_prob.grad is not None
    assert log_prob.grad.tolist() == pytest.approx([0.0, -0.7 * 0.395, -0.1], abs=1e-6)


def test_value_loss_and_its_gradient() -> None:
    """The critic now says .8 (was .5, so .7 where clipped), .7 (was .6), .6 (was .9, so .7 where clipped).

    Errors against the returns: .8 -> -.105935, clipped -.205935, the greater counts and has no gradient;
    .7 -> -.295, not clipped; .6 -> -.4, clipped -.3: the greater is the unclipped one.
    """
    value = tensor([0.8, 0.7, 0.6]).requires_grad_()
    loss = clipped_value_loss(value, VALUES[0], tensor(RETURNS), clip=0.2)
    assert loss.tolist() == pytest.approx([0.205935**2 / 2, 0.295**2 / 2, 0.4**2 / 2], abs=1e-6)
    loss.sum().backward()  # type: ignore[no-untyped-call]
    assert value.grad is not None
    assert value.grad.tolist() == pytest.approx([0.0, -0.295, -0.4], abs=1e-6)
