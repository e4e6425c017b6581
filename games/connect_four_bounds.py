"""What a Connect Four player can force by answering in the column in which the opponent has played.

The board's columns are even, so whoever follows up has the last stone of each, and above the stones
that lie there all cells of one parity: 'claimeven' for the second player, and for the first, who has
an odd threat somewhere, zugzwang there (Allis 1988, "A knowledge-based approach of Connect-Four", rules
1 and 2 and chapter 3). Bounds are for the player to move, in the unit of `games.connect_four_solver`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from games.connect_four import BOARD, BOTTOM, U1, WIDTH, column_cells, playable_cells

ODD_ROWS = BOTTOM * np.uint64(0b010101)  # the first, third and fifth row
EVEN_ROWS = BOTTOM * np.uint64(0b101010)
ROW_2, ROW_3, ROW_6 = (BOTTOM << np.uint64(row - 1) for row in (2, 3, 6))
NO_BOUND = 22  # more than every score


@njit(cache=True, forceinline=True)
def can_align(cells: np.uint64) -> bool:
    """Whether these cells hold four in a row."""
    vertical = cells & (cells >> U1)
    falling = cells & (cells >> np.uint64(6))
    level = cells & (cells >> np.uint64(7))
    rising = cells & (cells >> np.uint64(8))
    found = vertical & (vertical >> np.uint64(2)) | falling & (falling >> np.uint64(12))
    return bool(found | level & (level >> np.uint64(14)) | rising & (rising >> np.uint64(16)))


@njit(cache=True, forceinline=True)
def followed_up(current: np.uint64, occupied: np.uint64) -> int:
    """An upper bound of the first player's score at his turn: the second answers upon his stone.

    Where the stone tops its column's even cell, the answer goes to another such column: there is one,
    since an even number of stones lies on the board. So the second player has every even cell but
    those that can be played at once.
    """
    open_ = BOARD ^ occupied
    others = current ^ occupied
    reach = current | (open_ & ODD_ROWS)
    if can_align(reach):
        return NO_BOUND
    either = playable_cells(occupied) & EVEN_ROWS
    theirs = open_ & EVEN_ROWS & ~either
    if either == 0:
        return claimed(others, theirs)
    one = either & (~either + U1)
    other = either ^ one
    if other & (other - U1):  # four or six: who has which is left open
        if can_align(reach | either):
            return NO_BOUND
        return claimed(others, theirs)
    if can_align(reach | one) or can_align(reach | other):
        return NO_BOUND
    return max(claimed(others, theirs | one), claimed(others, theirs | other))


@njit(cache=True, forceinline=True)
def claimed(stones: np.uint64, cells: np.uint64) -> int:
    """The bound where the second player, with these stones, is sure of these cells, and cannot lose.

    The opponent can put off the line until nothing is left but what lies above its highest cell.
    """
    if not can_align(stones | cells):
        return 0
    if not can_align(stones | (cells & ~ROW_6)):
        return -1
    return -3 if can_align(stones | (cells & ROW_2)) else -2


@njit(cache=True, forceinline=True)
def zugzwang(current: np.uint64, occupied: np.uint64, threats: np.uint64) -> int:
    """An upper bound of the second player's score at his turn: the first, who has an odd threat, waits.

    `threats` are the first player's winning cells. He answers upon each stone (and where it tops its
    column's even cell, in another such column), until nothing is left but to play below the threat.
    """
    odd_threats = threats & ODD_ROWS
    if odd_threats == 0:
        return NO_BOUND
    open_ = BOARD ^ occupied
    either = playable_cells(occupied) & EVEN_ROWS
    for column in range(WIDTH):
        cells = column_cells(column)
        threat = odd_threats & cells
        if threat == 0 or either & cells == 0:
            continue
        lowest = threat & (~threat + U1)
        reach = (
            current | (((open_ & ODD_ROWS) | either) & ~cells) | (open_ & EVEN_ROWS & cells & (lowest - U1))
        )
        if not can_align(reach):
            return -2 if lowest & ROW_3 else -1
    return NO_BOUND
