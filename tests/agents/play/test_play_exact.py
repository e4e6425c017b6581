"""The truth behind the panels: all games of a small game, the solver's words for Connect Four."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.play.exact import exhaustive, truth_of
from agents.play.mind import Mind
from agents.play.record import GameRecord
from agents.play.seats import EXACT, Seat
from agents.player import UnknownPlayer
from games.core import Actions, States, load_game


def test_tic_tac_toe_is_known_to_the_end() -> None:
    game = load_game("tic_tac_toe")
    truths = truth_of(game)
    assert truths is not None
    start = truths(game.new(1))
    assert start.value == 0
    assert start.values == (0,) * 9
    assert start.words(4) == "draws"
    fork = truths(GameRecord(game, [0, 1]).state)  # beside the corner: lost, in three more moves of X
    assert fork.value == 1
    assert fork.moves[fork.best[0]] == 3
    at_hand = truths(GameRecord(game, [0, 3, 1, 4]).state)
    assert at_hand.best == (2,)
    assert at_hand.words(2) == "wins in 1"
    assert at_hand.values[0] is None
    assert at_hand.words(8) == "loses in 1", "O wins with the next move"


def test_the_truth_agrees_with_play_to_the_end() -> None:
    """Best moves of both sides from any position end as promised, and as soon."""
    game = load_game("tic_tac_toe")
    truths = truth_of(game)
    assert truths is not None
    for opening in ([], [0, 1], [4, 1], [0, 8, 2], [1, 7, 0]):
        record = GameRecord(game, opening)
        mover = record.player_at(record.cursor)
        promised = truths(record.state)
        before = len(record.actions)
        while not record.is_over:
            record.play(truths(record.state).best[0])
        result = record.result()
        assert result is not None
        assert result[mover] == promised.value
        if promised.value > 0:
            assert (len(record.actions) - before + 1) // 2 == promised.moves[promised.best[0]]


def test_connect_four_in_words() -> None:
    game = load_game("connect_four")
    truths = truth_of(game)
    assert truths is not None
    three = truths(GameRecord(game, [3, 0, 3, 0, 3, 0]).state)
    assert three.best == (3,)
    assert three.words(3) == "wins in 1"
    assert truths(GameRecord(game, [3, 0, 3, 0, 3]).state).words(1) == "loses in 1"
    start = truths(game.new(1))
    assert start.best == (3,)
    assert start.words(3) == "wins in 21", "the first player's 21st stone is the 41st of the game"
    assert start.right(3)
    assert not start.right(2)


def test_a_game_with_too_many_positions_has_no_perfect_player(monkeypatch: pytest.MonkeyPatch) -> None:
    game = load_game("tic_tac_toe")
    assert exhaustive(game, most_moves=16_167) is not None
    assert exhaustive(game, most_moves=16_166) is None
    mind = Mind("tic_tac_toe")
    monkeypatch.setattr("agents.play.mind.truth_of", lambda game: None)
    with pytest.raises(UnknownPlayer, match=r"Tic-tac-toe is too large .* no perfect player"):
        mind.prepare(Seat(EXACT, "Perfect player", "programs"), 0)
    assert mind.think(game.new(1), 8).truth is None, "and the rest of the thoughts are there"


def test_no_move_is_made_of_those_that_are_too_many() -> None:
    game = load_game("tic_tac_toe")
    asked: list[int] = []

    def step(states: States, actions: Actions) -> States:
        asked.append(len(actions))
        return game.step(states, actions)

    assert exhaustive(replace(game, step=step), most_moves=1_000) is None
    assert asked == [9, 72, 504], "the next ply's 1,512 were counted alone"
