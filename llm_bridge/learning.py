"""One gradient step on texts, shared by imitation and reinforcement, and the learner's saved state."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab import optimization
from lab.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
from lab.losses import imitation_loss
from lab.run import check_finite
from llm_bridge.config import ModelConfig
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.vocabulary import END, PAD, START, encode

CLIP = 1.0  # the gradient's greatest norm


@dataclass(frozen=True)
class Texts:
    """N texts: tokens int64 [N, T] (start, prompt, answer, end, then padding) and taught bool [N, T]:
    which of them are learned from those before."""

    tokens: NDArray[np.int64]
    taught: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, rows: Any) -> Texts:
        """Those rows, without the columns that are padding in all of them."""
        tokens, taught = self.tokens[rows], self.taught[rows]
        width = int(((tokens != PAD) | taught).any(0).sum())  # a model can also write the padding
        return Texts(tokens[:, :width], taught[:, :width])


def texts_of(pairs: Sequence[tuple[str, str]], whole: bool = False) -> Texts:
    """Prompts and answers as tokens; taught are the answers and end marks, with `whole` the prompts too."""
    rows = [([START, *encode(prompt)], [*encode(answer), END]) for prompt, answer in pairs]
    width = max((len(prompt) + len(answer) for prompt, answer in rows), default=1)
    tokens = np.full((len(rows), width), PAD, np.int64)
    taught = np.zeros((len(rows), width), np.bool_)
    for n, (prompt, answer) in enumerate(rows):
        tokens[n, : len(prompt) + len(answer)] = prompt + answer
        taught[n, 1 if whole else len(prompt) : len(prompt) + len(answer)] = True
    return Texts(tokens, taught)


@dataclass
class Learner:
    """A model on its way: updates done of `total_updates`, CPU seconds spent on learning."""

    model: LanguageModel
    optimizer: torch.optim.AdamW
    learning_rate: float
    total_updates: int
    updates: int = 0
    samples: int = 0
    """Answers learned from, written by humans or by the model."""
    iteration: int = 0
    cpu_seconds: float = 0.0

    @contextmanager
    def clock(self) -> Iterator[None]:
        """Count the CPU seconds of this process inside as learning."""
        start = time.process_time()
        yield
        self.cpu_seconds += time.process_time() - start


def new_learner(
    model: LanguageModel, learning_rate: float, weight_decay: float, total_updates: int
) -> Learner:
    """A learner at its first update."""
    torch.set_num_threads(1)
    optimizer = optimization.new_optimizer(model, learning_rate, weight_decay)
    return Learner(model, optimizer, learning_rate, total_updates)


def taught_logits(model: LanguageModel, texts: Texts) -> tuple[Tensor, Tensor]:
    """(logits [M, V], token [M]) at the M taught tokens, row after row: time flattened, as losses want it."""
    device = model.lm_head.weight.device
    tokens = torch.from_numpy(texts.tokens).to(device)
    rows, places = (torch.from_numpy(part).to(device) for part in np.nonzero(texts.taught))
    stream = model.stream(tokens[:, :-1])
    return model.lm_head(stream[rows, places - 1]), tokens[rows, places]


def imitation_step(learner: Learner, texts: Texts) -> float:
    """One step down the cross-entropy of the taught tokens; returns it. Raises TrainingDiverged."""
    learner.model.train()
    logits, tokens = taught_logits(learner.model, texts)
    return descend(learner, imitation_loss(logits, tokens).mean(), warm=True)


def descend(learner: Learner, loss: Tensor, warm: bool) -> float:
    """One AdamW step; with `warm` on a schedule, else at the constant rate. Raises TrainingDiverged, the
    weights untouched."""
    value = float(loss.detach())
    check_finite(learner.updates, policy_loss=value)
    peak, total = learner.learning_rate, learner.total_updates
    rate = optimization.learning_rate_at(learner.updates, total, peak) if warm else peak
    optimization.descend(learner.optimizer, loss, rate, learner.updates, CLIP)
    learner.updates += 1
    return value


def checkpoint_path(folder: Path, arm: str) -> Path:
    """Where an arm's latest state lies in a run folder."""
    return folder / "arms" / arm / "checkpoint.safetensors"


def save_learner(
    path: Path, learner: Learner, extra: Mapping[str, Tensor] | None = None, **meta: Any
) -> None:
    """Write the whole learner atomically, and what else belongs to it."""
    weights = {f"model.{name}": value for name, value in learner.model.state_dict().items()}
    state = {name: getattr(learner, name) for name in ("updates", "samples", "iteration", "cpu_seconds")}
    meta |= {"network": vars(learner.model.config), **state}
    save_checkpoint(
        path, weights | optimization.optimizer_tensors(learner.optimizer) | dict(extra or {}), meta
    )


def restore_learner(path: Path, learner: Learner) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put a saved state into a new learner of the same kind; returns its arrays and meta. Raises
    CheckpointError."""
    tensors, meta = load_checkpoint(path)
    with _of_this_kind(path):
        learner.model.load_state_dict(_weights(tensors))
        optimization.restore_optimizer(learner.optimizer, tensors)
        learner.updates, learner.samples = meta["updates"], meta["samples"]
        learner.iteration, learner.cpu_seconds = meta["iteration"], meta["cpu_seconds"]
    return tensors, meta


def load_model(path: Path, device: str = "cpu") -> LanguageModel:
    """The model of a checkpoint; raises CheckpointError."""
    tensors, meta = load_checkpoint(path)
    with _of_this_kind(path):
        model = new_model(ModelConfig(**meta["network"]), 0, device)
        model.load_state_dict(_weights(tensors))
    return model


@contextmanager
def _of_this_kind(path: Path) -> Iterator[None]:
    """Raise CheckpointError for what a checkpoint of another model or half lacks or has too much."""
    try:
        yield
    except (KeyError, TypeError, ValueError, RuntimeError, IndexError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CheckpointError(path, f"holds something else than this model ({reason})") from error


def _weights(tensors: dict[str, Any]) -> dict[str, Tensor]:
    return {
        name.removeprefix("model."): torch.as_tensor(value)
        for name, value in tensors.items()
        if name.startswith("model.")
    }
