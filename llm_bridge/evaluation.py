"""How right a model or a human is on held-out problems, with intervals: greedy, sampled, voted, at pass@k."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lab.losses import imitation_loss
from lab.randomness import game_keys
from lab.statistics import Score, clustered
from llm_bridge.learning import taught_logits, texts_of
from llm_bridge.network import LanguageModel
from llm_bridge.scripted import VERSIONS, Writer, chance_right
from llm_bridge.search import Samples, greedy, majority, sample
from llm_bridge.tasks import Problem, Task, Verdict, verify

CATEGORIES = ("all", "hard", "easy")


@dataclass(frozen=True)
class Judged:
    """Samples with what the verifier says of each, in the same order."""

    samples: Samples
    verdicts: list[Verdict]

    def share(self, what: str) -> float:
        """The share of verdicts in which `what` (ended, format, correct, worked) is so."""
        return float(np.mean([getattr(verdict, what) for verdict in self.verdicts]))

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each sample is right, [N]."""
        return np.array([verdict.correct for verdict in self.verdicts], np.bool_)


def judge(task: Task, problems: Sequence[Problem], samples: Samples) -> Judged:
    """Every sample's verdict; `problems` [P], of each of which there are N / P samples in a row.

    Raises ValueError for samples of other prompts.
    """
    each = len(samples.prompts) // max(1, len(problems))
    if samples.prompts != [problem.prompt for problem in problems for _ in range(each)]:
        raise ValueError(f"{len(samples.prompts)} samples are not of these {len(problems)} problems")
    verdicts = [
        verify(task, problems[number // each], text, bool(ended))
        for number, (text, ended) in enumerate(zip(samples.texts, samples.ended, strict=True))
    ]
    return Judged(samples, verdicts)


def answer_greedily(model: LanguageModel, task: Task, problems: Sequence[Problem]) -> Judged:
    """The model's likeliest answers."""
    return judge(task, problems, greedy(model, [p.prompt for p in problems], task.max_tokens))


def answer_by_sampling(
    model: LanguageModel, task: Task, problems: Sequence[Problem], seed: int, each: int = 1
) -> Judged:
    """`each` answers to every problem, drawn from the model; a pure function of the seed."""
    keys = game_keys(seed, "evaluate", each, len(problems) * each)
    return judge(task, problems, sample(model, [p.prompt for p in problems], keys, task.max_tokens, each))


def rate_styles(
    model: LanguageModel, task: Task, problems: Sequence[Problem], seed: int, samples: int
) -> tuple[dict[str, dict[str, Score]], Judged]:
    """A model's scores by style and category: greedy, sampled and by the votes of the samples, `searched`;
    and the samples."""
    drawn = answer_by_sampling(model, task, problems, seed, samples)
    styles = {
        "greedy": answer_greedily(model, task, problems).correct,
        "sampled": drawn.correct,
        "searched": votes(drawn, problems),
    }
    return {style: rate(problems, right) for style, right in styles.items()}, drawn


def rate(problems: Sequence[Problem], right: NDArray[np.floating] | NDArray[np.bool_]) -> dict[str, Score]:
    """Scores by category of chances of a right answer: right [P] or, of several samples each, [P, K].

    Problems that ask the same, commuted, hang together as samples of one do.
    """
    shares = np.asarray(right, np.float64).reshape(len(problems), -1)
    hard = np.array([problem.hard for problem in problems])
    asks, scores = asked(problems), {}
    for name, rows in (("all", np.ones_like(hard)), ("hard", hard), ("easy", ~hard)):
        if rows.any():
            scores[name] = clustered(shares[rows].ravel(), np.repeat(asks[rows], shares.shape[1]))
    return scores


def asked(problems: Sequence[Problem]) -> NDArray[np.int64]:
    """A number a problem, the same for those that ask the same, [P]."""
    numbers: NDArray[np.int64] = np.unique([problem.asks for problem in problems], return_inverse=True)[1]
    return numbers


def human_lines(human: Writer, problems: Sequence[Problem]) -> dict[str, dict[str, Score]]:
    """The scores by category of a human's versions, exactly: `recorded`, `best`, `careful`."""
    return {  # exact on these problems, an interval for others like them
        version: rate(problems, np.array([chance_right(human, problem, version) for problem in problems]))
        for version in VERSIONS
    }


def chance_of(model: LanguageModel, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    """The chance that the model writes exactly that answer, end mark included, to that prompt, [P]."""
    texts = texts_of(pairs)
    model.eval()
    with torch.inference_mode():
        logits, tokens = taught_logits(model, texts)
        log_prob = -imitation_loss(logits, tokens).double().cpu().numpy()
    rows = np.nonzero(texts.taught)[0]
    return np.exp(np.bincount(rows, log_prob, minlength=len(pairs)))


def votes(judged: Judged, problems: Sequence[Problem]) -> NDArray[np.bool_]:
    """Whether the answer that most samples of a problem agree on is right, [P]."""
    told = zip(elected(judged, problems), problems, strict=True)
    return np.array([problem.accepts(answer) for answer, problem in told], np.bool_)


def elected(judged: Judged, problems: Sequence[Problem], voters: int | None = None) -> list[str]:
    """The answer that most of the first `voters` samples of each problem agree on (None: all of them).

    What has not the form, cut off or with two answers, has no vote; where nobody has one, it is "".
    """
    each = len(judged.verdicts) // len(problems)
    texts = [text if v.format else "" for text, v in zip(judged.samples.texts, judged.verdicts, strict=True)]
    starts = range(0, len(texts), each)
    ballots = [[text for text in texts[n : n + (voters or each)] if text] for n in starts]
    return [majority(ballot) if ballot else "" for ballot in ballots]


def pass_at_k(right: NDArray[np.bool_], k: int) -> NDArray[np.float64]:
    """The chance that at least one of k samples is right, estimated without bias from K >= k of them, [P].

    right bool [P, K]. 1 - C(K - c, k) / C(K, k) with c right ones (Chen et al. 2021, equation 1). Raises
    ValueError for k > K.
    """
    drawn = right.shape[1]
    if not 1 <= k <= drawn:
        raise ValueError(f"pass@{k} needs at least {k} samples a problem; there are {drawn}")
    none = [
        math.comb(drawn - count, k) / math.comb(drawn, k) for count in right.sum(axis=1).astype(int).tolist()
    ]
    return 1.0 - np.array(none)
