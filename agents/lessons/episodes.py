"""Episodes of a policy in a tabulated world, many in lockstep, each with its own stream of random numbers.

Every episode begins in state 0 (tables.START).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray
from torch import Tensor

from agents.lessons.tables import Numbers, Table
from lab.losses import generalized_advantage
from lab.randomness import Keys, sample


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


@njit(cache=True)
def _play(after: Any, reward: Any, goes_on: Any, policy: Any, keys: Any, out: Any) -> int:
    """Fill in the arrays of Episodes; gives the length of the longest."""
    states, actions, paid, mask, last, cut = out
    longest = 0
    for row in range(len(keys)):
        here, going = 0, True
        for t in range(states.shape[1]):
            if not going:
                break
            action = sample(policy[here], keys[row], t)
            states[row, t], actions[row, t], mask[row, t] = here, action, True
            paid[row, t] = reward[here, action]
            going = goes_on[here, action]
            here = after[here, action]
            longest = max(longest, t + 1)
        last[row], cut[row] = here, going
    return longest


def play(table: Table, policy: Numbers, keys: Keys) -> Episodes:
    """One episode a key of the policy [S, A], from the start; trimmed to the longest."""
    shape = (len(keys), table.max_steps)
    states, actions = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    reward, mask = np.zeros(shape), np.zeros(shape, np.bool_)
    last, cut = np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
    out = (states, actions, reward, mask, last, cut)
    policy = np.require(policy, np.float64, ["C", "W"])
    t = _play(table.after, table.reward, table.goes_on, policy, np.require(keys, np.uint64, ["C", "W"]), out)
    return Episodes(states[:, :t], actions[:, :t], reward[:, :t], mask[:, :t], last, cut)


def advantages(
    episodes: Episodes, values: Numbers | None, discount: float, lambda_: float, bootstrap: bool = False
) -> Tensor:
    """The credit of every step, [B, T], 0 where there was none: lab's generalized advantage.

    With `values` None it is the discounted return from that step on, with lambda 1 that return less the
    state's value (REINFORCE with a baseline), with a smaller lambda the actor-critic's. With `bootstrap` an
    episode that the time limit cut off goes on to be worth the value of its last state.
    """
    reward, mask = torch.from_numpy(episodes.reward.copy()), torch.from_numpy(episodes.mask)
    if values is None:
        return generalized_advantage(reward, torch.zeros_like(reward), mask, discount, 1.0)
    if bootstrap:
        ends = episodes.mask.sum(axis=1) - 1
        rows = np.flatnonzero(episodes.cut)
        reward[rows, ends[rows]] += torch.from_numpy(discount * values[episodes.last[rows]])
    return generalized_advantage(reward, torch.from_numpy(values[episodes.states]), mask, discount, lambda_)
