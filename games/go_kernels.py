"""Go's batched kernels: what games/go.py wraps in Python, on the single positions of games/go_board.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from games.core import DRAWN, GOES_ON, ILLEGAL, LOST, WON
from games.go_board import (
    BLACK,
    EMPTY,
    LARGE,
    WHITE,
    ZOBRIST,
    action_of,
    area,
    is_legal,
    is_legal_point,
    is_over,
    key_after,
    may_be_seen,
    outcome,
    play,
    point_of,
    was_seen,
)

PADDED = (LARGE + 2) * (LARGE + 1) + 1
U1 = np.uint64(1)


@njit(cache=True)
def other_size(states: Any, size: int) -> int:
    """The first size of a board that is not the given one, else that."""
    for b in range(len(states)):
        if states[b].size != size:
            return int(states[b].size)
    return size


@njit(cache=True)
def step_batch(states: Any, actions: Any) -> int:
    """Play in place; returns the first row whose action is illegal, or -1."""
    for b in range(len(states)):
        if not is_legal(states[b], actions[b]):
            return b
        play(states[b], actions[b])
    return -1


# --- what there is to see of all points at once, by padded index (games/go_board.py) ---


@njit(cache=True)
def _scratch() -> Any:
    """Room for one position: liberties by chain, a list of points, notes by point."""
    wide, few = np.empty((2, PADDED), np.int16), np.empty(PADDED, np.uint8)
    notes = np.empty((4, PADDED), np.bool_)
    return wide[0], wide[1], few, notes[0], notes[1], notes[2], notes[3]


@njit(cache=True)
def _count_liberties(state: Any, scratch: Any) -> None:
    """`few`: the number of different liberties of each stone's chain, counted up to 3."""
    count, few = scratch[0], scratch[2]
    size, color, chain = state.size, state.color, state.chain
    stride, padded = np.uint64(size + 1), (size + 2) * (size + 1) + 1
    for i in range(padded):
        count[i] = 0
    for row in range(size):
        start = (row + 1) * (size + 1) + 1
        for point in range(np.uint64(start), np.uint64(start + size)):
            if color[point] == EMPTY:  # chain: 0 where there is no stone, whose count is nothing
                up, left = np.uint64(chain[point - stride]), np.uint64(chain[point - U1])
                right, down = np.uint64(chain[point + U1]), np.uint64(chain[point + stride])
                count[up] += 1
                count[left] += left != up
                count[right] += (right != up) & (right != left)
                count[down] += (down != up) & (down != left) & (down != right)
    count[0] = 0
    for at in range(padded):
        few[at] = min(count[np.uint64(chain[at])], 3)


@njit(cache=True)
def _beside(notes: Any, size: int, out: Any) -> None:
    """Whether a neighbour of each empty point has the note; `out` is True for the empty points."""
    first, count = size + 2, size * (size + 1) - 1
    up, left = notes[1 : 1 + count], notes[first - 1 : first - 1 + count]
    right, down = notes[first + 1 : first + 1 + count], notes[2 * size + 3 : 2 * size + 3 + count]
    here = out[first : first + count]
    for i in range(count):
        here[i] &= up[i] | left[i] | right[i] | down[i]


@njit(cache=True)
def _find_candidates(state: Any, scratch: Any) -> None:
    """`fits`: the empty points where a stone is no suicide; `takes`: those of them where it captures."""
    few, breath, atari, fits, takes = scratch[2:]
    size, color = state.size, state.color
    own, other = np.uint8(state.player + 1), np.uint8(2 - state.player)
    for point in range((size + 2) * (size + 1) + 1):
        kind, number = color[point], few[point]
        attacked = (kind == other) & (number == 1)
        atari[point] = attacked
        breath[point] = attacked | (kind == EMPTY) | ((kind == own) & (number > 1))
        fits[point] = takes[point] = kind == EMPTY
    _beside(breath, size, fits)
    _beside(atari, size, takes)


