"""A block of answers: problems drawn, answered by the model, judged and rewarded by the verifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lab.losses import overlong_penalty
from lab.randomness import game_keys
from llm_bridge.config import ReinforceConfig
from llm_bridge.evaluation import Judged, judge
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel
from llm_bridge.search import Samples, sample
from llm_bridge.tasks import Problem, Task, draw_problems
from llm_bridge.vocabulary import PAD, START, encode


@dataclass(frozen=True)
class Grader:
    """Who pays for an answer in the verifier's place.

    pay: (problem, text, whether it was ended) -> the reward; room: the tokens of the longest answer, 0: as
    many as the task's own. What is `correct` stays the verifier's to say: pay and truth stand side by side.
    """

    pay: Callable[[Problem, str, bool], float]
    room: int = 0


@dataclass(frozen=True)
class Block:
    """Answers of one iteration, N = G * K of them, of at most L tokens: `judged` [N], `reward` [G, K], and
    as texts to learn from [N]."""

    judged: Judged
    reward: Tensor
    texts: Texts

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many tokens each answer has, [N]."""
        return self.judged.samples.lengths

    @cached_property
    def mask(self) -> Tensor:
        """Which tokens are there, bool [N, L]."""
        places = np.arange(self.judged.samples.tokens.shape[1])
        return torch.from_numpy(places < self.lengths[:, None])

    @property
    def log_prob(self) -> Tensor:
        """What each token was drawn with, [N, L]."""
        return torch.from_numpy(self.judged.samples.log_prob)

    @property
    def tags(self) -> dict[str, float]:
        """What is told of it."""
        reward, share = self.reward, self.judged.share
        groups = reward if reward.shape[1] > 1 else reward.reshape(1, -1)  # alone, it is compared with all
        return {
            "reward/mean": float(reward.mean()),
            "reward/same_in_group": float((groups == groups[:, :1]).all(1).float().mean()),
            "samples/length": float(self.lengths.mean()),
            **{f"samples/{what}": share(what) for what in ("format", "ended", "correct", "worked")},
        }


def play_block(
    model: LanguageModel,
    task: Task,
    settings: ReinforceConfig,
    seed: int,
    iteration: int,
    grader: Grader | None = None,
) -> Block:
    """Training problems, answers to each, verified, and paid by the verdict or by a grader of one's own; a
    pure function of model, seed and iteration."""
    room = grader.room if grader and grader.room else task.max_tokens
    problems, samples = draw_answers(model, task, settings, seed, iteration, room)
    judged = judge(task, problems, samples)
    reward = rewards(judged, settings) if grader is None else paid(problems, judged, grader)
    return Block(judged, reward, as_texts(samples))


def paid(problems: Sequence[Problem], judged: Judged, grader: Grader) -> Tensor:
    """What a grader pays for each answer, [G, K]: G problems, of each of which there are K answers."""
    each = len(judged.verdicts) // len(problems)
    told = zip(judged.samples.texts, judged.verdicts, strict=True)
    pays = [grader.pay(problems[n // each], text, verdict.ended) for n, (text, verdict) in enumerate(told)]
    return torch.tensor(pays).reshape(len(problems), each)


def draw_answers(
    model: LanguageModel, task: Task, settings: ReinforceConfig, seed: int, iteration: int, max_tokens: int
) -> tuple[list[Problem], Samples]:
    """The training problems of an iteration and the answers to each, unjudged."""
    random = np.random.default_rng([seed, 3, iteration])
    problems = draw_problems(task, "train", random, settings.prompts)
    keys = game_keys(seed, "reinforce", iteration, settings.prompts * settings.answers)
    prompts = [problem.prompt for problem in problems]
    dtype = getattr(torch, settings.sampling)
    return problems, sample(model, prompts, keys, max_tokens, settings.answers, settings.temperature, dtype)


def rewards(judged: Judged, settings: ReinforceConfig) -> Tensor:
    """1 for a right answer, minus the penalties for one without the form and one that is too long, [G, K]."""
    verdicts = judged.verdicts
    values = [float(verdict.correct) - settings.format_penalty * (not verdict.format) for verdict in verdicts]
    reward = torch.tensor(values)
    if settings.overlong_penalty:
        most, lengths = judged.samples.tokens.shape[1], torch.from_numpy(judged.samples.lengths)
        reward += settings.overlong_penalty * overlong_penalty(lengths, most, settings.overlong_margin)
    return reward.reshape(-1, settings.answers)


def as_texts(samples: Samples) -> Texts:
    """The samples as they were drawn: what was cut off has no end mark to learn."""
    prompts = [[START, *encode(prompt)] for prompt in samples.prompts]
    width = max(map(len, prompts)) + samples.tokens.shape[1]
    tokens = np.full((len(prompts), width), PAD, np.int64)
    taught = np.zeros((len(prompts), width), np.bool_)
    for n, (prompt, length) in enumerate(zip(prompts, samples.lengths, strict=True)):
        tokens[n, : len(prompt)] = prompt
        tokens[n, len(prompt) : len(prompt) + length] = samples.tokens[n, :length]
        taught[n, len(prompt) : len(prompt) + length] = True
    return Texts(tokens, taught)
