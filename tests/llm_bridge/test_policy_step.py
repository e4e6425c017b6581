"""A step on a block: what is left out changes nothing, averages and penalties are those of the papers."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from learners import SETTINGS, TASK, imitator, same_weights
from torch import Tensor

from lab.losses import (
    answer_mean,
    constant_length_mean,
    entropy,
    group_advantage,
    imitation_loss,
    kl_estimate,
    token_mean,
)
from lab.run import TrainingDiverged
from llm_bridge.block import Block, play_block, rewards
from llm_bridge.config import ReinforceConfig, as_algorithm
from llm_bridge.critic import new_critic
from llm_bridge.learning import Learner, new_learner, taught_logits
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.policy_step import reinforce_step

AVERAGES = {"answer": answer_mean, "token": token_mean, "constant": constant_length_mean}


def fresh(updates: int = 30, rate: float = 3e-3) -> Learner:
    return new_learner(copy.deepcopy(imitator(updates).model), rate, 0.0, 10)


def block_of(model: LanguageModel, settings: ReinforceConfig = SETTINGS, iteration: int = 0) -> Block:
    return play_block(model, TASK, settings, 0, iteration)


def gradient_of(loss: Tensor, model: LanguageModel) -> Tensor:
    parts = torch.autograd.grad(loss, list(model.parameters()))
    return torch.cat([part.flatten() for part in parts])


def direction_of(learner: Learner) -> Tensor:
    """The gradient that the last step took, clipped."""
    return torch.cat([p.grad.flatten() for p in learner.model.parameters() if p.grad is not None])


@pytest.mark.parametrize("averaging", AVERAGES)
@pytest.mark.parametrize("extras", [{}, {"kl_weight": 0.3}, {"entropy_weight": 0.2}])
def test_a_step_follows_the_papers_loss_of_the_whole_block(averaging: str, extras: dict[str, float]) -> None:
    """Though groups of equal rewards are not computed, where nothing flows back from them."""
    settings = replace(SETTINGS, algorithm="grpo", standardise=True, averaging=averaging, **extras)  # type: ignore[arg-type]
    learner, reference = fresh(), fresh(45).model
    block = block_of(learner.model, settings)
    same = (block.reward == block.reward[:, :1]).all(1)
    assert bool(same.any())
    assert not bool(same.all())
    logits, tokens = taught_logits(learner.model, block.texts)
    there, _ = taught_logits(reference, block.texts)
    log_prob, lengths = -imitation_loss(logits, tokens), torch.from_numpy(block.lengths)
    advantage_t = group_advantage(block.reward).flatten().repeat_interleave(lengths)
    loss_t = -(log_prob - log_prob.detach()).exp() * advantage_t
    loss_t = loss_t + extras.get("kl_weight", 0.0) * kl_estimate(log_prob, -imitation_loss(there, tokens))
    loss_t = loss_t - extras.get("entropy_weight", 0.0) * entropy(logits)
    loss = AVERAGES[averaging](loss_t, lengths)
    expected = gradient_of(loss, learner.model)
    told = reinforce_step(learner, block, settings, reference)
    found = direction_of(learner)
    torch.testing.assert_close(found, expected * min(1.0, float(1 / expected.norm())), atol=1e-5, rtol=1e-3)
    assert told["loss/policy"] == pytest.approx(float(loss.detach()), abs=1e-5)


@pytest.mark.parametrize("name", ["rloo", "grpo", "dapo"])
def test_groups_of_equal_reward_teach_nothing(name: str) -> None:
    learner = fresh()
    settings = as_algorithm(SETTINGS, name)
    block = block_of(learner.model, settings)
    block.reward[:] = 1.0
    before = copy.deepcopy(learner.model.state_dict())
    told = reinforce_step(learner, block, settings)
    assert learner.updates == 0
    assert told["reward/same_in_group"] == 1.0
    assert same_weights(learner.model.state_dict(), before)


def test_dead_groups_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the one group whose rewards differ is sent through the model."""
    learner = fresh()
    block = block_of(learner.model)
    block.reward[:] = 0.0
    block.reward[2, 1] = 1.0
    seen = []
    stream = LanguageModel.stream

    def watched(model: LanguageModel, tokens: Tensor, cache: Any = None) -> Tensor:
        seen.append(len(tokens))
        return stream(model, tokens, cache)

    monkeypatch.setattr(LanguageModel, "stream", watched)
    reinforce_step(learner, block, SETTINGS)
    assert seen == [SETTINGS.answers]


