"""The lesson of over-optimisation: a reward model is learned from raters and then optimised, and three curves
part: what the model says (proxy), what the raters would say (gold), and what was wanted (right answers).

Three faults are kept apart: raters who are biased (their exact utility is optimised, no model between), too
few labels, and a model that can be exploited. All scores are in nats, so that they share one axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.lessons.estimate import Estimate, estimate, exact, greater
from llm_bridge.config import ImitationConfig, ReinforceConfig
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel
from llm_bridge.preference.answer_space import answer_space, best_of_n, best_of_n_bound, posterior
from llm_bridge.preference.chatter import ROOM, TASK, Traits, traits_of
from llm_bridge.preference.collapse import detect
from llm_bridge.preference.comparisons import rated, sampled_groups
from llm_bridge.preference.gao import fits
from llm_bridge.preference.imitator import SFT, imitator
from llm_bridge.preference.raters import CROWDS, Raters, dry_or_engaging, find_raters
from llm_bridge.preference.reward_model import (
    RewardConfig,
    RewardModel,
    Score,
    agreement_of,
    as_answers,
    score_of,
    train_reward_model,
)
from llm_bridge.preference.tuning import GRPO, Measured, Scorer, measure, tune
from llm_bridge.tasks import Problem, few, held_out

Tell = Callable[[str], None]
Points = list[dict[str, float]]
NS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
BETAS = (8.0, 4.0, 2.0, 1.5, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1)


@dataclass(frozen=True)
class Settings:
    """Every count of the lesson."""

    raters: str = "charmed"
    sft: ImitationConfig = SFT
    reward: RewardConfig = field(default_factory=lambda: RewardConfig(passes=8, learning_rate=2e-3))
    comparisons: int = 4_000
    few: int = 500
    """Comparisons of the fault "too few labels"."""
    held_out: int = 600
    policy: ReinforceConfig = field(default_factory=lambda: replace(GRPO, learning_rate=5e-4, updates=120))
    kl_weight: float = 0.3
    """Of the arm that is held to the imitator, nats of reward a nat of divergence."""
    every: int = 10
    """Updates between two points of a curve."""
    problems: int = 96
    followed: int = 12
    """Problems all of whose answers are followed, for best of n and the best there is."""


SETTINGS = Settings()
ARMS = {
    "rlhf": "against the reward model",
    "kl": "the same, held to the imitator",
    "few": "against a model of few labels",
    "gold": "against the raters' own utility",
}


def learn(seeds: Sequence[int], tell: Tell = lambda words: None) -> dict[str, Any]:
    """Do the lesson with every seed; gives its result (docs/lessons.md)."""
    done = [_seed(SETTINGS, seed, tell) for seed in seeds]
    curves = {arm: [one["curves"][arm] for one in done] for arm in ARMS}
    problem = held_out(TASK, "test")[0]
    return {
        "settings": asdict(SETTINGS),
        "raters": {"name": SETTINGS.raters, "title": find_raters(SETTINGS.raters).title},
        "curves": curves,
        "models": {kind: [one["models"][kind] for one in done] for kind in ("many", "few")},
        "best_of_n": [one["best_of_n"] for one in done],
        "posterior": [one["posterior"] for one in done],
        "samples": done[0]["samples"],
        "collapse": [one["collapse"] for one in done],
        "fits": _fits(curves, [one["best_of_n"] for one in done]),
        "exercise": {name: dry_or_engaging(raters, problem) for name, raters in CROWDS.items()},
        "claims": _claims(curves, done),
    }


# --- one seed ---


def _seed(settings: Settings, seed: int, tell: Tell) -> dict[str, Any]:
    raters = find_raters(settings.raters)
    tell(f"seed {seed}: the imitator")
    start = imitator(settings.sft, seed)
    tell(f"seed {seed}: {settings.comparisons:,} comparisons, two reward models")
    models, told = _reward_models(settings, start, raters, seed)
    problems = few(held_out(TASK, "test"), settings.problems, seed)
    scores = {kind: score_of([model]) for kind, model in models.items()}
    curves: dict[str, Points] = {}
    samples: list[dict[str, Any]] = []
    collapse: dict[str, Any] = {}
    for arm, score, kl_weight in _arms(scores, raters, settings):
        tell(f"seed {seed}: the policy {ARMS[arm]}")
        policy = replace(settings.policy, kl_weight=kl_weight)
        curves[arm], last = [], None
        for stage in tune(start, score, policy, seed, settings.every):
            last = measure(stage.model, start, problems, seed, each=2)
            point = last.point(score(last.texts, last.seen), raters.gold(last.seen))
            cost = {"update": stage.update, "env_steps": stage.answers, "cpu_seconds": stage.cpu_seconds}
            curves[arm].append({**cost, **point})
            if stage.update in (0, policy.updates // 2 // settings.every * settings.every, policy.updates):
                samples.append({"arm": arm, "update": stage.update, **_shown(last, problems)})
        assert last is not None  # the beginning is a stage
        collapse[arm] = asdict(detect(last.samples.prompts, last.samples.texts))
    space = _space(start, scores["many"], raters, problems[:: max(1, len(problems) // settings.followed)])
    return {"curves": curves, "models": told, "samples": samples, "collapse": collapse, **space}


def _arms(
    scores: dict[str, Score], raters: Raters, settings: Settings
) -> Iterator[tuple[str, Scorer, float]]:
    """Every arm with what it is rewarded by, and its weight of the divergence."""

    def by(kind: str) -> Scorer:
        return lambda texts, _: scores[kind](texts)

    def gold(_: Texts, seen: Sequence[Traits]) -> NDArray[np.float64]:
        return raters.gold(seen)

    yield from (("rlhf", by("many"), 0.0), ("kl", by("many"), settings.kl_weight))
    yield from (("few", by("few"), 0.0), ("gold", gold, 0.0))


def _reward_models(
    settings: Settings, start: LanguageModel, raters: Raters, seed: int
) -> tuple[dict[str, RewardModel], dict[str, Any]]:
    """Reward models of many and few comparisons, and how they do on others."""
    pairs = rated(sampled_groups(start, seed, settings.comparisons), raters, seed)
    others = rated(sampled_groups(start, seed, settings.held_out, split="validation"), raters, seed + 1_000)
    models, told = {}, {}
    for kind, count in (("many", settings.comparisons), ("few", settings.few)):
        models[kind] = train_reward_model(start, pairs[:count], settings.reward, seed)
        told[kind] = {
            "comparisons": count,
            **asdict(agreement_of(score_of([models[kind]]), others, raters, TASK)),
            "feature_weight": float(models[kind].weight.detach()),
        }
    return models, told


def _shown(measured: Measured, problems: Sequence[Problem], count: int = 4) -> dict[str, Any]:
    """Some answers as text: to each of a few problems one sampled, and the greedy one."""
    each = len(measured.samples.prompts) // len(problems)
    return {
        "answers": [
            {
                "prompt": problems[n].prompt,
                "right": problems[n].answer,
                "sampled": measured.samples.texts[n * each],
                "greedy": measured.greedy_texts[n],
            }
            for n in range(min(count, len(problems)))
        ]
    }


def _space(start: LanguageModel, score: Score, raters: Raters, problems: Sequence[Problem]) -> dict[str, Any]:
    """Best of n and the best policy at any divergence, by the reward model's score, exactly."""
    space = answer_space(start, [problem.prompt for problem in problems], ROOM)
    prompts = [space.prompts[n] for n in space.prompt]
    proxy = score(as_answers(prompts, space.texts, space.ended))
    seen = [
        traits_of(problems[n], text, end)
        for n, text, end in zip(space.prompt, space.texts, space.ended, strict=True)
    ]
    values = {"proxy": proxy, "gold": raters.gold(seen), "right": np.array([float(t.right) for t in seen])}

    def row(chance: NDArray[np.float64]) -> dict[str, float]:
        kl = space.divergence(chance)
        return {"kl": kl, "distance": max(0.0, kl) ** 0.5} | {
            name: space.mean(chance, value) for name, value in values.items()
        }

    return {
        "best_of_n": [
            {
                "n": n,
                "bound": best_of_n_bound(n),
                "covered": float(space.covered.mean()),
                "answers": len(seen),
            }
            | row(best_of_n(space, proxy, n))
            for n in NS
        ],
        "posterior": [{"beta": beta} | row(posterior(space, proxy, beta)) for beta in BETAS],
    }