@njit(cache=True)
def _legal_points(state: Any, scratch: Any, legal: Any) -> None:
    """Fill in legal bool [N * N], after _count_liberties: as is_legal_point has it."""
    _find_candidates(state, scratch)
    points, fits, takes = scratch[1], scratch[5], scratch[6]
    size, color = state.size, state.color
    for row in range(size):
        point, action = (row + 1) * (size + 1) + 1, row * size
        for column in range(size):
            legal[action + column] = fits[point + column]
    if state.captures != 0:  # else stones have only been added: nothing can repeat
        for n in range(_list_suspects(state, fits, takes, points)):
            suspect = points[n]
            after = key_after(state, suspect)
            if may_be_seen(state, after):
                legal[action_of(suspect, size)] = not was_seen(state, after)
    if state.suicide:
        for action in range(size * size):
            point = point_of(action, size)
            if color[point] == EMPTY and not fits[point]:
                legal[action] = is_legal_point(state, point)


@njit(cache=True)
def _list_suspects(state: Any, fits: Any, takes: Any, points: Any) -> int:
    """The points where a stone captures, or may bring an earlier position back. A list that grows without a
    branch costs no wrong guess of the processor."""
    count, size, key, own = 0, state.size, state.key, state.player
    for row in range(size):
        start = (row + 1) * (size + 1) + 1
        for point in range(start, start + size):
            points[count] = point
            count += fits[point] & (takes[point] | may_be_seen(state, key ^ ZOBRIST[own, point]))
    return count


# --- masks and observations ---


@njit(cache=True)
def mask_batch(states: Any, mask: Any) -> None:
    """Fill in mask bool [B, N * N + 1]."""
    scratch = _scratch()
    for b in range(len(states)):
        _mask_row(states[b], scratch, mask[b])


@njit(cache=True)
def _mask_row(state: Any, scratch: Any, mask: Any) -> None:
    if is_over(state):
        mask[:] = False
        return
    _count_liberties(state, scratch)
    _legal_points(state, scratch, mask)
    mask[state.size * state.size] = True


@njit(cache=True)
def observe_batch(states: Any, planes: Any) -> None:
    """Fill in planes float32 [B, 12, N * N]: see games.go.observe."""
    points = planes.shape[2]
    scratch, owner, legal = _scratch(), np.empty(points, np.int8), np.empty(points, np.bool_)
    kinds, few = np.empty(points, np.uint8), np.empty(points, np.uint8)
    for b in range(len(states)):
        state = states[b]
        _count_liberties(state, scratch)
        if is_over(state):
            legal[:] = False
        else:
            _legal_points(state, scratch, legal)
        size, color = state.size, state.color
        for row in range(size):
            point, action = (row + 1) * (size + 1) + 1, row * size
            for column in range(size):
                kinds[action + column] = color[point + column]
                few[action + column] = scratch[2][point + column]
        lead = (area(state, owner) - state.komi) * (1.0 - 2.0 * state.player) / size
        _fill_planes(state, kinds, few, legal, lead, planes[b])


@njit(cache=True)
def _fill_planes(state: Any, kinds: Any, few: Any, legal: Any, lead: float, planes: Any) -> None:
    """One plane after the other, so that the processor writes many points at once."""
    points, komi = len(kinds), -state.komi * (1.0 - 2.0 * state.player) / state.size
    for side in range(2):
        color = np.uint8(1 + (state.player ^ side))
        for i in range(points):
            planes[side, i] = kinds[i] == color
        for i in range(points):
            planes[2 + side, i] = (kinds[i] == color) & (few[i] == 1)
        for i in range(points):
            planes[4 + side, i] = (kinds[i] == color) & (few[i] == 2)
    for i in range(points):
        planes[6, i] = legal[i]
    planes[7] = state.last == points
    planes[8] = 0.0
    planes[9], planes[10], planes[11] = 1.0, komi, lead
    if 0 <= state.last < points:
        planes[7, state.last] = 1.0
    if 0 <= state.before_last < points:
        planes[8, state.before_last] = 1.0


