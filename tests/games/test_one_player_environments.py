"""The worlds with one player as Gymnasium meets them."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from games import one_player_environments
from games.core import IllegalMove

NAMES = ("move37/GridWorld-v0", "move37/CleaningRobot-v0")
each_name = pytest.mark.parametrize("name", NAMES)


@each_name
@pytest.mark.parametrize("mode", [None, "ansi", "rgb_array"])
def test_gymnasium_finds_no_fault(name: str, mode: str | None) -> None:
    check_env(gymnasium.make(name, render_mode=mode).unwrapped)


@pytest.mark.parametrize("reward", ["camera", "penalty", "true"])
def test_all_agreements_pass(reward: str) -> None:
    check_env(gymnasium.make("move37/CleaningRobot-v0", reward=reward).unwrapped, skip_render_check=True)


def test_a_shortest_path_terminates() -> None:
    environment: Any = gymnasium.make("move37/GridWorld-v0")
    observation, info = environment.reset(seed=1)
    assert (int(observation), info["state"]) == (20, 20)
    steps = [environment.step(action) for action in [0, 1] * 4]
    assert int(steps[-1][0]) == 4
    assert [step[2] for step in steps] == [False] * 7 + [True]
    assert sum(step[1] for step in steps) == -16.0


@each_name
def test_the_time_limit_truncates(name: str) -> None:
    environment: Any = gymnasium.make(name)
    environment.reset()
    limit = environment.spec.max_episode_steps
    steps = [environment.step(3) for _ in range(limit)]
    assert not any(step[2] for step in steps)
    assert [step[3] for step in steps] == [False] * (limit - 1) + [True]


def test_pay_and_truth_part() -> None:
    environment: Any = gymnasium.make("move37/CleaningRobot-v0")
    environment.reset()
    environment.step(1)
    _, reward, _, _, info = environment.step(5)
    assert reward == pytest.approx(1 / 3)
    assert info["true_reward"] == 0.0


@each_name
def test_a_copy_in_mid_game_goes_its_own_way(name: str) -> None:
    environment: Any = gymnasium.make(name)
    environment.reset()
    environment.step(0)
    other = copy.deepcopy(environment)
    assert np.array_equal(environment.step(1)[0], other.step(1)[0])
    other.step(1)
    assert not np.array_equal(environment.step(0)[0], other.step(0)[0])


@each_name
def test_renders(name: str) -> None:
    text = gymnasium.make(name, render_mode="ansi")
    text.reset()
    assert "\n" in str(text.render())
    pixels = gymnasium.make(name, render_mode="rgb_array")
    pixels.reset()
    shown: Any = pixels.render()
    assert shown.dtype == np.uint8
    assert shown.ndim == 3


def test_wrong_words() -> None:
    with pytest.raises(ValueError, match="reward is one of camera, penalty, true"):
        one_player_environments.CleaningRobotEnvironment(reward="money")
    with pytest.raises(ValueError, match="render_mode is one of ansi, rgb_array"):
        one_player_environments.GridWorldEnvironment(render_mode="human")
    bare = one_player_environments.GridWorldEnvironment()
    with pytest.raises(RuntimeError, match="reset"):
        bare.step(0)
    bare.reset()
    assert bare.render() is None
    with pytest.raises(IllegalMove):
        bare.step(4)


def test_registering_twice_changes_nothing() -> None:
    before = dict(gymnasium.registry)
    one_player_environments.register()
    assert dict(gymnasium.registry) == before


def test_vector_environments_can_be_made() -> None:
    several: Any = gymnasium.make_vec("move37/CleaningRobot-v0", num_envs=3)
    observations, _ = several.reset(seed=0)
    assert observations.shape == (3, 6, 3, 4)
    several.close()
