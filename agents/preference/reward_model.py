"""The reward model: a network that says how much raters would like each move, from their judgements alone.

It is the policy's own architecture; its logits are read as rewards in nats. Two of them against each other
make the loss of the ratings and of the language wing's reward models, lab.losses.bradley_terry_loss.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from agents.config import NetworkConfig
from agents.learning import Batch, Examples, Learner, descend, draw, forward, new_learner
from agents.network import network_evaluator, new_network
from agents.preference.preferences import Preferences
from agents.preference.rater import Rewards
from games.connect_four import GAME
from games.core import States
from lab.losses import bradley_terry_loss

Reward = Callable[[States], Rewards]  # states [B] -> [B, A]
BATCH = 256  # of a network that is asked for rewards


@dataclass(frozen=True)
class RewardModelConfig:
    """A reward model's size and training. It sees each label `passes` times, in `least` to `most` updates."""

    network: NetworkConfig = field(default_factory=lambda: NetworkConfig(32, 2))
    passes: int = 8
    least: int = 40
    most: int = 240
    batch_size: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2

    def updates(self, labels: int) -> int:
        """Gradient steps for so many labels."""
        return min(self.most, max(self.least, self.passes * labels // self.batch_size))


def train_reward_model(
    preferences: Preferences, config: RewardModelConfig, seed: int, mirrored: bool
) -> Reward:
    """A reward model of the preferences, ready to be asked; `mirrored`: whether mirrored judgements teach
    the same. Raises ValueError for no preferences, TrainingDiverged."""
    if not len(preferences):
        raise ValueError("a reward model needs at least one judged pair")
    network = new_network(config.network, GAME, seed)
    updates = config.updates(len(preferences))
    learner = new_learner(GAME, network, config.learning_rate, config.weight_decay, 0.0, updates)
    examples = _examples(preferences)
    for update in range(updates):
        _step(learner, draw(examples, config.batch_size, seed, update, GAME, mirrored))
    evaluator = network_evaluator(network, GAME, BATCH)
    return lambda states: evaluator(states)[0].astype(np.float64)


def _examples(preferences: Preferences) -> Examples:
    """Pairs as rows over moves, +1 the chosen and -1 the rejected one: symmetries then move both."""
    signs = np.zeros((len(preferences), GAME.num_actions), np.float32)
    rows = np.arange(len(preferences))
    signs[rows, preferences.chosen], signs[rows, preferences.rejected] = 1.0, -1.0
    return Examples(preferences.states, signs, np.zeros(len(preferences), np.float32))


def _step(learner: Learner, batch: Batch) -> float:
    """One step on pairs; returns the loss."""
    rewards, value = forward(learner, batch)
    loss = preference_loss(rewards, torch.from_numpy(batch.action_weights).to(rewards.device))
    return descend(learner, loss, value.sum() * 0.0)[0]


def preference_loss(rewards: Tensor, signs: Tensor) -> Tensor:
    """The mean Bradley-Terry loss of rewards [N, A] on pairs [N, A]: +1 chosen, -1 rejected, else 0."""
    chosen = (rewards * (signs > 0)).sum(dim=1)
    return bradley_terry_loss(chosen, (rewards * (signs < 0)).sum(dim=1)).mean()
