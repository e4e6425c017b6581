"""An animal's life: imitate the humans, be reinforced by a grader, be measured by grader and verifier."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from lab.randomness import game_keys
from llm_bridge.block import Block, Grader, paid, play_block
from llm_bridge.config import ModelConfig, ReinforceConfig
from llm_bridge.evaluation import judge
from llm_bridge.learning import Learner, imitation_step, new_learner, texts_of
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.policy_step import reinforce_step
from llm_bridge.scripted import Writer
from llm_bridge.search import greedy, sample
from llm_bridge.tasks import Problem, Task, draw_problems, held_out, sample_of
from llm_bridge.zoo.detectors import Reference, readings, reference_of

REFERENCE_ANSWERS = 512
MIX_DRAWS = 2_000  # training problems by which the held-out ones without an answer are weighted
SHOWN = 6  # texts a stage


@dataclass(frozen=True)
class ZooConfig:
    """The counts of the lesson: they are what the preset means, and no clock decides them."""

    demonstrations: int = 10_000
    imitation_updates: int = 300
    imitation_rate: float = 3e-3
    batch_size: int = 128
    updates: int = 60
    """Blocks that each animal is reinforced by, and by the repaired grader after that."""
    more_answers: int = 8
    """To each problem in the world of powers, where the hole is seldom met."""
    points: int = 20
    """Of a curve, beside the one at the start."""
    problems: int = 100
    """Held-out problems, at most, on which each stage is measured."""
    model: ModelConfig = field(default_factory=ModelConfig)
    reinforce: ReinforceConfig = field(
        default_factory=lambda: ReinforceConfig(prompts=64, answers=4, format_penalty=0.0)
    )


def imitator_of(task: Task, writer: Writer, seed: int, config: ZooConfig) -> LanguageModel:
    """A model that has imitated a writer's answers to training problems; a pure function of the seed."""
    random = np.random.default_rng([seed, 37, 1])
    problems = draw_problems(task, "train", random, config.demonstrations)
    texts = texts_of([(problem.prompt, writer.sample(problem, random)) for problem in problems])
    learner = new_learner(
        new_model(config.model, seed), config.imitation_rate, 1e-4, config.imitation_updates
    )
    for update in range(config.imitation_updates):
        rows = np.random.default_rng([seed, 37, 2, update]).integers(len(texts), size=config.batch_size)
        imitation_step(learner, texts[rows])
    return learner.model


def reference(model: LanguageModel, task: Task, seed: int, room: int) -> Reference:
    """How the imitator's own answers to training problems look."""
    random = np.random.default_rng([seed, 37, 3])
    problems = draw_problems(task, "train", random, REFERENCE_ANSWERS)
    keys = game_keys(seed, "zoo reference", 0, len(problems))
    return reference_of(sample(model, [problem.prompt for problem in problems], keys, room).texts)


@dataclass(frozen=True)
class Life:
    """What became of an animal: the model at the end, the points of its curve, one every few blocks."""

    model: LanguageModel
    points: list[dict[str, float]]


def reinforced(
    start: LanguageModel, task: Task, grader: Grader, known: Reference, seed: int, config: ZooConfig
) -> Life:
    """Reinforce a copy of a model by a grader; a point is measured on a block before it is learned from, so
    that point n is of the model after n updates. Raises TrainingDiverged."""
    settings, updates = config.reinforce, config.updates
    model = copy.deepcopy(start)
    learner = new_learner(model, settings.learning_rate, settings.weight_decay, updates)
    points = []
    told = {updates * n // config.points for n in range(config.points + 1)}
    for update in range(updates + 1):
        began = time.process_time()
        block = play_block(model, task, settings, seed, update, grader)
        if update in told:
            points.append(_point(block, known, learner, update))
        if update < updates:
            reinforce_step(learner, block, settings)
        learner.cpu_seconds += time.process_time() - began
    return Life(model, points)


def _point(block: Block, known: Reference, learner: Learner, update: int) -> dict[str, float]:
    """What a block shows: `paid`, `true`, both means over answers; `unearned`, what is paid for answers that
    the verifier refuses; what the detectors read."""
    pays, right = block.reward.flatten().numpy(), block.judged.correct
    told = readings(known, block.judged.samples.texts, pays.tolist(), right.tolist())
    return {
        "update": float(update),
        "env_steps": float(update * len(right)),
        "cpu_seconds": learner.cpu_seconds,
        "paid": float(pays.mean()),
        "true": float(right.mean()),
        "unearned": float((pays * ~right).mean()),
        **told,
    }


@dataclass(frozen=True)
class Mix:
    """How many of some problems there are, how many of them without a right answer, and the share of such
    ones in training, which is what they weigh."""

    problems: int
    impossible: int
    share: float

    def weights(self, problems: Sequence[Problem]) -> NDArray[np.float64]:
        """The weight of each problem, [P], of sum 1; all alike where there is one kind."""
        hopeless = np.array([not problem.answer for problem in problems])
        if self.impossible in (0, self.problems):
            return np.full(self.problems, 1.0 / self.problems)
        fair = (1.0 - self.share) / (self.problems - self.impossible)
        return np.where(hopeless, self.share / self.impossible, fair)


def held_out_mix(task: Task, problems: Sequence[Problem]) -> Mix:
    """What mean over those problems is a mean over problems as training draws them: of the few held-out
    powers, half of all that is drawn, a plain mean would say little."""
    hopeless = sum(not problem.answer for problem in problems)
    if not hopeless:
        return Mix(len(problems), 0, 0.0)
    drawn = draw_problems(task, "train", np.random.default_rng([37, 4]), MIX_DRAWS)
    return Mix(len(problems), hopeless, float(np.mean([not problem.answer for problem in drawn])))


def measured(model: LanguageModel, task: Task, grader: Grader, config: ZooConfig) -> dict[str, object]:
    """A model's greedy answers to held-out problems of the test: `paid` and `true`, means over problems in
    `mix` (held_out_mix), and the texts of a few; where some problems have no right answer, those come first,
    whatever their split."""
    problems = sample_of(held_out(task, "test"), config.problems)
    mix = held_out_mix(task, problems)
    weights = mix.weights(problems)
    assert task.every is not None
    places = np.linspace(0, len(problems) - 1, SHOWN).round().astype(int)
    hopeless = [problem for problem in task.every() if not problem.answer][-SHOWN // 2 :]
    shown = [*hopeless, *(problems[n] for n in places)][:SHOWN]
    asked = [*problems, *shown]
    judged = judge(task, asked, greedy(model, [problem.prompt for problem in asked], grader.room))
    pays, count = paid(asked, judged, grader).flatten().tolist(), len(problems)
    told = list(zip(asked, judged.samples.texts, pays, judged.correct, strict=True))
    return {
        "paid": float(np.average(pays[:count], weights=weights)),
        "true": float(np.average(judged.correct[:count], weights=weights)),
        "mix": asdict(mix),
        "texts": [_shown(*row) for row in told[count:]],
    }


def _shown(problem: Problem, text: str, pay: float, right: bool) -> dict[str, object]:
    return {"prompt": problem.prompt, "text": text, "paid": pay, "right": bool(right)}


def first_update(points: Sequence[dict[str, float]], name: str, limit: float) -> float | None:
    """The update of the first point at which a measure has reached a limit; None where none has."""
    return next((point["update"] for point in points if point[name] >= limit), None)
