"""The lesson of the verifiable and the unverifiable: one task, one imitator, one algorithm, nine who pay.

The true verifier, verifiers that err (anew at each verdict, or always alike on the same answer), and judges
learned from n labels, which are verdicts of the true verifier, asked once. As many answers are paid by each.
The controls spend a judge's labels otherwise: on imitating what was labelled right, and as verdicts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.lessons import Tell, over_seeds
from lab.lessons.estimate import Estimate, ahead, estimate
from lab.lessons.words import in_percent
from llm_bridge.config import ModelConfig, ReinforceConfig
from llm_bridge.evaluation import answer_by_sampling
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.preference.judge import (
    FitConfig,
    Judge,
    Labelled,
    area,
    odds_of,
    train_judge,
    train_writer,
)
from llm_bridge.preference.paying import (
    Pay,
    best_by_pay,
    by_judge,
    by_verifier,
    labelled_samples,
    reinforced,
    rightness,
)
from llm_bridge.scripted import CARRIES, NEVER_CARRIES, Crowd
from llm_bridge.search import Samples
from llm_bridge.tasks import Problem, draw_problems, find_task, held_out, sample_of

Points = list[dict[str, float]]
Curves = dict[str, list[Points]]
TASK = find_task("addition-2")
WRITERS = Crowd("adders", "most never carry", (NEVER_CARRIES, CARRIES), (0.6, 0.4))
VERDICTS = {
    "verifier": "the true verifier",
    "noisy-10": "wrong 1 time in 10, anew",
    "noisy-30": "wrong 3 times in 10, anew",
    "fixed-10": "wrong on 1 answer in 10, always",
    "fixed-30": "wrong on 3 answers in 10, always",
}
LABELS = (250, 1_000, 4_000, 16_000)
FEW, MANY, MIDDLE = LABELS[0], LABELS[-1], 4_000


@dataclass(frozen=True)
class Settings:
    """Every count of the lesson."""

    demonstrations: int = 12_000
    sft: FitConfig = field(default_factory=lambda: FitConfig(updates=300))
    judge: FitConfig = field(
        default_factory=lambda: FitConfig(updates=250, batch_size=64, learning_rate=2e-3, looks=10)
    )
    filtered: FitConfig = field(
        default_factory=lambda: FitConfig(updates=100, batch_size=64, learning_rate=2e-3, looks=5)
    )
    """Of the control that imitates what was labelled right."""
    labels: tuple[int, ...] = LABELS
    policy: ReinforceConfig = field(
        default_factory=lambda: ReinforceConfig(
            algorithm="grpo", updates=80, prompts=64, answers=4, learning_rate=5e-4, batch_size=0
        )
    )
    every: int = 10
    """Updates between two points of a curve."""
    problems: int = 128
    best_of: int = 8
    model: ModelConfig = field(default_factory=ModelConfig)


SETTINGS = Settings()


def judge_arm(labels: int) -> str:
    """The arm that a judge of so many labels pays."""
    return f"labels-{labels}"


def arms_of(labels: Sequence[int]) -> dict[str, str]:
    """Every arm with who pays it, in words."""
    return VERDICTS | {judge_arm(count): f"a judge of {count:,} labels" for count in labels}


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed (docs/lessons.md)."""
    curves, judges = over_seeds(studies, "curves"), over_seeds(studies, "judges")
    policy = SETTINGS.policy
    return {
        "settings": studies[0]["settings"],
        "curves": curves,
        "judges": judges,
        "spent": policy.updates * policy.prompts * policy.answers,
        "claims": _claims(curves, judges, SETTINGS.labels),
    }


# --- one seed ---


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """Every arm and every judge on one seed. All of it but the seconds follows from the seed."""
    settings = SETTINGS
    tell(f"the imitator, {max(settings.labels):,} labels")
    start = imitator(settings, seed)
    labelled = labelled_samples(start, TASK, max(settings.labels), seed)
    problems = sample_of(held_out(TASK, "test"), settings.problems)
    pays: dict[str, Pay] = {
        "verifier": by_verifier,
        **{f"noisy-{share}": wrong_anew(share / 100, seed) for share in (10, 30)},
        **{f"fixed-{share}": wrong_always(share / 100, seed) for share in (10, 30)},
    }
    judges: dict[str, dict[str, float]] = {}
    for count in settings.labels:
        tell(f"a judge of {count:,} labels")
        some = labelled[range(count)]
        judge = train_judge(start, some, settings.judge, seed, start)
        judges[str(count)] = _judged(judge, start, some, problems, settings, seed)
        pays[judge_arm(count)] = by_judge(judge)
    curves = {}
    for arm, words in arms_of(settings.labels).items():
        tell(f"paid by {words}")
        curves[arm] = _curve(start, pays[arm], problems, settings, seed)
    return {"settings": asdict(settings), "curves": curves, "judges": judges}


def imitator(settings: Settings, seed: int) -> LanguageModel:
    """The model that all begin with: it has imitated the crowd's sums."""
    random = np.random.default_rng([seed, 19])
    problems = draw_problems(TASK, "train", random, settings.demonstrations)
    answers = [WRITERS.sample(problem, random) for problem in problems]
    right = np.array([problem.accepts(text) for problem, text in zip(problems, answers, strict=True)])
    shown = Labelled([problem.prompt for problem in problems], answers, [True] * len(answers), right)
    return train_writer(new_model(settings.model, seed), shown, settings.sft, seed)


