"""The solver beside positions worked by hand and beside brute force on a board of lists."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.connect_four import GAME
from games.connect_four_solver import ILLEGAL, GameOver, Solver
from games.core import States
from games.notation import parse_game

WIDTH, HEIGHT = 7, 6
Board = tuple[str, ...]  # a string of marks a column, from the bottom


@pytest.fixture(scope="module")
def solver() -> Solver:
    return Solver(18)


def position(moves: str) -> States:
    return parse_game(GAME, moves)[1][-1:].copy()


def random_positions(ply: int, count: int, seed: int) -> States:
    """Unfinished positions after `ply` random moves, [count]."""
    random, found = np.random.default_rng(seed), []
    while sum(map(len, found)) < count:
        states = GAME.new(512)
        for _ in range(ply):
            weights = random.random((len(states), WIDTH)) * GAME.legal_action_mask(states)
            states = GAME.step(states, weights.argmax(axis=1))
            states = states[~GAME.is_terminal(states)]
        found.append(states)
    return np.concatenate(found)[:count]


# --- worked by hand ---


def test_three_in_a_column_win_at_once(solver: Solver) -> None:
    #   X O
    #   X O
    #   X O . . . . .    X to move: column 1 wins with the fourth stone; whoever leaves column 2 loses
    state = position("121212")
    assert solver.score(state[0]) == 18
    scores = solver.action_scores(state)[0]
    assert scores[0] == 18
    assert scores[1] > -18
    assert (scores[2:] == -18).all()


def test_an_open_three_wins_with_the_fourth_stone(solver: Solver) -> None:
    #   . . O O . . .
    #   . . X X . . .    X to move: column 2 opens 1 and 5, column 5 opens 2 and 6
    assert solver.score(position("3344")) == 18
    assert solver.score(position("33442")) == solver.score(position("33445")) == -18


def test_who_must_stop_an_open_three_has_lost(solver: Solver) -> None:
    #   . . O O . . .
    #   . X X X . . .    O to move: X wins at 1 or at 5, with its fourth stone
    assert solver.score(position("33442")) == -18
    assert (solver.action_scores(position("33442"))[0] == -18).all()


def test_the_square_above_hands_the_win_over(solver: Solver) -> None:
    #   . O O O . . X
    #   . X X O . . X    X to move: a stone in column 1 or 5 lets O complete the second row above it
    scores = solver.action_scores(position("24327374"))[0]
    assert np.flatnonzero(scores == -17).tolist() == [0, 4]  # O's fifth stone
    assert (scores[[1, 2, 3, 5, 6]] > -17).all()


def test_published_scores(solver: Solver) -> None:
    """Lines of Pascal Pons' sets, one of each kind."""
    full = ILLEGAL
    expected = {
        "2252576253462244111563365343671351441": [full, full, full, full, full, -1, -2],
        "7422341735647741166133573473242566": [-3, 1, full, full, -4, 1, full],
        "5554224333234511764415115": [-8, -8, -8, -8, full, 4, -8],
        "274552224131661": [-9, -11, -12, 0, -11, -11, -11],
        "32751571231557": [-4, -3, -3, -5, -5, -9, -4],
    }
    for moves, scores in expected.items():
        assert solver.action_scores(position(moves))[0].tolist() == scores, moves


# --- brute force ---


def to_board(state: States) -> Board:
    rows = GAME.to_text(state[0]).split()
    return tuple("".join(row[c] for row in reversed(rows)).rstrip(".") for c in range(WIDTH))


def mark(board: Board, column: int, row: int) -> str:
    return board[column][row] if 0 <= column < WIDTH and 0 <= row < len(board[column]) else "."


def wins(board: Board, column: int) -> bool:
    """Whether the topmost stone of that column is part of four in a row."""
    row = len(board[column]) - 1
    for right, up in ((0, 1), (1, 0), (1, 1), (1, -1)):
        line = "".join(mark(board, column + k * right, row + k * up) for k in range(-3, 4))
        if mark(board, column, row) * 4 in line:
            return True
    return False


