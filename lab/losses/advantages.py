"""How much better than expected: what a policy gradient weighs each action with. No gradient flows here."""

from __future__ import annotations

import torch
from torch import Tensor

STANDARD_DEVIATION_FLOOR = 1e-4  # added to a group's deviation before it divides


def batch_advantage(reward: Tensor) -> Tensor:
    """r - mean(r), [N]: REINFORCE with the batch's mean as the baseline (Williams 1992, section 2).

    reward [N]. Raises ValueError for another rank.
    """
    _check(reward, 1, "[N]")
    return reward - reward.mean()


def group_advantage(reward: Tensor, standardise: bool = True) -> Tensor:
    """(r - mean of its group) / (its deviation + 1e-4), [G, K]: GRPO (Shao et al. 2024, section 4.1.2).

    reward [G, K]: K answers to each of G questions. Without `standardise` the difference alone, as Dr. GRPO
    has it (Liu et al. 2025): dividing weighs questions that are too easy or too hard more. A group
    whose rewards are all equal gets zeros: it teaches nothing. Raises ValueError for another rank, and
    for K = 1.
    """
    _check(reward, 2, "[G, K]")
    difference = reward - reward.mean(1, keepdim=True)
    if not standardise:
        return difference
    return difference / (reward.std(1, keepdim=True) + STANDARD_DEVIATION_FLOOR)


def leave_one_out_advantage(reward: Tensor) -> Tensor:
    """r - mean of the others in its group, [G, K]: RLOO (Kool et al. 2019; Ahmadian et al. 2024, equation 9).

    reward [G, K]. It is K / (K - 1) times Dr. GRPO's. Raises ValueError for another rank, and for K = 1.
    """
    _check(reward, 2, "[G, K]")
    others = reward.shape[1] - 1
    return reward - (reward.sum(1, keepdim=True) - reward) / others


def relative_advantage(reward: Tensor) -> Tensor:
    """(r - mean of its group) / max(mean, 1 / K), [G, K]: how much better in proportion to what was expected.

    reward [G, K], 1 for a right answer and 0 for a wrong one. Where a group has a right answer this weighs
    each by 1 / its share of right ones, which makes the sum an estimate of the gradient of log p(right)
    (d log p = d p / p) in the place of p's: a problem solved once in K tries teaches as much as one that is
    nearly always solved. In a group without a right answer the mean counts as 1 / K. Raises ValueError for
    another rank, and for K = 1.
    """
    _check(reward, 2, "[G, K]")
    mean = reward.mean(1, keepdim=True)
    return (reward - mean) / mean.clamp(min=1.0 / reward.shape[1])


def generalized_advantage(
    reward_t: Tensor, v_t: Tensor, mask_t: Tensor, discount: float = 1.0, lambda_: float = 0.95
) -> Tensor:
    """sum_l (discount lambda)^l delta_{t+l}, delta_t = r_t + discount v_{t+1} - v_t, [B, T] (Schulman
    et al. 2016, equation 16).

    reward_t, v_t [B, T]; mask_t bool [B, T]: the steps that belong to an answer, each row's in one
    piece; after its last one v is 0. What is masked out gets 0. Raises ValueError for other shapes.
    """
    _check(reward_t, 2, "[B, T]")
    if v_t.shape != reward_t.shape or mask_t.shape != reward_t.shape:
        shapes = ", ".join(str(tuple(part.shape)) for part in (reward_t, v_t, mask_t))
        raise ValueError(f"reward_t, v_t and mask_t are all [B, T], not {shapes}")
    mask, values = mask_t.to(reward_t.dtype), v_t.detach() * mask_t
    advantage, after = torch.zeros_like(reward_t), torch.zeros_like(reward_t[:, 0])
    next_value = torch.zeros_like(after)
    for t in reversed(range(reward_t.shape[1])):
        delta = reward_t[:, t] + discount * next_value - values[:, t]
        after = mask[:, t] * (delta + discount * lambda_ * after)
        advantage[:, t], next_value = after, values[:, t]
    return advantage


def _check(reward: Tensor, rank: int, shape: str) -> None:
    if reward.ndim != rank:
        raise ValueError(f"rewards are {shape}, not {tuple(reward.shape)}")
    if rank == 2 and reward.shape[1] < 2 and shape == "[G, K]":
        raise ValueError(f"a group has at least 2 answers to compare, not {reward.shape[1]}")
