"""Exact play of small Go, up to 5x5: the truth against which everybody is measured.

    solver = Solver()
    solver.action_margins(states)   # int8 [B, N * N + 1]: by how many points each move wins or loses
    solver.action_values(states)    # whether it wins at the komi of its state; cheaper

The rules are those of games/go.py (area, positional superko, no suicide), history and all, but for the
move limit. games/go_search.py decides whether a margin can be had; here it is bisected. Stones that were
taken before the position make it harder: see `taken_points`.

Measured: 3x3 with every move's margin 0.1 s, 4x4 two minutes (table_bits=23: 38 million nodes), a 5x5
position with 4 to 12 empty points mostly milliseconds, now and then more than seconds; nobody has waited
for the empty 5x5 board.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.core import States
from games.go_board import point_of
from games.go_life import count, full_board, margin
from games.go_proofs import DEPTHS, ENTRY, FRAME, HEIGHT, LARGEST, NO, ROOT, YES
from games.go_search import decide, go_on, list_moves

ILLEGAL, UNSOLVED = -128, -127  # stand for the margin or the value of a move
TABLE_BITS = 18
NODES = 10**7


class Unsolvable(ValueError):  # noqa: N818
    """A position the solver was not made for; the message says why."""


class Solver:
    """Margins and values of positions on boards from 2x2 to 5x5.

    table_bits: the table has 2 ** table_bits entries of about 100 bytes; nodes: after so many a move is
    given up as UNSOLVED. `searched` counts the nodes of the last call, `plies` how many more plies the
    longest game may take that its proofs rely on (the move limit is left out).
    """

    def __init__(self, table_bits: int = TABLE_BITS, nodes: int = NODES) -> None:
        if not 8 <= table_bits <= 28:
            raise ValueError(f"a table has 2 ** 8 to 2 ** 28 entries, not 2 ** {table_bits}")
        self.nodes, self.searched, self.plies = nodes, 0, 0
        self._table = np.zeros(1 << table_bits, ENTRY)
        self._frames = np.zeros(DEPTHS, FRAME)
        self._root = np.zeros(1, ROOT)

    def action_margins(self, states: States, taken: Any = None) -> NDArray[np.int8]:
        """The mover's points less the other's after each move and perfect play, komi apart, [B, N * N + 1].

        ILLEGAL where the rules forbid it, UNSOLVED where it took too long. All boards of one size; taken
        int64 [B, 2] as `taken_points` gives it. Raises Unsolvable.
        """
        return self._each(MARGINS, states, taken)

    def action_values(self, states: States, taken: Any = None) -> NDArray[np.int8]:
        """Whether each move wins (1), draws (0) or loses (-1) at the komi of its state, else as
        action_margins."""
        return self._each(VALUES, states, taken)

    def best_moves(self, state: States, taken: Any = None) -> tuple[int, NDArray[np.int8]]:
        """The mover's margin in the position [1], and the moves that reach it: 1, others -1, [N * N + 1].

        The margin is UNSOLVED where it took too long, and then nothing is said of the moves. Of those, each
        may be ILLEGAL or UNSOLVED.
        """
        self._enter(state, taken)
        out = np.full(int(state["size"][0]) ** 2 + 1, ILLEGAL, np.int8)
        return self._ask(BEST, 0, out), out

    def decide(self, state: States, wanted: int, taken: Any = None) -> bool | None:
        """Whether Black gets at least that margin from the position [1]; None where it took too long."""
        self._enter(state, taken)
        verdict = self._ask(DECIDE, wanted, np.zeros(1, np.int8))
        return None if verdict == 0 else bool(verdict == YES)

    def _each(self, question: int, states: States, taken: Any) -> NDArray[np.int8]:
        size = int(states["size"][0]) if len(states) else 0
        out = np.full((len(states), size * size + 1), ILLEGAL, np.int8)
        searched = plies = 0
        for b in range(len(states)):
            self._enter(states[b : b + 1], None if taken is None else taken[b : b + 1])
            self._ask(question, states["komi"][b], out[b])
            searched, plies = searched + self.searched, max(plies, self.plies)
        self.searched, self.plies = searched, plies
        return out

    def _ask(self, question: int, bound: float, out: NDArray[np.int8]) -> int:
        answer = _answer(question, float(bound), self._frames, self._root, self._table, self.nodes, out)
        self.searched, self.plies = int(self._root["nodes"][0]), int(self._root["plies"][0])
        return int(answer)

    def _enter(self, state: States, taken: Any) -> None:
        if not 2 <= state["size"][0] <= LARGEST:
            raise Unsolvable(f"the solver plays boards up to {LARGEST}x{LARGEST}, not of {state['size'][0]}")
        if state["suicide"][0]:
            raise Unsolvable("the solver knows no suicide")
        if state["passes"][0] >= 2:
            raise Unsolvable("the game is over: there is no move to solve")
        points = -1 if state["captures"][0] else 0  # any, as long as nobody says which
        known = np.full((1, 2), points, np.int64) if taken is None else np.ascontiguousarray(taken, np.int64)
        self._root["generation"] += 1
        _enter(state, known, self._frames, self._root)


def taken_points(states: States) -> NDArray[np.int64]:
    """The points at which Black's and White's stones were taken in a game, [1, 2] bitboards.

    states [T + 1]: the positions before each move and after the last. The solver knows of each position
    that lay on the board, but only by a hash; with these points it can rely on more.
    """
    out = np.zeros((1, 2), np.int64)
    _taken_points(states, out)
    return out


@njit(cache=True)
def _taken_points(states: Any, out: Any) -> None:
    for t in range(1, len(states)):
        size = states[t].size
        for action in range(size * size):
            before = states[t - 1].color[point_of(action, size)]
            if before != 0 and states[t].color[point_of(action, size)] != before:
                out[0, before - 1] |= 1 << (action // size * (size + 1) + action % size)


# --- one position ---


@njit(cache=True)
def _enter(states: Any, taken: Any, frames: Any, roots: Any) -> None:
    """Put a game's position and history at the root of the search."""
    state, root, here = states[0], roots[0], frames[0]
    size = int(state.size)
    root.size, root.stride, root.board = size, size + 1, full_board(size)
    root.positions, root.captures = state.positions, state.captures
    root.seen[:] = state.seen[:]
    for n in range(state.positions):
        root.history[n] = state.history[n]
    root.black_lost, root.white_lost = taken[0, 0], taken[0, 1]
    root.nodes = root.plies = 0
    here.black, here.white = 0, 0
    for action in range(size * size):
        bit = 1 << (action // size * (size + 1) + action % size)
        kind = state.color[point_of(action, size)]
        if kind == 1:
            here.black |= bit
        elif kind == 2:
            here.white |= bit
    here.key, here.player, here.passes, here.ko = state.key, state.player, state.passes, 0
    here.black_lost, here.white_lost, here.way = 0, 0, np.uint64(0)


# One kernel answers every question: each that calls the search is compiled with all of it, for 20 s.
DECIDE, MARGINS, VALUES, BEST = range(4)


@njit(cache=True, nogil=True)  # long: other threads, a window's say, go on
def _answer(question: int, bound: float, frames: Any, roots: Any, table: Any, nodes: int, out: Any) -> int:
    """DECIDE: YES or NO to a margin of at least `bound`. MARGINS, VALUES at a komi of `bound`: of each move
    in `out`. BEST: the mover's margin, and in `out` which moves reach it."""
    here, root = frames[0], roots[0]
    sign, target, guess = 1 - 2 * here.player, int(np.floor(bound)), 0
    if question in (DECIDE, BEST):
        frames[1] = frames[0]
        if question == DECIDE:
            return int(_ask(frames, root, table, target, nodes))
        guess = margin(here.black, here.white, root.board, root.stride)
        guess = _margin(frames, root, table, nodes, guess)
        if guess == UNSOLVED:
            return UNSOLVED
        target = guess + here.player
    list_moves(frames, root, 0)
    for m in range(here.count):
        go_on(frames, root, 0, m)
        budget = root.nodes + nodes
        if question == MARGINS:
            score = _margin(frames, root, table, budget, guess)
            guess = guess if score == UNSOLVED else score
        elif question == VALUES:
            score = _value(frames, root, table, budget, bound)
        else:
            score = _ask(frames, root, table, target, budget)
            score = UNSOLVED if score == 0 else score
        out[_action(here.moves[m], root.size)] = score if score == UNSOLVED else sign * score
    return int(sign * guess)


@njit(cache=True)
def _action(point: int, size: int) -> int:
    bit = count(point - 1)
    return size * size if point == 0 else bit // (size + 1) * size + bit % (size + 1)


@njit(cache=True)
def _margin(frames: Any, root: Any, table: Any, budget: int, guess: int) -> int:
    """Black's margin in frames[1]: asked for at the guess, then step by step away from it."""
    low, high, target = -root.size * root.size, root.size * root.size, guess
    while low < high:
        target = min(max(target, low + 1), high)
        verdict = _ask(frames, root, table, target, budget)
        if verdict == 0:
            return UNSOLVED
        if verdict == YES:
            low, target = target, target + 1
        else:
            high, target = target - 1, target - 1
    return int(low)


@njit(cache=True)
def _value(frames: Any, root: Any, table: Any, budget: int, komi: float) -> int:
    """Whether Black wins in frames[1], draws or loses."""
    more, enough = int(np.floor(komi)) + 1, int(np.ceil(komi))
    verdict = _ask(frames, root, table, more, budget)
    if verdict == NO and enough < more:
        verdict = _ask(frames, root, table, enough, budget)
        return 0 if verdict == YES else UNSOLVED if verdict == 0 else -1
    return UNSOLVED if verdict == 0 else verdict


@njit(cache=True)
def _ask(frames: Any, root: Any, table: Any, target: int, budget: int) -> int:
    root.budget = budget
    points = root.size * root.size
    if target <= -points or target > points:
        return YES if target <= -points else NO
    verdict = decide(frames, root, table, target)
    if verdict != 0:
        root.plies = max(root.plies, frames[1].used[HEIGHT] + 1)
    return int(verdict)
