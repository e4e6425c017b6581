"""The value network: its data, its regression, its going on after a stop, and the lesson."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arms import SMALL, made_up_positions
from stations import Flag, desk, same_state, state_of

from agents import value_network
from agents.config import ValueConfig
from agents.games_file import write_games
from agents.imitation import demonstrations_path
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.network import load_network, network_evaluator, new_network
from agents.scripted import demonstrate
from agents.value_games import examples_of
from agents.value_network import learn_value, value_error, value_lesson
from games.connect_four import GAME
from lab.checkpoint import CheckpointError, load_checkpoint
from lab.statistics import Score
from lab.workers import Interrupted

CONFIG = replace(
    SMALL,
    value=ValueConfig(
        games=60,
        updates=7,
        batch_size=32,
        test_games=20,
        evaluations=3,
        lesson_positions=90,
        lesson_updates=6,
    ),
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure on a handful of positions."""
    for module in ("value_network", "alphago"):
        monkeypatch.setattr(f"agents.{module}.load_positions", lambda world, split: made_up_positions())


def run_with_parents(folder: Path) -> None:
    """A run in which imitator and policy gradient stand as networks that know nothing."""
    for seed, arm in enumerate(("imitator", "policy-gradient")):
        path = checkpoint_path(folder, arm)
        path.parent.mkdir(parents=True)
        save_learner(path, new_learner(GAME, new_network(CONFIG.network, GAME, seed), 1e-3, 0.0, 1.0, 1))


def learned(folder: Path, looks: int | None = None) -> tuple[dict[str, Any], list[Any]]:
    if not (folder / "arms").exists():
        run_with_parents(folder)
    learn_value(folder, CONFIG, "alphago", desk() if looks is None else desk(looks=looks))
    return state_of(folder, "alphago")


def test_what_is_learned_and_told(tmp_path: Path, few: None) -> None:
    tensors, rows = learned(tmp_path)
    assert [(phase, step, games) for phase, step, games, _ in rows] == [
        ("learn value", step, 60) for step in (1, 2, 3)
    ]
    for _, _, _, tags in rows:
        assert 0.0 < tags["error/value_train"] < 4.0
        assert 0.0 < tags["error/value_test"] < 4.0
        assert isinstance(tags["score/searched"], Score)
        assert tags["score/rate"] == rows[0][3]["score/rate"], "without search it is the imitator"
    meta = json.loads(tensors["meta"])
    assert (meta["updates"], meta["rollout_weight"]) == (7, CONFIG.value.rollout_weight)
    arrays, _ = load_checkpoint(tmp_path / "arms" / "alphago" / "positions.safetensors")
    assert len(arrays["states"]) == len(arrays["values"]) == 60
    assert len(arrays["test_states"]) == 20
    started = new_network(CONFIG.network, GAME, CONFIG.seed).state_dict()
    assert np.array_equal(tensors["network.policy_out.bias"], started["policy_out.bias"].numpy())
    assert not np.array_equal(tensors["network.value_out.bias"], started["value_out.bias"].numpy())


@pytest.mark.parametrize("looks", [0, 20, 146, 148, 150])
def test_a_stopped_value_network_goes_on_bit_for_bit(tmp_path: Path, few: None, looks: int) -> None:
    """Asked to stop among its games and among its updates."""
    run_with_parents(tmp_path / "torn")
    with pytest.raises(Interrupted):
        learned(tmp_path / "torn", looks)
    assert same_state(learned(tmp_path / "whole"), learned(tmp_path / "torn"))


def test_the_stops_of_that_test_lie_in_both_parts(tmp_path: Path, few: None) -> None:
    run_with_parents(tmp_path)
    flag = Flag(1_000_000)
    stops = desk()
    stops.stop = flag
    value_network._data(tmp_path, "alphago", CONFIG, value_network._learner(GAME, CONFIG, 7), stops)
    looks = 1_000_000 - flag.looks
    assert 20 < looks < 146
    assert looks + CONFIG.value.updates > 150


def test_a_value_network_killed_while_saving_goes_on(
    tmp_path: Path, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with_parents(tmp_path / "torn")
    save = value_network.save_learner

    def kill(path: Path, learner: Any, **meta: Any) -> None:
        if learner.iteration == 2:
            raise MemoryError("killed")
        save(path, learner, **meta)

    with monkeypatch.context() as patch:
        patch.setattr(value_network, "save_learner", kill)
        with pytest.raises(MemoryError):
            learned(tmp_path / "torn")
    assert same_state(learned(tmp_path / "whole"), learned(tmp_path / "torn"))


def test_without_a_policy_gradient_there_is_nothing_to_learn(tmp_path: Path, few: None) -> None:
    with pytest.raises(CheckpointError, match="there is no such checkpoint"):
        learn_value(tmp_path, CONFIG, "alphago", desk())
    assert not checkpoint_path(tmp_path, "alphago").exists()


def test_the_error_is_the_mean_square(tmp_path: Path) -> None:
    run_with_parents(tmp_path)
    network = load_network(checkpoint_path(tmp_path, "imitator"), GAME)
    states = made_up_positions(5).states
    value = network_evaluator(network, GAME, 256)(states)[1]
    off = np.array([0.0, 1.0, -1.0, 2.0, 0.0], np.float32)
    assert value_error(network, GAME, examples_of(GAME, states, value + off)) == pytest.approx(
        6 / 5, abs=1e-4
    )


def test_the_lesson(tmp_path: Path, few: None) -> None:
    run_with_parents(tmp_path)
    path = demonstrations_path(tmp_path, CONFIG.human)
    path.parent.mkdir()
    write_games(path, demonstrate(CONFIG.human, 40, 0), "a few games")
    value_lesson(tmp_path, CONFIG, "", desk())
    first = (tmp_path / "results" / "value-lesson.json").read_text()
    lesson = json.loads(first)
    assert (lesson["positions"], lesson["unit"]) == (90, "mean squared error")
    assert lesson["one_position"]["games"] == 90
    assert 2 <= lesson["whole_games"]["games"] < 20, "as many as hold 90 positions"
    for kind in ("whole_games", "one_position", "human_games"):
        assert [point["updates"] for point in lesson[kind]["points"]] == [2, 4, 6]
        assert all(0.0 < point["train"] < 4.0 > point["test"] > 0.0 for point in lesson[kind]["points"])
    value_lesson(tmp_path, CONFIG, "", desk())
    assert (tmp_path / "results" / "value-lesson.json").read_text() == first


def test_whole_games_are_learned_by_heart(tmp_path: Path, few: None) -> None:
    """The lesson itself, small: the same number of positions, out of few games or one of each."""
    run_with_parents(tmp_path)
    path = demonstrations_path(tmp_path, CONFIG.human)
    path.parent.mkdir()
    write_games(path, demonstrate(CONFIG.human, 60, 0), "a few games")
    value = replace(CONFIG.value, lesson_positions=400, lesson_updates=100, test_games=200)
    value_lesson(tmp_path, replace(CONFIG, value=replace(value, batch_size=64, evaluations=1)), "", desk())
    lesson = json.loads((tmp_path / "results" / "value-lesson.json").read_text())
    whole, one = (lesson[kind]["points"][-1] for kind in ("whole_games", "one_position"))
    assert whole["train"] + 0.2 < whole["test"]
    assert one["test"] < whole["test"]
