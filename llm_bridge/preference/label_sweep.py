"""How well a reward model judges, by the number of labels and by its size.

A judge of another size is a copy of an imitator of that size, taught by the same demonstrations; the
comparisons are the same for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llm_bridge.config import ImitationConfig, ModelConfig
from llm_bridge.network import LanguageModel
from llm_bridge.preference.chatter import TASK
from llm_bridge.preference.comparisons import Ranking
from llm_bridge.preference.imitator import imitator
from llm_bridge.preference.raters import Raters
from llm_bridge.preference.reward_model import (
    RewardConfig,
    RewardModel,
    agreement_of,
    score_of,
    train_reward_model,
)

WIDTHS = (24,)  # of the judges that are smaller than the policy
Rows = list[dict[str, float]]


def narrow(width: int, layers: int = 2) -> ModelConfig:
    """The policy's architecture at another width."""
    return replace(
        ModelConfig(), layers=layers, width=width, heads=max(1, width // 12), hidden=width * 11 // 4
    )


def weights_of(model: LanguageModel) -> int:
    """How many weights it has."""
    return sum(weights.numel() for weights in model.parameters())


def sweep(
    start: LanguageModel,
    known: dict[int, RewardModel],
    pairs: Sequence[Ranking],
    others: Sequence[Ranking],
    raters: Raters,
    counts: Sequence[int],
    sft: ImitationConfig,
    reward: RewardConfig,
    seed: int,
    widths: Sequence[int] = WIDTHS,
) -> Rows:
    """{"weights", "labels", "agreement", "likely", "best", "error"} of every size and number of labels;
    `known`: models of the policy's size that are there already, by their number of labels."""
    rows: Rows = []
    for width in (*widths, 0):
        begin = imitator(sft, seed, narrow(width)) if width else start
        for count in counts:
            model = known.get(count) if not width else None
            if model is None:
                model = train_reward_model(begin, pairs[:count], reward, seed)
            told = agreement_of(score_of([model]), others, raters, TASK)
            rows.append(
                {
                    "weights": weights_of(begin),
                    "labels": min(count, len(pairs)),
                    "agreement": told.agreement,
                    "likely": told.likely,
                    "best": told.best,
                    "error": told.error,
                }
            )
    return rows
