"""The fast rollout policy of Connect Four: takes a win, else stops one, else every legal move alike.

AlphaGo's rollouts are such a fast, weak player of its own (Silver et al. 2016, "rollout policy"): what
a leaf is worth is what becomes of it when that player plays it out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.connect_four import BOARD, STATE, U1, playable_cells, popcount, winning_cells
from games.core import States, as_states
from lab.randomness import fold_in, uniform


@njit(cache=True)
def knowing_playout(current: np.uint64, occupied: np.uint64, key: np.uint64) -> int:
    """The result of one playout of an unfinished position: +1, 0 or -1 for its mover."""
    sign, ply = 1, 0
    while occupied != BOARD:
        choices = playable_cells(occupied)
        if choices & winning_cells(current, occupied):
            return sign
        blocks = choices & winning_cells(current ^ occupied, occupied)
        if blocks:
            choices = blocks
        for _ in range(np.int64(uniform(key, ply) * popcount(choices))):
            choices &= choices - U1  # one less to choose from: the lowest
        cell = choices & (~choices + U1)
        current, occupied, sign, ply = current ^ occupied, occupied | cell, -sign, ply + 1
    return 0


@njit(cache=True)
def _rollout_values(states: Any, rollouts: int, seed: int, out: Any) -> None:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        key = fold_in(fold_in(fold_in(np.uint64(seed), 37), current), occupied)
        total = 0
        for rollout in range(rollouts):
            total += knowing_playout(current, occupied, fold_in(key, rollout))
        out[b] = total / rollouts


def rollout_values(states: States, rollouts: int, seed: int = 0) -> NDArray[np.float32]:
    """The mean result of so many playouts of each unfinished position, [B], for the player to move.

    A pure function of position, number and seed, so that a search which meets a position twice is told
    the same twice. Raises ValueError for less than one playout.
    """
    if rollouts < 1:
        raise ValueError(f"a value needs at least 1 rollout, not {rollouts}")
    out = np.empty(len(states), np.float32)
    _rollout_values(as_states(states, STATE), int(rollouts), int(seed), out)
    return out
