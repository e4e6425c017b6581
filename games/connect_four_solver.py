"""Exact play of Connect Four: the truth against which everybody is measured.

    solver = Solver()
    solver.action_scores(states)  # int8 [B, 7]

A score is for the player to move: 22 minus the number of stones the winner will have laid at the
end, negative where the opponent wins, 0 for a draw (the unit of Pascal Pons' position sets). So
greater is always better: sooner wins, then the draw, then later losses.

The score is bisected: games.connect_four_search answers whether it is more than a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.connect_four import (
    CELLS,
    STATE,
    WIDTH,
    column_cells,
    is_over,
    playable_cells,
    popcount,
    winning_cells,
)
from games.connect_four_search import new_memory, search
from games.core import States, as_states

ILLEGAL = -128  # stands for the score and the value of a full column
BEST = 18  # the greatest score there is: four stones win
TABLE_BITS = 20  # 8 MB


class GameOver(ValueError):  # noqa: N818
    """A finished game was handed to the solver, which answers for a player to move.

    Attribute: `row` (which state of the batch).
    """

    def __init__(self, row: int) -> None:
        super().__init__(f"the game in row {row} is over: there is no move to score")
        self.row = row


class Solver:
    """Exact scores and values; its table is kept from call to call, and stays valid.

    `table_bits`: the table of early positions has 2 ** table_bits entries of 8 bytes; that of late ones is
    as large as the processor's cache likes (games.connect_four_search). Many positions of ply 8 and
    before want 24 or more.
    """

    def __init__(self, table_bits: int = TABLE_BITS) -> None:
        if not 8 <= table_bits <= 32:
            raise ValueError(f"a table has 2 ** 8 to 2 ** 32 entries, not 2 ** {table_bits}")
        self._table = new_memory(table_bits)

    def score(self, state: Any) -> int:
        """The score of one state (a record or a batch of one); raises GameOver."""
        return int(self.scores(np.atleast_1d(state))[0])

    def scores(self, states: States) -> NDArray[np.int8]:
        """The scores of the positions themselves, int8 [B]; raises GameOver."""
        out = np.empty(len(states), np.int8)
        _refuse(_scores(as_states(states, STATE), self._table, out))
        return out

    def action_scores(self, states: States) -> NDArray[np.int8]:
        """The score that each move leads to, for the player who makes it: int8 [B, 7].

        ILLEGAL where the column is full. Raises GameOver for the first finished game.
        """
        return self._action_scores(states, BEST)

    def action_values(self, states: States) -> NDArray[np.int8]:
        """Whether each move wins (1), draws (0) or loses (-1), [B, 7]; quicker than the scores.

        ILLEGAL where the column is full. Raises GameOver for the first finished game.
        """
        scores = self._action_scores(states, 1)
        return np.where(scores == ILLEGAL, scores, np.sign(scores))

    def _action_scores(self, states: States, limit: int) -> NDArray[np.int8]:
        out = np.full((len(states), WIDTH), ILLEGAL, np.int8)
        _refuse(_action_scores(as_states(states, STATE), limit, self._table, out))
        return out


def _refuse(row: int) -> None:
    if row >= 0:
        raise GameOver(row)


# --- batched kernels ---


@njit(cache=True, nogil=True)  # long: other threads, a window's say, go on
def _scores(states: Any, table: Any, out: Any) -> int:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        if is_over(current, occupied):
            return b
        out[b] = _solve(current, occupied, BEST, table)
    return -1


@njit(cache=True, nogil=True)  # long: other threads, a window's say, go on
def _action_scores(states: Any, limit: int, table: Any, out: Any) -> int:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        if is_over(current, occupied):
            return b
        playable = playable_cells(occupied)
        wins = winning_cells(current, occupied)
        for column in (3, 2, 4, 1, 5, 0, 6):  # probably better ones first: they fill the table
            cell = playable & column_cells(column)
            if cell & wins:
                out[b, column] = (CELLS + 1 - popcount(occupied)) // 2
            elif cell:
                out[b, column] = -_solve(current ^ occupied, occupied | cell, limit, table)
    return -1


@njit(cache=True)
def _solve(current: np.uint64, occupied: np.uint64, limit: int, table: Any) -> int:
    """The score of a position in which nobody has won, cut off at -limit and limit."""
    plies = popcount(occupied)
    if winning_cells(current, occupied) & playable_cells(occupied):
        return int(min(limit, (CELLS + 1 - plies) // 2))
    low: int = max(-limit, -((CELLS - plies) // 2))
    high: int = min(limit, (CELLS - 1 - plies) // 2)
    threats = winning_cells(current ^ occupied, occupied)
    while low < high:
        middle = (low + high) // 2
        # windows far from a draw are cheaper: halve the wider side first
        middle = min(middle, -(-low // 2)) if middle <= 0 else max(middle, high // 2)
        bound = search(current, occupied, threats, plies, middle, table)
        if bound > middle:
            low = bound
        else:
            high = bound
    return low
