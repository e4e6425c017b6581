"""Tic-tac-toe: every position and every game there is, and some set by hand."""

from __future__ import annotations

import numpy as np
import pytest

from games.core import States
from games.tic_tac_toe import GAME, from_text, to_text


def next_positions(states: States, paths: np.ndarray) -> tuple[States, np.ndarray]:
    """All positions after one more move, each once, with the number of move paths that lead there."""
    rows, actions = np.nonzero(GAME.legal_action_mask(states))
    after = GAME.step(states[rows], actions)
    names = after.view(np.dtype((np.void, after.dtype.itemsize))).ravel()
    _, first, group = np.unique(names, return_index=True, return_inverse=True)
    return after[first], np.bincount(group.ravel(), weights=paths[rows]).astype(np.int64)


def test_every_position_and_every_game() -> None:
    states, paths = GAME.new(1), np.ones(1, np.int64)
    positions, results = 1, np.zeros(3, np.int64)  # games won by O, drawn, won by X
    for _ in range(GAME.max_plies):
        states, paths = next_positions(states, paths)
        positions += len(states)
        over = GAME.is_terminal(states)
        outcome = GAME.rewards(states)[:, 0].astype(np.int64)
        results += np.bincount(outcome[over] + 1, weights=paths[over], minlength=3).astype(np.int64)
        states, paths = states[~over], paths[~over]
    assert not len(states)
    assert positions == 5478
    assert results.sum() == 255168
    assert results.tolist() == [77904, 46080, 131184]


def value(state: States) -> int:
    """Exact value for the player to move, by the rules alone."""
    if GAME.is_terminal(state)[0]:
        return int(GAME.rewards(state)[0, GAME.current_player(state)[0]])
    moves = np.flatnonzero(GAME.legal_action_mask(state)[0])
    return max(-value(GAME.step(state, np.array([move]))) for move in moves)


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        ("XX. OO. ...", 1),  # X takes three
        ("X.. .O. ..X", 0),  # the edge saves O
        ("X.. O.. ...", 1),  # O at the edge loses to a fork
    ],
)
def test_values_by_hand(board: str, expected: int) -> None:
    assert value(from_text(board)) == expected


def test_a_won_board_is_over() -> None:
    #   X X X
    #   O O .
    #   . . .
    state = from_text("XXX OO. ...")
    assert GAME.is_terminal(state)[0]
    assert not GAME.legal_action_mask(state).any()
    assert GAME.rewards(state)[0].tolist() == [1.0, -1.0]
    assert GAME.current_player(state)[0] == 1


def test_a_full_board_without_three_is_drawn() -> None:
    state = from_text("XOX XXO OXO")
    assert GAME.is_terminal(state)[0]
    assert GAME.rewards(state)[0].tolist() == [0.0, 0.0]


def test_observation_is_the_movers_view() -> None:
    planes = GAME.observe(from_text("X.. .O. X.."))[0]  # O to move
    assert planes[0].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert planes[1].tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_text_keeps_the_state_byte_for_byte() -> None:
    state = GAME.step(GAME.step(GAME.new(1), np.array([4])), np.array([0]))
    assert to_text(state[0]) == "O..\n.X.\n..."
    assert from_text(to_text(state[0])).tobytes() == state.tobytes()


@pytest.mark.parametrize("board", ["OO. ... ...", "XXX X.. ...", "XO", "XOX OXO XOXO", "abc def ghi"])
def test_boards_that_cannot_be(board: str) -> None:
    with pytest.raises(ValueError, match=r"3 marks|ahead"):
        from_text(board)
