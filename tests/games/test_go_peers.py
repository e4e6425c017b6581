"""Go beside other programs: OpenSpiel move by move, sgfmill's counts, and a plain reference of our own.

The reference shares nothing with games/go.py: flood fill, and the whole board compared with every
earlier one.
"""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from games.core import Actions, Game, States
from games.go import go_game, score

# --- the plain reference: boards are int8 [N * N], 0 empty, 1 Black, 2 White ---


@njit
def _chain(board: Any, size: int, start: int, stones: Any) -> bool:
    """Mark the chain of a point in `stones`; whether it has a liberty."""
    stones[:] = False
    stones[start], free, grown = True, False, True
    while grown:
        grown = False
        for point in range(size * size):
            if not stones[point]:
                continue
            row, column = divmod(point, size)
            for there, near in (
                (row > 0, point - size),
                (row < size - 1, point + size),
                (column > 0, point - 1),
                (column < size - 1, point + 1),
            ):
                if there and board[near] == 0:
                    free = True
                elif there and board[near] == board[start] and not stones[near]:
                    stones[near] = grown = True
    return free


@njit
def _after(board: Any, size: int, point: int, player: int, out: Any, stones: Any) -> bool:
    """The board after a stone and what it captures in `out`; whether its own chain had to go."""
    out[:] = board
    out[point] = player + 1
    for other in range(size * size):
        if out[other] == 2 - player and not _chain(out, size, other, stones):
            for point_taken in range(size * size):
                if stones[point_taken]:
                    out[point_taken] = 0
    if _chain(out, size, point, stones):
        return False
    for point_taken in range(size * size):
        if stones[point_taken]:
            out[point_taken] = 0
    return True


@njit
def _mask(boards: Any, count: int, size: int, player: int, suicide: bool, mask: Any) -> int:
    """The legal points after `count` boards, the last being the current one; how many superko forbids."""
    out, stones, banned = np.zeros(size * size, np.int8), np.zeros(size * size, np.bool_), 0
    for point in range(size * size):
        mask[point] = False
        if boards[count - 1, point] != 0:
            continue
        own_taken = _after(boards[count - 1], size, point, player, out, stones)
        if own_taken and not suicide:
            continue
        seen = False
        for earlier in range(count):
            seen = seen or np.all(boards[earlier] == out)
        mask[point] = not seen
        banned += seen
    return banned


@njit
def _replay(actions: Any, size: int, suicide: bool, masks: Any) -> int:
    """The masks before each move of one game; how many points superko forbade."""
    boards = np.zeros((len(actions) + 1, size * size), np.int8)
    stones, count, banned = np.zeros(size * size, np.bool_), 1, 0
    for ply in range(len(actions)):
        banned += _mask(boards, count, size, ply % 2, suicide, masks[ply])
        if actions[ply] < size * size:
            _after(boards[count - 1], size, actions[ply], ply % 2, boards[count], stones)
            count += 1
    return banned


# --- games to compare ---


def random_games(
    game: Game, count: int, seed: int, passing: float
) -> tuple[list[Actions], list[Any], States]:
    """`count` random games: per game its actions and legal masks [T, N * N + 1], and all final states."""
    random = np.random.default_rng(seed)
    states, live = game.new(count), np.arange(count)
    actions: list[list[int]] = [[] for _ in range(count)]
    masks: list[list[NDArray[np.bool_]]] = [[] for _ in range(count)]
    while len(live):
        legal = game.legal_action_mask(states[live])
        weights = random.random(legal.shape) * legal
        weights[:, -1] *= np.where(legal[:, :-1].any(axis=1), random.random(len(live)) < passing, 1)
        chosen = weights.argmax(axis=1).astype(np.int32)
        states[live] = game.step(states[live], chosen)
        for n, action, mask in zip(live, chosen, legal, strict=True):
            actions[n].append(int(action))
            masks[n].append(mask)
        live = live[~game.is_terminal(states[live])]
    return [np.array(row, np.int32) for row in actions], [np.stack(rows) for rows in masks], states


