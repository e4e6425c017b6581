"""Random playouts of Go and plain UCT on top of them: search without a network.

Two ways to play a game out: `uniform_playout`, every legal action alike, the pass among them; and
`sane_playout`, every point alike that does not fill an eye of one's own, passing when there is none
(Brügmann 1993, "Monte Carlo Go", has both ideas). UCT is that of agents/rollouts.py (Kocsis and
Szepesvári 2006) with sane playouts; no move of its tree fills an own eye either.

A tree is arrays over its nodes, the root being node 0, A = N * N + 1 actions:

    children [nodes, A]   the node behind each move, 0 = not there yet
    visits   [nodes, A]   how often each move was tried; -1 where it is not to be tried
    totals   [nodes, A]   sum of the results, for the player who made the move
    count    [nodes]      sum of the node's visits
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from agents.player import Player
from games.core import Actions, Game, States, as_states
from games.go_board import (
    EMPTY,
    WALL,
    action_of,
    is_legal_point,
    is_over,
    outcome,
    play,
    point_of,
)
from lab.randomness import Keys, fold_in, fold_in_batch, sample_batch

EXPLORATION = 0.7  # c in mean + c sqrt(ln n / n_a), results in [-1, 1]
DEPTH = 1_200  # longer than any game


# --- playouts ---


@njit(cache=True)
def is_own_eye(state: Any, point: int) -> bool:
    """Whether an empty point is an eye of the player to move: own stones or the wall on all four sides,
    and on the diagonals fewer than two of the opponent's, at the edge none."""
    color, stride, own = state.color, state.size + 1, state.player + 1
    for step in (-stride, -1, 1, stride):
        if color[point + step] != own and color[point + step] != WALL:
            return False
    theirs, edge = 0, 0
    for step in (-stride - 1, -stride + 1, stride - 1, stride + 1):
        theirs += color[point + step] == 3 - own
        edge += color[point + step] == WALL
    return bool(theirs + (edge > 0) < 2)


@njit(cache=True)
def _list_empties(state: Any, empties: Any) -> int:
    count, size = 0, state.size
    for action in range(size * size):
        point = point_of(action, size)
        if state.color[point] == EMPTY:
            empties[count] = point
            count += 1
    return count


@njit(cache=True)
def _draw_point(state: Any, empties: Any, count: int, key: np.uint64, sane: bool) -> int:
    """The place in `empties` of a random point that may be played, -1 to pass. Drawn without
    replacement until one fits, so all that fit are alike; the list is reordered."""
    choices = count if sane else count + 1  # the last choice is the pass
    while choices > 0:
        drawn = np.int64((fold_in(key, choices) >> np.uint64(32)) * np.uint64(choices) >> np.uint64(32))
        if not sane and drawn == choices - 1:
            return -1
        point = empties[drawn]
        if is_legal_point(state, point) and not (sane and is_own_eye(state, point)):
            return int(drawn)
        last = choices - 1 if sane else choices - 2
        empties[drawn], empties[last] = empties[last], empties[drawn]
        choices -= 1
    return -1


@njit(cache=True)
def _playout(state: Any, empties: Any, owner: Any, key: np.uint64, sane: bool) -> int:
    """Play the game to its end in place: +1 where Black wins, -1 White, 0 a draw."""
    size = state.size
    count = _list_empties(state, empties)
    while not is_over(state):
        drawn = _draw_point(state, empties, count, fold_in(key, state.ply), sane)
        if drawn < 0:
            play(state, size * size)
            continue
        captures = state.captures
        play(state, action_of(empties[drawn], size))
        if state.captures == captures:
            empties[drawn] = empties[count - 1]
            count -= 1
        else:
            count = _list_empties(state, empties)
    return int(outcome(state, owner))


@njit(cache=True)
def _playout_batch(states: Any, keys: Any, sane: bool, out: Any, plies: Any) -> None:
    if len(states) == 0:
        return
    points = states[0].size * states[0].size
    empties, owner = np.zeros(points + 1, np.int16), np.zeros(points, np.int8)
    for b in range(len(states)):
        before, sign = states[b].ply, 1 - 2 * states[b].player
        out[b] = sign * _playout(states[b], empties, owner, keys[b], sane)
        plies[b] = states[b].ply - before


def playout_batch(states: States, keys: Keys, sane: bool = True) -> tuple[NDArray[np.int8], NDArray[Any]]:
    """One playout of each position, boards of one size: results [B], +1, 0 or -1 for the player to
    move, and the moves played, [B]."""
    copies = as_states(states.copy(), states.dtype)
    out, plies = np.empty(len(states), np.int8), np.empty(len(states), np.int32)
    _playout_batch(copies, np.require(keys, np.uint64, ["C", "W"]), sane, out, plies)
    return out, plies


@njit(cache=True, nogil=True)
def _rollout_values(states: Any, scratch: Any, rollouts: int, seed: int, out: Any) -> None:
    if len(states) == 0:
        return
    points = states[0].size * states[0].size
    empties, owner = np.zeros(points + 1, np.int16), np.zeros(points, np.int8)
    for b in range(len(states)):
        key = fold_in(fold_in(np.uint64(seed), 37), states[b].player) ^ states[b].key
        total = 0
        for rollout in range(rollouts):
            scratch[0] = states[b]
            total += _playout(scratch[0], empties, owner, fold_in(key, rollout), True)
        out[b] = total * (1.0 - 2.0 * states[b].player) / rollouts