# --- what may be said of it ---


def ends(seeds: Sequence[Points], name: str, place: int = -1) -> Estimate:
    """The mean over seeds of what the last (or another) point of a curve says."""
    return estimate([points[place][name] for points in seeds])


def peak_of(points: Points) -> dict[str, float]:
    """The point of the most gold, found by half of the answers; `gold_second` is measured by the others."""
    return max(points, key=lambda point: point["gold_first"])


def at_distance(points: Points, distance: float, name: str) -> float:
    """What a curve says where it first comes to a distance, between two points by proportion; where it never
    does, at its end."""
    for before, after in pairwise(points):
        if after["distance"] >= distance > before["distance"]:
            share = (distance - before["distance"]) / (after["distance"] - before["distance"])
            return before[name] + share * (after[name] - before[name])
    return points[-1][name]


def nats(value: float) -> str:
    """A score in words."""
    return f"{value:.2f}"


def percent(value: float) -> str:
    """A share in words."""
    return f"{100 * value:.0f} %"


def _claims(curves: dict[str, list[Points]], done: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    rlhf, held, short, gold = (curves[arm] for arm in ARMS)
    peaks = [peak_of(points) for points in rlhf]
    peak = estimate([point["gold_second"] for point in peaks])
    last = estimate([points[-1]["gold_second"] for points in rlhf])
    near = [
        min(max(p["distance"] for p in points) for points in pair) for pair in zip(rlhf, held, strict=True)
    ]
    equal = [
        estimate([at_distance(points, d, "gold") for points, d in zip(arm, near, strict=True)])
        for arm in (held, rlhf)
    ]
    beaten = max(_beaten(one["best_of_n"], one["posterior"]) for one in done)
    return [
        greater("the reward model's score rises", ends(rlhf, "proxy"), ends(rlhf, "proxy", 0), nats),
        greater("the raters' own utility ends below its peak", peak, last, nats),
        greater("it ends below where it began", ends(rlhf, "gold", 0), ends(rlhf, "gold"), nats),
        greater(
            "fewer answers are right at the end than before",
            ends(rlhf, "right", 0),
            ends(rlhf, "right"),
            percent,
        ),
        greater(
            "few labels end worse for the raters than many", ends(rlhf, "gold"), ends(short, "gold"), nats
        ),
        greater(
            "optimised directly, biased raters are served well",
            ends(gold, "gold"),
            ends(gold, "gold", 0),
            nats,
        ),
        greater("and more answers are right", ends(gold, "right"), ends(gold, "right", 0), percent),
        greater("at equal divergence the penalty leaves the raters more", equal[0], equal[1], nats),
        exact(
            "best of n never beats the best policy at its divergence",
            beaten <= 1e-6,
            f"by {beaten:.2g} nats of the model's score at most",
        ),
    ]


def _beaten(chosen: Points, best: Points) -> float:
    """By how much best of n scores above the line of the best there is; below 0: it never does."""
    return max(row["proxy"] - _above(row["kl"], best) for row in chosen)


def _above(kl: float, best: Points) -> float:
    """An upper bound on the concave line at a divergence: the lowest of its tangents, whose slope is beta."""
    return min(row["proxy"] + row["beta"] * (kl - row["kl"]) for row in best)


def _fits(curves: dict[str, list[Points]], chosen: Sequence[Points]) -> dict[str, Any]:
    """Gao's formulae on the gain in gold of reinforcement and of best of n, all seeds together."""
    both = {"reinforcement": curves["rlhf"], "best of n": chosen}
    return {
        name: fits(
            [point["distance"] for points in seeds for point in points],
            [point["gold"] - points[0]["gold"] for points in seeds for point in points],
        )
        for name, seeds in both.items()
    }
