"""Reinforce: the loop, its window and its counts, and going on after a stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arms import SMALL, positions
from stations import desk, same_state, state_of

from agents import reinforcement
from agents.config import SelfPlayConfig
from agents.learning import Examples
from agents.positions import PositionSet
from agents.reinforcement import reinforce
from agents.replay_window import empty_window, join
from games.connect_four import GAME
from lab.curve import curve_path, read_curve
from lab.run import TrainingDiverged
from lab.workers import Event, Interrupted

__all__ = ["positions"]  # the fixture


def test_the_loop(tmp_path: Path, positions: PositionSet) -> None:
    sent: list[Event] = []
    reinforce(tmp_path, SMALL, "zero", desk(sent))
    tensors, rows = state_of(tmp_path, "zero")
    assert [(phase, step, games) for phase, step, games, _ in rows] == [
        ("reinforce", 1, 6),
        ("reinforce", 2, 12),
        ("reinforce", 3, 18),
    ]
    measured = [step for _, step, _, tags in rows if "score/rate" in tags]
    assert measured == [2, 3], "two points over three iterations"
    plies = [round(tags["length/mean"] * 6) for _, _, _, tags in rows]
    assert len(tensors["replay.value_targets"]) == sum(plies)
    steps = sum(round(count * SMALL.zero.reuse / SMALL.zero.batch_size) for count in plies)
    assert f'"updates": {steps}' in tensors["meta"]
    for _, _, _, tags in rows:
        assert 0.0 <= tags["selfplay/first_player_score"] <= 1.0
        assert 0.0 <= tags["selfplay/proven_share"] <= 1.0
        assert tags["kl/search_to_prior"] >= 0.0
    assert sent[-1].step == sent[-1].total == 3


@pytest.mark.parametrize("looks", [0, 5, 32, 50])
def test_a_stopped_zero_goes_on_bit_for_bit(tmp_path: Path, positions: PositionSet, looks: int) -> None:
    """Wherever it is asked to stop: at once, within a block of games, within the training."""
    reinforce(tmp_path / "whole", SMALL, "zero", desk())
    with pytest.raises(Interrupted):
        reinforce(tmp_path / "torn", SMALL, "zero", desk(looks=looks))
    reinforce(tmp_path / "torn", SMALL, "zero", desk())
    assert same_state(state_of(tmp_path / "whole", "zero"), state_of(tmp_path / "torn", "zero"))


def test_a_zero_killed_while_saving_goes_on(
    tmp_path: Path, positions: PositionSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    reinforce(tmp_path / "whole", SMALL, "zero", desk())
    save = reinforcement.save_learner

    def kill(path: Path, learner: Any, extra: Any) -> None:
        if learner.iteration == 2:
            raise MemoryError("killed")
        save(path, learner, extra)

    with monkeypatch.context() as patch:
        patch.setattr(reinforcement, "save_learner", kill)
        with pytest.raises(MemoryError):
            reinforce(tmp_path / "torn", SMALL, "zero", desk())
    assert [row.step for row in read_curve(curve_path(tmp_path / "torn", "zero"))] == [1, 2]
    reinforce(tmp_path / "torn", SMALL, "zero", desk())
    assert same_state(state_of(tmp_path / "whole", "zero"), state_of(tmp_path / "torn", "zero"))


def test_another_seed_is_another_zero(tmp_path: Path, positions: PositionSet) -> None:
    config = replace(SMALL, zero=replace(SMALL.zero, iterations=1))
    for name, seed in (("a", 0), ("b", 1)):
        reinforce(tmp_path / name, replace(config, seed=seed), "zero", desk())
    assert not same_state(state_of(tmp_path / "a", "zero"), state_of(tmp_path / "b", "zero"))


def test_divergence_leaves_the_last_checkpoint(
    tmp_path: Path, positions: PositionSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = reinforcement.play_block

    def poisoned(
        game: Any, evaluator: Any, settings: SelfPlayConfig, seed: int, block: int, *rest: Any
    ) -> Any:
        played = play(game, evaluator, settings, seed, block)
        if block == 1:
            played.examples.value_targets[:] = np.nan
        return played

    monkeypatch.setattr(reinforcement, "play_block", poisoned)
    with pytest.raises(TrainingDiverged):
        reinforce(tmp_path, SMALL, "zero", desk())
    tensors, rows = state_of(tmp_path, "zero")
    assert [row[1] for row in rows] == [1]
    assert all(np.isfinite(np.asarray(t)).all() for n, t in tensors.items() if n.startswith("network"))


@pytest.mark.parametrize(
    ("iterations", "evaluations", "due"),
    [(10, 2, [5, 10]), (3, 2, [2, 3]), (4, 4, [1, 2, 3, 4]), (2, 8, [1, 2]), (7, 1, [7])],
)
def test_points_of_the_curve(iterations: int, evaluations: int, due: list[int]) -> None:
    """Equal parts, and always the last iteration."""
    settings = SelfPlayConfig(iterations=iterations, evaluations=evaluations)
    assert [i for i in range(1, iterations + 1) if reinforcement._is_due(i, settings)] == due


def test_the_window_forgets_the_oldest() -> None:
    def numbered(first: int, count: int) -> Examples:
        numbers = np.arange(first, first + count, dtype=np.float32)
        return Examples(GAME.new(count), np.zeros((count, 7), np.float32), numbers)

    window = join(numbered(0, 5), numbered(5, 4), size=6)
    assert window.value_targets.tolist() == [3, 4, 5, 6, 7, 8]
    assert len(window.states) == len(window.action_weights) == 6
    small = join(empty_window(GAME), numbered(0, 2), size=6)
    assert small.value_targets.tolist() == [0, 1]
