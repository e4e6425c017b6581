"""The lesson of over-optimisation: a reward model is learned from raters and then optimised, and three curves
part: what the model says (proxy), what the raters would say (gold), and what was wanted (right answers).

Three faults are kept apart: raters who are biased (their exact utility is optimised, no model between), too
few labels, and a model that can be exploited. Then remedies, each with as many labels and as many samples as
the plain run. All scores are in nats, so that they share one axis.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.lessons import Tell, over_seeds
from llm_bridge.config import ImitationConfig, ReinforceConfig
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel
from llm_bridge.preference.answer_space import (
    AnswerSpace,
    answer_space,
    best_of_n,
    best_of_n_bound,
    posterior,
)
from llm_bridge.preference.chatter import ROOM, TASK, Traits, traits_of
from llm_bridge.preference.comparisons import Ranking, rated, sampled_groups
from llm_bridge.preference.curves import Points
from llm_bridge.preference.engagement import bias_table
from llm_bridge.preference.gao import fits
from llm_bridge.preference.imitator import SFT, imitator
from llm_bridge.preference.label_sweep import WIDTHS, sweep
from llm_bridge.preference.over_optimisation_claims import claims
from llm_bridge.preference.policies import (
    Followed,
    FreshRounds,
    HeldOutRater,
    Pay,
    World,
    follow,
    paid_by,
)
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
from llm_bridge.preference.tuning import GRPO, AdaptiveKL
from llm_bridge.tasks import Problem, few, held_out

NS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
BETAS = (8.0, 4.0, 2.0, 1.5, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.06, 0.03)


@dataclass(frozen=True)
class Settings:
    """Every count of the lesson."""

    raters: str = "charmed"
    sft: ImitationConfig = SFT
    reward: RewardConfig = field(
        default_factory=lambda: RewardConfig(passes=2, batch_size=128, learning_rate=3e-3)
    )
    comparisons: int = 4_000
    few: int = 500
    """Comparisons of the fault "too few labels"."""
    held_out: int = 600
    margin: float = 1.0
    """Of the reward model with margins, nats for a significantly better answer."""
    sweep: tuple[int, ...] = (250, 1_000, 4_000)
    """Comparisons of the sweep over labels and sizes."""
    widths: tuple[int, ...] = WIDTHS
    policy: ReinforceConfig = field(
        default_factory=lambda: replace(GRPO, learning_rate=5e-4, prompts=16, updates=100)
    )
    longest: int = 200
    """Updates of the plain run and of the slow one. Remedies are compared with the plain run's first."""
    slower: float = 0.25
    """What the slow run's step is of the plain one's."""
    kl_weight: float = 0.3
    """Of the arm that is held to the imitator, nats of reward a nat of divergence."""
    kl_target: float = 1.0
    """Of the arm whose weight is moved so that it stays so far away, nats."""
    models: int = 3
    """Reward models of the ensemble."""
    deviations: float = 1.0
    """How many deviations between them are taken from their mean."""
    asked_at: tuple[int, ...] = (20, 40, 60, 80, 100)
    """When raters held out compare the policy with the imitator."""
    questions: int = 192
    """How many comparisons each time: they are taken from those that the reward model learns from."""
    rounds: tuple[int, ...] = (30, 60)
    """When fresh preferences are asked for; the first round, as large, is of the imitator's answers."""
    measured: tuple[int, ...] = (0, 5, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200)
    problems: int = 128
    followed: int = 12
    """Problems all of whose answers are followed, for best of n and the best there is."""


