"""Preferences: pairs of moves in the same position, judged by a rater, and how well rewards agree with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.games_file import positions_of
from agents.preference.rater import Rater, Rewards
from agents.scripted import demonstrate
from games.connect_four import GAME
from games.core import States
from lab.lessons.agreement import Agreement, agreement_of
from lab.randomness import game_keys, sample_batch, uniform_batch

JUDGED, HELD_OUT = 60_000_000, 70_000_000  # numbers of the first games: no imitator learned from them
POSITIONS_A_GAME = 4  # of about 20: so that labels are not of a few games
FIRST, SECOND, VERDICT = range(3)  # counters in a pair's stream

Policy = Callable[[States], NDArray[np.float64]]


@dataclass(frozen=True)
class Preferences:
    """N judgements: in states[i] the move chosen[i] was preferred to rejected[i]."""

    states: States
    chosen: NDArray[np.int32]
    rejected: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.states)

    def first(self, count: int) -> Preferences:
        """The first so many: more labels only add to fewer."""
        return Preferences(self.states[:count], self.chosen[:count], self.rejected[:count])


def seen_positions(human: str, count: int, seed: int, first: int = JUDGED) -> States:
    """Positions of the human's own games with a choice of moves, drawn without regard to game or ply,
    [count]; a pure function of its arguments. With HELD_OUT, those that nobody learns from."""
    games = demonstrate(human, count // POSITIONS_A_GAME + 10, seed, first)
    states, _, _, _ = positions_of(games, GAME)
    states = states[GAME.legal_action_mask(states).sum(axis=1) > 1]
    rows = np.random.default_rng([seed, first]).permutation(len(states))[:count]
    if len(rows) < count:
        raise ValueError(f"{len(games)} games hold {len(rows)} positions, not {count}")
    return np.asarray(states[rows])


def draw_pairs(states: States, policy: Policy, seed: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Two different moves of the policy in each position, as answers to compare are sampled: [N], [N]."""
    keys, rows = game_keys(seed, "pairs", 0, len(states)), np.arange(len(states))
    # what the policy rounds to 0 may still come second, where there is nothing else
    weights = policy(states) + 1e-9 * GAME.legal_action_mask(states)
    first = sample_batch(weights, keys, FIRST)
    weights[rows, first] = 0.0
    return first, sample_batch(weights, keys, SECOND)


def judge(
    rater: Rater, states: States, first: NDArray[np.int32], second: NDArray[np.int32], seed: int
) -> Preferences:
    """The rater's judgements, noise and all; a pure function of its arguments."""
    keys = game_keys(seed, f"judge {rater.human} {rater.taste}", 0, len(states))
    takes_first = uniform_batch(keys, VERDICT) < rater.prefers(states, first, second)
    return Preferences(states, np.where(takes_first, first, second), np.where(takes_first, second, first))


def collect(rater: Rater, policy: Policy, count: int, seed: int) -> Preferences:
    """`count` judged pairs: positions of the rater's own games, moves drawn from the policy."""
    states = seen_positions(rater.human, count, seed)
    return judge(rater, states, *draw_pairs(states, policy, seed), seed)


def agreement(
    rewards: Rewards, rater: Rater, states: States, first: NDArray[np.int32], second: NDArray[np.int32]
) -> Agreement:
    """The agreement of rewards [N, A], in nats, with a rater on pairs [N]."""
    rows = np.arange(len(states))
    difference = rewards[rows, first] - rewards[rows, second]
    return agreement_of(difference, rater.prefers(states, first, second))
