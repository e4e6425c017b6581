"""One gradient step for policy and value, shared by imitation and reinforcement, and its saved state."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.folded import inference_dtype
from agents.network import PolicyValueNetwork, network_tensors, restore_network
from agents.played_states import PlayedStates
from games.core import Game, States
from lab import optimization
from lab.checkpoint import load_checkpoint, save_checkpoint
from lab.losses import policy_target_loss, value_loss
from lab.run import check_finite


@dataclass(frozen=True)
class Examples:
    """P positions to learn from: states [P], action_weights [P, A] (a taught action is a one-hot row,
    a row of zeros teaches no action), value_targets [P] for the player to move; owners [P, H * W], where
    area is counted and the end is known: whose each cell was then, +1 the mover's; known [P]: whether the
    value target is (no value is taught elsewhere), None where all are."""

    states: States
    action_weights: NDArray[np.float32]
    value_targets: NDArray[np.float32]
    owners: NDArray[np.int8] | None = None
    known: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class PlayedExamples:
    """Examples whose states are made anew whenever they are drawn."""

    states: PlayedStates
    action_weights: NDArray[np.float32]
    value_targets: NDArray[np.float32]
    owners: NDArray[np.int8] | None = None
    known: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Batch:
    """N examples as the network sees them: planes [N, C, H, W], legal_action_mask [N, A],
    action_weights [N, A], value_targets [N], owners [N, H * W] where they are known, known [N] as above."""

    planes: NDArray[np.float32]
    legal_action_mask: NDArray[np.bool_]
    action_weights: NDArray[np.float32]
    value_targets: NDArray[np.float32]
    owners: NDArray[np.int8] | None = None
    known: NDArray[np.bool_] | None = None


@dataclass
class Learner:
    """A network on its way: updates done of `total_updates`, CPU seconds spent on learning."""

    game: Game
    network: PolicyValueNetwork
    optimizer: torch.optim.AdamW
    learning_rate: float
    value_weight: float
    total_updates: int
    updates: int = 0
    games: int = 0
    iteration: int = 0
    cpu_seconds: float = 0.0
    owner_weight: float = 0.0  # of the error in whose each cell will be, an auxiliary target
    score_weight: float = 0.0  # of the error in the board's balance, the sum of that

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Count the CPU seconds of this process inside as learning."""
        start = time.process_time()
        yield
        self.cpu_seconds += time.process_time() - start


def new_learner(
    game: Game,
    network: PolicyValueNetwork,
    learning_rate: float,
    weight_decay: float,
    value_weight: float,
    total_updates: int,
) -> Learner:
    """A learner at its first update: AdamW, weight decay on matrices and kernels only."""
    torch.set_num_threads(1)
    optimizer = optimization.new_optimizer(network, learning_rate, weight_decay)
    return Learner(game, network, optimizer, learning_rate, value_weight, total_updates)


def train_step(learner: Learner, batch: Batch) -> tuple[float, float]:
    """One AdamW step on a batch; returns (policy loss, value loss). Raises TrainingDiverged."""
    logits, value, owner = _forward(learner, batch)
    device = logits.device
    weights, mask, targets = (
        torch.from_numpy(array).to(device)
        for array in (batch.action_weights, batch.legal_action_mask, batch.value_targets)
    )
    taught = weights.any(dim=1).sum().clamp(min=1)  # all rows but for the winners' imitator
    policy = policy_target_loss(logits, weights, mask).sum() / taught
    further: Tensor | float = 0.0
    if owner is not None and batch.owners is not None:
        further = _area_loss(learner, owner - torch.from_numpy(batch.owners).to(device, torch.float32))
    errors = value_loss(value, targets)
    if batch.known is None:
        return descend(learner, policy, errors.mean(), further)
    known = torch.from_numpy(batch.known).to(device)
    error = errors.where(known, torch.zeros_like(errors)).sum() / known.sum().clamp(min=1)
    return descend(learner, policy, error, further)


def _area_loss(learner: Learner, errors: Tensor) -> Tensor:
    """The auxiliary targets, from the errors in whose each cell will be, [N, H * W]: each alone, and their
    mean over the board, in which what is wrong about one large group does not cancel out."""
    loss = learner.owner_weight * errors.square().mean()
    if learner.score_weight:
        loss = loss + learner.score_weight * errors.mean(dim=1).square().mean()
    return loss


def forward(learner: Learner, batch: Batch) -> tuple[Tensor, Tensor]:
    """The network in training on a batch: (policy logits [N, A], value [N]), in float32, to differentiate."""
    logits, value, _ = _forward(learner, batch)
    return logits, value


