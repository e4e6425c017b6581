"""The lesson of the algorithms: ways to learn from the same comparisons, in one table.

With a reward model (best of n, GRPO, PPO) and without (DPO, IPO, length-normalised, with an SFT term, whole
rankings), and self-play preference, which sees no comparison but more of the demonstrations. Each starts as
the same imitator. Raters ranked three answers to a question; whole rankings are learned from as they are,
by everybody else as the three pairs that each holds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from lab.lessons import Tell, over_seeds
from lab.lessons.estimate import ahead, estimate
from lab.lessons.words import in_percent
from lab.randomness import game_keys
from llm_bridge.config import ImitationConfig, ReinforceConfig
from llm_bridge.network import LanguageModel
from llm_bridge.preference.answer_space import best_of_n_bound
from llm_bridge.preference.chatter import ROOM, TASK, traits_of
from llm_bridge.preference.collapse import detect
from llm_bridge.preference.comparisons import Ranking, pairs_of, rated, sampled_groups
from llm_bridge.preference.curves import nats
from llm_bridge.preference.imitator import SFT, imitator
from llm_bridge.preference.offline import OfflineConfig, Played, prefer, self_play
from llm_bridge.preference.raters import Raters, find_raters
from llm_bridge.preference.reward_model import (
    RewardConfig,
    Score,
    as_answers,
    score_of,
    train_reward_model,
)
from llm_bridge.preference.tuning import GRPO, PPO, measure, tune
from llm_bridge.search import sample
from llm_bridge.tasks import Problem, few, held_out

Point = dict[str, float]
ARMS = {
    "dpo": "DPO",
    "ipo": "IPO",
    "length-normalised": "length-normalised (SimPO)",
    "dpo-with-sft": "DPO with an SFT term",
    "ranked": "DPO of rankings of three",
    "self-play": "self-play preference (SPIN)",
    "grpo": "GRPO on a reward model",
    "ppo": "PPO on a reward model",
    "best-of-n": "best of n by the reward model",
}


@dataclass(frozen=True)
class Settings:
    """Every count of the lesson. rankings: of three answers each, three comparisons."""

    raters: str = "charmed"
    sft: ImitationConfig = SFT
    reward: RewardConfig = field(default_factory=lambda: RewardConfig(passes=8, learning_rate=2e-3))
    offline: OfflineConfig = field(default_factory=OfflineConfig)
    grpo: ReinforceConfig = field(default_factory=lambda: replace(GRPO, learning_rate=5e-4, kl_weight=0.3))
    ppo: ReinforceConfig = field(default_factory=lambda: replace(PPO, learning_rate=5e-4, kl_weight=0.05))
    rankings: int = 1_333
    best_of: int = 16
    problems: int = 96

    @property
    def comparisons(self) -> int:
        """The pairs that the rankings hold."""
        return 3 * self.rankings


SETTINGS = Settings()


def pooled(studies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What came out over all seeds, and what may be claimed."""
    curves = over_seeds(studies, "curves")
    return {"settings": studies[0]["settings"], "curves": curves, "claims": _claims(curves)}


def study(seed: int, is_first: bool, tell: Tell) -> dict[str, Any]:
    """Every arm on one seed: the point before and the point after; `env_steps` there are the answers that it
    sampled. All of it but the seconds follows from the seed."""
    settings = SETTINGS
    raters = find_raters(settings.raters)
    tell(f"the imitator, {settings.comparisons:,} comparisons, the reward model")
    start = imitator(settings.sft, seed)
    triples = rated(sampled_groups(start, seed, settings.rankings, each=3), raters, seed)
    pairs = pairs_of(triples)
    score = score_of([train_reward_model(start, pairs, settings.reward, seed)])
    problems = few(held_out(TASK, "test"), settings.problems, seed)
    before = _point(start, start, score, raters, problems, seed)
    told = {}
    for arm in ARMS:
        tell(ARMS[arm])
        began = time.process_time()
        if arm == "best-of-n":
            after = _best_of(start, score, raters, problems, settings.best_of, seed)
        else:
            tuned = _tuned(arm, start, pairs, triples, score, settings, seed)
            cost = {"update": float(tuned.steps), "env_steps": float(tuned.answers)}
            cost["cpu_seconds"] = time.process_time() - began
            after = _point(tuned.model, start, score, raters, problems, seed) | cost
        told[arm] = [{name: before[name] for name in after}, after]
    return {"settings": asdict(settings) | {"comparisons": settings.comparisons}, "curves": told}


