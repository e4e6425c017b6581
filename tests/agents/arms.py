"""What the tests of learning arms share: a run of few counts, a handful of positions, a desk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.config import CompareConfig, EvaluationConfig, ImitationConfig, NetworkConfig, SelfPlayConfig
from agents.positions import ILLEGAL, PositionSet
from games.connect_four import GAME
from lab.randomness import game_keys, sample_batch

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


def with_seed(seed: int) -> CompareConfig:
    return replace(SMALL, seed=seed)
