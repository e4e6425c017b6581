"""The game record: moves, the cursor, branches, the end."""

from __future__ import annotations

import numpy as np
import pytest

from agents.play.record import GameRecord
from games.core import IllegalMove, load_game

GAME = load_game("connect_four")
MOVES = [3, 3, 2, 4, 1, 0, 5]


def test_undo_and_redo_take_both_moves_of_a_person() -> None:
    record = GameRecord(GAME, MOVES)  # seven moves: side 1 is to move
    assert record.undo(0)
    assert record.cursor == 6
    assert record.player_at(record.cursor) == 0
    assert record.undo(0)
    assert record.cursor == 4
    assert record.redo(0)
    assert record.cursor == 6
    assert record.redo(0), "to the end, where side 1 is to move"
    assert record.cursor == 7
    assert not record.redo(0)


def test_a_move_before_the_end_cuts_off_what_came_after() -> None:
    record = GameRecord(GAME, MOVES)
    record.go(3)
    assert not record.at_end
    record.play(6)
    assert record.actions == [3, 3, 2, 6]
    assert record.at_end
    again = GameRecord(GAME, [3, 3, 2, 6])
    assert record.state.tobytes() == again.state.tobytes()


def test_the_cursor_stays_inside_the_game() -> None:
    record = GameRecord(GAME, MOVES)
    assert record.go(-5)
    assert record.cursor == 0
    assert not record.undo()
    assert record.last_action is None
    assert record.go(99)
    assert record.key == tuple(MOVES)


def test_an_illegal_move_changes_nothing() -> None:
    record = GameRecord(GAME, [0] * 6)
    with pytest.raises(IllegalMove):
        record.play(0)
    assert record.cursor == len(record.actions) == 6
    assert 0 not in record.legal()


def test_a_win_and_a_resignation_end_the_game() -> None:
    won = GameRecord(GAME, [0, 1, 0, 1, 0, 1, 0])
    assert won.is_over
    assert won.result() == (1.0, -1.0)
    assert won.legal() == []
    won.go(3)
    assert not won.is_over
    assert won.result() == (1.0, -1.0), "the game's end does not depend on where one looks"
    given_up = GameRecord(GAME, MOVES)
    given_up.resign(0)
    assert given_up.result() == (-1.0, 1.0)
    assert given_up.is_over
    with pytest.raises(IllegalMove):
        given_up.play(3)
    given_up.go(2)
    given_up.play(6)
    assert given_up.resigned is None, "another branch was not given up"


def test_every_registered_game_is_recorded() -> None:
    rng = np.random.default_rng(0)
    for name in ("connect_four", "tic_tac_toe"):
        record = GameRecord(load_game(name))
        while not record.is_over:
            record.play(int(rng.choice(record.legal())))
        assert record.result() is not None
        assert GameRecord(record.game, record.actions).result() == record.result()
