"""The policy gradient against numbers worked by hand, and against the gradient that it estimates."""

from __future__ import annotations

import math

import pytest
import torch

from lab.losses import entropy, imitation_loss, policy_gradient_loss

# softmax of (log 1, log 2, log 5) is (1/8, 2/8, 5/8)
LOGITS = torch.tensor([[0.0, math.log(2.0), math.log(5.0)], [0.0, 0.0, 0.0]])
MASK = torch.tensor([[True, True, False], [True, True, True]])


def test_policy_gradient_loss_by_hand() -> None:
    loss = policy_gradient_loss(LOGITS, torch.tensor([2, 0]), torch.tensor([2.0, -0.5]))
    assert loss.tolist() == pytest.approx([2 * math.log(8 / 5), -0.5 * math.log(3)])


def test_policy_gradient_loss_under_a_mask() -> None:
    """Without the last action the first row's shares are 1/3 and 2/3."""
    loss = policy_gradient_loss(LOGITS, torch.tensor([1, 0]), torch.tensor([-1.0, 1.0]), MASK)
    assert loss.tolist() == pytest.approx([-math.log(3 / 2), math.log(3)])


def test_it_is_imitation_weighted_by_the_advantage() -> None:
    logits, actions = torch.randn(20, 7, generator=torch.Generator().manual_seed(1)), torch.arange(20) % 7
    assert torch.equal(policy_gradient_loss(logits, actions, torch.ones(20)), imitation_loss(logits, actions))


def test_the_gradient_is_the_advantage_times_pi_minus_the_action() -> None:
    """A good action is pushed up, a bad one down, and no gradient flows into the advantage."""
    logits, advantage = LOGITS.clone().requires_grad_(True), torch.tensor([2.0, -3.0]).requires_grad_(True)
    policy_gradient_loss(logits, torch.tensor([1, 0]), advantage).sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0].tolist() == pytest.approx([2 / 8, 2 * (2 / 8 - 1), 2 * 5 / 8])
    assert logits.grad[1].tolist() == pytest.approx([2.0, -1.0, -1.0])
    assert advantage.grad is None


@pytest.mark.parametrize("baseline", [0.0, -0.7, 5.0])
def test_in_expectation_it_is_the_gradient_of_the_reward_whatever_the_baseline(baseline: float) -> None:
    """sum_a pi(a) grad loss(a) = -grad sum_a pi(a) r(a): Williams' theorem, summed over all actions."""
    reward = torch.tensor([1.0, -1.0, 0.25])
    logits = LOGITS[:1].clone().requires_grad_(True)
    (expected,) = torch.autograd.grad((logits.softmax(-1)[0] * reward).sum(), logits)
    losses = policy_gradient_loss(logits.expand(3, 3), torch.arange(3), reward - baseline)
    (estimated,) = torch.autograd.grad((logits.softmax(-1)[0].detach() * losses).sum(), logits)
    assert torch.allclose(estimated, -expected, atol=1e-6)


def test_entropy_by_hand() -> None:
    """Without a mask H(1/8, 1/4, 5/8) and log 3; with it H(1/3, 2/3), the masked action weighing nothing."""
    three = [math.log(8) / 8 + math.log(4) / 4 + 5 / 8 * math.log(8 / 5), math.log(3)]
    assert entropy(LOGITS).tolist() == pytest.approx(three)
    two = [math.log(3) / 3 + 2 / 3 * math.log(3 / 2), math.log(3)]
    assert entropy(LOGITS, MASK).tolist() == pytest.approx(two)


def test_gradients_by_finite_differences() -> None:
    point, advantage = LOGITS.double().requires_grad_(True), torch.tensor([0.5, -2.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda x: policy_gradient_loss(x, torch.tensor([1, 2]), advantage, MASK), (point,)
    )
    assert torch.autograd.gradcheck(lambda x: entropy(x, MASK), (point,))


def test_wrong_shapes_are_named() -> None:
    logits, actions = torch.zeros(2, 3), torch.tensor([0, 1])
    with pytest.raises(ValueError, match="advantage_t has rank 2, not 1"):
        policy_gradient_loss(logits, actions, torch.zeros(2, 1))
    with pytest.raises(ValueError, match="advantage_t has rank 0, not 1"):
        policy_gradient_loss(logits, actions, torch.tensor(1.0))
    with pytest.raises(ValueError, match="2 actions need as many advantages, not 1"):
        policy_gradient_loss(logits, actions, torch.zeros(1))
    with pytest.raises(ValueError, match="logits_t has rank 1, not 2"):
        policy_gradient_loss(torch.zeros(3), actions, torch.zeros(2))
    with pytest.raises(ValueError, match="logits_t has rank 1, not 2"):
        entropy(torch.zeros(3))
