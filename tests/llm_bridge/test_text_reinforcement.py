"""Reinforcement: every algorithm learns, goes on bit for bit after a stop, says when something is wrong."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from learners import (
    CONFIG,
    SETTINGS,
    TASK,
    imitator,
    right_share,
    run_with_imitator,
    same_weights,
    trained_model,
)
from stations import desk, same_state, state_of

from lab.checkpoint import CheckpointError
from lab.run import TrainingDiverged
from lab.workers import Event, Interrupted
from llm_bridge import reinforcement
from llm_bridge.block import play_block
from llm_bridge.config import ALGORITHMS, PPO_UPDATES, CompareConfig, ReinforceConfig, as_algorithm
from llm_bridge.critic import new_critic
from llm_bridge.ladder import REINFORCE, RUNGS
from llm_bridge.learning import new_learner, save_learner
from llm_bridge.policy_step import reinforce_step
from llm_bridge.reinforcement import reinforce, settings_of, warnings

ARMS = [name for name, rung in RUNGS.items() if rung.function == REINFORCE and rung.starts == "imitator"]
each_arm = pytest.mark.parametrize("arm", ARMS)
each_algorithm = pytest.mark.parametrize("name", ALGORITHMS)


def config_of(arm: str) -> CompareConfig:
    """Four blocks for every arm: PPO gets fewer than the others."""
    updates = SETTINGS.updates * (PPO_UPDATES if arm == "ppo" else 1)
    return replace(CONFIG, policy_gradient=replace(SETTINGS, updates=updates))


def trained(folder: Path, arm: str, config: CompareConfig | None = None) -> tuple[dict[str, Any], list[Any]]:
    reinforce(run_with_imitator(folder), config or config_of(arm), arm, desk())
    return state_of(folder, arm)


# --- learning ---


@each_algorithm
def test_every_algorithm_learns_and_begins_on_policy(name: str) -> None:
    """From an imitator that is right in 6 of 10 to 8 of 10 and more, in 20 blocks of 256 answers;
    PPO, which learns from each 4 times, in 8."""
    settings = as_algorithm(replace(SETTINGS, prompts=32, answers=8), name)
    settings = replace(settings, batch_size=min(settings.batch_size, 128))
    model = copy.deepcopy(imitator().model)
    learner = new_learner(model, settings.learning_rate, 0.0, 20)
    critic = new_critic(model, 1e-2) if name == "ppo" else None
    before = right_share(model)
    for iteration in range(8 if name == "ppo" else 20):
        block = play_block(model, TASK, settings, 0, iteration)
        told = reinforce_step(learner, block, settings, None, critic)
        if name != "expert-iteration":
            assert told["policy/ratio_error"] < 1e-5
            assert abs(told["kl/sampler"]) < 1e-7
    assert 0.5 < before < 0.7
    assert right_share(model) > 0.8


@each_arm
def test_the_loop(tmp_path: Path, arm: str) -> None:
    sent: list[Event] = []
    reinforce(run_with_imitator(tmp_path), config_of(arm), arm, desk(sent))
    tensors, rows = state_of(tmp_path, arm)
    settings = settings_of(config_of(arm), arm)
    assert [(phase, step) for phase, step, _, _ in rows] == [("reinforce", 2), ("reinforce", 4)]
    checks = settings.prompts * settings.answers
    assert [samples for _, _, samples, _ in rows] == [2 * checks, 4 * checks], "the verifier's calls"
    for _, _, _, tags in rows:
        wanted = {"score/rate", "score/sampled", "reward/mean", "reward/same_in_group", "samples/ended"}
        assert wanted | {"kl/to_imitation", "entropy/policy", "loss/policy"} <= tags.keys()
        assert tags["kl/to_imitation"] >= 0.0
    assert rows[-1][3]["kl/to_imitation"] > 1e-5, "it has moved"
    assert (arm == "ppo") == any(name.startswith("critic.") for name in tensors)
    assert [event.step for event in sent if event.step] == [2, 4]


def test_it_starts_from_the_imitator(tmp_path: Path) -> None:
    still = replace(CONFIG, policy_gradient=replace(SETTINGS, learning_rate=0.0))
    trained(tmp_path, "policy-gradient", still)
    model = trained_model(tmp_path, "policy-gradient")
    assert same_weights(model.state_dict(), imitator().model.state_dict())


def test_arms_of_one_seed_see_the_same_problems_and_learn_other_things(tmp_path: Path) -> None:
    one = replace(CONFIG, policy_gradient=replace(SETTINGS, updates=1))
    states = [trained(tmp_path / arm, arm, one) for arm in ("grpo", "own-right")]
    assert states[0][1][0][3]["reward/mean"] == states[1][1][0][3]["reward/mean"]
    assert not same_state((states[0][0], []), (states[1][0], []))


# --- going on ---


@pytest.mark.parametrize("looks", [0, 1, 2, 3])
@pytest.mark.parametrize("arm", ["policy-gradient", "ppo", "expert-iteration"])
def test_a_stopped_one_goes_on_bit_for_bit(tmp_path: Path, arm: str, looks: int) -> None:
    whole = trained(tmp_path / "whole", arm)
    torn = run_with_imitator(tmp_path / "torn")
    with pytest.raises(Interrupted):
        reinforce(torn, config_of(arm), arm, desk(looks=looks))
    reinforce(torn, config_of(arm), arm, desk())
    assert same_state(whole, state_of(torn, arm))


@pytest.mark.parametrize("arm", ["grpo", "ppo"])
def test_one_killed_while_saving_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arm: str) -> None:
    whole = trained(tmp_path / "whole", arm)

    def kill(path: Path, learner: Any, extra: Any) -> None:
        if learner.iteration == 4:
            raise MemoryError("killed")
        save_learner(path, learner, extra)

    torn = run_with_imitator(tmp_path / "torn")
    with monkeypatch.context() as patch:
        patch.setattr(reinforcement, "save_learner", kill)
        with pytest.raises(MemoryError):
            reinforce(torn, config_of(arm), arm, desk())
    reinforce(torn, config_of(arm), arm, desk())
    assert same_state(whole, state_of(torn, arm))


@pytest.mark.parametrize("arm", ["policy-gradient", "ppo"])
def test_divergence_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arm: str
) -> None:
    def poisoned(model: Any, task: Any, settings: Any, seed: int, iteration: int) -> Any:
        block = play_block(model, task, settings, seed, iteration)
        if iteration == 2:
            block.reward[0] = np.nan
        return block

    monkeypatch.setattr(reinforcement, "play_block", poisoned)
    with pytest.raises(TrainingDiverged, match="loss"):
        trained(tmp_path, arm)
    tensors, rows = state_of(tmp_path, arm)
    assert [row[1] for row in rows] == [2]
    assert all(np.isfinite(value).all() for name, value in tensors.items() if name != "meta")


# --- arms ---


def test_an_arms_settings_are_its_algorithms_at_equal_counts() -> None:
    base = ReinforceConfig(updates=77, prompts=64, answers=8, learning_rate=1e-4)
    config = replace(CONFIG, policy_gradient=base)
    assert settings_of(config, "policy-gradient") == base
    found = {arm: settings_of(config, arm) for arm in ALGORITHMS}
    counts = {arm: (s.updates, s.prompts * s.answers) for arm, s in found.items()}
    assert counts == dict.fromkeys(ALGORITHMS, (77, 512)) | {"ppo": (12, 256)}
    assert (found["grpo"].standardise, found["grpo"].averaging) == (True, "answer")
    assert (found["dr-grpo"].standardise, found["dr-grpo"].averaging) == (False, "constant")
    assert (found["dapo"].averaging, found["dapo"].clip_high) == ("token", 0.28)
    assert (found["ppo"].prompts, found["ppo"].answers) == (256, 1)
    with pytest.raises(ValueError, match="'imitator' is no arm of reinforcement: policy-gradient, reinforce"):
        settings_of(config, "imitator")


def test_no_imitator(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such checkpoint"):
        reinforce(tmp_path, CONFIG, "grpo", desk())


# --- warnings ---

WELL = {
    "reward/same_in_group": 0.5,
    "samples/ended": 1.0,
    "samples/format": 1.0,
    "entropy/policy": 0.3,
    "policy/clipped_share": 0.05,
    "kl/to_imitation": 0.5,
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reward/same_in_group": 1.0}, "every group has the same reward: nothing to learn"),
        ({"samples/ended": 0.4}, "half of the answers are cut off"),
        ({"samples/format": 0.3}, "half of the answers have not the form"),
        ({"entropy/policy": 0.0005}, "the policy hardly varies any more"),
        ({"policy/clipped_share": 0.4}, "a third of the tokens are clipped"),
        ({"kl/to_imitation": 6.0}, "far from the imitator"),
    ],
)
def test_each_warning_comes_with_its_cause(changed: dict[str, float], message: str) -> None:
    assert warnings([WELL]) == []
    found = warnings([WELL | changed])
    assert len(found) == 1
    assert message in found[0]


def test_warnings_look_at_all_blocks_and_at_what_is_there() -> None:
    assert warnings([]) == []
    assert warnings([WELL, WELL | {"samples/ended": 0.4}]) == [], "on average it is well"
    quiet = {name: WELL[name] for name in ("reward/same_in_group", "samples/ended", "samples/format")}
    assert warnings([quiet | {"reward/same_in_group": 1.0}])[0].startswith("every group")


def test_what_the_verifier_never_accepts_is_said(tmp_path: Path) -> None:
    """A task that the model cannot do at all: the warning stands in what the arm tells."""
    sent: list[Event] = []
    config = replace(CONFIG, policy_gradient=replace(SETTINGS, temperature=0.0))
    reinforce(run_with_imitator(tmp_path), config, "policy-gradient", desk(sent))
    assert "nothing to learn" in sent[-1].detail, "the likeliest answer every time: groups of equals"
