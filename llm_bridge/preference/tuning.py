"""RLHF: a policy reinforced against a score, kept near the model that it began as.

The block, its weighing and its step are those of reinforcement with a verifier (llm_bridge/block.py,
policy_step.py): what is different is who says what an answer is worth.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from lab.randomness import game_keys
from llm_bridge.block import Block, as_texts, draw_answers
from llm_bridge.config import ReinforceConfig
from llm_bridge.critic import new_critic
from llm_bridge.learning import Texts, new_learner
from llm_bridge.network import LanguageModel
from llm_bridge.policy_step import reinforce_step
from llm_bridge.preference.chatter import ROOM, TASK, Traits, read
from llm_bridge.preference.collapse import detect
from llm_bridge.preference.reward_model import log_likelihood
from llm_bridge.search import Samples, greedy, sample
from llm_bridge.tasks import Problem

Scorer = Callable[[Texts, Sequence[Traits]], NDArray[np.float64]]  # rewards [N] of texts, or of what is seen

GRPO = ReinforceConfig(
    algorithm="grpo",
    updates=60,
    prompts=32,
    answers=8,
    learning_rate=2e-4,
    standardise=True,
    kl_in_reward=True,
    batch_size=0,
)
PPO = replace(
    GRPO, algorithm="ppo", prompts=256, answers=1, epochs=2, batch_size=128, updates=30, averaging="answer"
)


@dataclass
class AdaptiveKL:
    """The weight of the divergence, moved so that it comes to `target` nats an answer (Ziegler et al. 2019,
    section 2.2): by at most a fifth of `rate` an update."""

    weight: float = 0.1
    target: float = 2.0
    rate: float = 0.5

    def see(self, divergence: float) -> None:
        """Move the weight after a block with that divergence."""
        error = max(-0.2, min(0.2, divergence / self.target - 1.0))
        self.weight *= 1.0 + self.rate * error


@dataclass(frozen=True)
class Measured:
    """A policy on held-out problems: per sampled answer [N] what was seen of it and how much likelier it is
    than before; its texts; the greedy answers."""

    texts: Texts
    samples: Samples
    seen: list[Traits]
    log_ratio: NDArray[np.float64]
    greedy_seen: list[Traits]
    greedy_texts: list[str]

    def point(self, proxy: NDArray[np.float64], gold: NDArray[np.float64]) -> dict[str, float]:
        """What a curve tells of it; the scores [N] are per sampled answer."""
        kl = max(0.0, float(self.log_ratio.mean()))
        collapse = detect(self.samples.prompts, self.samples.texts)
        return {
            "proxy": float(proxy.mean()),
            "gold": float(gold.mean()),
            "gold_first": float(gold[::2].mean()),  # to find a peak by one half and measure it by the other
            "gold_second": float(gold[1::2].mean()),
            "right": float(np.mean([seen.right for seen in self.seen])),
            "greedy": float(np.mean([seen.right for seen in self.greedy_seen])),
            "kl": kl,
            "distance": math.sqrt(kl),
            "length": float(np.mean([seen.length for seen in self.seen])),
            "shouts": float(np.mean([seen.shouts for seen in self.seen])),
            "hums": float(np.mean([seen.hums for seen in self.seen])),
            "repeating": collapse.repeating,
        }


def measure(
    model: LanguageModel, reference: LanguageModel, problems: Sequence[Problem], seed: int, each: int = 4
) -> Measured:
    """Sample `each` answers to the problems, and the greedy one; a pure function of its arguments."""
    prompts = [problem.prompt for problem in problems]
    keys = game_keys(seed, "measure", 0, len(prompts) * each)
    samples = sample(model, prompts, keys, ROOM, each)
    seen, _ = read(problems, samples)
    texts = as_texts(samples)
    ratio = samples.log_prob.sum(1).astype(np.float64) - log_likelihood(reference, texts).double().numpy()
    first = greedy(model, prompts, ROOM)
    return Measured(texts, samples, seen, ratio, read(problems, first)[0], first.texts)


@dataclass(frozen=True)
class Stage:
    """A policy after so many updates, answers and CPU seconds, and the weight of its divergence."""

    update: int
    answers: int
    cpu_seconds: float
    weight: float
    model: LanguageModel


def tune(
    start: LanguageModel,
    score: Scorer,
    settings: ReinforceConfig,
    seed: int,
    every: int,
    adaptive: AdaptiveKL | None = None,
) -> Iterator[Stage]:
    """Reinforce a copy of `start` against a score: its stages, the beginning first.

    A stage comes every so many updates; its model is the learner itself, to be measured before the next is
    asked for. With `adaptive`
    the weight of the divergence moves. Raises TrainingDiverged.
    """
    learner = new_learner(deepcopy(start), settings.learning_rate, settings.weight_decay, settings.updates)
    critic = new_critic(start, settings.critic_learning_rate) if settings.algorithm == "ppo" else None
    spent, answers = 0.0, 0
    weight = settings.kl_weight if adaptive is None else adaptive.weight
    yield Stage(0, 0, 0.0, weight, learner.model)
    for update in range(settings.updates):
        began = time.process_time()
        if adaptive is not None:
            settings = replace(settings, kl_weight=adaptive.weight)
        block = rated_block(learner.model, score, settings, seed, update)
        reinforce_step(learner, block, settings, start if settings.kl_weight else None, critic)
        if adaptive is not None:
            adaptive.see(_divergence(block, start))
        answers += len(block.texts)
        spent += time.process_time() - began
        if (update + 1) % every == 0 or update + 1 == settings.updates:
            yield Stage(update + 1, answers, spent, settings.kl_weight, learner.model)


def rated_block(
    model: LanguageModel, score: Scorer, settings: ReinforceConfig, seed: int, update: int
) -> Block:
    """Training problems, answers to each, and what the score says of them."""
    problems, samples = draw_answers(model, TASK, settings, seed, update, ROOM)
    seen, judged = read(problems, samples)
    texts = as_texts(samples)
    reward = torch.from_numpy(score(texts, seen)).float().reshape(-1, settings.answers)
    return Block(judged, reward, texts)


def _divergence(block: Block, reference: LanguageModel) -> float:
    """KL(policy | reference) in nats an answer, as the block's answers tell it."""
    there = log_likelihood(reference, block.texts)
    return float((block.log_prob.sum(1) - there).mean())
