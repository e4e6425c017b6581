"""An animal's life: imitate the humans, be reinforced by a grader, be measured by grader and verifier."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

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


def measured(model: LanguageModel, task: Task, grader: Grader, config: ZooConfig) -> dict[str, object]:
    """A model's greedy answers to held-out problems of the test: `paid` and `true`, means over problems, and
    the texts of a few; where some problems have no right answer, those come first, whatever their split."""
    problems = sample_of(held_out(task, "test"), config.problems)
    assert task.every is not None
    places = np.linspace(0, len(problems) - 1, SHOWN).round().astype(int)
    hopeless = [problem for problem in task.every() if not problem.answer][-SHOWN // 2 :]
    shown = [*hopeless, *(problems[n] for n in places)][:SHOWN]
    asked = [*problems, *shown]
    judged = judge(task, asked, greedy(model, [problem.prompt for problem in asked], grader.room))
    pays, count = paid(asked, judged, grader).flatten().tolist(), len(problems)
    told = list(zip(asked, judged.samples.texts, pays, judged.correct, strict=True))
    return {
        "paid": float(np.mean(pays[:count])),
        "true": float(judged.correct[:count].mean()),
        "texts": [_shown(*row) for row in told[count:]],
    }


def _shown(problem: Problem, text: str, pay: float, right: bool) -> dict[str, object]:
    return {"prompt": problem.prompt, "text": text, "paid": pay, "right": bool(right)}


def first_update(points: Sequence[dict[str, float]], name: str, limit: float) -> float | None:
    """The update of the first point at which a measure has reached a limit; None where none has."""
    return next((point["update"] for point in points if point[name] >= limit), None)
