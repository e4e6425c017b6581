"""Exact scores at once: the book that is shipped, its minimax, and where the solver takes over."""

from __future__ import annotations

import numpy as np
import pytest

from games.connect_four import GAME
from games.connect_four_book import WrongBook, positions_at
from games.connect_four_exact import UNKNOWN, Book, ExactScores
from games.connect_four_solver import ILLEGAL, GameOver, Solver
from games.core import States


def played(text: str) -> States:
    """The position after the moves in the columns 1 to 7."""
    states = GAME.new(1)
    for column in text:
        states = GAME.step(states, np.array([int(column) - 1], np.int32))
    return states


@pytest.fixture(scope="module")
def exact() -> ExactScores:
    return ExactScores()


def test_the_seven_first_moves(exact: ExactScores) -> None:
    """The published values (Allis 1988; Pons): the centre wins with the first player's last stone."""
    assert exact.action_scores(GAME.new(1)).tolist() == [[-2, -1, 0, 1, 0, -1, -2]]
    assert exact.scores(GAME.new(1)).tolist() == [1]


@pytest.mark.parametrize("text", ["44444475", "12345671"])
def test_the_book_says_what_the_solver_says(exact: ExactScores, text: str) -> None:
    states = played(text)
    assert exact.scores(states).tolist() == Solver(22).scores(states).tolist()
    assert exact.book.look_up(states).tolist() == exact.scores(states).tolist()


def test_the_book_holds_every_position_and_its_mirror_image(exact: ExactScores) -> None:
    for ply in (0, 3, 7, 8):
        keys, states = positions_at(ply)
        scores = exact.book.look_up(states)
        assert (scores != UNKNOWN).all()
        assert len(keys) == len(scores)
    assert np.array_equal(exact.book.look_up(played("12344")), exact.book.look_up(played("76544")))
    assert exact.book.look_up(played("444444777")).tolist() == [UNKNOWN]


def test_scores_are_those_of_the_best_move_at_every_early_ply(exact: ExactScores) -> None:
    for ply in range(8):
        _, states = positions_at(ply)
        assert np.array_equal(exact.book.action_scores(states).max(axis=1), exact.scores(states))


def test_early_wins_count_and_full_columns_are_illegal(exact: ExactScores) -> None:
    """After 1212121 the game is over; a move before, the first player wins with his fourth stone."""
    assert exact.action_scores(played("121212"))[0].max() == 18
    assert exact.action_scores(played("1111117"))[0, 0] == ILLEGAL
    with pytest.raises(GameOver, match="row 1"):
        exact.action_scores(np.concatenate([played("4"), played("1212121")]))


def test_batches_of_early_and_late_positions(exact: ExactScores) -> None:
    late = played("4444441177")
    both = np.concatenate([GAME.new(1), late, played("44")])
    assert np.array_equal(exact.action_scores(both)[1], Solver().action_scores(late)[0])
    assert np.array_equal(exact.action_scores(both)[[0, 2]], exact.book.action_scores(both[[0, 2]]))


def test_minimax_on_a_book_of_another_ply() -> None:
    """From made-up scores of ply 3: two plies earlier, the best of the worst of them."""
    keys, states = positions_at(3)
    scores = (np.arange(len(keys)) % 9 - 4).astype(np.int8)
    book = Book(3, keys, scores)

    def negamax(state: States, plies: int) -> int:
        if plies == 0:
            return int(book.look_up(state)[0])
        return max(-negamax(GAME.step(state, np.array([a], np.int32)), plies - 1) for a in range(7))

    assert np.array_equal(book.look_up(states), scores)
    assert book.look_up(GAME.new(1)).tolist() == [negamax(GAME.new(1), 3)]
    assert book.look_up(played("2")).tolist() == [negamax(played("2"), 2)]


def test_a_book_that_lacks_positions_is_refused() -> None:
    keys, _ = positions_at(2)
    with pytest.raises(WrongBook, match="lacks positions"):
        Book(2, keys[::2], np.zeros(len(keys[::2]), np.int8))
