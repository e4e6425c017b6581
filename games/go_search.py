"""Whether Black can get a margin in small Go: depth-first proof-number search, exact under superko.

A result is a proof, kept with what it relies on and used only where it still holds (games/go_proofs.py).
The move limit is left out: HEIGHT tells how long a game the proof may need.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from games.go_board import ZOBRIST
from games.go_life import count, margin, near, taken_by
from games.go_proofs import (
    DEPTHS,
    EARLIEST,
    INFINITE,
    NONE,
    TOO_DEEP,
    add_move,
    known,
    settled,
    store,
    verdict_of,
)


@njit(cache=True)
def decide(frames: Any, root: Any, table: Any, target: int) -> int:
    """Whether Black's margin is at least `target` in the position of frames[1]: YES, NO, or 0 if given up.

    Depth-first proof-number search (Nagai 2002): of the moves that may bring the mover his way, that
    one is searched whose refutation looks cheapest, until its numbers exceed those of the next.
    """
    root.target = target
    first = frames[1]
    _look(frames, root, table, 1)
    if first.proof == 0 or first.disproof == 0:
        return verdict_of(first)
    first.proof_limit = first.disproof_limit = INFINITE
    d = 1
    _open(frames, root, table, d)
    while True:
        here = frames[d]
        _sum_up(here)
        solved = here.proof == 0 or here.disproof == 0
        stopped = root.nodes > root.budget
        if solved or stopped or here.proof >= here.proof_limit or here.disproof >= here.disproof_limit:
            _close(frames, root, table, d)
            d -= 1
            if d == 0:
                return verdict_of(first) if solved else 0
            _take_over(frames[d], frames[d + 1])
            continue
        _descend(frames, root, d)
        d += 1
        _open(frames, root, table, d)


# --- one position on the way ---


@njit(cache=True)
def _look(frames: Any, root: Any, table: Any, d: int) -> None:
    """The numbers of frames[d] before it is searched: counted, known, or guessed by the stones."""
    here = frames[d]
    sign = 1 - 2 * here.player
    if here.passes == 2:
        here.used[:] = 0
        here.used[EARLIEST] = NONE
        black_gets_it = margin(here.black, here.white, root.board, root.stride) >= root.target
        _solve(here, black_gets_it == (sign > 0))
        return
    verdict = known(frames, root, table, d)
    if verdict != 0:
        _solve(here, verdict * sign > 0)
    elif here.proof == 0:
        lead = sign * (2 * (count(here.black) - count(here.white)) - root.target)
        here.proof = 1 + min(max(-lead, 0) // 6, 4)
        here.disproof = 1 + min(max(lead, 0) // 6, 4)


@njit(cache=True)
def _solve(here: Any, mover_gets_it: bool) -> None:
    here.proof, here.disproof = (0, INFINITE) if mover_gets_it else (INFINITE, 0)


@njit(cache=True)
def _open(frames: Any, root: Any, table: Any, d: int) -> None:
    """List the moves of frames[d] and look at each, unless life settles it or the line is too long."""
    here, after = frames[d], frames[d + 1]
    here.start, here.count = root.nodes, 0
    root.nodes += 1
    here.proof = here.disproof = TOO_DEEP
    verdict = settled(here, root)
    if verdict != 0:
        _solve(here, verdict * (1 - 2 * here.player) > 0)
    if verdict != 0 or d >= DEPTHS - 2:
        return
    list_moves(frames, root, d)
    own = here.black if here.player == 0 else here.white
    for m in range(here.count):
        go_on(frames, root, d, m)
        _look(frames, root, table, d + 1)
        point = here.moves[m]
        if after.proof != 0 and after.disproof != 0 and not near(point, root.stride) & root.board & ~own:
            after.disproof += 3  # a pass, or an eye of one's own
        _note_move(here, after, m)
        if after.disproof == 0:
            return  # the mover gets his way: the rest is not needed


@njit(cache=True)
def _note_move(here: Any, after: Any, m: int) -> None:
    here.proofs[m], here.disproofs[m] = after.proof, after.disproof
    if after.proof == 0 or after.disproof == 0:
        here.uses[m, :] = after.used[:]


@njit(cache=True)
def _take_over(here: Any, after: Any) -> None:
    _note_move(here, after, here.chosen)


@njit(cache=True)
def _sum_up(here: Any) -> None:
    """The numbers of a position from those of its moves, which number is to be searched among them.

    The disproof number is the largest of the moves' and one for each other: a sum would count shared
    subtrees many times over (Ueda et al. 2008, weak proof-number search).
    """
    if here.count == 0:
        return
    least, most, open_moves, here.chosen = INFINITE, 0, 0, 0
    for m in range(here.count):
        if here.disproofs[m] == 0:
            here.proof, here.disproof, here.chosen = 0, INFINITE, m
            return
        if here.proofs[m] == 0:
            continue
        open_moves += 1
        most = max(most, here.proofs[m])
        if here.disproofs[m] < least:
            least, here.chosen = here.disproofs[m], m
    here.proof = least
    here.disproof = min(most + open_moves - 1, INFINITE - 1) if open_moves else 0


@njit(cache=True)
def _descend(frames: Any, root: Any, d: int) -> None:
    """Make the chosen move, to be searched until another one looks cheaper."""
    here, after = frames[d], frames[d + 1]
    second, open_moves = INFINITE, 0
    for m in range(here.count):
        if here.proofs[m] != 0:
            open_moves += 1
            if m != here.chosen:
                second = min(second, here.disproofs[m])
    go_on(frames, root, d, here.chosen)
    after.disproof_limit = min(here.proof_limit, second + 1 + second // 4)
    after.proof_limit = here.disproof_limit - (open_moves - 1)


@njit(cache=True)
def _close(frames: Any, root: Any, table: Any, d: int) -> None:
    """What is known of frames[d] now goes into the table; of a solved one, with what the proof used."""
    here = frames[d]
    if here.count and (here.proof == 0 or here.disproof == 0):
        here.used[:] = 0
        here.used[EARLIEST] = NONE if here.proof == 0 else here.earliest
        for m in range(here.count):
            if here.disproof == 0 or m == here.chosen:
                add_move(here, m)
    if here.proof != TOO_DEEP or here.disproof != TOO_DEEP:
        store(here, root, table, d)


# --- positions ---


@njit(cache=True)
def go_on(frames: Any, root: Any, d: int, m: int) -> None:
    """The position after move m of frames[d], in the next frame."""
    here, after = frames[d], frames[d + 1]
    point, taken = here.moves[m], here.taken[m]
    after.black, after.white = here.black, here.white
    after.black_lost, after.white_lost = here.black_lost, here.white_lost
    after.player, after.ko = 1 - here.player, 0
    after.key = _key_after(here, root.stride, point, taken)
    mixed = (after.key + np.uint64(point == 0)) * np.uint64(0x9E3779B97F4A7C15)
    after.way = (here.way ^ mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    if point == 0:
        after.passes = here.passes + 1
        return
    after.passes = 0
    if here.player == 0:
        after.black, after.white = here.black | point, here.white & ~taken
        after.white_lost |= taken
        own = after.black
    else:
        after.black, after.white = here.black & ~taken, here.white | point
        after.black_lost |= taken
        own = after.white
    if taken and not taken & (taken - 1):
        beside = near(point, root.stride) & root.board
        if not beside & own and beside & ~(after.black | after.white) == taken:
            after.ko = taken


@njit(cache=True)
def _key_after(here: Any, stride: int, point: int, taken: int) -> np.uint64:
    key = here.key
    if point:
        key ^= ZOBRIST[here.player, _index(point) + stride + 1]
    while taken:
        stone = taken & -taken
        taken ^= stone
        key ^= ZOBRIST[1 - here.player, _index(stone) + stride + 1]
    return np.uint64(key)


@njit(cache=True)
def _index(point: int) -> int:
    return count(point - 1)


@njit(cache=True)
def _forbidden(frames: Any, root: Any, d: int, point: int, taken: int) -> int:
    """Which position the move would repeat: that of a frame, or -1 for one before the root; NONE if none."""
    here = frames[d]
    black_lost, white_lost = here.black_lost, here.white_lost
    if here.player == 0:
        black, white = here.black | point, here.white & ~taken
        white_lost |= taken
    else:
        black, white = here.black & ~taken, here.white | point
        black_lost |= taken
    if root.captures or black_lost or white_lost:
        key = _key_after(here, root.stride, point, taken)
        if (root.seen[key >> np.uint64(60)] >> (key & np.uint64(63))) & np.uint64(1):
            for n in range(root.positions):
                if root.history[n] == key:
                    return -1
    if black_lost and white_lost:
        for n in range(d - 1, 0, -1):
            if frames[n].black == black and frames[n].white == white:
                return n
    return NONE


# --- moves ---


@njit(cache=True)
def list_moves(frames: Any, root: Any, d: int) -> None:
    """The legal moves of frames[d] with what they take, and which of the way's positions forbid others."""
    here, total = frames[d], 0
    own, other = (here.black, here.white) if here.player == 0 else (here.white, here.black)
    here.earliest = NONE
    if here.passes == 1:  # to end the game is tried first, else last
        here.moves[0], here.taken[0], total = 0, 0, 1
    empty = root.board & ~(own | other)
    while empty:
        point = empty & -empty
        empty ^= point
        taken = taken_by(own, other, point, root.board, root.stride)
        if taken < 0:
            continue
        repeated = _forbidden(frames, root, d, point, taken)
        if repeated == NONE:
            here.moves[total], here.taken[total] = point, taken
            total += 1
        elif repeated >= 0 and point != here.ko:
            here.earliest = min(here.earliest, repeated)
    if here.passes == 0:
        here.moves[total], here.taken[total] = 0, 0
        total += 1
    here.count = total
