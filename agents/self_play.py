"""Self-play: games in lockstep, every move searched, each position kept with what the search thought."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import SelfPlayConfig
from agents.learning import Examples, PlayedExamples
from agents.played_states import PlayedStates
from agents.replay_window import Window
from agents.search import Evaluator, search_states
from games.core import Game, States
from lab.randomness import Keys, fold_in_batch, game_keys, sample_batch, uniform_batch
from lab.tree_search import SearchConfig

VARIED, OPENING, SEARCH, FULL = 900, 1_000, 2_000, 3_000  # counters under a game's key, apart from each other
SEARCHES, SHARE = 3, 0.25  # in a row that call a game decided; of its further plies, searched in full


@dataclass(frozen=True)
class Block:
    """A block of finished self-play games: what to learn from it, and how it went."""

    examples: Window
    games: int
    plies: int  # searched ones, of all games, learned from or not
    first_player_score: float  # mean, in [0, 1]
    proven: float  # share of positions whose value the search proved
    surprise: float  # mean KL of the search's policy from the network's prior


def random_openings(game: Game, keys: Keys, share: float, plies: int) -> tuple[States, NDArray[np.int32]]:
    """One start a game: with probability `share` after 1 to `plies` random moves, else empty; varied
    where the game says how (Go's komi).

    Returns (states [G], plies played [G]). An opening that ends the game is given up for the empty board.
    """
    lengths = 1 + np.floor(uniform_batch(keys, OPENING) * plies).astype(np.int32)
    lengths[(uniform_batch(keys, OPENING + 1) >= share) | (plies == 0)] = 0
    empty = game.new(len(keys))
    if game.vary is not None:
        empty = game.vary(empty, uniform_batch(keys, VARIED))
    states = empty.copy()
    for ply in range(plies):
        rows = np.flatnonzero(lengths > ply)
        if not len(rows):
            break
        mask = game.legal_action_mask(states[rows])
        after = game.step(states[rows], sample_batch(mask, keys[rows], OPENING + 2 + ply))
        states[rows] = after
        ended = rows[game.is_terminal(after)]
        states[ended], lengths[ended] = empty[ended], 0
    return states, lengths


def play_block(
    game: Game,
    evaluator: Evaluator,
    config: SelfPlayConfig,
    seed: int,
    block: int,
    leave_if_stopping: Callable[[], None] = lambda: None,
) -> Block:
    """Play `games_per_iteration` games, `batch` moves at a time; a pure function of weights, seed and block.

    Where not every ply is searched in full, twice as many games are in flight: half of them or more
    are due for the same search, and no batch is thin. `leave_if_stopping` is called between plies and may
    raise: a block that is torn is played again.
    """
    keys = game_keys(seed, "self-play", block, config.games_per_iteration)
    starts, plies = random_openings(game, keys, config.opening_share, config.opening_plies)
    searches = [
        _search(game, config, simulations) for simulations in (config.fast_simulations, config.simulations)
    ]
    is_plain = config.full_share == 1.0 and config.decided_above == 1.0
    in_flight = config.batch if is_plain else 2 * config.batch
    flying = np.arange(min(in_flight, len(keys)))  # the numbers of the games in flight
    states, next_game = starts[flying], len(flying)
    record = _Record(game, starts)
    leads = np.zeros(len(keys), np.int64)
    while len(flying):
        leave_if_stopping()
        decided = np.abs(leads[flying]) >= SEARCHES
        due, is_full = _due(keys[flying], plies[flying], decided, config)
        moving = flying[due]
        noise = (plies[moving] < (config.noise_plies if is_full else 0)).astype(np.float32)
        move_keys = fold_in_batch(keys[moving], SEARCH + plies[moving])
        result, tree = search_states(game, evaluator, states[due], searches[is_full], move_keys, noise)
        record.add(moving, states[due], result, tree, is_full, is_full | ~decided[due])
        side = 1 - 2 * game.current_player(states[due])
        leads[moving] = _lead(leads[moving], result.value * side, config.decided_above)
        states[due] = game.step(states[due], result.actions)
        plies[moving] += 1
        over = game.is_terminal(states)
        record.finish(flying[over], states[over])
        fresh = np.arange(next_game, min(next_game + int(over.sum()), len(keys)))
        next_game += len(fresh)
        flying = np.concatenate([flying[~over], fresh])
        states = np.concatenate([states[~over], starts[fresh]])
    return record.block(config.value_lambda)


def _search(game: Game, config: SelfPlayConfig, simulations: int) -> SearchConfig:
    return SearchConfig(simulations, "gumbel", game.num_actions, c_scale=config.c_scale)


def _lead(leads: NDArray[Any], values: NDArray[Any], bound: float) -> NDArray[Any]:
    """How many searches in a row, with these, give one side more than `bound`: above 0 the first player,
    below it the other. `values` are the first player's."""
    side = np.sign(values).astype(np.int64) * (np.abs(values) > bound)
    longer: NDArray[np.int64] = np.where(side * leads > 0, leads + side, side)
    return longer


def _due(
    keys: Keys, plies: NDArray[Any], decided: NDArray[Any], config: SelfPlayConfig
) -> tuple[NDArray[np.int64], bool]:
    """Which of the games in flight move next, at most `batch`, and whether that search is a full one: of the
    two kinds that for which more games are due, each drawn for the ply of the game alone."""
    full = uniform_batch(keys, FULL + plies) < np.where(decided, SHARE * config.full_share, config.full_share)
    is_full = bool(2 * full.sum() >= len(full))
    return np.flatnonzero(full == is_full)[: config.batch], is_full


def lambda_returns(
    numbers: NDArray[Any], values: NDArray[Any], proven: NDArray[Any], results: NDArray[Any], decay: float
) -> NDArray[np.float64]:
    """Value targets [P]: the search's values from here on, exponentially weighted, then the result.

        G_t = (1 - decay) v_t + decay G_(t+1), and after the last move the result; v_t where proven

    (Sutton 1988, TD(lambda), with v_t of the search itself as first term.) All values are the first
    player's. numbers [P]: the game of each position, positions in the order of games and plies;
    values, proven [P]; results [G] by game.
    """
    returns = np.empty(len(values))
    following, number = 0.0, -1
    for t in range(len(values) - 1, -1, -1):
        if numbers[t] != number:
            number, following = numbers[t], float(results[numbers[t]])
        following = values[t] if proven[t] else (1.0 - decay) * values[t] + decay * following
        returns[t] = following
    return returns


class _Record:
    """Positions as they are searched, results as games end."""

    def __init__(self, game: Game, starts: States) -> None:
        games = len(starts)
        self.game, self.starts = game, starts.copy()
        self.rewards = np.zeros((games, game.num_players), np.float32)
        self.owners = np.zeros((games, int(np.prod(game.observation_shape[1:]))), np.int8)
        self.played = np.zeros(games, np.int64)  # searched plies of each game
        self.actions = np.full((games, game.max_plies), -1, np.int16)
        self.numbers: list[Any] = []
        self.states: list[Any] = []
        self.plies: list[Any] = []
        self.movers: list[Any] = []
        self.weights: list[Any] = []
        self.values: list[Any] = []
        self.proven: list[Any] = []
        self.kept: list[Any] = []
        self.surprise: list[Any] = []

    def add(self, numbers: Any, states: States, result: Any, tree: Any, is_full: bool, kept: Any) -> None:
        """A ply of the games `numbers`; where not `kept` it is not learned from."""
        self.numbers.append(numbers)
        if self.game.play_through is None:
            self.states.append(states)
        self.plies.append(self.played[numbers])
        self.actions[numbers, self.played[numbers]] = result.actions
        self.played[numbers] += 1
        self.movers.append(self.game.current_player(states))
        weights = result.action_weights
        self.weights.append(weights if is_full else np.zeros_like(weights))  # zeros teach no action
        self.values.append(result.value)
        self.proven.append(result.exact)
        self.kept.append(kept)
        if not is_full:
            return
        log_ratio = np.log(weights + 1e-12) - np.maximum(tree.log_prior[:, 0], -30.0)
        self.surprise.append((weights * log_ratio).sum(axis=1))

    def finish(self, numbers: Any, states: States) -> None:
        self.rewards[numbers] = self.game.rewards(states)
        if self.game.score is not None and len(numbers):
            self.owners[numbers] = self.game.score(states)[1]

    def block(self, value_lambda: float) -> Block:
        numbers = np.concatenate(self.numbers)
        # by game and ply, so that the order does not depend on which games flew together
        order = np.argsort(numbers, kind="stable")
        numbers = numbers[order]
        values, proven = np.concatenate(self.values)[order], np.concatenate(self.proven)[order]
        sign = 1.0 - 2.0 * np.concatenate(self.movers)[order]
        returns = lambda_returns(numbers, values * sign, proven, self.rewards[:, 0], value_lambda)
        kept = np.concatenate(self.kept)[order]
        targets = (returns * sign).astype(np.float32)
        return Block(
            self._examples(numbers[kept], order[kept], targets[kept], sign[kept]),
            games=len(self.rewards),
            plies=len(numbers),
            first_player_score=float((self.rewards[:, 0].mean() + 1) / 2),
            proven=float(proven.mean()),
            surprise=float(np.concatenate(self.surprise).mean()),
        )

    def _examples(self, numbers: Any, order: Any, targets: Any, sign: Any) -> Window:
        weights = np.concatenate(self.weights)[order]
        owners = None
        if self.game.score is not None:
            owners = (self.owners[numbers] * sign[:, None]).astype(np.int8)
        if self.game.play_through is None:
            return Examples(np.concatenate(self.states)[order], weights, targets, owners)
        plies = np.concatenate(self.plies)[order].astype(np.int32)
        states = PlayedStates(self.game, self.starts, self.actions, numbers.astype(np.int64), plies)
        return PlayedExamples(states, weights, targets, owners)
