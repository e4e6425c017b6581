"""The baseline players: fixed points against which every agent is measured.

    random            every legal move alike; plays every game
    wins-and-blocks   takes a win, else stops one, else every legal move alike
    alphabeta-D       D plies of alpha-beta, threats counted at the horizon (agents/alphabeta.py)
    mcts-N            plain UCT with N random playouts (agents/rollouts.py)
    perfect           the exact solver: wins as soon, loses as late as can be

All play Connect Four; of Go there are `random` and `mcts-N` (agents/go_rollouts.py). Where several
moves are equally good, a player draws one from the game's key; so all but `mcts-N` have an exact
`policy`.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.alphabeta import move_values
from agents.player import Player, UnknownPlayer, policy_player
from agents.rollouts import uct_visits
from games.connect_four import (
    GAME,
    STATE,
    WIDTH,
    is_over,
    landing_cell,
    legal_action_mask,
    playable_cells,
    winning_cells,
)
from games.core import Actions, Game, States, as_states
from games.go import is_go
from lab.randomness import Keys, fold_in_batch, sample_batch

FAMILIES = ("random", "wins-and-blocks", "alphabeta-D", "mcts-N", "perfect")
LARGEST = {"alphabeta": 42, "mcts": 10_000_000}


def baseline_names(game: Game = GAME) -> tuple[str, ...]:
    """An example of every family that plays the game, each good for `baseline_player`."""
    if is_go(game):
        return ("random", "mcts-1000")
    if game.name != GAME.name:
        return ("random",)
    return ("random", "wins-and-blocks", "alphabeta-4", "mcts-1000", "perfect")


def baseline_player(name: str, game: Game) -> Player:
    """The baseline of that name for that game.

    Raises UnknownPlayer for a name of no baseline, for a depth or number of playouts out of range,
    and for a baseline that does not play this game.
    """
    family, _, number = name.partition("-") if name != "wins-and-blocks" else (name, "", "")
    known = name in ("random", "wins-and-blocks", "perfect") or (family in LARGEST and number)
    if not known:
        raise UnknownPlayer(f"no baseline is called {name!r}; there are: {', '.join(FAMILIES)}")
    if name == "random":
        return random_player(game)
    if is_go(game) and family == "mcts":
        from agents.go_rollouts import mcts_player as go_mcts_player

        return go_mcts_player(game, _amount(name, family, number))
    if game.name != GAME.name:
        others = ", ".join(baseline_names(game))
        raise UnknownPlayer(
            f"{name!r} plays {GAME.name} only; for {game.name} there are: {others}, path/to/my_player.py"
        )
    if name == "wins-and-blocks":
        return policy_player(name, wins_and_blocks_policy)
    if name == "perfect":
        return policy_player(name, perfect_policy)
    amount = _amount(name, family, number)
    return alphabeta_player(amount) if family == "alphabeta" else mcts_player(amount)


def _amount(name: str, family: str, number: str) -> int:
    largest = LARGEST[family]
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= largest):
        raise UnknownPlayer(f"{name!r}: the number after {family}- is a whole one from 1 to {largest}")
    return int(number)


def random_player(game: Game) -> Player:
    """Every legal move alike, in any game."""

    def policy(states: States) -> NDArray[np.float64]:
        return _uniform_over(game.legal_action_mask(states))

    return policy_player("random", policy)


def alphabeta_player(depth: int) -> Player:
    """`alphabeta-D`: the moves of the best value D plies deep, all alike."""

    def policy(states: States) -> NDArray[np.float64]:
        return _uniform_over_best(states, move_values(states, depth))

    return policy_player(f"alphabeta-{depth}", policy)


def mcts_player(rollouts: int) -> Player:
    """`mcts-N`: the most visited move of plain UCT; every ply searches afresh."""

    def act(states: States, game_keys: Keys, plies: NDArray[np.int32]) -> Actions:
        keys = fold_in_batch(game_keys, plies)
        best = _uniform_over_best(states, uct_visits(states, keys, rollouts))
        return sample_batch(best, keys, rollouts)

    return Player(f"mcts-{rollouts}", act)


def perfect_policy(states: States) -> NDArray[np.float64]:
    """The moves of the greatest exact score, all alike, [B, 7]; zeros where the game is over."""
    policy = np.zeros((len(states), WIDTH))
    going = GAME.legal_action_mask(states).any(axis=1)
    if going.any():
        policy[going] = _uniform_over_best(states[going], _solver().action_scores(states[going]))
    return policy


@functools.cache
def _solver() -> Any:
    """One of them a process, made when first needed: its table is large."""
    from games.connect_four_exact import ExactScores

    return ExactScores()


def wins_and_blocks_policy(states: States) -> NDArray[np.float64]:
    """The winning moves alike; else those that stop the opponent's alike; else the legal ones, [B, 7]."""
    out = np.zeros((len(states), WIDTH), np.bool_)
    _wins_and_blocks(as_states(states, STATE), out)
    return _uniform_over(out)


@njit(cache=True)
def _wins_and_blocks(states: Any, out: Any) -> None:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        if is_over(current, occupied):
            continue
        choices = playable_cells(occupied)
        wins = choices & winning_cells(current, occupied)
        blocks = choices & winning_cells(current ^ occupied, occupied)
        if wins != 0:
            choices = wins
        elif blocks != 0:
            choices = blocks
        for column in range(WIDTH):
            out[b, column] = (landing_cell(occupied, column) & choices) != 0


def _uniform_over(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each row's True entries alike, [B, A]; rows without any stay 0 (finished games)."""
    shares: NDArray[np.float64] = mask / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return shares


def _uniform_over_best(states: States, values: NDArray[Any]) -> NDArray[np.float64]:
    """The legal moves of the greatest value, all alike, [B, 7]; finished games stay 0."""
    legal = legal_action_mask(states)
    ranked = np.where(legal, values.astype(np.float64), -np.inf)
    return _uniform_over(legal & (ranked == ranked.max(axis=1, keepdims=True)))
