"""All answers that a model is likely to give, with their exact chances: what best of n and the best policy at
any distance from it would do, computed and not sampled.

Answers less likely than `least` are left out, and the chances of the others made to sum to 1; how much was
left out is told (`covered`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from llm_bridge.network import LanguageModel
from llm_bridge.vocabulary import END, START, decode, encode

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class AnswerSpace:
    """The answers to P prompts of one length, one after the other.

    prompt int64 [N], the number of an answer's prompt; texts and ended [N]; chance [N], of each prompt's in
    sum 1; covered [P], their sum before.
    """

    prompts: tuple[str, ...]
    prompt: NDArray[np.int64]
    texts: tuple[str, ...]
    ended: tuple[bool, ...]
    chance: Numbers
    covered: Numbers

    def mean(self, chance: Numbers, value: Numbers) -> float:
        """The mean over prompts of the expected value [N] when answers have that chance [N]."""
        return float((chance * value).sum() / len(self.prompts))

    def divergence(self, chance: Numbers) -> float:
        """KL(chance | the model's own), in nats an answer, mean over prompts."""
        there = chance > 0
        return float((chance[there] * np.log(chance[there] / self.chance[there])).sum() / len(self.prompts))


def answer_space(
    model: LanguageModel, prompts: Sequence[str], max_tokens: int, least: float = 2e-4
) -> AnswerSpace:
    """Follow every beginning that is at least that likely. Raises ValueError for prompts of two lengths."""
    if len({len(prompt) for prompt in prompts}) != 1:
        raise ValueError("the answers are followed together: prompts of one length")
    start = torch.tensor([[START, *encode(prompt)] for prompt in prompts])
    tokens, prompt, log_p = start, np.arange(len(prompts)), np.zeros(len(prompts))
    found: list[tuple[int, str, bool, float]] = []
    model.eval()
    for step in range(max_tokens):
        log_next = _log_next(model, tokens)
        total = log_p[:, None] + log_next
        rows, chosen = np.nonzero(total >= np.log(least))
        ends = (chosen == END) | (step == max_tokens - 1)
        width = start.shape[1]
        for row, token in zip(rows[ends], chosen[ends], strict=True):
            written = [*tokens[row, width:].tolist(), int(token)]
            found.append((int(prompt[row]), decode(written), bool(token == END), float(total[row, token])))
        rows, chosen = rows[~ends], chosen[~ends]
        if not len(rows):
            break
        log_p, prompt = total[rows, chosen], prompt[rows]
        tokens = torch.cat([tokens[torch.from_numpy(rows)], torch.from_numpy(chosen)[:, None]], 1)
    return _space(tuple(prompts), found)


def _log_next(model: LanguageModel, tokens: torch.Tensor) -> Numbers:
    parts = []
    with torch.inference_mode():
        for first in range(0, len(tokens), 1_024):
            last = model.stream(tokens[first : first + 1_024])[:, -1]
            parts.append(torch.log_softmax(model.lm_head(last), -1).double().numpy())
    return np.concatenate(parts)


def _space(prompts: tuple[str, ...], found: list[tuple[int, str, bool, float]]) -> AnswerSpace:
    found.sort(key=lambda answer: answer[0])
    prompt = np.array([answer[0] for answer in found])
    chance = np.exp(np.array([answer[3] for answer in found], np.float64))
    covered = np.bincount(prompt, chance, len(prompts)).astype(np.float64)
    texts, ended = tuple(answer[1] for answer in found), tuple(answer[2] for answer in found)
    return AnswerSpace(prompts, prompt, texts, ended, chance / covered[prompt], covered)


def best_of_n(space: AnswerSpace, score: Numbers, n: int) -> Numbers:
    """The chance of each answer to be the best of n drawn ones by that score [N], equals by lot, exactly.

    Of a prompt's answers with chances p, F the chance of scoring as much or less and F' of scoring less,
    those of one score share F^n - F'^n in proportion to p.
    """
    chosen = np.zeros_like(space.chance)
    for number in range(len(space.prompts)):
        rows = np.flatnonzero(space.prompt == number)
        levels, level = np.unique(score[rows], return_inverse=True)
        mass = np.bincount(level, space.chance[rows], len(levels))
        up_to = np.cumsum(mass) / mass.sum()
        share = up_to**n - np.concatenate([[0.0], up_to[:-1]]) ** n
        chosen[rows] = space.chance[rows] / mass[level] * share[level]
    return chosen


def best_of_n_bound(n: int) -> float:
    """log n - (n - 1) / n: the divergence of best of n if no two answers were equal, else only above it
    (Beirami et al. 2024, "Theoretical guarantees on the best-of-n alignment policy")."""
    return float(np.log(n) - (n - 1) / n)


def posterior(space: AnswerSpace, score: Numbers, beta: float) -> Numbers:
    """p exp(score / beta) / Z, each answer's chance: of all policies the one with the greatest mean of
    score - beta KL, and so, over all beta, the most score at any
    divergence (Korbak et al. 2022, equation 4)."""
    tilted = np.log(space.chance) + score / beta
    peak = np.full(len(space.prompts), -np.inf)
    np.maximum.at(peak, space.prompt, tilted)
    weight = np.exp(tilted - peak[space.prompt])
    whole: Numbers = weight / np.bincount(space.prompt, weight, len(space.prompts))[space.prompt]
    return whole
