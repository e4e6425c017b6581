"""Episodes of a policy in a tabulated world, many in lockstep, each with its own stream of random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.lessons.tables import START, Numbers, Table
from lab.losses import generalized_advantage
from lab.randomness import Keys, sample_batch


@dataclass(frozen=True)
class Episodes:
    """B episodes of at most T steps, as arrays of [B, T]."""

    states: NDArray[np.int64]
    actions: NDArray[np.int64]
    reward: Numbers
    mask: NDArray[np.bool_]  # which steps were taken: each row's first ones
    last: NDArray[np.int64]  # [B]: the state after the last step
    cut: NDArray[np.bool_]  # [B]: whether the time limit ended it, and not the world

    @property
    def steps(self) -> int:
        """How many steps were taken in all."""
        return int(self.mask.sum())


def play(table: Table, policy: Numbers, keys: Keys) -> Episodes:
    """One episode a key of the policy [S, A], from the start; trimmed to the longest."""
    batch, limit = len(keys), table.max_steps
    states, actions = np.zeros((batch, limit), np.int64), np.zeros((batch, limit), np.int64)
    reward, mask = np.zeros((batch, limit)), np.zeros((batch, limit), np.bool_)
    here, going, t = np.full(batch, START), np.ones(batch, np.bool_), 0
    while t < limit and going.any():
        chosen = sample_batch(policy[here], keys, t)
        states[:, t], actions[:, t], mask[:, t] = here, chosen, going
        reward[:, t] = np.where(going, table.reward[here, chosen], 0.0)
        onward = going & table.goes_on[here, chosen]
        here, going, t = np.where(going, table.after[here, chosen], here), onward, t + 1
    return Episodes(states[:, :t], actions[:, :t], reward[:, :t], mask[:, :t], here, going)


def advantages(
    episodes: Episodes, values: Numbers | None, discount: float, lambda_: float, bootstrap: bool = False
) -> Tensor:
    """The credit of every step, [B, T], 0 where there was none: lab's generalized advantage.

    With `values` None it is the discounted return from that step on, with lambda 1 that return less the state's
    value (REINFORCE with a baseline), with a smaller lambda the actor-critic's. With `bootstrap` an episode
    that the time limit cut off goes on to be worth the value of its last state.
    """
    reward, mask = torch.from_numpy(episodes.reward.copy()), torch.from_numpy(episodes.mask)
    if values is None:
        return generalized_advantage(reward, torch.zeros_like(reward), mask, discount, 1.0)
    if bootstrap:
        ends = episodes.mask.sum(axis=1) - 1
        rows = np.flatnonzero(episodes.cut)
        reward[rows, ends[rows]] += torch.from_numpy(discount * values[episodes.last[rows]])
    return generalized_advantage(reward, torch.from_numpy(values[episodes.states]), mask, discount, lambda_)
