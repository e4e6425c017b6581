"""A Go board: stones, chains and their liberties, superko, area. One position at a time.

Points of a board of size N are numbered with a wall around them, N + 1 apart (5x5 here):

     #  #  #  #  #  #
     #  7  8  9 10 11      index = (row + 1) * (N + 1) + column + 1, the top row first
     # 13 14 15 16 17      the wall at the end of a row is the wall before the next
     # ..                  neighbours: -1, +1, -(N + 1), +(N + 1)

A chain is a ring of `next` links; each of its stones names the same `chain`, at whose index its
liberties are counted: pairs of (stone, empty neighbour), "pseudo-liberties". A chain has none left
when it has no liberty left, and it is about to be captured at a point when all of them lie there.

Superko is positional: a move may not recreate any earlier arrangement of stones. Every position is
kept as a 64-bit Zobrist hash (Zobrist 1970). A false ban needs two hashes of at most 1,084 positions
to collide: below 1,084 / 2^64, 6e-17, for each move that is looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

EMPTY, BLACK, WHITE, WALL = 0, 1, 2, 3
NO_MOVE = -1
LIMIT = 3  # a game ends after LIMIT * N * N moves, and is then counted as it stands
SEEN_WORDS = 16  # a filter of 1,024 bits before the list of earlier positions
HALF, ONE = np.uint64(32), np.uint64(1)
SMALL, LARGE = 9, 19  # one compiled type serves all boards up to 9x9, another up to 19x19


def state_dtype(capacity: int) -> np.dtype[Any]:
    """The record of a game on a board of at most that size."""
    points = (capacity + 2) * (capacity + 1) + 1
    dtype = np.dtype(
        [
            ("history", np.uint64, (LIMIT * capacity * capacity + 1,)),
            ("seen", np.uint64, (SEEN_WORDS,)),
            ("key", np.uint64),  # of the stones as they lie
            ("komi", np.float32),  # what White gets
            ("size", np.int16),
            ("player", np.int16),  # 0 Black, 1 White
            ("ply", np.int16),
            ("passes", np.int16),  # in a row
            ("last", np.int16),  # actions, NO_MOVE before the first
            ("before_last", np.int16),
            ("suicide", np.int16),  # 1 where it is legal
            ("captures", np.int16),  # how often stones have left the board
            ("positions", np.int16),  # length of `history`
            ("chain", np.int16, (points,)),
            ("next", np.int16, (points,)),
            ("liberties", np.int16, (points,)),
            ("color", np.uint8, (points,)),
        ]
    )  # the widest first, so that nothing is padded: padding bytes would make equal states differ
    spare = -dtype.itemsize % 8
    return np.dtype(
        [*((name, *_of(dtype[name])) for name in dtype.names or ()), ("spare", np.uint8, (spare,))]
    )


def _of(field: np.dtype[Any]) -> tuple[Any, tuple[int, ...]]:
    return field.base, field.shape


STATE_SMALL, STATE_LARGE = state_dtype(SMALL), state_dtype(LARGE)
ZOBRIST = np.random.default_rng(37).integers(
    1, 2**64, (2, len(np.zeros(1, STATE_LARGE)["color"][0])), np.uint64
)


@njit(cache=True)
def point_of(action: int, size: int) -> int:
    """The padded index of a point of the board."""
    return (action // size + 1) * (size + 1) + action % size + 1


@njit(cache=True)
def action_of(point: int, size: int) -> int:
    """The inverse of point_of."""
    return (point // (size + 1) - 1) * size + point % (size + 1) - 1


@njit(cache=True)
def is_over(state: Any) -> bool:
    """Two passes in a row, or the move limit."""
    return bool(state.passes >= 2 or state.ply >= LIMIT * state.size * state.size)


# --- superko ---


@njit(cache=True)
def remember(state: Any) -> None:
    """Add the position as it lies to those that may not come back."""
    key = state.key
    state.history[state.positions] = key
    state.positions += 1
    state.seen[key >> np.uint64(60)] |= np.uint64(1) << (key & np.uint64(63))


@njit(cache=True)
def was_seen(state: Any, key: np.uint64) -> bool:
    """Whether a position of that key has lain on the board in this game."""
    if not may_be_seen(state, key):
        return False
    history, found = state.history, False
    for n in range(state.positions):  # to the end: so the processor compares several at once
        found |= history[n] == key
    return bool(found)


@njit(cache=True)
def may_be_seen(state: Any, key: np.uint64) -> bool:
    """Whether the filter lets a key through: every earlier position's, and a few others."""
    return bool((state.seen[key >> np.uint64(60)] >> (key & np.uint64(63))) & np.uint64(1))


# --- legality ---


