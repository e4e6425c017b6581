"""Positions whose every move is scored exactly: what they have in common, whatever the game."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.player import Player
from games.connect_four import STATE, playable_cells, winning_cells
from games.connect_four_solver import ILLEGAL
from games.core import Actions, Game, States, as_states, load_game
from games.go_board import EMPTY, STATE_SMALL, WALL, point_of
from lab.randomness import Keys, sample_batch


@dataclass(frozen=True)
class PositionSet:
    """N unfinished positions and the exact score of each move.

    name: where they come from; states [N]; scores int8 [N, A], ILLEGAL where a move is: for the player to
    move, in the unit of the game (Connect Four: the solver's; Go: 1 wins at the komi, 0 draws, -1 loses).
    """

    name: str
    states: States
    scores: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.states)

    @functools.cached_property
    def values(self) -> NDArray[np.int8]:
        """Win +1, draw 0 or loss -1 of the player to move under perfect play, [N]."""
        return np.asarray(np.sign(self.scores.max(axis=1)))

    @functools.cached_property
    def legal(self) -> NDArray[np.bool_]:
        """Moves that the rules allow, [N, A]."""
        return np.asarray(self.scores != ILLEGAL)

    @functools.cached_property
    def keep(self) -> NDArray[np.bool_]:
        """Moves that keep the position's win, draw or loss, [N, A]."""
        return np.asarray(self.legal & (np.sign(self.scores) == self.values[:, None]))

    @functools.cached_property
    def strict(self) -> NDArray[np.bool_]:
        """Moves of the best exact score: the soonest win or the latest loss, [N, A]."""
        return np.asarray(self.legal & (self.scores == self.scores.max(axis=1, keepdims=True)))

    @functools.cached_property
    def win_at_hand(self) -> NDArray[np.bool_]:
        """The player to move can win at once, [N]; in Go nobody can."""
        if self.states.dtype != STATE:
            return np.zeros(len(self), np.bool_)
        return _can_win_at_once(self.states["current"], self.states["occupied"])

    @functools.cached_property
    def forced_block(self) -> NDArray[np.bool_]:
        """The opponent threatens to win at once, and the player to move cannot, [N]."""
        if self.states.dtype != STATE:
            return np.zeros(len(self), np.bool_)
        occupied = self.states["occupied"]
        return ~self.win_at_hand & _can_win_at_once(self.states["current"] ^ occupied, occupied)

    @functools.cached_property
    def hard(self) -> NDArray[np.bool_]:
        """Nothing to take and nothing to stop at once, and something to lose, [N]; in Go something to lose
        by a move that a player might make: no pass, and no stone into an eye of one's own."""
        at_rest = ~self.win_at_hand & ~self.forced_block
        losing = self.legal & ~self.keep
        if self.states.dtype == STATE_SMALL:
            losing = losing & natural_moves(self.states)
        return np.asarray(at_rest & losing.any(axis=1))


def natural_moves(states: States) -> NDArray[np.bool_]:
    """Empty points of Go that are not enclosed by own stones alone, [B, N * N + 1]; never the pass."""
    out = np.zeros((len(states), int(states["size"][0]) ** 2 + 1 if len(states) else 1), np.bool_)
    _natural_moves(as_states(states, STATE_SMALL), out)
    return out


@njit(cache=True)
def _natural_moves(states: Any, out: Any) -> None:
    for b in range(len(states)):
        size, stride, color = states[b].size, states[b].size + 1, states[b].color
        for action in range(size * size):
            point, own, others = point_of(action, size), states[b].player + 1, 0
            for step in (-stride, -1, 1, stride):
                others += color[point + step] != own and color[point + step] != WALL
            out[b, action] = color[point] == EMPTY and others > 0


def _can_win_at_once(stones: NDArray[np.uint64], occupied: NDArray[np.uint64]) -> NDArray[np.bool_]:
    out = np.empty(len(stones), np.bool_)
    _win_at_once(
        np.require(stones, requirements=["C", "W"]), np.require(occupied, requirements=["C", "W"]), out
    )
    return out


@njit(cache=True)
def _win_at_once(stones: Any, occupied: Any, out: Any) -> None:
    for n in range(len(stones)):
        out[n] = (playable_cells(occupied[n]) & winning_cells(stones[n], occupied[n])) != 0


def score_policy(positions: PositionSet, policy: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """The chance of a right move under a distribution over moves [N, A], position by position.

    `hard`, `all`, `win_at_hand`, `forced_block`: right keeps the exact value, on the positions of
    that category; `strict`: right has the best exact score, on all. Their means are the scores. For a
    player that is drawn from rather than known, hand in the one-hot moves it chose.
    Raises ValueError where a row is no distribution.
    """
    policy = np.asarray(policy, np.float64)
    if policy.shape != positions.scores.shape:
        raise ValueError(f"a policy of shape {policy.shape} for scores of shape {positions.scores.shape}")
    sums_to_one = np.abs(policy.sum(axis=1) - 1.0) <= 1e-3  # False for NaN too
    wrong = np.flatnonzero(~sums_to_one | (policy < 0.0).any(axis=1))
    if len(wrong):
        raise ValueError(f"row {wrong[0]} of the policy is no distribution: {policy[wrong[0]].tolist()}")
    kept = (policy * positions.keep).sum(axis=1)
    best = (policy * positions.strict).sum(axis=1)
    return {
        "hard": kept[positions.hard],
        "all": kept,
        "strict": best,
        "win_at_hand": kept[positions.win_at_hand],
        "forced_block": kept[positions.forced_block],
    }


def first_of_each(keys: Sequence[Hashable], seen: set[Any]) -> list[int]:
    """The indices of keys not seen before, which are seen from now on."""
    fresh = []
    for n, key in enumerate(keys):
        if key not in seen:
            seen.add(key)
            fresh.append(n)
    return fresh


def draw(choices: int, keys: Keys, counter: int) -> NDArray[np.int32]:
    """A choice from 0 to `choices` - 1 a row, all alike, from each row's own stream, [B]."""
    return sample_batch(np.ones((len(keys), choices)), keys, counter)


def moves_of(
    game: Game, pool: Sequence[str], players: NDArray[Any], states: States, keys: Keys, ply: int
) -> Actions:
    """The moves at `ply` where row n is played by the pool's player number players[n], int32 [B]."""
    actions = np.empty(len(states), np.int32)
    for number in np.unique(players):
        rows = np.flatnonzero(players == number)
        plies = np.full(len(rows), ply, np.int32)
        actions[rows] = _player(game.name, pool[number]).act(states[rows], keys[rows], plies)
    return actions


@functools.cache
def _player(world: str, name: str) -> Player:
    from agents.names import find_player  # knows every player; most who read positions need none

    return find_player(name, load_game(world))
