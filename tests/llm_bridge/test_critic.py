"""The critic: knows nothing of rewards at first, learns them, shares nothing with the policy, is saved."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from learners import SETTINGS, TASK, imitator
from torch import Tensor

from lab.checkpoint import load_checkpoint
from llm_bridge.block import Block, play_block
from llm_bridge.config import as_algorithm
from llm_bridge.critic import (
    Critic,
    critic_loss,
    critic_step,
    critic_tensors,
    new_critic,
    restore_critic,
    values_of,
)
from llm_bridge.learning import new_learner, save_learner
from llm_bridge.policy_step import reinforce_step

PPO = replace(as_algorithm(SETTINGS, "ppo"), prompts=32)


def block(iteration: int = 0) -> Block:
    return play_block(imitator().model, TASK, PPO, 0, iteration)


def taught(critic: Critic, steps: int) -> list[float]:
    """The critic's losses on its way to expect each answer's reward at every token."""
    losses = []
    for step in range(steps):
        one = block(step)
        returns = one.reward.flatten().repeat_interleave(torch.from_numpy(one.lengths))
        loss = critic_loss(critic, one.texts, values_of(critic, one.texts), returns)
        critic_step(critic, loss, update=0)
        losses.append(float(loss.detach()))
    return losses


def test_a_new_critic_expects_nothing_and_leaves_the_policy_alone() -> None:
    policy = copy.deepcopy(imitator().model)
    before = copy.deepcopy(policy.state_dict())
    critic = new_critic(policy, 1e-2)
    assert values_of(critic, block().texts).tolist() == [0.0] * int(block().lengths.sum())
    taught(critic, 3)
    assert all(torch.equal(value, before[name]) for name, value in policy.state_dict().items())


def test_it_learns_what_to_expect() -> None:
    """It sees the answer as it is written: at the end mark it knows more than the mean reward."""
    critic = new_critic(imitator().model, 3e-3)
    taught(critic, 60)
    error, variance = [], []
    for iteration in range(100, 110):
        one = block(iteration)
        ends = torch.from_numpy(one.lengths.cumsum() - 1)
        value = values_of(critic, one.texts).detach()[ends]
        error.append(float(((value - one.reward.flatten()) ** 2).mean()))
        variance.append(float(one.reward.var(unbiased=False)))
    assert np.mean(error) < 0.85 * np.mean(variance)


def test_values_stand_before_their_tokens() -> None:
    """What comes later, the token itself included, changes no value before it."""
    critic = new_critic(imitator().model, 1e-2)
    torch.nn.init.normal_(critic.model.lm_head.weight, generator=torch.Generator().manual_seed(0))
    texts = block().texts
    values = values_of(critic, texts).detach()
    rows, places = np.nonzero(texts.taught)
    changed = copy.deepcopy(texts)
    changed.tokens[rows[1], places[1]] = 7
    assert rows[0] == rows[1], "an answer of two tokens comes first"
    assert values_of(critic, changed).detach()[:2].tolist() == values[:2].tolist()


def test_it_goes_on_as_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    critics = [new_critic(imitator().model, 1e-2) for _ in range(2)]
    taught(critics[0], 2)
    save_learner(path, imitator(), critic_tensors(critics[0]))
    restore_critic(critics[1], load_checkpoint(path)[0])
    assert taught(critics[0], 2) == taught(critics[1], 2)
    assert all(
        torch.equal(one, other)
        for one, other in zip(critics[0].model.parameters(), critics[1].model.parameters(), strict=True)
    )


def test_the_critic_learns_returns_not_what_the_policy_is_weighed_with() -> None:
    """Right every time: the values rise towards 1 though standardised advantages are 0 on average."""
    critic = new_critic(imitator().model, 3e-3)
    learner = new_learner(copy.deepcopy(imitator().model), 0.0, 0.0, 10)
    means: list[Tensor] = []
    for iteration in range(4):
        one = block(iteration)
        one.reward[:] = 1.0
        told = reinforce_step(learner, one, PPO, None, critic)
        means.append(values_of(critic, one.texts).detach().mean())
        assert told["loss/value"] > 0.0
    assert 0.0 < float(means[0]) < float(means[-1])
    assert float(means[-1]) > 0.5


def test_ppo_without_a_critic_is_named() -> None:
    learner = new_learner(copy.deepcopy(imitator().model), 1e-3, 0.0, 10)
    with pytest.raises(ValueError, match="there are none"):
        reinforce_step(learner, block(), PPO)
