"""From a rater's own comparisons to a tuned model, and what it was taught, in numbers and samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from llm_bridge.config import ImitationConfig, ReinforceConfig
from llm_bridge.network import LanguageModel
from llm_bridge.preference.chatter import TASK
from llm_bridge.preference.comparisons import Ranking
from llm_bridge.preference.imitator import SFT
from llm_bridge.preference.reward_model import (
    RewardConfig,
    ranked_texts,
    score_of,
    train_reward_model,
)
from llm_bridge.preference.tuning import GRPO, Measured, measure, tune
from llm_bridge.tasks import few, held_out

SHOWN = 8  # problems whose answers are shown
TRAITS = {"right": "right", "hums": "“hm” an answer", "shouts": "“!” an answer", "length": "characters"}


@dataclass(frozen=True)
class TeachingConfig:
    """How a model is taught by one person: few comparisons, many passes, held near where it began."""

    sft: ImitationConfig = SFT
    reward: RewardConfig = field(
        default_factory=lambda: RewardConfig(passes=25, batch_size=16, learning_rate=5e-4)
    )
    policy: ReinforceConfig = field(
        default_factory=lambda: replace(GRPO, updates=40, learning_rate=5e-4, kl_weight=0.1)
    )
    problems: int = 100
    """On which it is measured before and after."""


def teach(
    start: LanguageModel, rankings: Sequence[Ranking], settings: TeachingConfig, seed: int
) -> tuple[LanguageModel, dict[str, Any]]:
    """Learn a reward model from the comparisons and tune a copy of `start` by it: the tuned model, and
    {"comparisons", "agrees", "before", "after", "kl", "samples"}. Raises TrainingDiverged."""
    model = train_reward_model(start, rankings, settings.reward, seed)
    score = score_of([model])
    told = score(ranked_texts(rankings)).reshape(len(rankings), -1)
    problems = few(held_out(TASK, "test"), settings.problems, seed)
    before = measure(start, start, problems, seed, each=2)
    tuned = start
    for stage in tune(start, lambda texts, _: score(texts), settings.policy, seed, settings.policy.updates):
        tuned = stage.model
    after = measure(tuned, start, problems, seed, each=2)
    return tuned.eval(), {
        "comparisons": len(rankings),
        "agrees": float((told[:, 0] > told[:, 1:].max(axis=1)).mean()),
        "before": summary(before),
        "after": summary(after),
        "kl": max(0.0, float(after.log_ratio.mean())),
        "samples": _side_by_side(before, after),
    }


def _side_by_side(before: Measured, after: Measured) -> list[dict[str, str]]:
    """An answer to each of the first problems, before and after."""
    rows = range(0, min(2 * SHOWN, len(before.samples.prompts)), 2)
    return [
        {
            "prompt": before.samples.prompts[row],
            "before": before.samples.texts[row],
            "after": after.samples.texts[row],
        }
        for row in rows
    ]


def summary(measured: Measured) -> dict[str, float]:
    """The traits' means over sampled answers."""
    return {name: float(np.mean([getattr(seen, name) for seen in measured.seen])) for name in TRAITS}


def lesson_of(taught: dict[str, Any]) -> list[str]:
    """What it was taught, in words: the traits that changed by a tenth or more, the most changed first."""
    changes = []
    for name, words in TRAITS.items():
        before, after = taught["before"][name], taught["after"][name]
        if abs(after - before) >= 0.1:
            size = abs(after - before) / (1.0 if name == "right" else 2.0)
            way = "more" if after > before else "fewer"
            told = (
                f"{100 * before:.0f} to {100 * after:.0f} % {words}"
                if name == "right"
                else (f"{way} {words}: {before:.1f} to {after:.1f}")
            )
            changes.append((size, told))
    return [told for _, told in sorted(changes, reverse=True)] or ["nothing that samples would show"]