@njit(cache=True)
def _edges(chain: Any, point: int, head: int, stride: int) -> int:
    """How many of a point's neighbours belong to the chain."""
    count = 0
    for step in (-stride, -1, 1, stride):
        count += chain[point + step] == head
    return count


@njit(cache=True)
def _chain_key(state: Any, head: int, color: int) -> np.uint64:
    key, stone, following = np.uint64(0), head, state.next
    while True:
        key ^= ZOBRIST[color - 1, stone]
        stone = following[stone]
        if stone == head:
            return np.uint64(key)


@njit(cache=True)
def is_legal_point(state: Any, point: int) -> bool:
    """Whether the player to move may put a stone there: empty, no forbidden suicide, no repetition."""
    color, chain, liberties = state.color, state.chain, state.liberties
    if color[point] != EMPTY:
        return False
    stride, own = state.size + 1, state.player + 1
    breathes, captures, joins = False, False, False
    for step in (-stride, -1, 1, stride):
        near = point + step
        kind = color[near]
        if kind == EMPTY:
            breathes = True
        elif kind != WALL:
            dies = liberties[chain[near]] == _edges(chain, point, chain[near], stride)
            if kind == own:
                joins = True
                breathes = breathes or not dies
            else:
                captures = captures or dies
    if not breathes and not captures:
        if not state.suicide or not joins:
            return False  # suicide; that of a single stone repeats the position, whatever the rules
        return not was_seen(state, _key_after_suicide(state, point))
    if state.captures == 0 and not captures:
        return True  # stones have only been added: nothing can repeat
    return not was_seen(state, key_after(state, point))


@njit(cache=True)
def key_after(state: Any, point: int) -> np.uint64:
    """The position's key after a stone there and what it captures."""
    color, chain, liberties = state.color, state.chain, state.liberties
    stride, own = state.size + 1, state.player + 1
    key = state.key ^ ZOBRIST[own - 1, point]
    one, two, three = -1, -1, -1  # chains taken already: a chain may touch the point on several sides
    for step in (-stride, -1, 1, stride):
        near = point + step
        if color[near] != 3 - own:
            continue
        head = chain[near]
        if head in (one, two, three):
            continue
        if liberties[head] == _edges(chain, point, head, stride):
            key ^= _chain_key(state, head, 3 - own)
            one, two, three = head, one, two
    return np.uint64(key)


@njit(cache=True)
def _key_after_suicide(state: Any, point: int) -> np.uint64:
    color, chain = state.color, state.chain
    stride, own = state.size + 1, state.player + 1
    key = state.key
    one, two, three = -1, -1, -1
    for step in (-stride, -1, 1, stride):
        head = chain[point + step]
        if color[point + step] == own and head != one and head != two and head != three:
            key ^= _chain_key(state, head, own)
            one, two, three = head, one, two
    return np.uint64(key)


# --- moves ---


@njit(cache=True)
def _remove(state: Any, head: int) -> int:
    """Take a chain off the board; returns how many stones it had."""
    color, chain, following, liberties = state.color, state.chain, state.next, state.liberties
    stride, kind = state.size + 1, state.color[head]
    key, stone, count = state.key, head, 0
    while True:
        for step in (-stride, -1, 1, stride):
            near = stone + step
            if color[near] == 3 - kind:
                liberties[chain[near]] += 1
        color[stone] = EMPTY
        key ^= ZOBRIST[kind - 1, stone]
        count += 1
        after = following[stone]
        chain[stone], following[stone], liberties[stone] = 0, 0, 0
        stone = after
        if stone == head:
            break
    state.key = key
    return count


@njit(cache=True)
def _join(state: Any, kept: int, joined: int) -> None:
    """Make two chains one, under the head of the first."""
    chain, following = state.chain, state.next
    stone = joined
    while True:
        chain[stone] = kept
        stone = following[stone]
        if stone == joined:
            break
    following[kept], following[joined] = following[joined], following[kept]
    state.liberties[kept] += state.liberties[joined]
    state.liberties[joined] = 0


@njit(cache=True)
def put_stone(state: Any, point: int) -> int:
    """The mover's stone on a legal point and what it captures; returns the number of stones captured.

    Neither the turn nor the history changes: see play.
    """
    color, chain, liberties = state.color, state.chain, state.liberties
    stride, own = state.size + 1, state.player + 1
    color[point], chain[point], state.next[point] = own, point, point
    state.key ^= ZOBRIST[own - 1, point]
    free = 0
    for step in (-stride, -1, 1, stride):
        kind = color[point + step]
        if kind == EMPTY:
            free += 1
        elif kind != WALL:
            liberties[chain[point + step]] -= 1
    liberties[point] = free
    for step in (-stride, -1, 1, stride):
        near = point + step
        if color[near] == own and chain[near] != chain[point]:
            _join(state, chain[near], chain[point])
    taken = 0
    for step in (-stride, -1, 1, stride):
        near = point + step
        if color[near] == 3 - own and liberties[chain[near]] == 0:
            taken += _remove(state, chain[near])
    if liberties[chain[point]] == 0:  # suicide, where it is legal
        _remove(state, chain[point])
        state.captures += 1
    state.captures += taken > 0
    return taken


