"""Go's batched kernels: what games/go.py wraps in Python, on the single positions of games/go_board.py."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from games.core import DRAWN, GOES_ON, ILLEGAL, LOST, WON
from games.go_board import (
    BLACK,
    EMPTY,
    WALL,
    WHITE,
    area,
    is_legal,
    is_legal_point,
    is_over,
    outcome,
    play,
    point_of,
)


@njit(cache=True)
def step_batch(states: Any, actions: Any) -> int:
    """Play in place; returns the first row whose action is illegal, or -1."""
    for b in range(len(states)):
        if not is_legal(states[b], actions[b]):
            return b
        play(states[b], actions[b])
    return -1


@njit(cache=True)
def mask_batch(states: Any, mask: Any) -> None:
    """Fill in mask bool [B, N * N + 1]."""
    for b in range(len(states)):
        _mask_row(states[b], mask[b])


@njit(cache=True)
def _mask_row(state: Any, mask: Any) -> None:
    size = state.size
    over = is_over(state)
    for row in range(size):
        point = (row + 1) * (size + 1) + 1
        for column in range(size):
            mask[row * size + column] = not over and is_legal_point(state, point + column)
    mask[size * size] = not over


@njit(cache=True)
def _count_liberties(state: Any, count: Any) -> None:
    """The number of different liberties of each chain, at its head."""
    size, stride, color, chain = state.size, state.size + 1, state.color, state.chain
    for i in range(len(count)):
        count[i] = 0
    for action in range(size * size):
        point = point_of(action, size)
        if color[point] != EMPTY:
            continue
        one, two, three = -1, -1, -1
        for step in (-stride, -1, 1, stride):
            near = point + step
            if color[near] == EMPTY or color[near] == WALL:
                continue
            head = chain[near]
            if head != one and head != two and head != three:
                count[head] += 1
                one, two, three = head, one, two


@njit(cache=True)
def observe_batch(states: Any, planes: Any) -> None:
    """Fill in planes float32 [B, 12, N, N], zeros before: see games.go.observe."""
    liberties = np.zeros(states[0].color.size if len(states) else 0, np.int16)
    owner = np.zeros(planes.shape[2] * planes.shape[3], np.int8)
    for b in range(len(states)):
        _observe_row(states[b], planes[b], liberties, owner)


@njit(cache=True)
def _observe_row(state: Any, planes: Any, liberties: Any, owner: Any) -> None:
    size, own, color, chain = state.size, state.player + 1, state.color, state.chain
    _count_liberties(state, liberties)
    sign = 1.0 - 2.0 * state.player
    lead = (area(state, owner) - state.komi) * sign / size
    komi = -state.komi * sign / size
    over = is_over(state)
    for row in range(size):
        for column in range(size):
            point = (row + 1) * (size + 1) + column + 1
            kind = color[point]
            if kind != EMPTY:
                mine = kind == own
                few = liberties[chain[point]]
                planes[0 if mine else 1, row, column] = 1.0
                if few == 1:
                    planes[2 if mine else 3, row, column] = 1.0
                elif few == 2:
                    planes[4 if mine else 5, row, column] = 1.0
            elif not over and is_legal_point(state, point):
                planes[6, row, column] = 1.0
            planes[9, row, column] = 1.0
            planes[10, row, column] = komi
            planes[11, row, column] = lead
    points = size * size
    if 0 <= state.last < points:
        planes[7, state.last // size, state.last % size] = 1.0
    elif state.last == points:
        planes[7, :, :] = 1.0
    if 0 <= state.before_last < points:
        planes[8, state.before_last // size, state.before_last % size] = 1.0


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
    mask = np.zeros(legal_actions.shape[1], np.bool_)
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
        _mask_row(after, mask)
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
