"""Held-out human moves: nobody learned from them, their ceiling is exact, and the measures are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.evaluation import exact_policy
from agents.games_file import write_games
from agents.human_moves import divergence, entropy, held_out_moves, human_tags
from agents.scripted import demonstrate


def test_the_best_predictor_reaches_the_ceiling() -> None:
    moves = held_out_moves("forgetful", "connect_four")
    assert moves.ceiling is not None
    best = moves.accuracy(exact_policy("forgetful.recorded", moves.states))
    assert best.rate == pytest.approx(moves.ceiling)
    assert moves.accuracy(np.eye(7)[np.zeros(len(moves.states), int)]).rate < moves.ceiling
    assert len(moves.states) > 4_000


def test_held_out_games_are_not_among_the_demonstrations() -> None:
    moves = held_out_moves("two-ply", "connect_four")
    shown = demonstrate("two-ply", 250, seed=0)
    held = demonstrate("two-ply", 250, seed=0, first=50_000_000)
    assert len(moves.states) == held.lengths.sum()
    assert not np.array_equal(shown.actions, held.actions)


def test_a_file_of_games_has_no_ceiling(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    write_games(path, demonstrate("beginner", 30, seed=4), "mine")
    moves = held_out_moves(str(path), "connect_four")
    assert moves.ceiling is None
    assert moves.accuracy(moves.truth).rate == 1.0
    assert "prediction/ceiling" not in human_tags(
        moves, lambda states: np.full((len(states), 7), 1 / 7), None
    )


def test_entropy_and_divergence_in_nats() -> None:
    even, sure = np.full((2, 4), 0.25), np.eye(4)[[0, 1]]
    assert entropy(even) == pytest.approx(np.log(4))
    assert entropy(sure) == pytest.approx(0.0, abs=1e-9)
    assert divergence(sure, even) == pytest.approx(np.log(4))
    assert divergence(even, even) == pytest.approx(0.0)
