"""The lesson of judging and writing: is it easier to say whether an answer is right than to write a right
one, and does reinforcement against a judge gain the more, the easier it is?

Over several difficulties, at equal size and equal examples: an imitator of a crowd half of whose answers are
wrong answers questions, and its answers are labelled, once. A *writer*, the imitator still, goes on imitating
those that are right; a *judge*, the imitator with another head, learns to tell right from wrong. The gap is
the judge's lead, chance corrected, over the writer. Then the imitator is reinforced by the judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lab.lessons import Tell, over_seeds
from lab.lessons.estimate import Estimate, ahead, estimate, estimate_of
from lab.rank_correlation import by_chance, rank_correlation
from llm_bridge.config import ModelConfig, ReinforceConfig
from llm_bridge.evaluation import Judged, answer_by_sampling
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.preference.difficulties import Difficulty, difficulties, examples
from llm_bridge.preference.judge import (
    FitConfig,
    Judge,
    Labelled,
    area,
    in_parts,
    odds_of,
    train_judge,
    train_writer,
)
from llm_bridge.preference.paying import best_by_pay, by_judge, labelled_samples, reinforced, rightness
from llm_bridge.preference.reward_model import log_likelihood
from llm_bridge.tasks import Problem, held_out, sample_of

Points = list[dict[str, float]]
Told = dict[str, float]
DIFFICULTIES = ("one-skill", "plain-sums", "differences", "sums", "products", "countdown-3")
SHARES = (
    "imitator",
    "imitator_greedy",
    "writer_sampled",
    "writer",
    "best_of",
    "reinforced",
    "reinforced_greedy",
)
CHANCE = 0.05  # an order that chance makes as often is none


@dataclass(frozen=True)
class Settings:
    """Every count of the lesson."""

    difficulties: tuple[str, ...] = DIFFICULTIES
    demonstrations: int = 8_000
    labels: int = 4_000
    """Answers of the imitator's that are labelled, right or wrong: the writer's examples and the judge's."""
    sft: FitConfig = field(default_factory=lambda: FitConfig(updates=300, looks=6))
    writer: FitConfig = field(
        default_factory=lambda: FitConfig(updates=150, batch_size=64, learning_rate=2e-3, looks=6)
    )
    judge: FitConfig = field(
        default_factory=lambda: FitConfig(updates=150, batch_size=64, learning_rate=2e-3, looks=6)
    )
    policy: ReinforceConfig = field(
        default_factory=lambda: ReinforceConfig(
            algorithm="grpo",
            updates=24,
            prompts=32,
            answers=8,
            learning_rate=5e-4,
            standardise=True,
            batch_size=0,
            kl_weight=0.02,
            kl_in_reward=True,
        )
    )
    every: int = 8
    """Updates between two points of a curve."""
    problems: int = 128
    best_of: int = 8
    model: ModelConfig = field(default_factory=ModelConfig)


