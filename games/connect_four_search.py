"""Whether a Connect Four position is worth more than a given score: null-window alpha-beta.

    memory = new_memory(big_bits=24)
    bound = search(current, occupied, threats, plies, alpha, memory)

The score is that of `games.connect_four_solver`. Moves that lose at once are never tried, wins by
double threats are seen without being searched, strategies of following up bound the score
(`games.connect_four_bounds`), and a table keeps a lower and an upper bound of every position it holds
(after Pons, "Solving Connect 4: how to build a perfect AI"; cut-offs by the table's knowledge of the
children are ETC, Plaat et al. 1996, "Exploiting graph properties of game trees").
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from games.connect_four import (
    BOARD,
    BOTTOM,
    CELLS,
    U1,
    WIDTH,
    playable_cells,
    popcount,
    winning_cells,
)
from games.connect_four_bounds import EVEN_ROWS, ODD_ROWS, can_align, followed_up, zugzwang

UNKNOWN = -64  # less than every score

# --- the memory: one array, since every further one makes each call dearer ---
# [late positions' table | scratch of every ply | early positions' table]

LATE_BITS = 17  # 1 MB: most positions searched are late ones, and this stays in the processor's cache
EARLY_PLIES = 18  # positions up to here are few and dear: they get a table of their own
SCRATCH = 16  # words a ply: threats after each move, then the moves in the order of trial
SCRATCH_START = 1 << LATE_BITS
ADDRESS = SCRATCH_START + CELLS * SCRATCH  # here stands the array's own address, for `prefetch`
EARLY_START = SCRATCH_START + (CELLS + 1) * SCRATCH
LATE_MASK = np.uint64(SCRATCH_START - 1)

# An entry is key << 12 | lower bound << 6 | upper bound, the bounds raised by 32; 0 is empty.
KEY_SHIFT, LOW_SHIFT, BOUND_MASK, BOUND_OFFSET = np.uint64(12), np.uint64(6), np.uint64(63), 32
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing: Knuth, volume 3, 6.4
MIRRORED_PLIES = 14  # up to here mirror images share an entry; later they are too rare to pay


def new_memory(early_bits: int) -> NDArray[np.uint64]:
    """Empty tables: 2 ** LATE_BITS entries of 8 bytes for late positions, 2 ** early_bits for early ones."""
    memory = np.zeros(EARLY_START + (1 << early_bits), np.uint64)
    memory[ADDRESS] = memory.ctypes.data
    return memory


# --- the search ---


@intrinsic
def prefetch(context: Any, address: Any) -> Any:
    """Tell the processor that the memory at this address is wanted soon: most of a search is waiting."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        function = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        )
        builder.call(function, [builder.inttoptr(arguments[0], byte), word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(types.uint64), generate


@njit(cache=True)
def search(
    current: np.uint64, occupied: np.uint64, threats: np.uint64, plies: int, alpha: int, memory: Any
) -> int:
    """A bound of the score: a lower one where it exceeds alpha, else an upper one.

    `threats` are the opponent's winning cells. The player to move must not be able to win at once,
    as no caller lets happen.
    """
    moves = safe_moves(occupied, threats)
    if moves == 0:
        return -((CELLS - plies) // 2)
    if plies >= CELLS - 2:
        return 0
    opponent = current ^ occupied
    if moves & (moves - U1) == 0:  # an only move is made without asking the table
        stones = occupied | moves
        threats = winning_cells(current | moves, stones)
        if alpha < 3:
            low = -strategic_bound(opponent, stones, threats, plies + 1)
            if low > alpha:
                return low
        return int(-search(opponent, stones, threats, plies + 1, -alpha - 1, memory))
    low, high = bounds_of_lines(current, opponent, plies, alpha)
    key = key_of(current, occupied, plies)
    slot = slot_of(key, plies, memory)
    if low <= alpha < high and memory[slot] >> KEY_SHIFT == key:
        low, high = max(low, low_of(memory[slot])), min(high, high_of(memory[slot]))
    if low > alpha:
        return low
    if high <= alpha:
        return high
    count = _order(current, occupied, moves, plies, alpha, memory)
    if count < 0:  # some move settles it
        return min(high, count - UNKNOWN)
    high = min(high, (CELLS - 3 - plies) // 2)  # no win with the next stone but one
    if high <= alpha:
        return high
    best = UNKNOWN
    scratch = np.uint64(SCRATCH_START + plies * SCRATCH)
    for number in range(count):
        column = memory[scratch + np.uint64(7 + number)] & np.uint64(7)
        cell = moves & (np.uint64(0x3F) << (column * np.uint64(7)))
        threats = memory[scratch + column]
        best = max(best, -search(opponent, occupied | cell, threats, plies + 1, -alpha - 1, memory))
        if best > alpha:
            break
    memory[slot] = entry_of(key, max(low, best), high) if best > alpha else entry_of(key, low, best)
    return best


@njit(cache=True, forceinline=True)
def bounds_of_lines(current: np.uint64, opponent: np.uint64, plies: int, alpha: int) -> tuple[int, int]:
    """Lower and upper bound of a position in which nobody wins with the next stone; where it may settle
    the question, 0 for who has no line left."""
    low, high = -((CELLS - 2 - plies) // 2), (CELLS - 1 - plies) // 2
    if alpha < 0:
        if not can_align(BOARD ^ current):
            low = 0
    elif not can_align(BOARD ^ opponent):
        high = min(high, 0)
    return low, high


@njit(cache=True, forceinline=True)
def safe_moves(occupied: np.uint64, threats: np.uint64) -> np.uint64:
    """The cells on which the mover can land without letting the opponent win with the next stone."""
    moves = playable_cells(occupied)
    forced = moves & threats
    if forced:
        if forced & (forced - U1):
            return np.uint64(0)
        moves = forced
    return np.uint64(moves & ~(threats >> U1))


@njit(cache=True, forceinline=True)
def strategic_bound(current: np.uint64, occupied: np.uint64, threats: np.uint64, plies: int) -> int:
    """The least upper bound that the opponent's strategies give."""
    if plies & 1:
        return zugzwang(current, occupied, threats)
    return followed_up(current, occupied)


@njit(cache=True, forceinline=True)
def _order(
    current: np.uint64, occupied: np.uint64, moves: np.uint64, plies: int, alpha: int, memory: Any
) -> int:
    """Write the moves into the scratch, best first, and return their number.

    Where one of them settles that the score exceeds alpha: UNKNOWN + a lower bound.
    """
    scratch = np.uint64(SCRATCH_START + plies * SCRATCH)
    first = scratch + np.uint64(7)
    opponent = current ^ occupied
    count = np.uint64(0)
    rest = moves
    while rest:
        cell = rest & (~rest + U1)
        rest ^= cell
        slot = slot_of(key_of(opponent, occupied | cell, plies + 1), plies + 1, memory)
        prefetch(memory[ADDRESS] + np.uint64(8) * slot)
    while moves:
        cell = moves & (~moves + U1)
        moves ^= cell
        mine, stones = current | cell, occupied | cell
        threats = winning_cells(mine, stones)
        if safe_moves(stones, threats) == 0:  # wins with the mover's next stone
            return UNKNOWN + (CELLS - 1 - plies) // 2
        floor, ceiling = -BOUND_OFFSET, BOUND_OFFSET
        key = key_of(opponent, stones, plies + 1)
        entry = memory[slot_of(key, plies + 1, memory)]
        if entry >> KEY_SHIFT == key:
            floor, ceiling = -high_of(entry), -low_of(entry)
        if alpha < 3:
            floor = max(floor, -strategic_bound(opponent, stones, threats, plies + 1))
        if floor > alpha:
            return UNKNOWN + floor
        column = _column(cell)
        memory[scratch + column] = threats
        rank = _promise(mine, opponent, stones, cell, threats, plies)
        if floor > -BOUND_OFFSET:
            rank += 3 * max(0, floor + 19) // 4 - 8
        if ceiling < BOUND_OFFSET:
            rank += 11 * (ceiling - alpha) // 4
            if ceiling <= alpha:
                rank -= 51
        word = np.uint64(rank + 8192) << np.uint64(3) | column
        place = first + count
        while place > first and memory[place - U1] < word:
            memory[place] = memory[place - U1]
            place -= U1
        memory[place] = word
        count += U1
    return int(count)


@njit(cache=True, forceinline=True)
def _column(cell: np.uint64) -> np.uint64:
    """The column of a cell."""
    return np.uint64(popcount(cell - U1) // 7)


@njit(cache=True, forceinline=True)
def _promise(
    mine: np.uint64, opponent: np.uint64, stones: np.uint64, cell: np.uint64, threats: np.uint64, plies: int
) -> int:
    """How promising a position is for the player who has just moved to `cell`."""
    rows = EVEN_ROWS if plies & 1 else ODD_ROWS
    rank = 64 * popcount(threats) + 24 * popcount(threats & rows)
    rank += 4 * (7 - 2 * abs(popcount(cell - U1) // 7 - 3))
    if cell & rows:
        rank += 11
    if threats & playable_cells(stones):
        rank -= 6
    if plies <= 18:
        ones, twos = open_lines(mine, opponent)
        their_ones, their_twos = open_lines(opponent, mine)
        rank += 4 * ones + 16 * twos - 7 * their_ones - 16 * their_twos
    return rank


@njit(cache=True)
def open_lines(stones: np.uint64, others: np.uint64) -> tuple[int, int]:
    """The lines of four without `others` that hold one or three, and two, of `stones`; verticals apart."""
    free = BOARD ^ others
    odd, even = 0, 0
    for shift in (np.uint64(7), np.uint64(6), np.uint64(8)):
        double = shift + shift
        lines = free & (free >> shift)
        lines &= lines >> double
        second, third, fourth = stones >> shift, stones >> double, stones >> (double + shift)
        a, b = stones ^ second, third ^ fourth
        several = (a & b) | (stones & second) | (third & fourth)
        odd += popcount((a ^ b) & lines & ~several)
        even += popcount(lines & several & ~(a ^ b))
    return odd, even


# --- the tables ---


@njit(cache=True, forceinline=True)
def low_of(entry: np.uint64) -> int:
    """The lower bound that an entry holds."""
    return int(np.int64((entry >> LOW_SHIFT) & BOUND_MASK)) - BOUND_OFFSET


@njit(cache=True, forceinline=True)
def high_of(entry: np.uint64) -> int:
    """The upper bound that an entry holds."""
    return int(np.int64(entry & BOUND_MASK)) - BOUND_OFFSET


@njit(cache=True, forceinline=True)
def entry_of(key: np.uint64, low: int, high: int) -> np.uint64:
    """What the table holds of a position."""
    bounds = np.uint64(low + BOUND_OFFSET) << LOW_SHIFT | np.uint64(high + BOUND_OFFSET)
    return np.uint64(key << KEY_SHIFT | bounds)


@njit(cache=True, forceinline=True)
def key_of(current: np.uint64, occupied: np.uint64, plies: int) -> np.uint64:
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


@njit(cache=True, forceinline=True)
def slot_of(key: np.uint64, plies: int, memory: Any) -> np.uint64:
    """Where a position is kept: the product's high bits, brought down to its table's size."""
    place = (key * MULTIPLIER) >> np.uint64(32)
    if plies > EARLY_PLIES:
        return np.uint64(place & LATE_MASK)
    return np.uint64(EARLY_START + np.int64(place & np.uint64(len(memory) - EARLY_START - 1)))