def _forward(learner: Learner, batch: Batch) -> tuple[Tensor, Tensor, Tensor | None]:
    """As forward, with whose each cell will be, [N, H * W], where the batch knows it."""
    learner.network.train()
    device = learner.network.stem.weight.device
    planes = torch.from_numpy(batch.planes).to(device, memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=inference_dtype(device.type) == torch.bfloat16):
        features = learner.network.trunk(planes)
        logits, value = learner.network.heads(features)
        owner = learner.network.owner(features).float() if batch.owners is not None else None
    return logits.float(), value.float(), owner


def descend(
    learner: Learner, policy: Tensor, error: Tensor, further: Tensor | float = 0.0
) -> tuple[float, float]:
    """One AdamW step down `policy` + value_weight * `error` + `further`, scalars; returns the first two as
    numbers.

    Raises TrainingDiverged, the weights untouched."""
    losses = float(policy.detach()), float(error.detach())
    check_finite(learner.updates, policy_loss=losses[0], value_loss=losses[1])
    rate = optimization.learning_rate_at(learner.updates, learner.total_updates, learner.learning_rate)
    loss = policy + learner.value_weight * error + further
    optimization.descend(learner.optimizer, loss, rate, learner.updates)
    learner.updates += 1
    return losses


def draw(
    examples: Examples | PlayedExamples, size: int, seed: int, update: int, game: Game, augment: bool
) -> Batch:
    """A batch drawn with replacement, a pure function of seed and update; with `augment`, each row
    is seen through a symmetry of the game drawn for it, or none."""
    rng = np.random.default_rng([seed, update])
    rows = rng.integers(len(examples.states), size=size)
    return batch_of(examples, rows, game, rng if augment else None)


def batch_of(
    examples: Examples | PlayedExamples,
    rows: NDArray[np.int64],
    game: Game,
    symmetries: np.random.Generator | None = None,
) -> Batch:
    """Those rows as a batch, each seen through a symmetry that `symmetries` draws for it, or none."""
    states = examples.states[rows]
    batch = Batch(
        game.observe(states),
        game.legal_action_mask(states),
        examples.action_weights[rows],
        examples.value_targets[rows],
        None if examples.owners is None else examples.owners[rows],
        None if examples.known is None else examples.known[rows],
    )
    if symmetries is None:
        return batch
    return _through_symmetries(batch, symmetries.integers(len(game.symmetries) + 1, size=len(rows)), game)


def _through_symmetries(batch: Batch, which: NDArray[np.int64], game: Game) -> Batch:
    """Row i seen through symmetry number which[i] - 1 (0: as it is)."""
    planes = batch.planes.reshape(*batch.planes.shape[:2], -1)  # [N, C, H * W]
    for number, symmetry in enumerate(game.symmetries, 1):
        rows = np.flatnonzero(which == number)
        planes[rows] = planes[rows][:, :, symmetry.cells]
        batch.legal_action_mask[rows] = batch.legal_action_mask[rows][:, symmetry.actions]
        batch.action_weights[rows] = batch.action_weights[rows][:, symmetry.actions]
        if batch.owners is not None:
            batch.owners[rows] = batch.owners[rows][:, symmetry.cells]
    return batch


def checkpoint_path(folder: Path, arm: str) -> Path:
    """Where an arm's latest state lies in a run folder."""
    return folder / "arms" / arm / "checkpoint.safetensors"


def learner_tensors(learner: Learner) -> dict[str, Any]:
    """Weights and optimiser state by name, for a checkpoint."""
    return {**network_tensors(learner.network), **optimization.optimizer_tensors(learner.optimizer)}


def save_learner(path: Path, learner: Learner, extra: dict[str, Any] | None = None, **meta: Any) -> None:
    """Write the whole learner, and `extra` arrays (a replay window), atomically."""
    config = learner.network.config
    meta |= {
        "network": {"channels": config.channels, "blocks": config.blocks},
        "updates": learner.updates,
        "games": learner.games,
        "iteration": learner.iteration,
        "cpu_seconds": learner.cpu_seconds,
        "world": learner.game.name,
    }
    save_checkpoint(path, learner_tensors(learner) | (extra or {}), meta)


def restore_learner(path: Path, learner: Learner) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put a saved state into a new learner of the same configuration; returns (tensors, meta).

    Raises CheckpointError.
    """
    tensors, meta = load_checkpoint(path)
    restore_network(learner.network, tensors)
    optimization.restore_optimizer(learner.optimizer, tensors)
    learner.updates, learner.games = meta["updates"], meta["games"]
    learner.iteration, learner.cpu_seconds = meta["iteration"], meta["cpu_seconds"]
    return tensors, meta
