"""Advantages against numbers worked by hand."""

from __future__ import annotations

import pytest
import torch
from torch import tensor

from lab.losses import (
    batch_advantage,
    generalized_advantage,
    group_advantage,
    leave_one_out_advantage,
    relative_advantage,
)


def test_batch_advantage_by_hand() -> None:
    assert batch_advantage(tensor([1.0, 0.0, 0.0, 1.0])).tolist() == [0.5, -0.5, -0.5, 0.5]


def test_group_advantage_by_hand() -> None:
    """Rewards 1 0 0 0: mean 1/4, deviation sqrt((9/16 + 3/16) / 3) = 1/2."""
    found = group_advantage(tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]))
    expected = [[0.75 / 0.5001, *3 * [-0.25 / 0.5001]], [0.0, 0.0, 0.0, 0.0]]
    assert found.tolist() == [pytest.approx(row) for row in expected]
    plain = group_advantage(tensor([[1.0, 0.0, 0.0, 0.0]]), standardise=False)
    assert plain.tolist() == [[0.75, -0.25, -0.25, -0.25]]


def test_leave_one_out_by_hand() -> None:
    """Each against the mean of the other three; 4/3 of the plain difference."""
    rewards = tensor([[1.0, 0.0, 1.0, 0.0]])
    expected = [1 - 1 / 3, -2 / 3, 1 - 1 / 3, -2 / 3]
    assert leave_one_out_advantage(rewards).tolist() == [pytest.approx(expected)]
    torch.testing.assert_close(
        leave_one_out_advantage(rewards), group_advantage(rewards, standardise=False) * 4 / 3
    )


def test_relative_by_hand() -> None:
    """A problem solved once in four weighs its right answer 3, one solved three times in four 1/3 each; one
    that is never solved counts as solved once in four, and only the form differs there."""
    rewards = tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0], [1.0] * 4, [0.0, 0.0, 0.0, -0.2]])
    expected = [[3.0, -1.0, -1.0, -1.0], [1 / 3, 1 / 3, 1 / 3, -1.0], [0.0] * 4, [0.2, 0.2, 0.2, -0.6]]
    found = relative_advantage(rewards)
    assert found.tolist() == [pytest.approx(row, abs=1e-6) for row in expected]


def test_relative_is_the_gradient_of_the_logarithm_of_the_share() -> None:
    """For a policy of two actions, of which one is right, the mean over all samples of advantage times the
    gradient of log pi is that of log p(right)."""
    logit = torch.tensor(-1.2, requires_grad=True)
    p = torch.sigmoid(logit)
    right = torch.zeros(1, 1000)
    right[0, : round(1000 * p.item())] = 1.0
    advantage = relative_advantage(right)
    log_pi = torch.where(right > 0, torch.log(p), torch.log(1 - p))
    (found,) = torch.autograd.grad((advantage * log_pi).mean(), logit, retain_graph=True)
    (exact,) = torch.autograd.grad(torch.log(p), logit)
    assert float(found) == pytest.approx(float(exact), rel=1e-2)


def test_generalized_advantage_by_hand() -> None:
    """Two steps, reward 1 at the end, values .5 and .25, discount .9, lambda .8.

    delta_1 = 1 - .25 = .75; delta_0 = 0 + .9 * .25 - .5 = -.275; A_0 = -.275 + .72 * .75 = .265.
    """
    mask = tensor([[True, True, False]])
    found = generalized_advantage(
        tensor([[0.0, 1.0, 7.0]]), tensor([[0.5, 0.25, 9.0]]), mask, discount=0.9, lambda_=0.8
    )
    assert found.tolist() == [pytest.approx([0.265, 0.75, 0.0])]


def test_lambda_one_is_the_return_and_zero_one_step() -> None:
    reward, value = tensor([[0.0, 0.0, 1.0]]), tensor([[0.2, 0.4, 0.7]])
    mask = torch.ones(1, 3, dtype=torch.bool)
    assert generalized_advantage(reward, value, mask, lambda_=1.0).tolist() == [
        pytest.approx([0.8, 0.6, 0.3])
    ]
    assert generalized_advantage(reward, value, mask, lambda_=0.0).tolist() == [
        pytest.approx([0.2, 0.3, 0.3])
    ]


def test_what_stands_before_the_answer_has_no_advantage() -> None:
    mask = tensor([[False, True]])
    assert generalized_advantage(tensor([[0.0, 1.0]]), tensor([[5.0, 0.5]]), mask).tolist() == [[0.0, 0.5]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: batch_advantage(torch.zeros(2, 2)), r"\[N\], not \(2, 2\)"),
        (lambda: group_advantage(torch.zeros(3)), r"\[G, K\], not \(3,\)"),
        (lambda: leave_one_out_advantage(torch.zeros(3, 1)), "at least 2 answers"),
        (
            lambda: generalized_advantage(torch.zeros(1, 2), torch.zeros(1, 3), torch.ones(1, 2).bool()),
            r"\(1, 2\), \(1, 3\)",
        ),
    ],
)
def test_other_shapes_are_named(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
