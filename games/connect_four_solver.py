"""Exact play of Connect Four: the truth against which everybody is measured.

    solver = Solver()
    solver.action_scores(states)  # int8 [B, 7]

A score is for the player to move: 22 minus the number of stones the winner will have laid at the
end, negative where the opponent wins, 0 for a draw (the unit of Pascal Pons' position sets). So
greater is always better: sooner wins, then the draw, then later losses.

Null-window alpha-beta on the bitboards of `games.connect_four`, bisecting the score: moves that lose
at once are never tried, those that make most threats are tried first, wins by double threats are seen
without being searched, and a table keeps a lower and an upper bound of every position it holds
(after Pons, "Solving Connect 4: how to build a perfect AI"; cut-offs by the table's knowledge of the
children are ETC, Plaat et al. 1996, "Exploiting graph properties of game trees").
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.connect_four import (
    BOTTOM,
    CELLS,
    STATE,
    U1,
    WIDTH,
    column_cells,
    is_over,
    playable_cells,
    popcount,
    winning_cells,
)
from games.core import States, as_states

ILLEGAL = -128  # stands for the score and the value of a full column
BEST = 18  # the greatest score there is: four stones win
TABLE_BITS = 20  # 8 MB: stays in the processor's cache, which beats larger tables from ply 10 on

# An entry is key << 12 | lower bound << 6 | upper bound, the bounds raised by 32; 0 is empty.
KEY_SHIFT, LOW_SHIFT, BOUND_MASK, BOUND_OFFSET = np.uint64(12), np.uint64(6), np.uint64(63), 32
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: Knuth, volume 3, 6.4
MIRRORED_PLIES = 14  # up to here mirror images share an entry; later they are too rare to pay
UNKNOWN = -64  # less than every score


class GameOver(ValueError):  # noqa: N818
    """A finished game was handed to the solver, which answers for a player to move.

    Attribute: `row` (which state of the batch).
    """

    def __init__(self, row: int) -> None:
        super().__init__(f"the game in row {row} is over: there is no move to score")
        self.row = row


class Solver:
    """Exact scores and values; its table is kept from call to call, and stays valid.

    `table_bits`: 2 ** table_bits entries of 8 bytes. 18 to 20 are fastest from ply 10 on; earlier
    positions, which take seconds to hours without a book, want 24 or more.
    """

    def __init__(self, table_bits: int = TABLE_BITS) -> None:
        if not 8 <= table_bits <= 32:
            raise ValueError(f"a table has 2 ** 8 to 2 ** 32 entries, not 2 ** {table_bits}")
        self._table = np.zeros(1 << table_bits, np.uint64)

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


@njit(cache=True)
def _scores(states: Any, table: Any, out: Any) -> int:
    for b in range(len(states)):
        current, occupied = states[b].current, states[b].occupied
        if is_over(current, occupied):
            return b
        out[b] = _solve(current, occupied, BEST, table)
    return -1


@njit(cache=True)
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
    while low < high:
        middle = (low + high) // 2
        # windows far from a draw are cheaper: halve the wider side first
        middle = min(middle, -(-low // 2)) if middle <= 0 else max(middle, high // 2)
        bound = _search(current, occupied, plies, middle, table)
        if bound > middle:
            low = bound
        else:
            high = bound
    return low


# --- the search ---


@njit(cache=True)
def _search(current: np.uint64, occupied: np.uint64, plies: int, alpha: int, table: Any) -> int:
    """A bound of the score: a lower one where it exceeds alpha, else an upper one.

    The player to move must not be able to win at once, as no caller lets happen.
    """
    moves = _safe_moves(current, occupied)
    if moves == 0:
        return -((CELLS - plies) // 2)
    if plies >= CELLS - 2:
        return 0
    if moves & (moves - U1) == 0:  # an only move is made without asking the table
        return int(-_search(current ^ occupied, occupied | moves, plies + 1, -alpha - 1, table))
    low, high = -((CELLS - 2 - plies) // 2), (CELLS - 1 - plies) // 2
    key = _key(current, occupied, plies)
    slot = _slot(key, table)
    entry = table[slot]
    if entry >> KEY_SHIFT == key:
        low, high = max(low, _low(entry)), min(high, _high(entry))
    if low > alpha:
        return low
    if high <= alpha:
        return high
    known: int = _best_known(current, occupied, moves, plies, table)
    if known > alpha:
        return known
    order = _order(current, occupied, moves)
    if order == 0:
        return high
    high = min(high, (CELLS - 3 - plies) // 2)  # no win with the next stone but one
    if high <= alpha:
        return high
    best = UNKNOWN
    while order and best <= alpha:
        column = _first(order)
        order &= ~(np.uint64(0xFF) << np.uint64(8 * column))
        cell = moves & column_cells(column)
        best = max(best, -_search(current ^ occupied, occupied | cell, plies + 1, -alpha - 1, table))
    if best > alpha:
        low = best
    else:
        high = best
    bounds = np.uint64(low + BOUND_OFFSET) << LOW_SHIFT | np.uint64(high + BOUND_OFFSET)
    table[slot] = key << KEY_SHIFT | bounds
    return best


@njit(cache=True)
def _safe_moves(current: np.uint64, occupied: np.uint64) -> np.uint64:
    """The cells on which the mover can land without letting the opponent win with the next stone."""
    moves = playable_cells(occupied)
    threats = winning_cells(current ^ occupied, occupied)
    forced = moves & threats
    if forced:
        if forced & (forced - U1):
            return np.uint64(0)
        moves = forced
    return np.uint64(moves & ~(threats >> U1))


@njit(cache=True)
def _order(current: np.uint64, occupied: np.uint64, moves: np.uint64) -> np.uint64:
    """One byte a column: 0 for no move, else the greater, the sooner to be tried.

    First by the number of threats then standing, then by nearness to the centre. The whole is 0
    where some move wins with the mover's next stone, whatever the opponent does.
    """
    order = np.uint64(0)
    for column in range(WIDTH):
        cell = moves & column_cells(column)
        if cell:
            mine, stones = current | cell, occupied | cell
            if _safe_moves(mine ^ stones, stones) == 0:
                return np.uint64(0)
            threats = min(15, popcount(winning_cells(mine, stones)))
            rank = 128 | threats << 3 | (7 - 2 * abs(column - 3) + (column > 3))
            order |= np.uint64(rank) << np.uint64(8 * column)
    return order


@njit(cache=True)
def _first(order: np.uint64) -> int:
    """The column of the greatest byte."""
    first, greatest = 0, np.uint64(0)
    for column in range(WIDTH):
        rank = (order >> np.uint64(8 * column)) & np.uint64(0xFF)
        if rank > greatest:
            first, greatest = column, rank
    return first


# --- the table ---


@njit(cache=True)
def _low(entry: np.uint64) -> int:
    """The lower bound that an entry holds."""
    return int(np.int64((entry >> LOW_SHIFT) & BOUND_MASK)) - BOUND_OFFSET


@njit(cache=True)
def _high(entry: np.uint64) -> int:
    """The upper bound that an entry holds."""
    return int(np.int64(entry & BOUND_MASK)) - BOUND_OFFSET


@njit(cache=True)
def _best_known(current: np.uint64, occupied: np.uint64, moves: np.uint64, plies: int, table: Any) -> int:
    """The best lower bound that the table's upper bounds of the children give."""
    best = UNKNOWN
    while moves:
        cell = moves & (~moves + U1)
        moves ^= cell
        key = _key(current ^ occupied, occupied | cell, plies + 1)
        entry = table[_slot(key, table)]
        if entry >> KEY_SHIFT == key:
            best = max(best, -_high(entry))
    return best


@njit(cache=True)
def _key(current: np.uint64, occupied: np.uint64, plies: int) -> np.uint64:
    """49 bits that name the position: the mover's stones, and a marker on top of every column."""
    key = current + occupied + BOTTOM
    if plies > MIRRORED_PLIES:
        return np.uint64(key)
    return np.uint64(min(key, mirror_image(current) + mirror_image(occupied) + BOTTOM))


@njit(cache=True)
def mirror_image(stones: np.uint64) -> np.uint64:
    """The bitboard with its columns in the opposite order."""
    image = np.uint64(0)
    for column in range(WIDTH):
        image |= ((stones >> np.uint64(7 * column)) & np.uint64(0x7F)) << np.uint64(7 * (WIDTH - 1 - column))
    return image


@njit(cache=True)
def _slot(key: np.uint64, table: Any) -> np.uint64:
    """Where the table keeps a position: the product's high bits, brought down to the table's size."""
    return np.uint64(((key * MULTIPLIER) >> np.uint64(32)) & np.uint64(len(table) - 1))