def compare_with_reference(positions: int, seed: int) -> tuple[int, int]:
    """Positions of random games whose masks agree, and how many points superko forbade in them."""
    compared = banned = 0
    while compared < positions:
        size, suicide = (2, 3, 4, 5, 7, 9)[seed % 6], bool(seed // 6 % 2)
        actions, masks, _ = random_games(go_game(size, suicide=suicide), 20, seed, passing=0.3)
        for played, ours in zip(actions, masks, strict=True):
            reference = np.zeros((len(played), size * size), np.bool_)
            banned += _replay(played, size, suicide, reference)
            assert np.array_equal(ours[:, :-1], reference), (size, suicide, played.tolist())
            assert ours[:, -1].all()
            compared += len(played)
        seed += 1
    return compared, banned


def test_the_mask_beside_a_plain_reference() -> None:
    compared, banned = compare_with_reference(10**4, seed=0)
    assert compared >= 10**4
    assert banned > 100, "superko forbids moves in these games"


@pytest.mark.long
def test_the_mask_beside_a_plain_reference_a_million_times() -> None:
    start = time.perf_counter()
    compared, banned = compare_with_reference(10**6, seed=1000)
    seconds = time.perf_counter() - start
    print(f"{compared:,} masks as the reference, {banned:,} repetitions forbidden, {seconds:,.0f} s")


# --- beside OpenSpiel ---


def compare_with_openspiel(size: int, count: int, seed: int) -> tuple[int, int]:
    """Replay random games of ours there; the moves compared, and the repetitions that only we forbid.

    OpenSpiel allows a move that repeats a position and calls the game a draw; every move of theirs that
    we do not allow must be of that kind.
    """
    komi = 0.5
    limit = go_game(size).max_plies
    theirs = pytest.importorskip("pyspiel").load_game(
        "go", {"board_size": size, "komi": komi, "max_game_length": limit}
    )
    flipped = np.arange(size * size).reshape(size, size)[::-1].ravel()  # they number points from the bottom
    action_there = np.append(flipped, size * size)
    game = go_game(size, komi)
    actions, masks, finals = random_games(game, count, seed, passing=0.2)
    moves = repetitions = 0
    for played, legal, rewards in zip(actions, masks, game.rewards(finals).tolist(), strict=True):
        state = theirs.new_initial_state()
        for action, mask in zip(played, legal, strict=True):
            ours, allowed = set(action_there[mask].tolist()), set(state.legal_actions())
            assert ours <= allowed, (size, state.history())
            for extra in allowed - ours:
                repeated = state.child(extra)
                assert repeated.is_terminal(), (size, state.history(), extra)
                assert repeated.returns() == [0.0, 0.0]
                repetitions += 1
            state.apply_action(int(action_there[action]))
            moves += 1
        assert state.is_terminal(), state.history()
        assert state.returns() == rewards, f"{state.history()}\n{state}"
    return moves, repetitions


def test_a_hundred_thousand_moves_as_openspiel() -> None:
    moves = repetitions = seed = 0
    while moves < 10**5:
        compared, repeated = compare_with_openspiel((3, 5, 7, 9)[seed % 4], 40, seed)
        moves, repetitions, seed = moves + compared, repetitions + repeated, seed + 1
    assert repetitions > 50


@pytest.mark.long
def test_ten_million_moves_as_openspiel() -> None:
    """As many as MOVE37_LONG_MOVES says, should it say less."""
    target = min(10**7, int(os.environ.get("MOVE37_LONG_MOVES", 10**7)))
    start, moves, repetitions, seed = time.perf_counter(), 0, 0, 1000
    while moves < target:
        compared, repeated = compare_with_openspiel((3, 5, 7, 9, 13, 19)[seed % 6], 40, seed)
        moves, repetitions, seed = moves + compared, repetitions + repeated, seed + 1
    seconds = time.perf_counter() - start
    print(f"{moves:,} moves as OpenSpiel but {repetitions:,} repetitions, {seconds:,.0f} s")


# --- beside sgfmill ---


@pytest.mark.parametrize("size", [2, 3, 5, 9, 19])
def test_counts_as_sgfmill(size: int) -> None:
    boards = pytest.importorskip("sgfmill.boards")
    game = go_game(size)
    states = random_positions(game, 40, seed=size)
    balance, owner = score(states)
    assert np.array_equal(balance, owner.sum(axis=1))
    for state, count in zip(states, balance, strict=True):
        board = boards.Board(size)
        rows = game.to_text(state).split("\n")[:size]
        points = [(size - 1 - r, c, mark) for r, row in enumerate(rows) for c, mark in enumerate(row)]
        for row, column, mark in points:
            if mark != ".":
                board.play(row, column, "b" if mark == "X" else "w")
        assert board.area_score() == count, game.to_text(state)


def random_positions(game: Game, count: int, seed: int) -> States:
    """Positions after different numbers of random moves, finished games among them."""
    random = np.random.default_rng(seed)
    states = game.new(count)
    for ply in range(game.max_plies):
        live = np.flatnonzero(~game.is_terminal(states) & (ply * count < game.max_plies * np.arange(count)))
        if len(live):
            weights = random.random((len(live), game.num_actions)) * game.legal_action_mask(states[live])
            states[live] = game.step(states[live], weights.argmax(axis=1))
    return states
