"""What the tests of learning arms share: a run of few counts, a handful of positions, a desk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.config import CompareConfig, EvaluationConfig, ImitationConfig, NetworkConfig, SelfPlayConfig
from agents.positions import ILLEGAL, PositionSet
from games.connect_four import GAME
from lab.checkpoint import load_checkpoint
from lab.curve import curve_path, read_curve
from lab.randomness import game_keys, sample_batch
from lab.workers import Desk, Event

SMALL = CompareConfig(
    network=NetworkConfig(8, 1),
    imitation=ImitationConfig(
        games=300, updates=12, batch_size=64, validation_games=40, evaluations=3, learning_rate=1e-2
    ),
    zero=SelfPlayConfig(
        iterations=3, games_per_iteration=6, batch=8, simulations=4, batch_size=64, reuse=2.0, evaluations=2
    ),
    evaluation=EvaluationConfig(simulations=2, batch=32, pairs=2, curve_positions=5),
)


def made_up_positions(count: int = 300) -> PositionSet:
    """Random positions with random scores: good for everything but the truth."""
    keys, states = game_keys(8, "test", 0, count), GAME.new(count)
    for ply in range(9):
        after = GAME.step(states, sample_batch(GAME.legal_action_mask(states), keys, ply))
        states = np.where(GAME.is_terminal(after), states, after)
    scores = np.random.default_rng(1).integers(-2, 3, size=(count, 7)).astype(np.int8)
    scores[~GAME.legal_action_mask(states)] = ILLEGAL
    return PositionSet("made up", states, scores)


@pytest.fixture
def positions(monkeypatch: pytest.MonkeyPatch) -> PositionSet:
    """Measure arms on a handful of positions."""
    made = made_up_positions()
    monkeypatch.setattr("agents.meter.load_positions", lambda world, split: made)
    return made


class Flag:
    """A stop flag that is raised after having been looked at so many times."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def desk(sent: list[Event] | None = None, looks: int = 1_000_000) -> Desk:
    return Desk("test", ([] if sent is None else sent).append, Flag(looks))


def with_seed(seed: int) -> CompareConfig:
    return replace(SMALL, seed=seed)


def state_of(folder: Path, arm: str) -> tuple[dict[str, Any], list[Any]]:
    """An arm's checkpoint and curve, the times left out: equal if two runs went the same way."""
    tensors, meta = load_checkpoint(folder / "arms" / arm / "checkpoint.safetensors")
    del meta["cpu_seconds"]
    rows = [(row.phase, row.step, row.games, row.tags) for row in read_curve(curve_path(folder, arm))]
    return {"meta": json.dumps(meta, sort_keys=True), **tensors}, rows


def same_state(one: tuple[dict[str, Any], list[Any]], other: tuple[dict[str, Any], list[Any]]) -> bool:
    tensors, others = one[0], other[0]
    return (
        one[1] == other[1]
        and tensors.keys() == others.keys()
        and all(np.array_equal(np.asarray(tensors[name]), np.asarray(others[name])) for name in tensors)
    )
