"""Preference losses against numbers worked by hand, their gradients against closed forms, and against TRL's
where it is installed."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from lab.losses import (
    bradley_terry_loss,
    dpo_imitation_loss,
    dpo_loss,
    ipo_loss,
    length_normalised_loss,
    ranked_dpo_loss,
    ranking_loss,
)

# log pi and log pi_ref of a chosen and a rejected answer: h = (-2 + 3) - (-5 + 4) = 2
CHOSEN, REJECTED = torch.tensor([-2.0]), torch.tensor([-5.0])
REF_CHOSEN, REF_REJECTED = torch.tensor([-3.0]), torch.tensor([-4.0])
LENGTHS = torch.tensor([2]), torch.tensor([5])


def test_dpo_by_hand() -> None:
    """beta h = ln 3: sigma is 3/4."""
    loss = dpo_loss(CHOSEN, REJECTED, REF_CHOSEN, REF_REJECTED, beta=math.log(3) / 2)
    assert loss.tolist() == pytest.approx([math.log(4 / 3)])
    flipped = dpo_loss(CHOSEN, REJECTED, REF_CHOSEN, REF_REJECTED, math.log(3) / 2, flipped=0.25)
    assert flipped.tolist() == pytest.approx([0.75 * math.log(4 / 3) + 0.25 * math.log(4)])


@pytest.mark.parametrize("flipped", [0.0, 0.2, 0.5])
def test_the_gradient_of_dpo_where_the_policy_is_the_reference(flipped: float) -> None:
    chosen, rejected = (given.clone().requires_grad_() for given in (REF_CHOSEN, REF_REJECTED))
    loss = dpo_loss(chosen, rejected, REF_CHOSEN, REF_REJECTED, beta=0.3, flipped=flipped)
    loss.sum().backward()
    assert chosen.grad is not None
    assert rejected.grad is not None
    assert chosen.grad.tolist() == pytest.approx([-0.3 * (0.5 - flipped)] * len(chosen))
    assert rejected.grad.tolist() == pytest.approx([0.3 * (0.5 - flipped)] * len(chosen))


def test_ipo_by_hand() -> None:
    """h = 2, 1 / (2 beta) = 5: 9; at beta 1/4 the pair is as far apart as it should be."""
    parts = CHOSEN, REJECTED, REF_CHOSEN, REF_REJECTED
    assert ipo_loss(*parts, beta=0.1).tolist() == pytest.approx([9.0])
    assert ipo_loss(*parts, beta=0.25).tolist() == pytest.approx([0.0])


def test_length_normalised_by_hand() -> None:
    """-2 / 2 = -5 / 5: only the margin is left, and without it the chances are even."""
    assert length_normalised_loss(CHOSEN, REJECTED, *LENGTHS, margin=0.0).tolist() == pytest.approx(
        [math.log(2)]
    )
    with_margin = length_normalised_loss(CHOSEN, REJECTED, *LENGTHS, margin=math.log(3))
    assert with_margin.tolist() == pytest.approx([math.log(4)])


def test_dpo_with_imitation_by_hand() -> None:
    loss = dpo_imitation_loss(
        CHOSEN, REJECTED, REF_CHOSEN, REF_REJECTED, LENGTHS[0], beta=math.log(3) / 2, weight=0.5
    )
    assert loss.tolist() == pytest.approx([math.log(4 / 3) + 0.5])


def test_rankings_by_hand() -> None:
    """Scores ln 6, ln 3, ln 1: chosen first in 6 of 10, then second in 3 of 4."""
    scores = torch.tensor([[6.0, 3.0, 1.0]]).log()
    assert ranking_loss(scores).tolist() == pytest.approx([-math.log(6 / 10 * 3 / 4)])
    log_prob, reference = torch.tensor([[-1.0, -2.0, -3.0]]), torch.tensor([[-1.0, -1.0, -1.0]])
    expected = ranking_loss(torch.tensor([[0.0, -0.5, -1.0]]))
    assert torch.allclose(ranked_dpo_loss(log_prob, reference, 0.5), expected)


def random_parts(count: int, seed: int = 1) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [-8 * torch.rand(count, generator=generator, dtype=torch.float64) for _ in range(4)]


def test_two_ranked_answers_are_a_pair() -> None:
    chosen, rejected, ref_chosen, ref_rejected = random_parts(50)
    both, reference = torch.stack([chosen, rejected], 1), torch.stack([ref_chosen, ref_rejected], 1)
    assert torch.allclose(ranking_loss(both), bradley_terry_loss(chosen, rejected))
    pairs = dpo_loss(chosen, rejected, ref_chosen, ref_rejected, 0.3)
    assert torch.allclose(ranked_dpo_loss(both, reference, 0.3), pairs)


def test_rankings_of_three_sum_to_one() -> None:
    scores = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64)
    orders = torch.tensor([[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    assert float((-ranking_loss(scores[orders])).exp().sum()) == pytest.approx(1.0)


Loss = Callable[..., Tensor]


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        (dpo_loss, lambda h, beta: -beta * torch.sigmoid(-beta * h)),
        (ipo_loss, lambda h, beta: 2 * (h - 1 / (2 * beta))),
    ],
)
def test_gradients_by_their_closed_forms(loss: Loss, slope: Loss) -> None:
    """The slope at h, of the chosen upwards and of the rejected the other way; none into the reference."""
    parts = [part.requires_grad_() for part in random_parts(20)]
    chosen, rejected, ref_chosen, ref_rejected = parts
    loss(chosen, rejected, ref_chosen, ref_rejected, 0.3).sum().backward()
    h = (chosen - ref_chosen - rejected + ref_rejected).detach()
    assert chosen.grad is not None
    assert rejected.grad is not None
    assert torch.allclose(chosen.grad, slope(h, 0.3))
    assert torch.allclose(rejected.grad, -slope(h, 0.3))
    assert ref_chosen.grad is None
    assert ref_rejected.grad is None


def test_gradients_by_finite_differences() -> None:
    chosen, rejected, ref_chosen, ref_rejected = random_parts(4)
    lengths = torch.tensor([1, 2, 3, 4]), torch.tensor([4, 3, 2, 1])
    inputs = chosen.requires_grad_(), rejected.requires_grad_()
    assert torch.autograd.gradcheck(lambda c, r: length_normalised_loss(c, r, *lengths), inputs)
    assert torch.autograd.gradcheck(
        lambda c, r: dpo_imitation_loss(c, r, ref_chosen, ref_rejected, lengths[0]), inputs
    )
    both, reference = random_parts(4)[0].reshape(1, 4), torch.zeros(1, 4, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda score: ranked_dpo_loss(score, reference), both.requires_grad_())


def test_wrong_shapes_are_refused() -> None:
    two = torch.zeros(2)
    for loss in (dpo_loss, ipo_loss, length_normalised_loss):
        with pytest.raises(ValueError, match=r"all are \[N\]"):
            loss(two, two, two, torch.ones(3))
        with pytest.raises(ValueError, match="beta is above 0"):
            loss(two, two, two + 1, two + 1, beta=0.0)
    with pytest.raises(ValueError, match="at least 2 answers"):
        ranking_loss(torch.zeros(3, 1))
    with pytest.raises(ValueError, match=r"both are \[N, K\]"):
        ranked_dpo_loss(torch.zeros(3, 2), torch.zeros(3, 3))
    with pytest.raises(ValueError, match="at least one token"):
        length_normalised_loss(two, two, two, two)
