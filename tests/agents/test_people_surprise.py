"""Move 37 against people's games: counts, base rates and boards of a run of few counts on 5x5."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from human_collection import write_collection
from stations import desk

from agents import people_surprise
from agents.config import CompareConfig
from agents.experiment import board_experiment
from agents.go_config import go_preset
from agents.human_games import read_human_games
from agents.imitation import imitate
from agents.people_surprise import RIGHT, Asked, ask, find_people_surprises
from agents.position_keys import position_keys
from agents.reinforcement import reinforce
from games.core import load_game
from lab.measured import read_measured
from lab.report.picture import safe_svg
from lab.workers import Interrupted

GAME = load_game("go5")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CompareConfig:
    path = tmp_path_factory.mktemp("people") / "people.sgf"
    write_collection(path, 120)
    tiny = go_preset("tiny", "go5")
    few = replace(tiny.surprise, positions=12, threshold=0.05, draws=2, neighbours=2)
    return replace(tiny, human=str(path), counter_human="none", arms=("imitator", "master"), surprise=few)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, config: CompareConfig) -> Path:
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people_surprise, "PLAYOUTS", 20)
        imitate(folder, config, "imitator", desk())
        reinforce(folder, config, "master", desk())
        find_people_surprises(folder, config, "", desk())
    return folder


def result_of(run: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((run / "results" / "surprise.json").read_text())
    return read


def test_the_study_is_planned_where_people_are_imitated(config: CompareConfig) -> None:
    planned = {task.name: task.function for task in board_experiment(config).evaluate}
    assert planned["surprise"] == "agents.people_surprise:find_people_surprises"
    scripted = replace(config, human="capturer")
    assert "surprise" not in {task.name for task in board_experiment(scripted).evaluate}


def test_everybody_is_counted_and_the_people_first(run: Path) -> None:
    result = result_of(run)
    assert [row["player"] for row in result["certificates"]] == [
        "the people themselves",
        *("master", "master, 8 simulations", "imitator", "imitator, 8 simulations", "random"),
    ]
    assert {row["positions"] for row in result["certificates"]} == {12}
    assert result["certificates"][-1]["surprises"]["n"] == 24
    assert result["right_means"] == RIGHT
    for row in result["certificates"][1:]:
        assert (row["right"] is None) == row["text"].endswith("; 0 in games that are open")
    assert result["certificates"][-1]["surprises"]["rate"] > 0, "of random moves some are unheard of"
    assert result["certificates"][-1]["equally_rare"] is None
    for board in result["boards"]:
        safe_svg(board["svg"], "board")
        assert "people's imitator gives" in board["caption"]


def test_it_is_a_pure_function_of_the_seed(
    run: Path, config: CompareConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = result_of(run)
    monkeypatch.setattr(people_surprise, "PLAYOUTS", 20)
    find_people_surprises(run, config, "", desk())
    assert result_of(run) == before


def test_it_stops_when_asked(run: Path, config: CompareConfig) -> None:
    with pytest.raises(Interrupted):
        find_people_surprises(run, config, "", desk(looks=0))


def test_without_games_held_out_nothing_is_shown(run: Path, config: CompareConfig, tmp_path: Path) -> None:
    numbers = iter(range(100))
    few = next(path for n in numbers if (path := small_collection(tmp_path, n)) is not None)
    folder = tmp_path / "run"
    shutil.copytree(run / "arms", folder / "arms")
    find_people_surprises(folder, replace(config, human=str(few)), "", desk())
    assert read_measured(folder, "surprise") is None


def small_collection(folder: Path, seed: int) -> Path | None:
    """A collection of five games, none of them held out for tests; None where the seed has one."""
    path = folder / f"few{seed}.sgf"
    write_collection(path, 5, seed)
    return path if not len(read_human_games(path, GAME).of("test")) else None


def test_positions_are_of_games_held_out(run: Path, config: CompareConfig) -> None:
    human = read_human_games(Path(config.human), GAME)
    asked = ask(run, config, human, GAME)
    assert len(asked) == 12
    assert (asked.played < 25).all()
    assert asked.game_index.max() < len(human.of("test"))
    np.testing.assert_allclose(asked.policy.sum(axis=1), 1.0, rtol=1e-5)


def test_a_move_that_somebody_made_is_no_surprise() -> None:
    """In any view: D4's mirror image is known, too, and what is likely is none whoever made it."""
    start = GAME.new(1)
    known = np.sort(position_keys(GAME.step(start, np.array([6])), GAME))
    policy = np.full((1, 26), 1e-6)
    policy[0, 12] = 1.0
    asked = Asked(start, np.array([6], np.int32), np.zeros(1, np.int64), policy, known)
    moves = np.array([6, 8, 18, 7, 12], np.int32)  # B4 and two images of it, C4, the centre
    where = np.zeros(5, np.int64)
    assert asked.unheard_of(GAME, where, moves, 1e-3).tolist() == [False, False, False, True, False]


def test_who_blunders_is_worse_than_who_played(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within .05, where the game is open; where it is not, nobody is judged."""
    values = {3: 0.1, 4: 0.06, 5: 0.04}
    monkeypatch.setattr(
        people_surprise,
        "values_behind",
        lambda game, state, moves, keys, playouts: np.array([values[int(move)] for move in moves]),
    )
    asked = Asked(
        GAME.new(1), np.array([3], np.int32), np.zeros(1, np.int64), np.zeros((1, 26)), np.zeros(0, np.uint64)
    )
    judge = people_surprise._judge(GAME, asked, 0)
    where, moves = np.zeros(3, np.int64), np.array([3, 4, 5], np.int32)
    is_open, no_worse = judge(where, moves)
    assert is_open.all()
    assert no_worse.tolist() == [True, True, False]
    values[3] = 0.81
    is_open, no_worse = people_surprise._judge(GAME, asked, 0)(where, moves)
    assert not is_open.any()
    assert not no_worse.any()
