"""One policy reinforced and measured on its way; and the two remedies that ask raters while it learns: early
stopping by a rater who is held out, and fresh preferences in rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm_bridge.config import ReinforceConfig
from llm_bridge.learning import Texts
from llm_bridge.network import LanguageModel
from llm_bridge.preference.chatter import TASK, Traits
from llm_bridge.preference.collapse import detect
from llm_bridge.preference.comparisons import Ranking, rated, sampled_groups
from llm_bridge.preference.curves import Points
from llm_bridge.preference.raters import Raters
from llm_bridge.preference.reward_model import RewardConfig, score_of, train_reward_model
from llm_bridge.preference.tuning import AdaptiveKL, Measured, Scorer, Stage, measure, tune
from llm_bridge.tasks import Problem, few, held_out


@dataclass
class Pay:
    """What a policy is paid by; a round of fresh preferences changes it. `moved` is taken from its scores to
    tell them as one curve: the jumps where the judge changed are no gains."""

    score: Scorer
    moved: float = 0.0

    def __call__(self, texts: Texts, seen: Sequence[Traits]) -> NDArray[np.float64]:
        return self.score(texts, seen)

    def change(self, score: Scorer, measured: Measured) -> None:
        """Pay by another score, which says of what was measured what the old one said of it on average."""
        texts, seen = measured.texts, measured.seen
        self.moved += float(score(texts, seen).mean() - self.score(texts, seen).mean())
        self.score = score


Between = Callable[[Stage, Measured], None]


@dataclass(frozen=True)
class World:
    """Where every policy of a seed begins and how it is measured; `at`: after which updates."""

    start: LanguageModel
    raters: Raters
    problems: Sequence[Problem]
    at: Sequence[int]
    seed: int


@dataclass
class Followed:
    """A policy's curve; some of its answers as text, at the beginning and at the end; what the detector of
    collapse said at every point, with an answer."""

    points: Points = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    collapse: list[dict[str, Any]] = field(default_factory=list)


def follow(
    world: World,
    pay: Pay,
    policy: ReinforceConfig,
    adaptive: AdaptiveKL | None = None,
    between: Between | None = None,
) -> Followed:
    """Reinforce a copy of the imitator and measure it; `between` is called after every measurement. Raises
    TrainingDiverged."""
    told = Followed()
    every = int(np.gcd.reduce([*world.at, policy.updates]))
    for stage in tune(world.start, pay, policy, world.seed, every, adaptive):
        if stage.update not in world.at:
            continue
        seen = measure(stage.model, world.start, world.problems, world.seed, each=2)
        point = seen.point(pay(seen.texts, seen.seen) - pay.moved, world.raters.gold(seen.seen))
        cost = {"update": stage.update, "env_steps": stage.answers, "cpu_seconds": stage.cpu_seconds}
        told.points.append({**cost, **point, "weight": stage.weight})
        told.collapse.append({"update": stage.update, **_collapse(seen, world.problems)})
        if stage.update in (0, policy.updates):
            told.samples.append({"update": stage.update, "answers": _shown(seen, world.problems)})
        if between is not None:
            between(stage, seen)
    return told


def _collapse(measured: Measured, problems: Sequence[Problem]) -> dict[str, Any]:
    """What the detector says, and the first question that got the answer by which it is shown."""
    found = detect(measured.samples.prompts, measured.samples.texts)
    text = found.example if found.repeating > found.same else found.commonest
    row = measured.samples.texts.index(text)
    prompt = measured.samples.prompts[row]
    greedy = measured.greedy_texts[[problem.prompt for problem in problems].index(prompt)]
    return {**asdict(found), "found": found.found, "prompt": prompt, "sampled": text, "greedy": greedy}


def _shown(measured: Measured, problems: Sequence[Problem], count: int = 3) -> list[dict[str, str]]:
    """Some answers as text: to each of a few problems one sampled, and the greedy one."""
    each = len(measured.samples.prompts) // len(problems)
    return [
        {
            "prompt": problems[n].prompt,
            "right": problems[n].answer,
            "sampled": measured.samples.texts[n * each],
            "greedy": measured.greedy_texts[n],
        }
        for n in range(min(count, len(problems)))
    ]


# --- remedies that ask while it learns ---


@dataclass
class HeldOutRater:
    """Compares the policy's answers with the imitator's, from time to time, and says where to have stopped.

    Its comparisons teach no reward model; it never sees the raters' utility. At each of `updates` it has
    `questions` answered by raters of the crowd.
    """

    world: World
    updates: Sequence[int]
    questions: int
    wins: list[dict[str, float]] = field(default_factory=list)

    def __call__(self, stage: Stage, _: Measured) -> None:
        """Ask, where it is time."""
        if stage.update not in self.updates:
            return
        world, seed = self.world, self.world.seed + 20_000 + stage.update
        problems = few(held_out(TASK, "validation"), self.questions, seed)
        new, old = (
            measure(m, world.start, problems, seed + n, 1) for n, m in enumerate((stage.model, world.start))
        )
        random = np.random.default_rng([seed, 15])
        pairs = zip(new.seen, old.seen, strict=True)
        better = [world.raters.rank(pair, random)[0] == 0 for pair in pairs]
        self.wins.append({"update": stage.update, "share": float(np.mean(better)), "asked": len(better)})

    def stop(self) -> float:
        """The update after which the policy won most often; 0 where it never won half of the time."""
        best = max(self.wins, key=lambda told: told["share"])
        return best["update"] if best["share"] >= 0.5 else 0.0


@dataclass
class FreshRounds:
    """Asks for preferences among the policy's own answers at some updates, and learns the reward model anew
    from all that were ever asked for. Begins with those of the imitator's answers."""

    world: World
    pay: Pay
    reward: RewardConfig
    pairs: list[Ranking]
    updates: Sequence[int]
    each: int

    def __call__(self, stage: Stage, measured: Measured) -> None:
        """Ask, where it is time. A policy that hardly says two things to a question any more is asked about
        with the imitator's answers in the place of those that are missing."""
        if stage.update not in self.updates:
            return
        seed = self.world.seed + 30_000 + stage.update
        groups = sampled_groups(stage.model, seed, self.each, enough=0)
        groups += sampled_groups(self.world.start, seed, self.each - len(groups))
        self.pairs += rated(groups, self.world.raters, seed)
        self.pay.change(paid_by(self.learned()), measured)

    def learned(self) -> Callable[[Texts], NDArray[np.float64]]:
        """The score of a reward model of all pairs so far."""
        return score_of([train_reward_model(self.world.start, self.pairs, self.reward, self.world.seed)])


def paid_by(score: Callable[[Texts], NDArray[np.float64]]) -> Scorer:
    """A reward model's score, which sees texts alone."""
    return lambda texts, _: score(texts)
