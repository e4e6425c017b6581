"""Connect Four beside published counts, positions worked by hand, and OpenSpiel move by move."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import numpy as np
import pytest

from games.connect_four import BOTTOM, GAME, perft
from games.core import Actions, States

PERFT = (7, 49, 343, 2401, 16807, 117649, 823536, 5673234, 39394572, 268031646)  # published, plies 1 to 10
POSITIONS = (1, 7, 49, 238, 1120, 4263, 16422, 54859, 184275, 558186, 1662623, 4568683, 12236101)
BATCH = 4096  # games in lockstep beside OpenSpiel


def move_paths(depth: int) -> int:
    return int(perft(np.uint64(0), np.uint64(0), depth))


def test_perft_to_ten() -> None:
    assert tuple(move_paths(depth) for depth in range(1, 11)) == PERFT


def position_counts(plies: int) -> list[int]:
    """Distinct positions, finished ones among them, after 0 to `plies` moves, by the batched rules."""
    states, counts = GAME.new(1), [1]
    for _ in range(plies):
        rows, actions = np.nonzero(GAME.legal_action_mask(states))
        states = GAME.step(states[rows], actions.astype(np.int32))
        _, first = np.unique(states["current"] + states["occupied"] + BOTTOM, return_index=True)
        states = states[first]
        counts.append(len(states))
    return counts


def test_positions_to_ply_nine() -> None:
    assert tuple(position_counts(9)) == POSITIONS[:10]


@pytest.mark.long
def test_positions_to_ply_twelve() -> None:
    assert tuple(position_counts(12)) == POSITIONS


# --- worked by hand ---


@pytest.mark.parametrize(
    "board",
    [
        "....... ....... ....... ....... OOO.... XXXX...",  # along
        "....... ....... X...... X....O. X....O. X....O.",  # upwards
        "....... ....... ...X... ..XO... .XOOO.. XOXOXX.",  # rising
        "....... ....... X...... OX..... OOXO... OXOXXX.",  # falling
    ],
)
def test_four_in_a_row_wins(board: str) -> None:
    state = GAME.from_text(board.replace(" ", "\n"))
    assert GAME.is_terminal(state)[0]
    assert GAME.rewards(state)[0].tolist() == [1.0, -1.0]
    assert not GAME.legal_action_mask(state).any()


@pytest.mark.parametrize(
    "board",
    [
        # bits of one column's top and the next one's bottom are no line
        "X...... X...... X...... O...... OO..... OXOX...",
        "....... ....... ....... ....... .O.O.O. XX.X.XO",
        "....... ....... ....... ......O .....OX XXX.OOX",
    ],
)
def test_three_and_edges_do_not(board: str) -> None:
    state = GAME.from_text(board.replace(" ", "\n"))
    assert not GAME.is_terminal(state)[0]
    assert not GAME.rewards(state).any()


# --- beside OpenSpiel ---


def random_games(count: int, seed: int) -> Iterator[tuple[Actions, States]]:
    """`count` random games in lockstep, ply by ply: all actions (-1 once over), and states after, [B]."""
    random = np.random.default_rng(seed)
    states = GAME.new(count)
    while True:
        live = np.flatnonzero(~GAME.is_terminal(states))
        if not len(live):
            return
        weights = random.random((len(live), GAME.num_actions)) * GAME.legal_action_mask(states[live])
        actions = np.full(count, -1, np.int32)
        actions[live] = weights.argmax(axis=1)
        states[live] = GAME.step(states[live], actions[live])
        yield actions, states.copy()


def our_games(count: int, seed: int) -> tuple[list[list[int]], list[list[int]], list[list[float]]]:
    """Per game: actions (-1 once over), legal moves after each as bits, and who won at the end."""
    history = list(random_games(count, seed))
    actions = np.stack([ply for ply, _ in history], axis=1)
    bits = 1 << np.arange(GAME.num_actions)
    masks = np.stack([GAME.legal_action_mask(states) @ bits for _, states in history], axis=1)
    return actions.tolist(), masks.tolist(), GAME.rewards(history[-1][1]).tolist()


LEGAL = [[action for action in range(7) if bits >> action & 1] for bits in range(128)]
NOTHING = [0.0, 0.0]


def compare(count: int, seed: int) -> int:
    """Replay `count` games of ours in OpenSpiel and compare at every move; returns the moves."""
    game = pytest.importorskip("pyspiel").load_game("connect_four")
    moves = 0
    for actions, masks, rewards in zip(*our_games(count, seed), strict=True):
        state = game.new_initial_state()
        for action, mask in zip(actions, masks, strict=True):
            if action < 0:
                break
            state.apply_action(action)
            moves += 1
            over = state.is_terminal()
            returns = rewards if over else NOTHING
            if over is not (mask == 0) or state.legal_actions() != LEGAL[mask] or state.returns() != returns:
                pytest.fail(f"seed {seed}: we and OpenSpiel differ after {state.history()}:\n{state}")
        assert state.is_terminal(), state.history()
    return moves


def test_a_hundred_thousand_moves_as_openspiel() -> None:
    moves = seed = 0
    while moves < 10**5:
        moves += compare(BATCH, seed)
        seed += 1


@pytest.mark.long
def test_a_hundred_million_moves_as_openspiel() -> None:
    """As many as MOVE37_LONG_MOVES says."""
    target = int(os.environ.get("MOVE37_LONG_MOVES", 10**8))
    start, moves, seed = time.perf_counter(), 0, 1000
    while moves < target:
        moves += compare(BATCH, seed)
        seed += 1
    seconds = time.perf_counter() - start
    print(f"{moves:,} moves as OpenSpiel in {seconds:,.0f} s: {moves / seconds:,.0f} a second")