SETTINGS = Settings()


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """Every difficulty on one seed: what was measured, and the curve of the reinforcement. All of it but the
    seconds follows from the seed."""
    settings, known = SETTINGS, difficulties()
    measured, curves = {}, {}
    for name in settings.difficulties:
        measured[name], curves[name] = _one(known[name], settings, seed, tell)
    return {"settings": asdict(settings), "measured": measured, "curves": curves}


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed (docs/lessons.md)."""
    measured, known = over_seeds(studies, "measured"), difficulties()
    titles = {name: known[name].title for name in measured}
    return {
        "settings": studies[0]["settings"],
        "titles": titles,
        "measured": measured,
        "curves": over_seeds(studies, "curves"),
        "orders": {what: _order(measured, what) for what in ("gap", "judge", "writer")},
        "claims": _claims(measured, titles),
    }


# --- one difficulty with one seed ---


def _one(it: Difficulty, settings: Settings, seed: int, tell: Tell) -> tuple[Told, Points]:
    """What was measured, and the curve of the reinforcement."""
    tell(f"{it.title}: imitator, writer, judges")
    shown = examples(it, settings.demonstrations, seed)
    start = train_writer(new_model(settings.model, seed), shown, settings.sft, seed)
    labelled = labelled_samples(start, it.task, settings.labels, seed)
    good = labelled[np.flatnonzero(labelled.right)]
    writer = train_writer(start, good, settings.writer, seed) if len(good) else start
    judge = train_judge(start, labelled, settings.judge, seed, start)
    bare = train_judge(start, labelled, settings.judge, seed)
    problems = sample_of(held_out(it.task, "test"), settings.problems)
    tell(f"{it.title}: reinforced")
    points = _curve(start, it, judge, problems, settings, seed)
    drawn = answer_by_sampling(start, it.task, problems, seed, settings.best_of)
    told = _judged(judge, bare, start, drawn, settings) | _written(writer, it, problems, seed)
    first, last = points[0], points[-1]
    told |= {
        "labelled_right": float(labelled.right.mean()),
        "imitator": first["right"],
        "imitator_greedy": first["greedy"],
        "reinforced": last["right"],
        "reinforced_greedy": last["greedy"],
    }
    told["gap"] = told["judge"] - told["writer"]
    told["gain"] = told["reinforced"] - told["imitator"]
    return told, points


def _judged(judge: Judge, bare: Judge, start: LanguageModel, drawn: Judged, settings: Settings) -> Told:
    """The judge on the imitator's answers to questions held out, beside what the imitator itself thinks of
    them, and a judge that is not told that."""
    samples = drawn.samples
    texts = Labelled(samples.prompts, samples.texts, samples.ended.tolist(), drawn.correct).texts
    odds, likely = odds_of(judge, texts), _likely(start, texts)
    return {
        "judge": 2 * area(odds, drawn.correct) - 1,
        "bare_judge": 2 * area(odds_of(bare, texts), drawn.correct) - 1,
        "likelihood": 2 * area(likely, drawn.correct) - 1,
        "best_of": best_by_pay(drawn, odds, settings.best_of),
    }


def _likely(model: LanguageModel, texts: Texts) -> Any:
    return in_parts(lambda some: log_likelihood(model, some), texts).double().numpy()


def _written(writer: LanguageModel, it: Difficulty, problems: Sequence[Problem], seed: int) -> Told:
    told = rightness(writer, it.task, problems, seed)
    return {"writer_sampled": told["right"], "writer": told["greedy"]}


def _curve(
    start: LanguageModel,
    it: Difficulty,
    judge: Judge,
    problems: Sequence[Problem],
    settings: Settings,
    seed: int,
) -> Points:
    return [
        {
            "update": float(stage.update),
            "env_steps": float(stage.answers),
            "cpu_seconds": stage.cpu_seconds,
            "paid": stage.paid,
            **rightness(stage.model, it.task, problems, seed),
        }
        for stage in reinforced(start, it.task, by_judge(judge), settings.policy, seed, settings.every)
    ]


# --- what may be said of it ---


def mean_of(measured: dict[str, list[Told]], name: str, what: str) -> Estimate:
    """The mean over seeds of what was measured of a difficulty."""
    return estimate([told[what] for told in measured[name]], share=what in SHARES)


def over_all(measured: dict[str, list[Told]], what: str) -> Estimate:
    """The mean over seeds of the mean over difficulties."""
    return estimate(np.mean([[told[what] for told in rows] for rows in measured.values()], axis=0).tolist())


def points(value: float) -> str:
    """A share, or a difference of two, in words."""
    return f"{value:.2f}"


def _order(measured: dict[str, list[Told]], what: str) -> dict[str, Any]:
    """How the gain's order over difficulties follows that of `what`: on each seed, of the means over seeds,
    and how often chance does as well as the means."""
    columns = {key: [[told[key] for told in rows] for rows in measured.values()] for key in (what, "gain")}
    pairs = zip(np.transpose(columns[what]).tolist(), np.transpose(columns["gain"]).tolist(), strict=True)
    means = [np.mean(columns[key], axis=1).tolist() for key in (what, "gain")]
    turned = [-value for value in means[1]]
    return {
        "seeds": estimate([rank_correlation(*pair) for pair in pairs], within=(-1.0, 1.0)).to_json(),
        "means": rank_correlation(means[0], means[1]),
        "chance": by_chance(means[0], means[1]),
        "chance_against": by_chance(means[0], turned),
    }


def _follows(claim: str, order: dict[str, Any], difficulties: int) -> dict[str, str]:
    """Shown where the interval over seeds lies above 0 and chance seldom does as well, with so few
    difficulties; contradicted in the same way."""
    seeds = order["seeds"]
    verdict = "not shown"
    if seeds["low"] is not None:
        if seeds["low"] > 0.0 and order["chance"] <= CHANCE:
            verdict = "shown"
        elif seeds["high"] < 0.0 and order["chance_against"] <= CHANCE:
            verdict = "contradicted"
    known = estimate_of(seeds)
    evidence = (
        f"rank correlation over {difficulties} difficulties {known.told(points)}; of the means "
        f"{points(order['means'])}, which chance reaches in {100 * order['chance']:.1f} % of all orders"
    ).replace(" -", " −")
    return {"claim": claim, "verdict": verdict, "evidence": evidence}


def _claims(measured: dict[str, list[Told]], titles: dict[str, str]) -> list[dict[str, str]]:
    count = len(measured)
    each = [
        ahead(
            f"judging is ahead of writing: {titles[name]}",
            mean_of(measured, name, "judge"),
            mean_of(measured, name, "writer"),
            points,
        )
        for name in measured
    ]
    rows = (
        ("reinforced by the judge, the imitator is more often right", "reinforced", "imitator"),
        ("reinforced by the judge, it is more often right than the writer of the same labels, both sampled",
         "reinforced", "writer_sampled"),
        ("a judge that is told how likely the imitator finds an answer is better than that likelihood alone",
         "judge", "likelihood"),
        ("that likelihood alone is a better judge than one that learns from the labels without it",
         "likelihood", "bare_judge"),
    )  # fmt: skip
    of_means = [
        ahead(
            f"{claim}, mean of {count} difficulties",
            over_all(measured, one),
            over_all(measured, other),
            points,
        )
        for claim, one, other in rows
    ]
    follows = [
        _follows(f"the gain of reinforcement follows {words}", _order(measured, what), count)
        for what, words in (("gap", "the gap"), ("judge", "how good the judge is"))
    ]
    return [*follows, *of_means, *each]