def rollout_values(states: States, rollouts: int, seed: int = 0) -> NDArray[np.float32]:
    """The mean result of so many sane playouts of each position, [B], for the player to move.

    A pure function of position, number and seed. Raises ValueError for less than one playout.
    """
    if rollouts < 1:
        raise ValueError(f"a value needs at least 1 rollout, not {rollouts}")
    out = np.zeros(len(states), np.float32)
    scratch = np.zeros(1, states.dtype)
    _rollout_values(as_states(states, states.dtype), scratch, int(rollouts), int(seed), out)
    return out


# --- UCT ---


@njit(cache=True)
def _open_node(state: Any, node: int, tree: Any) -> None:
    """Mark what may be tried: the pass, and legal points that fill no own eye."""
    children, visits, totals, count = tree
    size = state.size
    for action in range(size * size):
        point = point_of(action, size)
        tried = state.color[point] == EMPTY and is_legal_point(state, point) and not is_own_eye(state, point)
        visits[node, action] = 0 if tried else -1
    visits[node, size * size] = 0
    children[node], totals[node], count[node] = 0, 0.0, 0


@njit(cache=True)
def _best_move(node: int, tree: Any, key: np.uint64, exploration: float) -> int:
    """A random untried move, else that of the greatest upper confidence bound."""
    _, visits, totals, count = tree
    log_count = np.log(np.float64(max(1, count[node])))
    best, move, untried = -np.inf, -1, 0
    for action in range(visits.shape[1]):
        n = visits[node, action]
        if n == 0:
            untried += 1
            if (fold_in(key, action) >> np.uint64(32)) * np.uint64(untried) >> np.uint64(32) == 0:
                move = action
        elif n > 0 and untried == 0:
            bound = totals[node, action] / n + exploration * np.sqrt(log_count / n)
            if bound > best:
                best, move = bound, action
    return move


@njit(cache=True)
def _simulate(
    state: Any, key: np.uint64, new: int, tree: Any, path: Any, empties: Any, owner: Any, exploration: float
) -> bool:
    """One descent from the root, which is played on in place, playout and backup; True where node `new`
    was added to the tree."""
    children, visits, totals, count = tree
    sign, node, depth, added = 1.0 - 2.0 * state.player, 0, 0, False
    while True:
        move = _best_move(node, tree, fold_in(key, depth), exploration)
        path[depth, 0], path[depth, 1] = node, move
        depth += 1
        play(state, move)
        if is_over(state):
            result = np.float64(outcome(state, owner))
            break
        if children[node, move] == 0:
            children[node, move], added = new, True
            _open_node(state, new, tree)
            result = np.float64(_playout(state, empties, owner, fold_in(key, DEPTH), True))
            break
        node = children[node, move]
    for d in range(depth):  # the mover at depth 0 is the root's
        node, move = path[d, 0], path[d, 1]
        visits[node, move] += 1
        totals[node, move] += result * sign
        count[node] += 1
        sign = -sign
    return added


@njit(cache=True, nogil=True)  # long: other threads, a window's say, go on
def _uct(
    states: Any, scratch: Any, keys: Any, rollouts: int, exploration: float, out: Any, values: Any
) -> None:
    actions = out.shape[1]
    empties, owner = np.zeros(actions, np.int16), np.zeros(actions - 1, np.int8)
    path = np.zeros((DEPTH, 2), np.int32)
    size = rollouts + 2
    tree = (
        np.zeros((size, actions), np.int32),
        np.zeros((size, actions), np.int32),
        np.zeros((size, actions), np.float64),
        np.zeros(size, np.int32),
    )
    for b in range(len(states)):
        if is_over(states[b]):
            continue
        _open_node(states[b], 0, tree)
        nodes = 1
        for simulation in range(rollouts):
            scratch[0] = states[b]
            draw = fold_in(keys[b], simulation)
            nodes += _simulate(scratch[0], draw, nodes, tree, path, empties, owner, exploration)
        for action in range(actions):
            visits = tree[1][0, action]
            out[b, action] = max(visits, 0)
            values[b, action] = tree[2][0, action] / visits if visits > 0 else 0.0


def uct_visits(
    states: States, keys: Keys, rollouts: int, exploration: float = EXPLORATION
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """How often UCT tried each action of each position in `rollouts` playouts, and the mean result of
    each for the player to move: [B, N * N + 1] twice. A row depends on its position and its key alone.
    """
    actions = int(states["size"].max(initial=0)) ** 2 + 1
    out, values = np.zeros((len(states), actions), np.int32), np.zeros((len(states), actions), np.float32)
    scratch = np.zeros(1, states.dtype)
    keys = np.require(keys, np.uint64, ["C", "W"])
    _uct(as_states(states, states.dtype), scratch, keys, int(rollouts), float(exploration), out, values)
    return out, values


def mcts_player(game: Game, rollouts: int) -> Player:
    """`mcts-N`: the most visited move of plain UCT; every ply searches afresh."""

    def act(states: States, game_keys: Keys, plies: NDArray[np.int32]) -> Actions:
        keys = fold_in_batch(game_keys, plies)
        visits, _ = uct_visits(states, keys, rollouts)
        return most_visited(game, states, keys, visits, rollouts)

    return Player(f"mcts-{rollouts}", act)


def most_visited(game: Game, states: States, keys: Keys, visits: NDArray[np.int32], rollouts: int) -> Actions:
    """The move of `uct_visits` after so many rollouts under those keys; one of the best is drawn, [B]."""
    best = visits == visits.max(axis=1, keepdims=True)
    return sample_batch(best & game.legal_action_mask(states), keys, rollouts)
