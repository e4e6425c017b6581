"""sb3-contrib's MaskablePPO learns on both faces: 1,000 steps each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch
from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.utils import get_action_masks

import agents.environments  # noqa: F401  (players by name)
from games.environments import connect_four_v0

STEPS = 1_000
SETTINGS: dict[str, Any] = {"n_steps": 250, "batch_size": 50, "n_epochs": 2, "seed": 0, "device": "cpu"}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class BothSides(gymnasium.Env[Any, Any]):
    """PettingZoo's face for a learner that knows Gymnasium alone: it moves for both sides in turn."""

    def __init__(self, env: Any) -> None:
        self.env = env
        env.reset()
        self.observation_space = env.observation_space("player_0")["observation"]
        self.action_space = env.action_space("player_0")

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.env.reset(seed=seed)
        return self.env.observe("player_0")["observation"], {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        mover = self.env.agent_selection
        self.env.step(action)
        observation, _, over, truncated, info = self.env.last()
        return observation["observation"], float(self.env.rewards[mover]), over, truncated, info

    def action_masks(self) -> Any:
        return self.env.observe(self.env.agent_selection)["action_mask"].astype(bool)


def learned(env: gymnasium.Env[Any, Any]) -> MaskablePPO:
    model = MaskablePPO("MlpPolicy", env, **SETTINGS)
    before = [parameter.detach().clone() for parameter in model.policy.parameters()]
    model.learn(STEPS)
    assert model.num_timesteps == STEPS
    after = list(model.policy.parameters())
    assert any(not torch.equal(old, new) for old, new in zip(before, after, strict=True)), "it learned"
    assert all(torch.isfinite(parameter).all() for parameter in after)
    return model


def test_on_gymnasiums_face_against_a_named_player() -> None:
    env = gymnasium.make("move37/ConnectFour-v0", opponent="wins-and-blocks")
    model, illegal, results = learned(env), 0, []
    for seed in range(10):
        observation, info = env.reset(seed=seed)
        over = False
        while not over:
            action, _ = model.predict(observation, action_masks=get_action_masks(env))
            observation, reward, over, _, info = env.step(action)
            illegal += info["illegal_move"]
        results.append(reward)
    assert not illegal, "the masks were heeded"
    assert set(results) <= {1.0, 0.0, -1.0}


def test_on_pettingzoos_face_for_both_sides() -> None:
    env = BothSides(connect_four_v0.env())
    model = learned(env)
    observation, _ = env.reset(seed=0)
    over, moves, reward = False, 0, 0.0
    while not over:
        action, _ = model.predict(observation, action_masks=env.action_masks())
        observation, reward, over, truncated, _ = env.step(int(action))
        assert not truncated, "an illegal move truncates the game"
        moves += 1
    assert reward == 1.0 or moves == 42
    assert np.isin(observation, [0, 1]).all()
