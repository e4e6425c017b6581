"""The model before RLHF: supervised fine-tuning on the crowd's chatter."""

from __future__ import annotations

import numpy as np

from llm_bridge.config import ImitationConfig, ModelConfig
from llm_bridge.learning import imitation_step, new_learner, texts_of
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.preference.chatter import demonstrations

SFT = ImitationConfig(demonstrations=12_000, updates=400)


def imitator(settings: ImitationConfig, seed: int, model: ModelConfig | None = None) -> LanguageModel:
    """Learn to write as the crowd does; a pure function of its arguments. Raises TrainingDiverged."""
    texts = texts_of(demonstrations(seed, settings.demonstrations))
    fresh = new_model(model or ModelConfig(), seed)
    learner = new_learner(fresh, settings.learning_rate, settings.weight_decay, settings.updates)
    while learner.updates < settings.updates:
        random = np.random.default_rng([seed, 2, learner.updates])
        imitation_step(learner, texts[random.integers(len(texts), size=settings.batch_size)])
    return learner.model.eval()
