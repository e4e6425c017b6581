"""How much each drawn token is pushed up or down: what differs between the algorithms.

All but PPO weigh an answer as a whole, against others; PPO weighs every token against a critic.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.losses import (
    batch_advantage,
    generalized_advantage,
    group_advantage,
    leave_one_out_advantage,
    relative_advantage,
)
from llm_bridge.block import Block
from llm_bridge.config import ReinforceConfig

DEVIATION_FLOOR = 1e-4  # added to the deviation before it divides, as in a group's


def weigh(
    block: Block, settings: ReinforceConfig, reference: Tensor | None = None, values: Tensor | None = None
) -> Tensor:
    """The advantage of every drawn token, [N, L], 0 behind an answer's end.

    reference [N, L]: the imitator's log-probabilities, for a divergence that is taken from the reward;
    values [N, L]: the critic's, for PPO. Raises ValueError where the algorithm needs what is not there.
    """
    penalty = _penalty(block, settings, reference)  # [N, L]
    if settings.algorithm == "ppo":
        if values is None:
            raise ValueError("ppo weighs tokens by a critic's values, and there are none")
        return _by_critic(block, settings, penalty, values)
    if settings.algorithm == "expert-iteration":
        return _chosen(shortest_right(block), block.mask)
    reward = block.reward - penalty.sum(1).reshape(block.reward.shape)
    return weigh_answers(reward, block.judged.correct, settings)[:, None] * block.mask


def _penalty(block: Block, settings: ReinforceConfig, reference: Tensor | None) -> Tensor:
    """The part of the reward that is lost by saying what the imitator would not, a token, [N, L] (Ziegler
    et al. 2019, equation 2)."""
    if not settings.kl_in_reward or settings.kl_weight == 0.0:
        return torch.zeros_like(block.log_prob)
    if reference is None:
        raise ValueError("a divergence is measured from a reference, and there is none")
    return settings.kl_weight * (block.log_prob - reference) * block.mask


def weigh_answers(reward: Tensor, correct: NDArray[np.bool_], settings: ReinforceConfig) -> Tensor:
    """The advantage of every answer, [N]: reward [G, K], correct bool [N], N = G * K."""
    kinds: dict[str, Callable[[], Tensor]] = {
        "reinforce": lambda: batch_advantage(reward.flatten()),
        "relative": lambda: relative_advantage(reward),
        "rloo": lambda: leave_one_out_advantage(reward),
        "grpo": lambda: group_advantage(reward, settings.standardise),
        "own-right": lambda: _right_ones(correct, reward.shape),
    }
    return kinds[settings.algorithm]().flatten()


def _right_ones(correct: NDArray[np.bool_], shape: torch.Size) -> Tensor:
    """1 / the share of right ones in its group for a right answer, 0 for a wrong one, [G, K]: the relative
    advantage without what pushes down."""
    right = torch.from_numpy(correct.astype(np.float32)).reshape(shape)
    return right / right.mean(1, keepdim=True).clamp(min=1.0 / shape[1])


def _chosen(rows: NDArray[np.int64], mask: Tensor) -> Tensor:
    """1 for the tokens of those rows, 0 for all others, [N, L]."""
    chosen = torch.zeros(mask.shape)
    chosen[rows] = 1.0
    return chosen * mask


def _by_critic(block: Block, settings: ReinforceConfig, penalty: Tensor, values: Tensor) -> Tensor:
    """The reward comes with the last token, the penalty with every one; generalised advantages of both."""
    reward_t = -penalty
    reward_t[torch.arange(len(reward_t)), torch.from_numpy(block.lengths) - 1] += block.reward.flatten()
    return generalized_advantage(reward_t, values, block.mask, lambda_=settings.gae_lambda)


def standardised(advantage: Tensor, mask: Tensor) -> Tensor:
    """(A - mean) / (deviation + 1e-4) over all that `mask` [N, L] lets through, [N, L] (Huang et al. 2022,
    "The 37 implementation details", 7)."""
    there = advantage[mask]
    return (advantage - there.mean()) / (there.std() + DEVIATION_FLOOR) * mask


def shortest_right(block: Block) -> NDArray[np.int64]:
    """The rows of the shortest right answer to each problem that has one, the first of several: expert
    iteration's demonstrations."""
    groups = block.reward.shape
    lengths = np.where(block.judged.correct, block.lengths, np.iinfo(np.int64).max).reshape(groups)
    best = lengths.argmin(1)
    found = block.judged.correct.reshape(groups).any(1)
    rows: NDArray[np.int64] = np.arange(groups[0]) * groups[1] + best
    return rows[found]
