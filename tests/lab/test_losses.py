"""The losses against numbers worked by hand, and their gradients against finite differences."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from lab.losses import imitation_loss, policy_target_loss, value_loss
from lab.losses.imitation import masked_log_softmax

# softmax of (log 1, log 2, log 5) is (1/8, 2/8, 5/8)
LOGITS = torch.tensor([[0.0, math.log(2.0), math.log(5.0)], [0.0, 0.0, 0.0]])


def test_imitation_loss_by_hand() -> None:
    loss = imitation_loss(LOGITS, torch.tensor([2, 0]))
    assert loss.tolist() == pytest.approx([math.log(8 / 5), math.log(3)])


def test_imitation_loss_under_a_mask() -> None:
    """Without the last action the first row's shares are 1/3 and 2/3."""
    mask = torch.tensor([[True, True, False], [True, False, False]])
    loss = imitation_loss(LOGITS, torch.tensor([1, 0]), mask)
    assert loss.tolist() == pytest.approx([math.log(3 / 2), 0.0])


def test_policy_target_loss_by_hand() -> None:
    weights = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]])
    loss = policy_target_loss(LOGITS, weights)
    assert loss.tolist() == pytest.approx([0.5 * math.log(8) + 0.5 * math.log(4), math.log(3)])


def test_policy_target_loss_under_a_mask() -> None:
    """A masked action weighs nothing, whatever its logit: 0 * log 0 is 0 here, never NaN."""
    logits = torch.tensor([[1.0, 1.0, math.inf]])
    mask = torch.tensor([[True, True, False]])
    loss = policy_target_loss(logits, torch.tensor([[0.5, 0.5, 0.0]]), mask)
    assert loss.tolist() == pytest.approx([math.log(2)])


def test_a_taught_action_is_a_one_hot_target() -> None:
    logits, actions = torch.randn(20, 7, generator=torch.Generator().manual_seed(1)), torch.arange(20) % 7
    one_hot = torch.eye(7)[actions]
    assert torch.allclose(imitation_loss(logits, actions), policy_target_loss(logits, one_hot))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_masked_actions_have_no_probability(dtype: torch.dtype) -> None:
    mask = torch.tensor([[True, False, True], [False, True, False]])
    share = masked_log_softmax(LOGITS.to(dtype), mask).exp()
    assert (share[~mask] == 0).all()
    assert torch.allclose(share.sum(dim=-1), torch.ones(2, dtype=dtype), atol=1e-2)


def test_value_loss_by_hand() -> None:
    loss = value_loss(torch.tensor([0.5, -1.0, 0.0]), torch.tensor([1.0, 1.0, 0.0]))
    assert loss.tolist() == [0.25, 4.0, 0.0]


def test_the_gradient_of_the_policy_is_pi_minus_the_target() -> None:
    """d/dlogits of -sum w log softmax = softmax - w; nothing flows into masked logits."""
    logits = LOGITS.clone().requires_grad_(True)
    mask = torch.tensor([[True, True, True], [True, True, False]])
    weights = torch.tensor([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]])
    policy_target_loss(logits, weights, mask).sum().backward()
    assert logits.grad is not None
    assert logits.grad.tolist()[0] == pytest.approx([1 / 8, 2 / 8 - 0.5, 5 / 8 - 0.5])
    assert logits.grad.tolist()[1] == pytest.approx([-0.5, 0.5, 0.0])


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: imitation_loss(x, torch.tensor([2, 0])),
        lambda x: imitation_loss(x, torch.tensor([1, 0]), torch.tensor([[True, True, False]] * 2)),
        lambda x: policy_target_loss(
            x, torch.tensor([[0.2, 0.3, 0.5], [0.0, 0.0, 1.0]], dtype=torch.float64)
        ),
        lambda x: value_loss(x[:, 0], torch.tensor([1.0, -1.0], dtype=torch.float64)),
    ],
)
def test_gradients_by_finite_differences(loss: Callable[[Tensor], Tensor]) -> None:
    point = LOGITS.double().requires_grad_(True)
    assert torch.autograd.gradcheck(loss, (point,))


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(ValueError, match="logits_t has rank 1, not 2"):
        imitation_loss(torch.zeros(3), torch.tensor([0]))
    with pytest.raises(ValueError, match="a_t has rank 2, not 1"):
        imitation_loss(torch.zeros(2, 3), torch.zeros(2, 1, dtype=torch.int64))
    with pytest.raises(ValueError, match="action_weights_t has rank 1, not 2"):
        policy_target_loss(torch.zeros(2, 3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"not \(2, 3\) and \(1, 3\)"):
        policy_target_loss(torch.zeros(2, 3), torch.zeros(1, 3))
    with pytest.raises(ValueError, match=r"not \(2,\) and \(1,\)"):
        value_loss(torch.zeros(2), torch.zeros(1))
    with pytest.raises(ValueError, match=r"not \(2, 1\) and \(2, 1\)"):
        value_loss(torch.zeros(2, 1), torch.zeros(2, 1))