def test_alone_an_answers_reward_is_compared_with_all() -> None:
    """One answer a problem makes no groups of equals."""
    settings = as_algorithm(SETTINGS, "reinforce")
    block = block_of(fresh().model, settings)
    assert block.reward.shape == (32, 1)
    assert block.tags["reward/same_in_group"] == 0.0
    block.reward[:] = 1.0
    assert block.tags["reward/same_in_group"] == 1.0


@pytest.mark.parametrize("name", ["rloo", "ppo"])
def test_nan_is_named_and_moves_nothing(name: str) -> None:
    learner, settings = fresh(), as_algorithm(SETTINGS, name)
    critic = new_critic(learner.model, 1e-2) if name == "ppo" else None
    block = block_of(learner.model, settings)
    block.reward[0] = torch.nan
    models = [learner.model] + ([critic.model] if critic is not None else [])
    before = [copy.deepcopy(model.state_dict()) for model in models]
    with pytest.raises(TrainingDiverged):
        reinforce_step(learner, block, settings, None, critic)
    for model, state in zip(models, before, strict=True):
        assert same_weights(model.state_dict(), state)


def test_batches_and_epochs_are_steps_and_later_ones_are_clipped() -> None:
    """32 answers in batches of 12, three times: 9 steps; at a high rate the clip holds some tokens back."""
    settings = replace(SETTINGS, algorithm="reinforce", batch_size=12, epochs=3)
    learner = fresh(rate=3e-2)
    told = reinforce_step(learner, block_of(learner.model, settings), settings)
    assert learner.updates == 9
    assert told["policy/clipped_share"] > 0.05
    assert told["policy/ratio_error"] < 1e-5, "of the first step alone"


def test_expert_iteration_imitates_the_shortest_right_answers_alone() -> None:
    settings = replace(SETTINGS, algorithm="expert-iteration")
    learner = fresh(15)
    block = block_of(learner.model, settings)
    correct = block.judged.correct.reshape(8, 4)
    chosen = [4 * group + int(row.argmax()) for group, row in enumerate(correct) if row.any()]
    assert 2 <= len(chosen) < 8
    logits, tokens = taught_logits(learner.model, block.texts[np.array(chosen)])
    loss = imitation_loss(logits, tokens).mean()
    told = reinforce_step(learner, block, settings)
    assert told["loss/policy"] == pytest.approx(float(loss.detach()), rel=1e-5)
    assert learner.updates == 1


def test_nothing_right_is_nothing_to_imitate() -> None:
    settings = replace(SETTINGS, algorithm="expert-iteration")
    learner = new_learner(new_model(imitator().model.config, 8), 1e-2, 0.0, 10)
    block = block_of(learner.model, settings)
    assert not block.judged.correct.any()
    assert "loss/policy" not in reinforce_step(learner, block, settings)
    assert learner.updates == 0


# --- rewards ---


def test_rewards_are_verdicts_and_penalties() -> None:
    """Right 1, wrong 0, without the form -.2; of two tokens at most, two are the longest."""
    settings = replace(SETTINGS, prompts=32)
    block = block_of(imitator(8).model, settings)
    forms = [verdict.format for verdict in block.judged.verdicts]
    assert 0 < sum(forms) < len(forms)
    right = block.judged.correct
    expected = [float(ok) - 0.2 * (not form) for ok, form in zip(right, forms, strict=True)]
    assert block.reward.flatten().tolist() == pytest.approx(expected)
    overlong = rewards(block.judged, replace(settings, overlong_penalty=0.5, overlong_margin=1))
    expected = [reward - 0.5 * (length == 2) for reward, length in zip(expected, block.lengths, strict=True)]
    assert overlong.flatten().tolist() == pytest.approx(expected)
