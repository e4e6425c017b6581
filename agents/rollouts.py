"""Random playouts of Connect Four and plain UCT on top of them: search without a network.

UCT is the algorithm of Kocsis and Szepesvári 2006, "Bandit based Monte-Carlo planning", with one
random playout a new node and no further knowledge: no proven nodes, no reuse, most visits win.

A tree is four arrays over its nodes, the root being node 0:

    children [N, 7]   the node behind each move, 0 = not there yet
    visits   [N, 7]   how often each move was tried
    totals   [N, 7]   sum of the results, for the player who made the move
    count    [N]      sum of the node's visits
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.connect_four import BOARD, STATE, WIDTH, is_aligned, is_over, landing_cell
from games.core import States, as_states
from lab.randomness import Keys, fold_in, uniform

EXPLORATION = 2**0.5  # c in mean + c sqrt(ln n / n_a), results in [-1, 1]
_DRAWS = 21  # numbers of three bits in one word of 64


@njit(cache=True)
def playout(current: np.uint64, occupied: np.uint64, key: np.uint64) -> int:
    """The result of uniformly random play from an unfinished position: +1, 0 or -1 for its mover."""
    sign, word, left, counter = 1, np.uint64(0), 0, 0
    while occupied != BOARD:
        if left == 0:
            word, left, counter = fold_in(key, counter), _DRAWS, counter + 1
        column = np.int64(word & np.uint64(7))
        word, left = word >> np.uint64(3), left - 1
        if column == WIDTH:
            continue
        cell = landing_cell(occupied, column)
        if cell == 0:
            continue
        if is_aligned(current | cell):
            return sign
        current, occupied, sign = current ^ occupied, occupied | cell, -sign
    return 0


@njit(cache=True)
def _playout_batch(states: Any, keys: Any, out: Any) -> None:
    for b in range(len(states)):
        out[b] = playout(states[b].current, states[b].occupied, keys[b])


def playout_batch(states: States, keys: Keys) -> NDArray[np.int8]:
    """One random playout of each unfinished position, [B]: +1, 0 or -1 for the player to move."""
    out = np.empty(len(states), np.int8)
    _playout_batch(as_states(states, STATE), np.require(keys, np.uint64, ["C", "W"]), out)
    return out


@njit(cache=True)
def _untried(occupied: np.uint64, visits: Any, key: np.uint64) -> int:
    """A random legal move of the node not tried yet, or -1."""
    found, move = 0, -1
    for column in range(WIDTH):
        if visits[column] == 0 and landing_cell(occupied, column) != 0:
            found += 1
            if uniform(key, column) * found < 1.0:
                move = column
    return move


@njit(cache=True)
def _best_bound(visits: Any, totals: Any, count: int, inverse_root: Any, exploration: float) -> int:
    """The tried move of the greatest upper confidence bound; every legal move has been tried."""
    width = exploration * np.sqrt(np.log(np.float64(count)))
    best, move = -np.inf, -1
    for column in range(WIDTH):
        n = visits[column]
        if n > 0:
            root = inverse_root[n]
            bound = totals[column] * root * root + width * root
            if bound > best:
                best, move = bound, column
    return move


@njit(cache=True)
def _backup(path: Any, depth: int, result: float, tree: Any) -> None:
    """Add the result, which is for the player of the last move of the path, to every move of it."""
    _, visits, totals, count, _ = tree
    for d in range(depth - 1, -1, -1):
        node, move = path[d]
        visits[node, move] += 1
        totals[node, move] += result
        count[node] += 1
        result = -result


@njit(cache=True)
def _simulate(
    current: np.uint64,
    occupied: np.uint64,
    key: np.uint64,
    new: int,
    tree: Any,
    path: Any,
    exploration: float,
) -> bool:
    """One descent, playout and backup; True where node `new` was added to the tree."""
    children, visits, totals, count, inverse_root = tree
    node, depth, added = 0, 0, False
    while True:
        move = _untried(occupied, visits[node], fold_in(key, depth)) if count[node] < WIDTH else -1
        expand = move >= 0
        if not expand:
            move = _best_bound(visits[node], totals[node], count[node], inverse_root, exploration)
        path[depth, 0], path[depth, 1] = node, move
        depth += 1
        cell = landing_cell(occupied, move)
        current, occupied = current ^ occupied, occupied | cell
        if is_aligned(current ^ occupied):
            result = 1.0
            break
        if occupied == BOARD:
            result = 0.0
            break
        if expand:
            children[node, move], added = new, True
            result = -np.float64(playout(current, occupied, fold_in(key, 64)))
            break
        node = children[node, move]
    _backup(path, depth, result, tree)
    return added


@njit(cache=True)
def _clear(node: int, tree: Any) -> None:
    children, visits, totals, count, _ = tree
    children[node], visits[node], totals[node], count[node] = 0, 0, 0.0, 0


@njit(cache=True)
def _search(state: Any, key: np.uint64, rollouts: int, tree: Any, path: Any, exploration: float) -> None:
    _clear(0, tree)
    nodes = 1
    for simulation in range(rollouts):
        _clear(nodes, tree)
        draw = fold_in(key, simulation)
        if _simulate(state.current, state.occupied, draw, nodes, tree, path, exploration):
            nodes += 1


@njit(cache=True, nogil=True)  # long: other threads, a window's say, go on
def _uct(states: Any, keys: Any, rollouts: int, exploration: float, out: Any) -> None:
    size = rollouts + 2
    inverse_root = 1.0 / np.sqrt(np.maximum(np.arange(size), 1).astype(np.float64))
    tree = (
        np.zeros((size, WIDTH), np.int32),
        np.zeros((size, WIDTH), np.int32),
        np.zeros((size, WIDTH), np.float64),
        np.zeros(size, np.int32),
        inverse_root,
    )
    path = np.zeros((64, 2), np.int32)
    for b in range(len(states)):
        if not is_over(states[b].current, states[b].occupied):
            _search(states[b], keys[b], rollouts, tree, path, exploration)
            out[b] = tree[1][0]


def uct_visits(
    states: States, keys: Keys, rollouts: int, exploration: float = EXPLORATION
) -> NDArray[np.int32]:
    """How often UCT tried each move of each position in `rollouts` playouts, [B, 7].

    A row depends on its position and its key alone; rows of finished games are 0.
    """
    out = np.zeros((len(states), WIDTH), np.int32)
    keys = np.require(keys, np.uint64, ["C", "W"])
    _uct(as_states(states, STATE), keys, int(rollouts), float(exploration), out)
    return out
