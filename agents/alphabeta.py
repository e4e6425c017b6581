"""Fixed-depth alpha-beta for Connect Four: the classical baseline.

Depth D looks at D plies: one's own move, the reply, and so on. A win within them is seen, the sooner
the better; at the horizon a position is worth the number of the mover's threats (empty cells,
reachable or not, that would complete four) less the opponent's. No table, no extensions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.connect_four import (
    BOARD,
    STATE,
    WIDTH,
    is_over,
    landing_cell,
    playable_cells,
    popcount,
    winning_cells,
)
from games.core import States, as_states

WIN = 1000  # minus the plies until then; the threats of one side are fewer than its 42 cells
ILLEGAL = -32768  # the value of a move that cannot be made
CENTRE_FIRST = (3, 2, 4, 1, 5, 0, 6)


@njit(cache=True)
def threat_balance(current: np.uint64, occupied: np.uint64) -> int:
    """The mover's threats less the opponent's."""
    own = popcount(winning_cells(current, occupied))
    return int(own - popcount(winning_cells(current ^ occupied, occupied)))


@njit(cache=True)
def negamax(current: np.uint64, occupied: np.uint64, depth: int, alpha: int, beta: int) -> int:
    """The value for its mover of a position without four in a row, `depth` plies deep, fail-soft.

    Winning with the board's n-th stone is worth WIN - n, so that sooner is better. Knuth and Moore
    1975, "An analysis of alpha-beta pruning".
    """
    if occupied == BOARD:
        return 0
    if depth == 0:
        return int(threat_balance(current, occupied))
    if playable_cells(occupied) & winning_cells(current, occupied):
        return int(WIN - 1 - popcount(occupied))
    best = -WIN
    for column in CENTRE_FIRST:
        cell = landing_cell(occupied, column)
        if cell != 0:
            after = current ^ occupied
            best = max(best, -negamax(after, occupied | cell, depth - 1, -beta, -max(alpha, best)))
            if best >= beta:
                break
    return int(best)


@njit(cache=True)
def _move_values(current: np.uint64, occupied: np.uint64, depth: int, values: Any) -> None:
    won = playable_cells(occupied) & winning_cells(current, occupied)
    best = -WIN
    for column in CENTRE_FIRST:
        cell = landing_cell(occupied, column)
        if cell == 0:
            values[column] = ILLEGAL
        elif cell & won:
            values[column] = WIN - 1 - popcount(occupied)
        else:
            after = current ^ occupied
            values[column] = -negamax(after, occupied | cell, depth - 1, -WIN, -(best - 1))
        best = max(best, values[column])


@njit(cache=True, nogil=True)  # long: other threads, a window's say, go on
def _move_values_batch(states: Any, depth: int, out: Any) -> None:
    for b in range(len(states)):
        if is_over(states[b].current, states[b].occupied):
            out[b] = ILLEGAL
        else:
            _move_values(states[b].current, states[b].occupied, depth, out[b])


def move_values(states: States, depth: int) -> NDArray[np.int16]:
    """The value of each move to the depth, [B, 7]; ILLEGAL where there is none.

    The greatest value of a row is exact and so is every move that shares it; others are bounds that
    stay below it.
    """
    out = np.empty((len(states), WIDTH), np.int16)
    _move_values_batch(as_states(states, STATE), int(depth), out)
    return out
