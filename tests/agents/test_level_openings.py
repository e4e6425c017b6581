"""Openings that a long search finds level, and the list that is committed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from agents.position_keys import position_keys
from agents.referee import level_openings as module
from agents.referee.level_openings import LEVEL, distinct_openings, level_openings, values_of
from agents.referee.openings import read_openings
from games.core import load_game
from games.go import go_game

GAME = load_game("go5")
LISTS = Path(__file__).resolve().parents[2] / "benchmarks" / "openings"


def test_openings_that_look_alike_count_once() -> None:
    """By Burnside's lemma: of 3x3's 72 pairs 12 classes and of 5x5's 600 85 are left."""
    three = distinct_openings(go_game(3))
    assert len(three) == (72 + 4 * 3 * 2) // 8
    five = distinct_openings(GAME)
    assert len(five) == (600 + 4 * 5 * 4) // 8
    states = GAME.step(GAME.step(GAME.new(len(five)), five[:, 0]), five[:, 1])
    assert len(np.unique(position_keys(states, GAME))) == len(five)


def test_the_komi_decides_who_is_ahead() -> None:
    some = distinct_openings(GAME)[:3]
    assert (values_of(GAME, some, -26.0, 50, 0) == 1.0).all()
    assert (values_of(GAME, some, 26.0, 50, 0) == -1.0).all()


def test_the_most_level_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    every = np.linspace(-1, 1, len(distinct_openings(GAME)))
    monkeypatch.setattr(module, "values_of", lambda *rest: every)
    found = level_openings(GAME, 24.5, 1_000, 10, 0)
    values = np.abs([value for _, value in found])
    assert (np.diff(values) >= 0).all()
    assert values.max() <= LEVEL
    assert len(found) == (np.abs(every) <= LEVEL).sum()


def test_a_file_is_written_that_matches_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "go5.txt"
    words = ["x", "--world", "go5", "--komi", "12.5", "--count", "3", "--playouts", "60", "--out", str(path)]
    monkeypatch.setattr(sys, "argv", words)
    monkeypatch.setattr(module, "LEVEL", 2.0)
    module.main()
    assert len(read_openings(path, GAME)) == 3
    with pytest.raises(FileExistsError):  # a list that matches were played with stays as it is
        module.main()


@pytest.mark.parametrize("path", sorted(LISTS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_committed_lists_are_distinct_openings(path: Path) -> None:
    game = load_game(path.stem)
    openings = np.array(read_openings(path, game), np.int32)
    assert len(openings) >= 10
    assert openings.shape[1] == 2
    states = game.step(game.step(game.new(len(openings)), openings[:, 0]), openings[:, 1])
    assert len(np.unique(position_keys(states, game))) == len(openings)
