"""Exact play of small Go, up to 5x5: the truth against which everybody is measured.

    solver = Solver()
    solver.action_margins(states)   # int8 [B, N * N + 1]

A margin is counted for the player who moves: his points less the other's at the end under perfect
play, komi apart. The rules are those of games/go.py (area, positional superko, no suicide) without the
move limit. games/go_search.py says whether a margin can be had; here it is bisected.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.core import States
from games.go_board import point_of
from games.go_life import full_board
from games.go_search import DEPTHS, ENTRY, FRAME, LARGEST, MOVES, NO, ROOT, YES, decide, go_on, list_moves

ILLEGAL, UNSOLVED = -128, -127
TABLE_BITS = 18
NODES = 10**7


class Unsolvable(ValueError):  # noqa: N818
    """A position the solver was not made for; the message says why."""


class Solver:
    """Margins and values of positions on boards from 2x2 to 5x5.

    table_bits: the table has 2 ** table_bits entries of 68 bytes; nodes: after so many a move is given
    up as UNSOLVED.
    """

    def __init__(self, table_bits: int = TABLE_BITS, nodes: int = NODES) -> None:
        self.nodes, self.searched = nodes, 0
        self._table = np.zeros(1 << table_bits, ENTRY)
        self._frames = np.zeros(DEPTHS, FRAME)
        self._root = np.zeros(1, ROOT)
        self._heights = np.zeros(MOVES, np.int64)

    def action_margins(self, states: States) -> NDArray[np.int8]:
        """The margin after each move for the player who makes it, [B, N * N + 1].

        ILLEGAL where the rules forbid it, UNSOLVED where it took too long.
        """
        size = int(states["size"][0])
        out = np.full((len(states), size * size + 1), ILLEGAL, np.int8)
        self.searched = 0
        for b in range(len(states)):
            self._enter(states[b : b + 1])
            _action_margins(self._frames, self._root, self._table, self.nodes, out[b], self._heights)
            self.searched += int(self._root["nodes"][0])
        return out

    def decide(self, state: States, target: int) -> int:
        """YES or NO: Black's margin in the position [1] is at least `target`; 0 where it took too long."""
        self._enter(state)
        return int(_decide(self._frames, self._root, self._table, self.nodes, target))

    def _enter(self, state: States) -> None:
        if not 2 <= state["size"][0] <= LARGEST:
            raise Unsolvable(f"the solver plays boards up to {LARGEST}x{LARGEST}")
        if state["suicide"][0]:
            raise Unsolvable("the solver plays without suicide")
        generation = self._root["generation"][0] + 1
        self._root["generation"] = generation
        _enter(state, self._frames, self._root)


@njit(cache=True)
def _enter(states: Any, frames: Any, roots: Any) -> None:
    """Put a game's position and history at the root of the search."""
    state, root, here = states[0], roots[0], frames[0]
    size = int(state.size)
    root.size, root.stride, root.board = size, size + 1, full_board(size)
    root.positions, root.captures = state.positions, state.captures
    root.seen[:] = state.seen[:]
    for n in range(state.positions):
        root.history[n] = state.history[n]
    root.black_lost = root.white_lost = root.board if state.captures else 0
    root.nodes = 0
    here.black, here.white = 0, 0
    for action in range(size * size):
        bit = 1 << (action // size * (size + 1) + action % size)
        kind = state.color[point_of(action, size)]
        if kind == 1:
            here.black |= bit
        elif kind == 2:
            here.white |= bit
    here.key, here.player, here.passes, here.ko = state.key, state.player, state.passes, 0
    here.black_lost = here.white_lost = 0
    here.way = np.uint64(0)


@njit(cache=True, nogil=True)
def _action_margins(frames: Any, roots: Any, table: Any, nodes: int, out: Any, heights: Any) -> None:
    root = roots[0]
    points = root.size * root.size
    list_moves(frames, root, 0)
    total = frames[0].count
    here = frames[0]
    sign = 1 - 2 * here.player
    moves, taken = here.moves.copy(), here.taken.copy()
    guess = 0
    for m in range(total):
        here.moves[m], here.taken[m] = moves[m], taken[m]
        action = points
        if moves[m]:
            bit = 0
            while moves[m] >> bit != 1:
                bit += 1
            action = bit // root.stride * root.size + bit % root.stride
        go_on(frames, root, 0, m)
        found = _margin(frames, root, table, root.nodes + nodes, guess)
        out[action] = UNSOLVED if found == UNSOLVED else sign * found
        if found != UNSOLVED:
            guess = found


@njit(cache=True)
def _margin(frames: Any, root: Any, table: Any, budget: int, guess: int) -> int:
    """Black's margin in frames[1]."""
    low, high = -root.size * root.size, root.size * root.size
    target = guess
    while low < high:
        target = min(max(target, low + 1), high)
        root.budget = budget
        verdict = decide(frames, root, table, target)
        if verdict == YES:
            low = target
            target += 1
        elif verdict == NO:
            high = target - 1
        else:
            return UNSOLVED
    return low


@njit(cache=True, nogil=True)
def _decide(frames: Any, roots: Any, table: Any, nodes: int, target: int) -> int:
    roots[0].budget = nodes
    frames[1] = frames[0]
    return int(decide(frames, roots[0], table, target))
