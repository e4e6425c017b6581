"""What the policy gradient has won: the sharpening control, and the rows of the result."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arms import SMALL, made_up_positions
from hypothesis import given
from hypothesis import strategies as st
from stations import desk

from agents import policy_gradient_report
from agents.config import CompareConfig, NetworkConfig
from agents.human_moves import entropy
from agents.learning import checkpoint_path, new_learner, save_learner
from agents.network import new_network
from agents.policy_gradient_report import (
    at_temperature,
    measure_policy_gradient,
    temperature_of_entropy,
)
from games.connect_four import GAME
from lab.checkpoint import CheckpointError
from lab.report.result import _check
from lab.report.schema import POLICY_GRADIENT
from lab.workers import Interrupted


def test_temperature_by_hand() -> None:
    """(.2, .8) squared is (.04, .64): at temperature one half the shares are 1/17 and 16/17."""
    policy = np.array([[0.2, 0.8, 0.0]])
    assert at_temperature(policy, 0.5)[0] == pytest.approx([1 / 17, 16 / 17, 0.0])
    assert at_temperature(policy, 1.0)[0] == pytest.approx([0.2, 0.8, 0.0])
    assert at_temperature(policy, 2.0)[0] == pytest.approx([1 / 3, 2 / 3, 0.0])
    assert at_temperature(policy, 0.01)[0] == pytest.approx([0.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="a temperature is above 0, not 0"):
        at_temperature(policy, 0.0)


@given(st.floats(0.1, 10.0), st.integers(0, 50))
def test_the_temperature_of_an_entropy_is_found(temperature: float, seed: int) -> None:
    policy = np.random.default_rng(seed).dirichlet(np.ones(7), size=20)
    goal = entropy(at_temperature(policy, temperature))
    assert temperature_of_entropy(policy, goal) == pytest.approx(temperature, rel=1e-3)


def test_an_entropy_out_of_reach_gives_the_nearest_end() -> None:
    policy = np.array([[0.2, 0.8]])
    assert temperature_of_entropy(policy, 0.7) == pytest.approx(policy_gradient_report.HOT)
    assert temperature_of_entropy(policy, -0.1) == pytest.approx(policy_gradient_report.COLD)


def run(folder: Path, arms: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> CompareConfig:
    """A run whose arms are networks as they come, the policy gradient's sharper than the imitator's."""
    monkeypatch.setattr(policy_gradient_report, "load_positions", lambda world, split: made_up_positions(60))
    for seed, arm in enumerate(arms):
        learner = new_learner(GAME, new_network(NetworkConfig(8, 1), GAME, seed), 1e-3, 0.0, 0.5, 1)
        learner.network.policy_out.weight.data *= 4.0 + 8.0 * (arm == "policy-gradient")
        path = checkpoint_path(folder, arm)
        path.parent.mkdir(parents=True)
        save_learner(path, learner)
    return replace(SMALL, arms=arms)


def test_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arms = ("imitator", "policy-gradient", "own-wins")
    measure_policy_gradient(tmp_path, run(tmp_path, arms, monkeypatch), "", desk())
    result = json.loads((tmp_path / "results" / "policy-gradient.json").read_text())
    _check(result, POLICY_GRADIENT, "policy_gradient")
    opponents = ["imitator.sampled", "imitator", "forgetful.recorded", "forgetful.best", "alphabeta-4"]
    rows = [(row["arm"], row["style"], row["opponent"]) for row in result["against"]]
    assert rows == [(a, s, o) for a in arms[1:] for s in ("sampled", "greedy") for o in opponents]
    assert {row["score"]["n"] for row in result["against"]} == {4, 2}
    entropies = {row["player"]: row["entropy"] for row in result["entropy"]}
    assert entropies.keys() == {"forgetful", *arms}
    assert entropies["policy-gradient"] < entropies["imitator"]
    half, found, coldest = sorted(result["sharpening"], key=lambda row: -row["entropy"])
    if half["player"] != "imitator at temperature 0.50":
        half, found = found, half
    assert half["player"] == "imitator at temperature 0.50"
    assert found["entropy"] == pytest.approx(entropies["policy-gradient"], abs=1e-6)
    assert (coldest["player"], coldest["entropy"]) == ("imitator, greedy", pytest.approx(0.0, abs=1e-9))
    assert "against the imitator" in result["text"]
    assert "the human at best" in result["text"]


def test_it_measures_what_the_run_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`quick` has no arm of own wins; a file's human has no known distribution."""
    config = run(tmp_path, ("imitator", "policy-gradient"), monkeypatch)
    games = tmp_path / "own.txt"
    games.write_text("1727374 1-0\n1212121 1-0\n" * 5)
    measure_policy_gradient(tmp_path, replace(config, human=str(games)), "", desk())
    result = json.loads((tmp_path / "results" / "policy-gradient.json").read_text())
    assert {row["arm"] for row in result["against"]} == {"policy-gradient"}
    assert {row["opponent"] for row in result["against"]} == {"imitator.sampled", "imitator", "alphabeta-4"}
    assert [row["player"] for row in result["entropy"]] == ["imitator", "policy-gradient"]
    assert "the human at best" not in result["text"]


def test_a_missing_arm_and_a_stop_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = run(tmp_path, ("imitator", "policy-gradient"), monkeypatch)
    with pytest.raises(Interrupted):
        measure_policy_gradient(tmp_path, config, "", desk(looks=3))
    with pytest.raises(CheckpointError, match="own-wins"):
        measure_policy_gradient(tmp_path, replace(config, arms=(*config.arms, "own-wins")), "", desk())
    assert not (tmp_path / "results").exists()
