"""The critic: a transformer that says, before every token, what reward the answer will bring.

A copy of the imitator whose head has one output instead of one a character. It shares no weights with the
policy: what it learns moves no answer. PPO's baseline (Schulman et al. 2017; Ouyang et al. 2022), the
value network's counterpart on the board.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lab import optimization
from lab.losses import clipped_value_loss
from llm_bridge.learning import CLIP, Texts, taught_logits
from llm_bridge.network import LanguageModel

PREFIX = "critic."  # of the names of its state in a checkpoint
VALUE_CLIP = 0.2  # how far a value may move from what the block was weighed with


@dataclass
class Critic:
    """A value model and its optimizer, at a constant rate."""

    model: LanguageModel
    optimizer: torch.optim.AdamW
    learning_rate: float


def new_critic(start: LanguageModel, learning_rate: float) -> Critic:
    """A critic that knows what `start` knows of texts and expects 0 of all; `start` is left as it is."""
    model = deepcopy(start)
    model.lm_head = nn.Linear(start.config.width, 1, device=start.lm_head.weight.device)
    nn.init.zeros_(model.lm_head.weight)
    nn.init.zeros_(model.lm_head.bias)
    return Critic(model, optimization.new_optimizer(model, learning_rate, 0.0), learning_rate)


def values_of(critic: Critic, texts: Texts) -> Tensor:
    """What is expected before each taught token, [M], text after text."""
    logits, _ = taught_logits(critic.model, texts)
    return logits[:, 0]


def critic_loss(critic: Critic, texts: Texts, old_v_t: Tensor, return_t: Tensor) -> Tensor:
    """How far the critic is from the returns [M], clipped to near its old values [M], a scalar."""
    return clipped_value_loss(values_of(critic, texts), old_v_t, return_t, VALUE_CLIP).mean()


def critic_step(critic: Critic, loss: Tensor, update: int) -> None:
    """One step down a loss that is finite; `update`: the learner's. Raises TrainingDiverged."""
    optimization.descend(critic.optimizer, loss, critic.learning_rate, update, CLIP)


def critic_tensors(critic: Critic) -> dict[str, Tensor]:
    """Its whole state by name, for a checkpoint."""
    state = critic.model.state_dict() | optimization.optimizer_tensors(critic.optimizer)
    return {PREFIX + name: value for name, value in state.items()}


def restore_critic(critic: Critic, tensors: Mapping[str, Any]) -> None:
    """Put a saved state into a new critic of the same size."""
    state = {
        name.removeprefix(PREFIX): torch.as_tensor(value)
        for name, value in tensors.items()
        if name.startswith(PREFIX)
    }
    critic.model.load_state_dict(
        {name: value for name, value in state.items() if not name.startswith(optimization.PREFIX)}
    )
    optimization.restore_optimizer(critic.optimizer, state)