def _tuned(
    arm: str,
    start: LanguageModel,
    pairs: Sequence[Ranking],
    triples: Sequence[Ranking],
    score: Score,
    settings: Settings,
    seed: int,
) -> Played:
    if arm == "self-play":
        return self_play(start, settings.offline, seed, settings.comparisons)
    if arm in ("grpo", "ppo"):
        policy = settings.grpo if arm == "grpo" else settings.ppo
        *_, last = tune(start, lambda texts, _: score(texts), policy, seed, policy.updates)
        return Played(last.model.eval(), last.answers, last.update)
    rankings = triples if arm == "ranked" else pairs
    steps = settings.offline.steps(len(rankings), len(rankings[0].answers))
    return Played(prefer(start, rankings, arm, settings.offline, seed), 0, steps)


def _point(
    model: LanguageModel,
    start: LanguageModel,
    score: Score,
    raters: Raters,
    problems: Sequence[Problem],
    seed: int,
) -> Point:
    seen = measure(model, start, problems, seed, each=2)
    point = seen.point(score(seen.texts), raters.gold(seen.seen))
    return {"update": 0.0, "env_steps": 0.0, "cpu_seconds": 0.0} | point


def _best_of(
    start: LanguageModel, score: Score, raters: Raters, problems: Sequence[Problem], n: int, seed: int
) -> Point:
    """The best of n sampled answers to each problem. There is no greedy answer, so none is told, and the
    divergence is not measured but its bound is."""
    began = time.process_time()
    prompts = [problem.prompt for problem in problems]
    drawn = sample(start, prompts, game_keys(seed, "best-of", 0, len(prompts) * n), ROOM, n)
    rewards = score(as_answers(drawn.prompts, drawn.texts, drawn.ended.tolist())).reshape(-1, n)
    rows = np.arange(len(prompts)) * n + rewards.argmax(1)
    seen = [
        traits_of(problem, drawn.texts[row], bool(drawn.ended[row]))
        for problem, row in zip(problems, rows.tolist(), strict=True)
    ]
    kl, gold = best_of_n_bound(n), raters.gold(seen)
    return {
        "update": 1.0,  # behind the point before; nothing is learned
        "env_steps": float(len(prompts) * n),
        "cpu_seconds": time.process_time() - began,
        "proxy": float(rewards.max(1).mean()),
        "gold": float(gold.mean()),
        "gold_first": float(gold[::2].mean()),
        "gold_second": float(gold[1::2].mean()),
        "right": float(np.mean([one.right for one in seen])),
        "kl": kl,
        "distance": kl**0.5,
        "length": float(np.mean([one.length for one in seen])),
        "shouts": float(np.mean([one.shouts for one in seen])),
        "hums": float(np.mean([one.hums for one in seen])),
        "repeating": detect(prompts, [drawn.texts[row] for row in rows.tolist()]).repeating,
    }


def _claims(curves: dict[str, list[list[Point]]]) -> list[dict[str, str]]:
    def end(arm: str, name: str, place: int = -1) -> Any:
        return estimate([points[place][name] for points in curves[arm]])

    claims = []
    for arm, name in ARMS.items():
        words = f"{name} serves the raters better than the imitator"
        claims.append(ahead(words, end(arm, "gold"), end(arm, "gold", 0), nats))
    words = "an SFT term keeps more answers right than DPO alone"
    return [
        *claims,
        ahead("GRPO serves the raters better than DPO", end("grpo", "gold"), end("dpo", "gold"), nats),
        ahead(words, end("dpo-with-sft", "right"), end("dpo", "right"), in_percent),
    ]