SETTINGS = Settings()
ARMS = {
    "rlhf": "against the reward model",
    "kl": "held to the imitator",
    "adaptive": "held at a distance",
    "early": "stopped by a held-out rater",
    "ensemble": "against three models",
    "rounds": "fresh preferences in rounds",
    "few": "against a model of few labels",
    "gold": "against the raters' own utility",
    "slow": "against the reward model, small steps",
}
LONG = ("rlhf", "slow")


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed (docs/lessons.md)."""
    curves, first = over_seeds(studies, "curves"), studies[0]
    problem = held_out(TASK, "test")[0]
    each = {
        name: [one[name] for one in studies] for name in ("best_of_n", "posterior", "stops", "sweep", "bias")
    }
    return {
        "settings": first["settings"],
        "raters": {"name": SETTINGS.raters, "title": find_raters(SETTINGS.raters).title},
        "curves": curves,
        "models": over_seeds(studies, "models"),
        **each,
        "samples": first["samples"],
        "collapse": over_seeds(studies, "collapse"),
        "fits": _fits(curves, each["best_of_n"]),
        "exercise": {name: dry_or_engaging(raters, problem) for name, raters in CROWDS.items()},
        "claims": claims(curves, each, SETTINGS.policy.updates),
    }


# --- one seed ---


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """Every arm on one seed; of the first seed samples of what it writes, too. All of it but the seconds
    follows from the seed."""
    settings, raters = SETTINGS, find_raters(SETTINGS.raters)
    tell("the imitator")
    start = imitator(settings.sft, seed)
    tell(f"{settings.comparisons:,} comparisons, reward models")
    pairs = rated(sampled_groups(start, seed, settings.comparisons), raters, seed)
    others = rated(sampled_groups(start, seed, settings.held_out, split="validation"), raters, seed + 1_000)
    models = _reward_models(settings, start, pairs, seed)
    tell("judges by size and labels")
    known = {len(pairs): models["many"][0], settings.few: models["few"][0]}
    rows = sweep(
        start,
        known,
        pairs,
        others,
        raters,
        settings.sweep,
        settings.sft,
        settings.reward,
        seed,
        settings.widths,
    )
    problems = few(held_out(TASK, "test"), settings.problems, seed)
    world = World(start, raters, problems, settings.measured, seed)
    policies, stops = _policies(settings, world, models, pairs, tell)
    tell("the best there is, exactly")
    some = problems[:: max(1, len(problems) // settings.followed)]
    return {
        "settings": asdict(settings),
        "curves": {arm: policies[arm].points for arm in ARMS},
        "collapse": {arm: policies[arm].collapse for arm in ARMS},
        **({"samples": {arm: told.samples for arm, told in policies.items()}} if is_first else {}),
        "stops": stops,
        "sweep": rows,
        "models": _told(models, others, raters),
        **_exactly(start, score_of(models["many"]), raters, some),
    }


def _reward_models(
    settings: Settings, start: LanguageModel, pairs: Sequence[Ranking], seed: int
) -> dict[str, list[RewardModel]]:
    """Of many labels (the first of an ensemble, and all of it), of many with margins, of few."""

    def learned(count: int, number: int = 0, margin: float = 0.0) -> RewardModel:
        config = replace(settings.reward, margin=margin)
        return train_reward_model(start, pairs[:count], config, seed + 100 * number)

    several = [learned(len(pairs), number) for number in range(settings.models)]
    return {
        "many": several[:1],
        "ensemble": several,
        "margin": [learned(len(pairs), margin=settings.margin)],
        "few": [learned(settings.few)],
    }


def _told(
    models: dict[str, list[RewardModel]], others: Sequence[Ranking], raters: Raters
) -> dict[str, dict[str, Any]]:
    """How reward models do on comparisons held out."""
    return {
        kind: {
            **asdict(agreement_of(score_of(some), others, raters, TASK)),
            "feature_weight": float(some[0].weight.detach()),
        }
        for kind, some in models.items()
    }


# --- policies ---


def _policies(
    settings: Settings,
    world: World,
    models: dict[str, list[RewardModel]],
    pairs: Sequence[Ranking],
    tell: Tell,
) -> tuple[dict[str, Followed], dict[str, Any]]:
    """Every arm followed, and what the held-out rater said and where it stopped."""
    told: dict[str, Followed] = {}
    for arm, pay, policy, adaptive in _arms(settings, models, world.raters):
        tell(f"the policy {ARMS[arm]}")
        told[arm] = follow(world, pay, policy, adaptive)
    tell(f"the policy {ARMS['early']}")
    rater = HeldOutRater(world, settings.asked_at, settings.questions)
    taught = len(pairs) - settings.questions * len(settings.asked_at)
    pay = Pay(paid_by(_scored(world, pairs[:taught], settings)))
    told["early"] = follow(world, pay, settings.policy, between=rater)
    tell(f"the policy {ARMS['rounds']}")
    each = len(pairs) // (len(settings.rounds) + 1)
    first = list(pairs[: len(pairs) - each * len(settings.rounds)])
    pay = Pay(paid_by(_scored(world, first, settings)))
    rounds = FreshRounds(world, pay, settings.reward, first, settings.rounds, each)
    told["rounds"] = follow(world, pay, settings.policy, between=rounds)
    return told, {"update": rater.stop(), "wins": rater.wins}


def _scored(world: World, pairs: Sequence[Ranking], settings: Settings) -> Score:
    return score_of([train_reward_model(world.start, pairs, settings.reward, world.seed)])


def _arms(
    settings: Settings, models: dict[str, list[RewardModel]], raters: Raters
) -> Iterator[tuple[str, Pay, ReinforceConfig, AdaptiveKL | None]]:
    """Every arm that asks nobody while it learns: who pays, and how it is kept near the imitator."""

    def gold(_: Texts, seen: Sequence[Traits]) -> NDArray[np.float64]:
        return raters.gold(seen)

    plain, many = settings.policy, paid_by(score_of(models["many"]))
    held = replace(plain, kl_weight=settings.kl_weight)
    long = replace(plain, updates=settings.longest)
    slow = replace(long, learning_rate=plain.learning_rate * settings.slower)
    careful = paid_by(score_of(models["ensemble"], settings.deviations))
    yield "rlhf", Pay(many), long, None
    yield "kl", Pay(many), held, None
    yield "adaptive", Pay(many), held, AdaptiveKL(settings.kl_weight, settings.kl_target)
    yield "ensemble", Pay(careful), plain, None
    yield "few", Pay(paid_by(score_of(models["few"]))), plain, None
    yield "gold", Pay(gold), plain, None
    yield "slow", Pay(many), slow, None


# --- exactly ---


def _exactly(
    start: LanguageModel, score: Score, raters: Raters, problems: Sequence[Problem]
) -> dict[str, Any]:
    """Best of n and the best policy at any divergence by the reward model's score; and what the best policy
    is by raters more and more biased. All exact."""
    space = answer_space(start, [problem.prompt for problem in problems], ROOM)
    prompts = [space.prompts[n] for n in space.prompt]
    proxy = score(as_answers(prompts, space.texts, space.ended))
    seen = [
        traits_of(problems[n], text, end)
        for n, text, end in zip(space.prompt, space.texts, space.ended, strict=True)
    ]
    values = {"proxy": proxy, "gold": raters.gold(seen), "right": np.array([float(t.right) for t in seen])}
    return {**_lines(space, values), "bias": bias_table(space, seen, problems[0])}


def _lines(space: AnswerSpace, values: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Best of every n, the best policy at every beta."""

    def row(chance: NDArray[np.float64]) -> dict[str, float]:
        kl = space.divergence(chance)
        return {"kl": kl, "distance": max(0.0, kl) ** 0.5} | {
            name: space.mean(chance, value) for name, value in values.items()
        }

    known = {"covered": float(space.covered.mean()), "answers": len(space.texts)}
    return {
        "best_of_n": [
            {"n": n, "bound": best_of_n_bound(n), **known, **row(best_of_n(space, values["proxy"], n))}
            for n in NS
        ],
        "posterior": [{"beta": beta} | row(posterior(space, values["proxy"], beta)) for beta in BETAS],
    }


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