@functools.cache
def brute_force(board: Board) -> tuple[int | None, ...]:
    """The score of every column by trying everything; None where it is full."""
    stones = sum(map(len, board))
    scores: list[int | None] = []
    for column in range(WIDTH):
        if len(board[column]) == HEIGHT:
            scores.append(None)
            continue
        after = (*board[:column], board[column] + "XO"[stones % 2], *board[column + 1 :])
        if wins(after, column):
            scores.append(22 - (stones // 2 + 1))
        elif stones + 1 == WIDTH * HEIGHT:
            scores.append(0)
        else:
            scores.append(-max(score for score in brute_force(after) if score is not None))
    return tuple(scores)


@given(ply=st.integers(32, 41), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_late_positions_agree_with_brute_force(ply: int, seed: int) -> None:
    solver = Solver(12)
    for state in random_positions(ply, 3, seed)[:, None]:
        expected = [ILLEGAL if score is None else score for score in brute_force(to_board(state))]
        assert solver.action_scores(state)[0].tolist() == expected, GAME.to_text(state[0])


# --- properties ---


@pytest.fixture(scope="module")
def states() -> States:
    """Positions of the plies 14 to 36, some with a win at hand."""
    return np.concatenate([random_positions(ply, 8, ply) for ply in range(14, 37, 2)])


def test_a_position_is_worth_its_best_move(solver: Solver, states: States) -> None:
    scores = solver.action_scores(states)
    assert scores.dtype == np.int8
    assert np.array_equal(scores.max(axis=1), solver.scores(states))
    assert np.array_equal(scores == ILLEGAL, ~GAME.legal_action_mask(states))


def test_a_move_is_worth_what_it_leaves_the_opponent(solver: Solver, states: States) -> None:
    scores = solver.action_scores(states)
    rows, actions = np.nonzero(GAME.legal_action_mask(states))
    after = GAME.step(states[rows], actions)
    live = ~GAME.is_terminal(after)
    assert np.array_equal(-solver.scores(after[live]), scores[rows, actions][live])


def test_values_are_the_signs_of_scores(states: States) -> None:
    scores = Solver(16).action_scores(states)
    values = Solver(16).action_values(states)
    assert values.dtype == np.int8
    assert np.array_equal(values, np.where(scores == ILLEGAL, ILLEGAL, np.sign(scores)))


def test_mirror_images_have_mirrored_scores(states: States) -> None:
    texts = [GAME.to_text(state).split() for state in states]
    images = np.concatenate([GAME.from_text("\n".join(row[::-1] for row in rows)) for rows in texts])
    scores = Solver(16).action_scores(states)
    assert np.array_equal(Solver(16).action_scores(images), scores[:, ::-1])


def test_neither_table_nor_company_nor_order_matters(solver: Solver, states: States) -> None:
    expected = solver.action_scores(states)
    assert np.array_equal(Solver(8).action_scores(states[32:]), expected[32:])
    assert np.array_equal(solver.action_scores(states[::-1])[::-1], expected)
    for b in range(0, len(states), 7):
        assert np.array_equal(solver.action_scores(states[b : b + 1])[0], expected[b])


def test_odd_arrays_change_nothing(solver: Solver, states: States) -> None:
    frozen = states.copy()
    frozen.setflags(write=False)
    assert np.array_equal(solver.scores(frozen), solver.scores(np.repeat(states, 2)[::2]))
    assert solver.score(frozen[3]) == solver.score(states[3:4])
    assert solver.action_scores(states[:0]).shape == (0, WIDTH)


def test_finished_games_are_refused(solver: Solver, states: States) -> None:
    won = position("1212121")
    for call in (solver.scores, solver.action_scores, solver.action_values):
        with pytest.raises(GameOver, match="row 2 is over") as caught:
            call(np.concatenate([states[:2], won]))
        assert caught.value.row == 2
    with pytest.raises(GameOver):
        solver.score(won[0])


def test_tables_of_odd_sizes_are_refused() -> None:
    for bits in (7, 33, -1):
        with pytest.raises(ValueError, match="entries"):
            Solver(bits)
