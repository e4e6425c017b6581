"""Evaluate: the share of hard positions answered rightly, and how well humans are predicted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.positions import PositionSet, score_policy
from agents.scripted import human_player
from agents.search import Evaluator, search_states
from games.core import Game, States
from lab.own_files import is_games_file
from lab.statistics import Score, exact_line
from lab.tree_search import SearchConfig

Policy = Callable[[States], NDArray[Any]]  # states [B] -> [B, A]


def greedy(policy: NDArray[Any]) -> NDArray[np.float64]:
    """The argmax of each row as a one-hot row, [B, A]; ties go to the lowest action."""
    moves: NDArray[np.float64] = np.eye(policy.shape[1])[policy.argmax(axis=1)]
    return moves


def searched_policy(
    game: Game, evaluator: Evaluator, simulations: int, states: States
) -> NDArray[np.float64]:
    """The moves that a search without noise chooses, one-hot [B, A]; many positions at a time."""
    config = SearchConfig(simulations, "gumbel", game.num_actions)
    chosen = [
        search_states(game, evaluator, states[start : start + 1024], config)[0].actions
        for start in range(0, len(states), 1024)
    ]
    moves: NDArray[np.float64] = np.eye(game.num_actions)[np.concatenate(chosen)]
    return moves


def rate(positions: PositionSet, policy: NDArray[Any]) -> dict[str, Score]:
    """The Score of a policy [N, A] in every category of the positions; `hard` is the headline."""
    return {
        name: exact_line(np.clip(values, 0.0, 1.0))
        for name, values in score_policy(positions, policy).items()
        if len(values)
    }


def hard_part(positions: PositionSet, most: int | None = None) -> PositionSet:
    """The hard positions of a set, the first `most` of them."""
    rows = np.flatnonzero(positions.hard)[:most]
    return PositionSet(f"{positions.name}, hard", positions.states[rows], positions.scores[rows])


def exact_policy(human: str, states: States) -> NDArray[np.float64]:
    """A scripted human's exact distribution, [B, A]."""
    policy = human_player(human).policy
    if policy is None:
        raise ValueError(f"{human} is no player whose distribution is known")
    return policy(states)


def human_lines(human: str, positions: PositionSet) -> dict[str, Score] | None:
    """The exact lines of a scripted human: recorded, best, careful; None for a file of games."""
    if is_games_file(human):
        return None
    versions = ("recorded", "best", "careful")
    return {v: rate(positions, exact_policy(f"{human}.{v}", positions.states))["hard"] for v in versions}


def prediction(policy: Policy, human: str, states: States, actions: NDArray[np.int32]) -> dict[str, Any]:
    """How well a policy predicts a human's moves on held-out states [P] with their actions [P].

    For a scripted human, whose distribution p is known, all in expectation over p: accuracy and its
    ceiling E[max p], cross-entropy and its floor, the entropy of p (nats). For a file of games the
    moves themselves are counted and ceiling and floor are None. The interval takes the moves as
    independent, though those of one game are not quite. A crowd's p is the even mixture of its members
    (agents.scripted.human_player), which in its own games is near the truth, not exact.
    """
    guess = policy(states)
    log_guess = np.log(np.maximum(guess, 1e-12))
    best = guess.argmax(axis=1)
    rows = np.arange(len(states))
    if is_games_file(human):
        hits, ceiling, floor = (best == actions).astype(float), None, None
        cross = -log_guess[rows, actions].mean()
    else:
        truth = exact_policy(f"{human}.recorded", states)
        hits, ceiling = truth[rows, best], float(truth.max(axis=1).mean())
        cross = -(truth * log_guess).sum(axis=1).mean()
        floor = float(-(truth * np.log(np.maximum(truth, 1e-300))).sum(axis=1).mean())
    return {
        "accuracy": exact_line(hits).to_json(),
        "accuracy_ceiling": ceiling,
        "cross_entropy": float(cross),
        "entropy_floor": floor,
    }