@njit(cache=True)
def play(state: Any, action: int) -> None:
    """The mover's legal action in place, size * size being the pass."""
    if action == state.size * state.size:
        state.passes += 1
    else:
        put_stone(state, point_of(action, state.size))
        state.passes = 0
        remember(state)
    state.before_last, state.last = state.last, action
    state.player = 1 - state.player
    state.ply += 1


@njit(cache=True)
def is_legal(state: Any, action: int) -> bool:
    """Whether the rules allow the action now; the pass is legal until the end."""
    points = state.size * state.size
    if action < 0 or action > points or is_over(state):
        return False
    return bool(action == points or is_legal_point(state, point_of(action, state.size)))


# --- counting ---


@njit(cache=True)
def _fill_row(reached: np.uint64, empty: np.uint64, size: int) -> np.uint64:
    """The bits of the runs of `empty` that hold a bit of `reached`, a part of it."""
    reached |= empty & ((empty + reached) ^ empty)  # the carry runs up each run from its lowest bit
    run, by = empty, 1
    while by < size:
        shift = np.uint64(by)
        reached |= run & (reached >> shift)
        run &= run >> shift
        by *= 2
    return np.uint64(reached)


@njit(cache=True)
def _read_rows(state: Any, stones: Any, empty: Any) -> None:
    """Rows of bits, [N + 2] with a free row on either side: Black's stones in the low half of each, White's
    in the high half; the empty points in both."""
    size, color = state.size, state.color
    stones[0] = stones[size + 1] = empty[0] = empty[size + 1] = 0
    for row in range(1, size + 1):
        start = row * (size + 1) + 1
        black, white, free = np.uint64(0), np.uint64(0), np.uint64(0)
        for column in range(size):
            kind = color[start + column]
            black |= np.uint64(kind == BLACK) << np.uint64(column)
            white |= np.uint64(kind == WHITE) << np.uint64(column)
            free |= np.uint64(kind == EMPTY) << np.uint64(column)
        stones[row], empty[row] = black | white << HALF, free | free << HALF


@njit(cache=True)
def _reach(size: int, stones: Any, empty: Any, reach: Any) -> None:
    """The empty points that each colour reaches by empty points, as rows of bits: both colours at once."""
    reach[0] = reach[size + 1] = 0
    for row in range(1, size + 1):
        own = stones[row]
        beside = own << np.uint64(1) | own >> np.uint64(1) | stones[row - 1] | stones[row + 1]
        reach[row] = beside & empty[row]
    downward, sweeps, changed = True, 0, True
    while changed or sweeps < 2:  # until a sweep changes nothing, the other way having been swept
        changed = False
        for n in range(1, size + 1):
            row = n if downward else size + 1 - n
            before = row - 1 if downward else row + 1
            reached = _fill_row(reach[row] | reach[before] & empty[row], empty[row], size)
            changed |= reached != reach[row]
            reach[row] = reached
        downward, sweeps = not downward, sweeps + 1


@njit(cache=True)
def area(state: Any, owner: Any) -> int:
    """Tromp-Taylor's count, Black's points minus White's without komi, every stone taken as alive.

    owner int8 [N * N]: +1 where Black counts the point, -1 where White does, 0 where both reach it or
    nobody does.
    """
    size = state.size
    rows = np.empty((3, size + 2), np.uint64)
    stones, empty, reach = rows[0], rows[1], rows[2]
    _read_rows(state, stones, empty)
    _reach(size, stones, empty, reach)
    balance = 0
    for row in range(size):
        both = stones[row + 1] | reach[row + 1]
        black, white = both & ~(both >> HALF), (both >> HALF) & ~both
        for column in range(size):
            bit = np.uint64(column)
            sign = int(black >> bit & ONE) - int(white >> bit & ONE)
            owner[row * size + column] = sign
            balance += int(sign)
    return balance


@njit(cache=True)
def outcome(state: Any, owner: Any) -> int:
    """+1 where Black wins the position as it stands, komi counted, -1 where White does, 0 for a draw."""
    balance = area(state, owner) - state.komi
    return 1 if balance > 0 else -1 if balance < 0 else 0
