"""Games of a policy against a pool of earlier selves: moves sampled, no search, half with each colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import PolicyGradientConfig
from agents.human_moves import entropy
from agents.learning import Examples
from agents.network import PolicyValueNetwork, network_evaluator, network_policy
from agents.self_play import random_openings
from games.core import Game, States
from lab.randomness import game_keys, sample_batch, uniform_batch

OPPONENT, MOVE = 2_000, 3_000  # counters under a game's key, apart from those of the opening
OWN_BATCH, POOL_BATCH = 64, 32  # fixed batches of the networks: about what is to move at once

Policy = Callable[[States], NDArray[np.float64]]  # states [B] -> [B, A]


@dataclass(frozen=True)
class PoolBlock:
    """A block of finished games, as the learner saw it.

    examples: its own P positions, in each row of action_weights the move it drew, weighing the
    probability with which it was drawn, and the game's result for it; games; plies: of both sides,
    without openings; score: its mean result in [0, 1]; entropy: of its policy, mean over positions, in nats.
    """

    examples: Examples
    games: int
    plies: int
    score: float
    entropy: float


def sampling_policy(network: PolicyValueNetwork, game: Game, batch: int = POOL_BATCH) -> Policy:
    """The policy of a network as it is now, at that fixed batch."""
    return network_policy(network_evaluator(network, game, batch), game)


def play_against_pool(
    game: Game,
    own: Policy,
    pool: list[Policy],
    config: PolicyGradientConfig,
    seed: int,
    block: int,
    leave_if_stopping: Callable[[], None] = lambda: None,
) -> PoolBlock:
    """Play `games_per_iteration` games, `batch` at a time; a pure function of policies, seed and block.

    Each game's opponent is drawn evenly from the pool; `own` has the first player's seat in even games.
    `leave_if_stopping` is called between plies and may raise: a block that is torn is played again.
    """
    keys = game_keys(seed, "policy-gradient", block, config.games_per_iteration)
    starts, plies = random_openings(game, keys, config.opening_share, config.opening_plies)
    opponents = np.floor(uniform_batch(keys, OPPONENT) * len(pool)).astype(np.int32)
    seats = (np.arange(len(keys)) % 2).astype(np.int8)
    record = _Record(game, seats)
    flying = np.arange(min(config.batch, len(keys)))  # the numbers of the games in flight
    states, next_game = starts[flying], len(flying)
    while len(flying):
        leave_if_stopping()
        mine = game.current_player(states) == seats[flying]
        weights = np.empty((len(flying), game.num_actions))
        for rows, policy in _by_mover(mine, opponents[flying], own, pool):
            weights[rows] = policy(states[rows])
        actions = sample_batch(weights, keys[flying], MOVE + plies[flying])
        record.add(flying, states, weights, actions, mine)
        states = game.step(states, actions)
        plies[flying] += 1
        over = game.is_terminal(states)
        record.finish(flying[over], states[over])
        fresh = np.arange(next_game, min(next_game + int(over.sum()), len(keys)))
        next_game += len(fresh)
        flying = np.concatenate([flying[~over], fresh])
        states = np.concatenate([states[~over], starts[fresh]])
    return record.block()


def _by_mover(
    mine: NDArray[np.bool_], opponents: NDArray[np.int32], own: Policy, pool: list[Policy]
) -> list[tuple[NDArray[np.int64], Policy]]:
    """Who moves in which rows: the learner, and each opponent that is to move anywhere."""
    movers = np.where(mine, -1, opponents)
    return [
        (np.flatnonzero(movers == mover), own if mover < 0 else pool[mover]) for mover in np.unique(movers)
    ]


class _Record:
    """The learner's positions as they are played, results as games end."""

    def __init__(self, game: Game, seats: NDArray[np.int8]) -> None:
        self.game, self.seats = game, seats
        self.results = np.zeros(len(seats), np.float32)  # for the learner
        self.plies = 0
        self.rows: list[tuple[Any, ...]] = []

    def add(self, numbers: Any, states: States, weights: Any, actions: Any, mine: Any) -> None:
        self.plies += len(numbers)
        self.rows.append((numbers[mine], states[mine], weights[mine], actions[mine]))

    def finish(self, numbers: Any, states: States) -> None:
        self.results[numbers] = self.game.rewards(states)[np.arange(len(numbers)), self.seats[numbers]]

    def block(self) -> PoolBlock:
        numbers, states, policy, actions = (
            np.concatenate([row[field] for row in self.rows]) for field in range(4)
        )
        # by game and ply, so that the order does not depend on which games flew together
        order = np.argsort(numbers, kind="stable")
        policy, drawn = policy[order], np.eye(self.game.num_actions)[actions[order]] > 0
        return PoolBlock(
            Examples(
                states[order],
                np.where(drawn, policy, 0.0).astype(np.float32),
                self.results[numbers[order]],
            ),
            games=len(self.results),
            plies=self.plies,
            score=float((self.results.mean() + 1) / 2),
            entropy=entropy(policy),
        )
