"""A small transformer that has learned one-digit sums, for tests that want a policy with a view."""

from __future__ import annotations

from functools import cache

import numpy as np

from llm_bridge.config import ModelConfig
from llm_bridge.learning import imitation_step, new_learner, texts_of
from llm_bridge.network import LanguageModel, new_model

PROMPTS = [f"{a}+{b}=" for a in range(10) for b in range(10)]


@cache
def adder(updates: int = 150) -> LanguageModel:
    """A model taught two-digit answers to one-digit sums, sometimes with working before them ("3+4#07");
    those who change it must copy it."""
    learner = new_learner(new_model(ModelConfig(), seed=5), 3e-3, 0.0, updates)
    random = np.random.default_rng([5, 5])
    for _ in range(updates):
        texts = texts_of([sum_and_answer(random) for _ in range(64)])
        imitation_step(learner, texts)
    return learner.model.eval()


def sum_and_answer(random: np.random.Generator) -> tuple[str, str]:
    """A prompt and what is taught for it."""
    a, b = random.integers(10, size=2).tolist()
    working = f"{a}+{b}#" if random.random() < 0.3 else ""
    return f"{a}+{b}=", f"{working}{a + b:02}"
