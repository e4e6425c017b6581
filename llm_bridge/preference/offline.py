"""Learning from comparisons that were made beforehand: DPO and its relatives, and self-play preference.

Every objective sees the same comparisons as often, in as many steps: a ranking of three, or its three pairs.
None samples but self-play, which compares what was demonstrated with what the policy of the last round
answers (SPIN).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lab.losses import (
    dpo_imitation_loss,
    dpo_loss,
    ipo_loss,
    length_normalised_loss,
    ranked_dpo_loss,
)
from lab.randomness import game_keys
from llm_bridge.learning import descend, new_learner
from llm_bridge.network import LanguageModel
from llm_bridge.preference.chatter import ROOM, demonstrations
from llm_bridge.preference.comparisons import Ranking
from llm_bridge.preference.reward_model import answer_log_prob, log_likelihood, ranked_texts
from llm_bridge.search import sample


@dataclass(frozen=True)
class OfflineConfig:
    """How a policy learns from comparisons.

    batch_size: in comparisons, of which a ranking of K answers holds K (K - 1) / 2; rounds: of self-play.
    """

    beta: float = 0.1
    passes: int = 2
    batch_size: int = 63
    learning_rate: float = 3e-4
    rounds: int = 3

    def rows(self, each: int) -> int:
        """Rankings of `each` answers a step."""
        return max(1, self.batch_size // (each * (each - 1) // 2))

    def steps(self, rankings: int, each: int = 2) -> int:
        """Gradient steps on so many rankings of `each` answers."""
        return self.passes * -(-rankings // self.rows(each))


# log pi, log pi_ref and tokens [N, K], beta -> losses [N]
Objective = Callable[[Tensor, Tensor, Tensor, float], Tensor]


def _columns(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The chosen and the rejected of one [N, 2], then of the other."""
    return first[:, 0], first[:, 1], second[:, 0], second[:, 1]


OBJECTIVES: dict[str, Objective] = {
    "dpo": lambda log_pi, there, _, beta: dpo_loss(*_columns(log_pi, there), beta=beta),
    "ipo": lambda log_pi, there, _, beta: ipo_loss(*_columns(log_pi, there), beta=beta),
    "length-normalised": lambda log_pi, _, tokens, beta: length_normalised_loss(*_columns(log_pi, tokens)),
    "dpo-with-sft": lambda log_pi, there, tokens, beta: dpo_imitation_loss(
        *_columns(log_pi, there), tokens[:, 0], beta=beta
    ),
    "ranked": lambda log_pi, there, _, beta: ranked_dpo_loss(log_pi, there, beta),
}


def prefer(
    start: LanguageModel, rankings: Sequence[Ranking], objective: str, settings: OfflineConfig, seed: int
) -> LanguageModel:
    """A copy of `start` that has learned from rankings of K answers each; K is 2 but for "ranked". A pure
    function of its arguments. Raises KeyError for an objective not in OBJECTIVES, TrainingDiverged."""
    loss_of = OBJECTIVES[objective]
    texts, each = ranked_texts(rankings), len(rankings[0].answers)
    size = settings.rows(each)
    there = log_likelihood(start, texts).reshape(-1, each)
    tokens = torch.from_numpy(texts.taught.sum(1)).reshape(-1, each)
    steps = settings.steps(len(rankings), each)
    learner = new_learner(deepcopy(start), settings.learning_rate, 0.0, steps)
    random = np.random.default_rng([seed, 15])
    for _ in range(settings.passes):
        order = random.permutation(len(rankings))
        for first in range(0, len(order), size):
            some = order[first : first + size]
            rows = (some[:, None] * each + np.arange(each)).ravel()
            learner.model.train()
            log_pi = answer_log_prob(learner.model, texts[rows]).reshape(-1, each)
            descend(learner, loss_of(log_pi, there[some], tokens[some], settings.beta).mean(), warm=False)
    return learner.model.eval()


@dataclass(frozen=True)
class Played:
    """What self-play made: the policy, how many answers it sampled for it, in how many gradient steps."""

    model: LanguageModel
    answers: int
    steps: int


def self_play(start: LanguageModel, settings: OfflineConfig, seed: int, count: int) -> Played:
    """SPIN: in every round the demonstrated answers are chosen and the policy's own of the last round
    rejected; `count` pairs in all, less those whose answers are the same. Raises TrainingDiverged."""
    policy, share, steps = start, max(1, count // settings.rounds), 0
    for number in range(settings.rounds):
        shown = demonstrations(seed + 1_000 + number, share)
        prompts = [prompt for prompt, _ in shown]
        own = sample(policy, prompts, game_keys(seed, "self-play", number, share), ROOM)
        pairs = [
            Ranking(prompt, (answer, text), (True, bool(ended)))
            for (prompt, answer), text, ended in zip(shown, own.texts, own.ended, strict=True)
            if answer != text
        ]
        if pairs:
            policy = prefer(policy, pairs, "dpo", settings, seed + number)
            steps += settings.steps(len(pairs))
    return Played(policy, share * settings.rounds, steps)