@njit(cache=True)
def rewards_batch(states: Any, rewards: Any, owner: Any) -> None:
    """Fill in rewards float32 [B, 2], zeros before; `owner` int8 [N * N] is scratch."""
    for b in range(len(states)):
        if is_over(states[b]):
            won = outcome(states[b], owner)
            rewards[b, 0], rewards[b, 1] = won, -won


@njit(cache=True)
def terminal_batch(states: Any, out: Any) -> None:
    """Fill in out bool [B]."""
    for b in range(len(states)):
        out[b] = is_over(states[b])


@njit(cache=True)
def score_batch(states: Any, balance: Any, owners: Any) -> None:
    """Fill in balance int32 [B] and owners int8 [B, N * N]."""
    for b in range(len(states)):
        balance[b] = area(states[b], owners[b])


@njit(cache=True)
def play_slots_batch(
    states: Any, parents: Any, actions: Any, slots: Any, legal_actions: Any, reward: Any, discount: Any,
    is_terminal: Any, rows: Any, going: Any,
) -> int:  # fmt: skip
    """A search's step (games.core.SlotsPlayed); returns the rows that go on, or -1 - row where illegal."""
    count = 0
    mask, scratch = np.zeros(legal_actions.shape[1], np.bool_), _scratch()
    owner = np.zeros(legal_actions.shape[1], np.int8)
    for b in range(len(slots)):
        if slots[b] < 0:
            continue
        if not is_legal(states[b, parents[b]], actions[b]):
            return -1 - b
        states[b, slots[b]] = states[b, parents[b]]
        after = states[b, slots[b]]
        play(after, actions[b])
        is_terminal[b] = is_over(after)
        reward[b] = outcome(after, owner) * (2.0 * after.player - 1.0) if is_terminal[b] else 0.0
        discount[b] = 0.0 if is_terminal[b] else -1.0
        _mask_row(after, scratch, mask)
        for action in range(len(mask)):
            legal_actions[b, action] = action if mask[action] else -1
        if not is_terminal[b]:
            rows[count] = b
            going[count] = after
            count += 1
    return count


@njit(cache=True)
def play_through_batch(states: Any, actions: Any, lengths: Any, played: Any) -> None:
    """Play whole games in place, each up to its length or its first illegal action."""
    for b in range(len(states)):
        for ply in range(lengths[b]):
            if not is_legal(states[b], actions[b, ply]):
                break
            play(states[b], actions[b, ply])
            played[b] += 1


@njit(cache=True)
def play_turn(states: Any, action: int, stones: Any, open_actions: Any) -> int:
    """One game's move in place, as games.core.Game says; captured stones leave `stones`, too. After the end
    the pass alone is left open."""
    state = states[0]
    if not is_legal(state, action):
        return ILLEGAL
    mover = state.player
    play(state, action)
    size, points = state.size, state.size * state.size
    over = is_over(state)
    for row in range(size):
        point = (row + 1) * (size + 1) + 1
        for column in range(size):
            kind = state.color[point + column]
            stones[row, column, 0] = kind == BLACK
            stones[row, column, 1] = kind == WHITE
            open_actions[row * size + column] = not over and is_legal_point(state, point + column)
    open_actions[points] = 1
    if not over:
        return GOES_ON
    won = outcome(state, np.empty(points, np.int8)) * (1 - 2 * mover)
    return WON if won > 0 else LOST if won < 0 else DRAWN


@njit(cache=True)
def _perft(state: Any, scratch: Any, depth: int) -> int:
    if is_over(state):
        return 0
    paths = 0
    for action in range(state.size * state.size + 1):
        if is_legal(state, action):
            if depth == 1:
                paths += 1
                continue
            scratch[depth] = state
            play(scratch[depth], action)
            paths += _perft(scratch[depth], scratch, depth - 1)
    return paths


@njit(cache=True)
def perft_root(states: Any, scratch: Any, depth: int) -> int:
    """Move paths of that length; `scratch` holds a spare state a ply."""
    return int(_perft(states[0], scratch, depth))
