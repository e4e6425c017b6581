"""Judging a Go position without a network: a club player's eye for moves, playouts for who is ahead.

For the window, and for whoever wants an opinion where nothing has been learned yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.go_rollouts import _playout, rollout_values
from agents.scripted import human_player
from games.core import Game, States, as_states
from games.go_board import BLACK, EMPTY, point_of
from lab.randomness import fold_in

if TYPE_CHECKING:
    from agents.search import Evaluator

EYE = "tactician.careful"  # whose moves are looked at first
SURE = 0.4  # of the prior; the rest is shared by all legal moves
PLAYOUTS = 16  # behind each judgement
SURELY = 0.8  # share of playouts in which a dead chain's points are the other side's
PASS_SHARE = 0.002  # of the prior, where there is anything else: passing early loses on the spot


def playout_evaluator(game: Game, playouts: int = PLAYOUTS) -> Evaluator:
    """Prior logits [B, A] of the club player's choice, softened, and the mean result of playouts [B]. A pure
    function of the position."""
    eye = human_player(EYE)
    assert eye.policy is not None
    policy = eye.policy

    def evaluate(states: States) -> Any:
        legal = game.legal_action_mask(states).astype(np.float64)
        even = legal / np.maximum(1.0, legal.sum(axis=1, keepdims=True))
        seen = policy(states)
        prior = SURE * seen + (1.0 - SURE) * even
        passing = even[:, -1] * PASS_SHARE
        wants = seen[:, -1] > 0.5  # nothing else is left to do
        prior[:, -1] = np.where(wants, prior[:, -1], passing)
        logits = np.log(np.maximum(prior, 1e-6)).astype(np.float32)
        return logits, rollout_values(states, playouts)

    return evaluate


@njit(cache=True, nogil=True)
def _ownership(states: Any, scratch: Any, playouts: int, seed: int, sums: Any) -> None:
    points = states[0].size * states[0].size
    empties, owner = np.zeros(points + 1, np.int16), np.zeros(points, np.int8)
    key = fold_in(np.uint64(seed), 41) ^ states[0].key
    for playout in range(playouts):
        scratch[0] = states[0]
        _playout(scratch[0], empties, owner, fold_in(key, playout), True)
        for action in range(points):
            sums[action] += owner[action]


def dead_stones(state: States, playouts: int) -> list[int]:
    """The points of the chains of a position [1] that playouts give up: in at least SURELY of them, half of
    which each side begins, theirs are the other side's. A pure function of position and number.

    A guess where little is settled. Raises ValueError for less than one playout.
    """
    size = int(state["size"][0])
    owner = np.zeros(size * size)
    for player in (0, 1):
        begun = state.copy()
        begun["player"], begun["passes"] = player, 0
        owner += ownership(begun, playouts)[0] / 2
    colors = [int(state["color"][0, point_of(action, size)]) for action in range(size * size)]
    dead: list[int] = []
    for chain in _chains(colors, size):
        own = owner[chain].mean() * (1 if colors[chain[0]] == BLACK else -1)
        if (1 - own) / 2 >= SURELY:
            dead += chain
    return sorted(dead)


def _chains(colors: list[int], size: int) -> list[list[int]]:
    """The chains of a board as lists of points."""
    chains: list[list[int]] = []
    seen: set[int] = set()
    for first, color in enumerate(colors):
        if color == EMPTY or first in seen:
            continue
        chain = [first]
        seen.add(first)
        for point in chain:  # which grows meanwhile
            row, column = divmod(point, size)
            beside = [point - size] * (row > 0) + [point + size] * (row < size - 1)
            beside += [point - 1] * (column > 0) + [point + 1] * (column < size - 1)
            fresh = [other for other in beside if colors[other] == color and other not in seen]
            seen.update(fresh)
            chain += fresh
        chains.append(chain)
    return chains


def ownership(state: States, playouts: int, seed: int = 0) -> tuple[NDArray[np.float64], float]:
    """Whose each point is at the end of so many playouts from a position [1].

    Returns (owner [N * N] in [-1, 1], +1 Black's always; Black's mean lead, komi taken off). A pure function
    of position, number and seed. Raises ValueError for less than one playout.
    """
    if playouts < 1:
        raise ValueError(f"ownership needs at least 1 playout, not {playouts}")
    sums = np.zeros(int(state["size"][0]) ** 2, np.int64)
    scratch = np.zeros(1, state.dtype)
    _ownership(as_states(state, state.dtype), scratch, int(playouts), int(seed), sums)
    owner = sums / playouts
    return owner, float(owner.sum() - state["komi"][0])