def _judged(
    judge: Judge,
    start: LanguageModel,
    labelled: Labelled,
    problems: Sequence[Problem],
    settings: Settings,
    seed: int,
) -> dict[str, float]:
    """How a judge does on the imitator's answers to other problems, and what its labels give otherwise."""
    each = settings.best_of
    drawn = answer_by_sampling(start, TASK, problems, seed, each)
    texts = Labelled(drawn.samples.prompts, drawn.samples.texts, drawn.samples.ended.tolist(), drawn.correct)
    odds = odds_of(judge, texts.texts)
    good = labelled[np.flatnonzero(labelled.right)]
    tuned = train_writer(start, good, settings.filtered, seed) if len(good) else start
    filtered = rightness(tuned, TASK, problems, seed)
    return {
        "area": area(odds, drawn.correct),
        "accuracy": float(((odds > 0) == drawn.correct).mean()),
        "best_of": best_by_pay(drawn, odds, each),
        "filtered": filtered["right"],
        "filtered_greedy": filtered["greedy"],
    }


def _curve(
    start: LanguageModel, pay: Pay, problems: Sequence[Problem], settings: Settings, seed: int
) -> Points:
    return [
        {
            "update": float(stage.update),
            "env_steps": float(stage.answers),
            "cpu_seconds": stage.cpu_seconds,
            "paid": stage.paid,
            **rightness(stage.model, TASK, problems, seed),
        }
        for stage in reinforced(start, TASK, pay, settings.policy, seed, settings.every)
    ]


# --- verifiers that err ---


def wrong_anew(rate: float, seed: int) -> Pay:
    """Every verdict is wrong with that chance, the same answer's at its next turn again. It goes on through
    its own random numbers: one of its kind serves one learner."""
    random = np.random.default_rng([seed, 20, round(1_000 * rate)])

    def pay(samples: Samples, right: NDArray[np.bool_], texts: Texts) -> NDArray[np.float64]:
        wrong = random.random(len(right)) < rate
        return np.where(wrong, ~right, right).astype(np.float64)

    return pay


def wrong_always(rate: float, seed: int) -> Pay:
    """On that share of all answers the verdict is wrong, and always so."""

    def pay(samples: Samples, right: NDArray[np.bool_], texts: Texts) -> NDArray[np.float64]:
        answers = zip(samples.prompts, samples.texts, strict=True)
        wrong = np.array([_share_of(f"{seed} {prompt}{text}") < rate for prompt, text in answers])
        return np.where(wrong, ~right, right).astype(np.float64)

    return pay


def _share_of(text: str) -> float:
    """A number in [0, 1) that a text has for ever."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) / 2**48


# --- what may be said of it ---


def ends(seeds: Sequence[Points], name: str = "right", place: int = -1) -> Estimate:
    """The mean over seeds of what the last (or another) point of a curve says."""
    return estimate([points[place][name] for points in seeds], share=True)


def after(points: Points, answers: float) -> float:
    """Right answers after so many were paid, between two points by proportion; at the end, after more."""
    for before, later in pairwise(points):
        if later["env_steps"] >= answers:
            share = (answers - before["env_steps"]) / (later["env_steps"] - before["env_steps"])
            return before["right"] + share * (later["right"] - before["right"])
    return points[-1]["right"]


def needed(points: Points, right: float) -> float | None:
    """After how many answers so many were right for the first time; None where they never were."""
    if points[0]["right"] >= right:
        return 0.0
    for before, later in pairwise(points):
        if later["right"] >= right:
            share = (right - before["right"]) / (later["right"] - before["right"])
            return before["env_steps"] + share * (later["env_steps"] - before["env_steps"])
    return None


def spent_as_verdicts(curves: Curves, labels: int) -> Estimate:
    """Right answers when the true verifier paid for as many answers as a judge had labels."""
    return estimate([after(points, labels) for points in curves["verifier"]], share=True)


def _claims(
    curves: Curves, judges: dict[str, list[dict[str, float]]], labels: Sequence[int]
) -> list[dict[str, str]]:
    few, many = min(labels), max(labels)
    middle = MIDDLE if MIDDLE in labels else many
    end = {arm: ends(seeds) for arm, seeds in curves.items()}
    start, model = ends(curves["verifier"], place=0), end[judge_arm(middle)]
    filtered = estimate([one["filtered"] for one in judges[str(middle)]], share=True)
    rows = (
        ("the true verifier leads past the imitator", end["verifier"], start),
        ("one verdict in ten wrong costs right answers", end["verifier"], end["noisy-10"]),
        ("three in ten wrong, it still leads past the imitator", end["noisy-30"], start),
        ("errors that are always the same cost more than as many that are not, three in ten", end["noisy-30"],
         end["fixed-30"]),
        (f"a judge of {middle:,} labels leads past the imitator", model, start),
        (f"a judge of {many:,} labels leads further than one of {few:,}", end[judge_arm(many)],
         end[judge_arm(few)]),
        (f"the true verifier leads further than a judge of {many:,} labels", end["verifier"],
         end[judge_arm(many)]),
        (f"{middle:,} labels do more through a judge than as {middle:,} verdicts", model,
         spent_as_verdicts(curves, middle)),
        (f"{middle:,} labels do more through a judge than by imitating what they call right", model,
         filtered),
    )  # fmt: skip
    return [ahead(claim, one, other, in_percent) for claim, one, other in rows]
