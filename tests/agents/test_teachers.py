"""Teachers other than the human: their games as lessons, the perfect player's answers, the students."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arms import SMALL, made_up_positions, positions
from stations import desk, same_state, state_of

from agents import teachers
from agents.baselines import baseline_player, perfect_policy
from agents.config import TeacherConfig
from agents.imitation import demonstrate, imitate
from agents.learning import checkpoint_path
from agents.reinforcement import reinforce
from agents.teachers import (
    PERFECT_FROM,
    demonstrate_teacher,
    lessons_path,
    read_lessons,
    teach,
    teacher_games,
)
from games.connect_four import GAME
from games.connect_four_solver import Solver
from lab.workers import Interrupted

__all__ = ["positions"]


def test_lessons_are_the_teachers_games() -> None:
    """Every move is one that the teacher could make, and every value is the game's result for its mover."""
    teacher = baseline_player("alphabeta-2", GAME)
    assert teacher.policy is not None
    lessons = teacher_games(teacher, GAME, 40, 3, desk())
    policy = teacher.policy(lessons.states)
    assert (policy[lessons.action_weights > 0] > 0).all()
    assert (lessons.action_weights.sum(axis=1) == 1).all()
    after = GAME.step(lessons.states, lessons.action_weights.argmax(axis=1).astype(np.int32))
    won = GAME.rewards(after)[np.arange(len(after)), GAME.current_player(lessons.states)] > 0
    assert won.any()
    assert (lessons.value_targets[won] == 1).all()


def test_a_teachers_game_is_a_function_of_seed_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    teacher = baseline_player("alphabeta-1", GAME)
    whole = teacher_games(teacher, GAME, 30, 3, desk())
    monkeypatch.setattr(teachers, "CHUNK", 7)
    parts = teacher_games(teacher, GAME, 30, 3, desk())
    assert np.array_equal(whole.states, parts.states)
    assert np.array_equal(whole.action_weights, parts.action_weights)
    assert not np.array_equal(whole.states[:50], teacher_games(teacher, GAME, 30, 4, desk()).states[:50])


def test_the_perfect_players_lessons_are_exact(tmp_path: Path) -> None:
    config = replace(SMALL, imitation=replace(SMALL.imitation, games=20, validation_games=2))
    demonstrate(tmp_path, config, config.human, desk())
    demonstrate_teacher(tmp_path, config, "perfect", desk())
    lessons = read_lessons(lessons_path(tmp_path, "perfect"), GAME)
    assert len(lessons.states) > 20
    assert (np.bitwise_count(lessons.states["occupied"]) >= PERFECT_FROM).all()
    assert len(np.unique(lessons.states)) == len(lessons.states)
    assert np.allclose(lessons.action_weights, perfect_policy(lessons.states))
    assert np.array_equal(lessons.value_targets, np.sign(Solver().scores(lessons.states)))


@pytest.mark.usefixtures("positions")
def test_zero_is_imitated_as_the_human_is(tmp_path: Path) -> None:
    reinforce(tmp_path, SMALL, "zero", desk())
    demonstrate_teacher(tmp_path, SMALL, "zero", desk())
    imitate(tmp_path, SMALL, "imitate-zero", desk())
    again = tmp_path / "again"
    (again / "demonstrations").mkdir(parents=True)
    lessons_path(again, "zero").write_bytes(lessons_path(tmp_path, "zero").read_bytes())
    with pytest.raises(Interrupted):
        imitate(again, SMALL, "imitate-zero", desk(looks=6))
    imitate(again, SMALL, "imitate-zero", desk())
    assert same_state(state_of(tmp_path, "imitate-zero"), state_of(again, "imitate-zero"))
    assert not (checkpoint_path(tmp_path, "imitate-zero").parent / "imitation.json").exists(), (
        "how well it predicts the human is not its business"
    )


def test_a_sweep_measures_teacher_and_students(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teachers, "load_positions", lambda world, split: made_up_positions(80))
    config = replace(SMALL, teachers=TeacherConfig(("alphabeta-1",), games=20, updates=3))
    teach(tmp_path, config, "alphabeta-1", desk())
    row = json.loads((tmp_path / "results" / "teacher-alphabeta-1.json").read_text())
    assert row["teacher"] == "alphabeta-1"
    assert all(0 <= row[key]["rate"] <= 1 for key in ("teacher_score", "sampled", "greedy", "winners"))
    with pytest.raises(Interrupted):
        teach(tmp_path, config, "alphabeta-1", desk(looks=0))
