"""Reinforcement of any task by whoever pays: a verifier, one that errs, a judge that was learned.

The block, its weighing and its step are those of reinforcement with a verifier; what differs is `Pay`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lab.randomness import game_keys
from llm_bridge.block import Block, as_texts, draw_answers
from llm_bridge.config import ReinforceConfig
from llm_bridge.evaluation import Judged, answer_by_sampling, answer_greedily, judge
from llm_bridge.learning import Texts, new_learner
from llm_bridge.network import LanguageModel
from llm_bridge.policy_step import reinforce_step
from llm_bridge.preference.judge import Judge, Labelled, chance_right
from llm_bridge.search import Samples, sample
from llm_bridge.tasks import Problem, Split, Task, draw_problems

Pay = Callable[[Samples, NDArray[np.bool_], Texts], NDArray[np.float64]]
"""(answers, whether each is right, the same as texts) -> what each is paid, [N]."""


def by_verifier(samples: Samples, right: NDArray[np.bool_], texts: Texts) -> NDArray[np.float64]:
    """1 for a right answer."""
    return right.astype(np.float64)


def by_judge(who: Judge) -> Pay:
    """How likely the judge finds it that an answer is right."""
    return lambda samples, right, texts: chance_right(who, texts)


@dataclass(frozen=True)
class Stage:
    """A policy after so many updates, answers and CPU seconds, and the mean pay of the last block."""

    update: int
    answers: int
    cpu_seconds: float
    paid: float
    model: LanguageModel


def reinforced(
    start: LanguageModel, task: Task, pay: Pay, settings: ReinforceConfig, seed: int, every: int
) -> Iterator[Stage]:
    """Reinforce a copy of `start` by what it is paid: its stages, the beginning first, then one every so many
    updates. A stage's model is the learner itself, to be measured before the next is asked for; `paid` is of
    the last block drawn before it, of the beginning of the first block. Raises TrainingDiverged."""
    learner = new_learner(deepcopy(start), settings.learning_rate, settings.weight_decay, settings.updates)
    reference = start if settings.kl_weight else None
    spent = 0.0
    for update in range(settings.updates):
        began = time.process_time()
        block = paid_block(learner.model, task, pay, settings, seed, update)
        spent += time.process_time() - began
        paid = float(block.reward.mean())
        if update == 0:
            yield Stage(0, 0, 0.0, paid, learner.model)
        began = time.process_time()
        reinforce_step(learner, block, settings, reference)
        spent += time.process_time() - began
        if (update + 1) % every == 0 or update + 1 == settings.updates:
            answers = (update + 1) * settings.prompts * settings.answers
            yield Stage(update + 1, answers, spent, paid, learner.model)


def paid_block(
    model: LanguageModel, task: Task, pay: Pay, settings: ReinforceConfig, seed: int, update: int
) -> Block:
    """Training problems, answers to each, and what is paid for them."""
    problems, samples = draw_answers(model, task, settings, seed, update, task.max_tokens)
    judged, texts = judge(task, problems, samples), as_texts(samples)
    reward = torch.from_numpy(pay(samples, judged.correct, texts)).float()
    return Block(judged, reward.reshape(-1, settings.answers), texts)


def rightness(
    model: LanguageModel, task: Task, problems: Sequence[Problem], seed: int, each: int = 2
) -> dict[str, float]:
    """{"right", "greedy"}: the shares of right answers, sampled and likeliest."""
    drawn = answer_by_sampling(model, task, problems, seed, each)
    first = answer_greedily(model, task, problems)
    return {"right": drawn.share("correct"), "greedy": first.share("correct")}


def best_by_pay(drawn: Judged, score: NDArray[np.float64], each: int) -> float:
    """The share of right answers when of `each` to a question the best paid is taken, the first of equals."""
    rows = np.arange(len(score) // each) * each + score.reshape(-1, each).argmax(1)
    return float(drawn.correct[rows].mean())


def labelled_samples(
    model: LanguageModel, task: Task, count: int, seed: int, split: Split = "train"
) -> Labelled:
    """One answer of a model to each of `count` problems, and whether it is right."""
    random = np.random.default_rng([seed, 18])
    problems = draw_problems(task, split, random, count)
    keys = game_keys(seed, f"label-{split}", 0, count)
    samples = sample(model, [problem.prompt for problem in problems], keys, task.max_tokens)
    right = judge(task, problems, samples).correct
    return Labelled(samples.prompts, samples.texts, samples.ended.tolist(), right)
