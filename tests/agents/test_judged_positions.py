"""Positions of Go judged by long search: the frozen files, and how they are made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents import judged_positions
from agents.experiment import judge_of
from agents.judged_positions import JUDGED_SPLITS, judged
from agents.position_keys import position_keys
from agents.positions import load_positions, read_positions
from games.core import load_game
from games.go import with_komi
from games.notation import NotationError

GAME = load_game("go7")


@pytest.fixture(autouse=True)
def a_quick_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, playouts in (("ROOT", 60), ("BEHIND", 15)):
        monkeypatch.setattr(judged_positions, name, playouts)
    monkeypatch.setattr(judged_positions, "POOL", ("capturer", "tactician"))


@pytest.mark.parametrize("world", ["go7", "go9"])
def test_the_frozen_files_hold_what_they_say(world: str) -> None:
    game, seen = load_game(world), set[int]()
    for split, count in JUDGED_SPLITS.items():
        positions = load_positions(world, split)
        assert len(positions) == count
        assert not game.is_terminal(positions.states).any()
        assert positions.keep.any(axis=1).all(), "something is right everywhere"
        assert positions.hard.all(), "and something natural is not"
        seen |= set(position_keys(positions.states, game).tolist())
    assert len(seen) == sum(JUDGED_SPLITS.values()), "no position twice, however it is turned"


def test_a_result_says_who_judged() -> None:
    assert [judge_of(world) for world in ("go5", "go7", "go9", "connect_four")] == [
        None, "a long search", "a long search", None,
    ]  # fmt: skip


def test_a_block_is_a_pure_function_of_seed_and_number() -> None:
    lines = [line for line, _ in judged(GAME, seed=1, block=0, count=6)]
    assert lines
    assert lines == [line for line, _ in judged(GAME, seed=1, block=0, count=6)]
    assert lines != [line for line, _ in judged(GAME, seed=1, block=1, count=6)]


def test_lines_are_read_back(tmp_path: Path) -> None:
    found = list(judged(GAME, seed=1, block=0, count=6))
    path = tmp_path / "some.txt"
    judged_positions._write(path, GAME, "a few", [line for line, _ in found], seed=1)
    positions = read_positions(path, "go7")
    for state, read in zip((state for _, state in found), positions.states, strict=True):
        assert GAME.to_text(state[0]) == GAME.to_text(read)
    assert (positions.keep.sum(axis=1) >= 1).all()


def test_the_komi_leaves_the_position_open() -> None:
    """Playouts find the mover ahead on one side of it and behind on the other."""
    state = GAME.step(GAME.new(1), np.array([24]))
    level = float(judged_positions._open(state)["komi"][0])
    assert -20 < level < 30
    values = [judged_positions.rollout_values(with_komi(state, level + off), 100)[0] for off in (-20, 0, 20)]
    assert values[0] < -0.2 < values[1] < 0.2 < values[2]  # White moves, and has the komi


def test_marks_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text("8.5 D4 " + "+" * 50 + "\n", encoding="ascii")
    with pytest.raises(NotationError, match=r"wrong\.txt"):
        read_positions(path, "go7")
