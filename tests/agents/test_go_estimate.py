"""Go judged without a network: priors, playouts, whose points are whose."""

from __future__ import annotations

import numpy as np
import pytest

from agents.go_estimate import dead_stones, ownership, playout_evaluator
from games.core import load_game

GAME = load_game("go5")


def position(text: str) -> np.ndarray:
    return GAME.from_text(text)


def test_ownership_of_a_settled_board_is_the_count() -> None:
    state = position("XX.O.\n.XXOO\nXXXO.\nX.XOO\nXXXO.\nX to move, komi 2.5, passes 0")
    owner, lead = ownership(state, 50)
    assert owner[[0, 1, 5, 16]].min() == 1.0
    assert owner[[3, 4, 14, 19]].max() == -1.0
    assert 0.5 <= lead <= 2.5, "14 or 15 points and the open one, 10, and komi"
    again, _ = ownership(state, 50)
    assert np.array_equal(owner, again)
    with pytest.raises(ValueError, match="at least 1 playout"):
        ownership(state, 0)


def test_ownership_leans_towards_who_has_more() -> None:
    black = position(".....\n.XXX.\n.....\n.....\n...O.\nX to move, komi 0.5, passes 0")
    owner, lead = ownership(black, 400)
    assert owner[7] > 0.5
    assert lead > 3
    assert (np.abs(owner) <= 1).all()


def test_chains_that_playouts_give_up_are_dead() -> None:
    walls = "..X.O..\n..X.O.X\n..X.O..\n..X.O..\nO.X.O..\n..X.O..\n..X.O.."
    game = load_game("go7")
    for passes in (0, 2):
        state = game.from_text(f"{walls}\nX to move, komi 0.5, passes {passes}")
        assert [game.action_names[action] for action in dead_stones(state, 100)] == ["G6", "A3"]
    surrounded = position(".X.O.\nXX.OO\n....O\nOOOO.\n.O...\nX to move, komi 0.5, passes 2")
    assert [GAME.action_names[a] for a in dead_stones(surrounded, 100)] == ["B5", "A4", "B4"], "whole chains"
    both = position(".X.O.\nXXOOO\nXXXO.\nX.XOO\nXXXO.\nO to move, komi 0.5, passes 2")
    assert dead_stones(both, 100) == []
    assert dead_stones(GAME.new(1), 10) == []


def test_the_evaluator_looks_at_captures_first_and_passes_last() -> None:
    evaluate = playout_evaluator(GAME, 32)
    state = position(".....\n..X..\n.XOX.\n.....\n.....\nX to move, komi 0.5, passes 0")
    logits, values = evaluate(state)
    assert logits.shape == (1, 26)
    assert logits[0].argmax() == 17, "C2 takes"
    assert logits[0, -1] < logits[0, :25][GAME.legal_action_mask(state)[0, :25]].min()
    assert values[0] > 0
    white = position(".....\n..X..\n.XOX.\n.....\n.....\nO to move, komi 0.5, passes 0")
    assert evaluate(white)[1][0] < 0
    both = evaluate(np.concatenate([state, white]))
    assert np.array_equal(both[0][:1], logits)
    assert np.array_equal(both[1][:1], values)


def test_where_nothing_is_left_the_pass_is_open() -> None:
    state = position("X.XO.\nXXXOO\n.XXOO\nXXXO.\nX.XOO\nX to move, komi 0.5, passes 0")
    logits, _ = playout_evaluator(GAME, 8)(state)
    assert logits[0].argmax() == 25
