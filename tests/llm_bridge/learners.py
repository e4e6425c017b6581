"""What the tests of learning share: a small imitator of one-digit sums, a run folder with it, a desk."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lab.randomness import game_keys
from llm_bridge.config import CompareConfig, ModelConfig, ReinforceConfig
from llm_bridge.evaluation import judge
from llm_bridge.learning import (
    Learner,
    checkpoint_path,
    imitation_step,
    load_model,
    new_learner,
    save_learner,
    texts_of,
)
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.search import sample
from llm_bridge.tasks import draw_problems, find_task

TASK = find_task("addition-1")
MODEL = ModelConfig(1, 32, 2, 64, 16)
SETTINGS = ReinforceConfig(
    updates=4,
    prompts=8,
    answers=4,
    evaluations=2,
    learning_rate=3e-3,
    epochs=1,
    batch_size=0,
    entropy_weight=0.0,
)
CONFIG = CompareConfig(task="addition-1", human="careless", model=MODEL, policy_gradient=SETTINGS)


@cache
def imitator(updates: int = 30) -> Learner:
    """Has begun to learn one-digit sums, and is right in 6 of 10; those who change it must copy it."""
    learner = new_learner(new_model(MODEL, seed=3), 1e-2, 0.0, updates)
    random = np.random.default_rng([3, 3])
    for _ in range(updates):
        problems = draw_problems(TASK, "train", random, 64)
        imitation_step(learner, texts_of([(problem.prompt, problem.answer) for problem in problems]))
    return learner


def run_with_imitator(folder: Path) -> Path:
    """A run folder whose imitator is trained."""
    path = checkpoint_path(folder, "imitator")
    path.parent.mkdir(parents=True)
    save_learner(path, imitator())
    return folder


def right_share(model: LanguageModel) -> float:
    """How often the model is right on training problems when it samples."""
    problems = draw_problems(TASK, "train", np.random.default_rng(9), 300)
    keys = game_keys(9, "test", 0, len(problems))
    drawn = sample(model, [problem.prompt for problem in problems], keys, TASK.max_tokens)
    return judge(TASK, problems, drawn).share("correct")


def trained_model(folder: Path, arm: str) -> LanguageModel:
    """The model of an arm's checkpoint."""
    return load_model(checkpoint_path(folder, arm))


def same_weights(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    """Whether two models' parameters are the same, bit for bit."""
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())
