"""Demonstrate and imitate: a human's answers written down, and a model that learns to write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import torch

from lab.losses import imitation_loss
from lab.measured import write_imitation
from lab.statistics import exact_line
from lab.workers import Desk
from llm_bridge.answers_file import Answers, write_answers
from llm_bridge.config import CompareConfig, ImitationConfig, human_of, imitation_of
from llm_bridge.ladder import demonstrations_of, start_of
from llm_bridge.learning import (
    Learner,
    Texts,
    checkpoint_path,
    imitation_step,
    load_model,
    new_learner,
    restore_learner,
    save_learner,
    taught_logits,
    texts_of,
)
from llm_bridge.lessons import Lessons, demonstrations_path, lessons_of
from llm_bridge.meter import ArmMeter
from llm_bridge.network import LanguageModel, new_model
from llm_bridge.scripted import check_knows, describe, next_characters
from llm_bridge.tasks import Problem, Task, draw_problems, find_task

CHUNK = 500  # demonstrations between two looks at the stop flag


def demonstrate(folder: Path, config: CompareConfig, human: str, desk: Desk) -> None:
    """The task in which a human writes answers to training problems, into `folder/demonstrations`.

    Prints how many of the hard problems are answered rightly: 0 where nobody carries. Raises
    UnknownHuman, UnknownTask, and Interrupted when asked to stop.
    """
    task, writer, count = find_task(config.task), describe(human), demonstrations_of(config)[human]
    check_knows(writer, task)
    random = np.random.default_rng([config.seed, 1])
    problems: list[Problem] = []
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        desk.leave_if_stopping()
        some = draw_problems(task, "train", random, min(CHUNK, count - len(pairs)))
        problems += some
        pairs += [(problem.prompt, writer.sample(problem, random)) for problem in some]
        desk.tell("demonstrate", len(pairs), count)
    path = demonstrations_path(folder, human)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = support(problems, pairs, task)
    write_answers(path, Answers(pairs), f"{human} on {task.name}, seed {config.seed}: {told}")
    desk.tell("demonstrate", count, count, detail=told)


def support(problems: list[Problem], pairs: list[tuple[str, str]], task: Task) -> str:
    """How many of the hard problems the demonstrations answer rightly, in words."""
    hard = [(problem, answer) for problem, (_, answer) in zip(problems, pairs, strict=True) if problem.hard]
    right = sum(problem.accepts(answer.rpartition("#")[2]) for problem, answer in hard)
    return f"{right} of {len(hard)} answers with {task.hard_name} are right"


def imitate(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> None:
    """The task that trains an imitator in `folder/arms/<arm>`, from where a stopped run left off.

    Raises TrainingDiverged, CheckpointError, AnswersError, and Interrupted when asked to stop.
    """
    settings = imitation_of(config, arm)
    model = _start(folder, config, arm)
    learner = new_learner(model, settings.learning_rate, settings.weight_decay, settings.updates)
    with learner.clock():  # a teacher's answers are drawn here, and verified ones picked
        lessons = lessons_of(folder, config, arm, desk)
    texts = texts_of(lessons.taught.pairs, whole=arm == "base")
    learner.samples = len(lessons.taught)
    path = checkpoint_path(folder, arm)
    if path.exists():
        restore_learner(path, learner)
    with closing(ArmMeter(folder, arm, human_of(config, arm), config, start=learner.iteration)) as meter:
        while learner.updates < settings.updates:
            loss = _part(learner, texts, settings, config.seed, desk)
            # recorded, then saved: a run killed in between forgets the point and makes it again
            score = meter.record("imitate", learner, {"loss/imitation": loss}, measure=True)
            save_learner(path, learner)
            desk.tell("imitate", learner.updates, settings.updates, score)
    _write_accuracy(folder, config, arm, learner, lessons)


def _start(folder: Path, config: CompareConfig, arm: str) -> LanguageModel:
    """The model that an arm begins with: that of its seed, or another arm's as it was left."""
    starts = start_of(arm, config)
    if starts == "scratch":
        return new_model(config.model, config.seed, config.device)
    return load_model(checkpoint_path(folder, starts), config.device)


def _part(learner: Learner, texts: Texts, settings: ImitationConfig, seed: int, desk: Desk) -> float:
    """The updates up to the next point of the curve; returns their mean loss. Leaves when asked to stop:
    the part is then repeated from the last checkpoint."""
    parts = min(settings.evaluations, settings.updates)
    stop = settings.updates * (learner.iteration + 1) // parts
    total, steps = 0.0, max(1, stop - learner.updates)
    while learner.updates < stop:
        desk.leave_if_stopping()
        with learner.clock():
            rows = np.random.default_rng([seed, 2, learner.updates]).integers(
                len(texts), size=settings.batch_size
            )
            total += imitation_step(learner, texts[rows])
        rate = learner.updates * settings.batch_size / max(learner.cpu_seconds, 1e-9)
        desk.tell("imitate", learner.updates, settings.updates, detail=f"{rate:,.0f} answers/s")
    learner.iteration += 1
    return total / steps


def prediction_limits(
    human: str, pairs: Sequence[tuple[str, str]], task: Task
) -> tuple[float, float] | tuple[None, None]:
    """How well the human's own exact chances predict the characters of those answers: (accuracy of the
    likeliest, entropy in nats), the limits of whoever imitates; (None, None) of a file's writers."""
    if human.endswith(".txt"):
        return None, None
    writer, ceiling, floor = describe(human), [], []
    for prompt, answer in pairs:
        problem = task.parse(prompt)
        assert problem is not None  # the answers of a scripted human are to the task's own problems
        for following in next_characters(writer.distribution(problem), answer):
            ceiling.append(max(following))
            floor.append(-sum(chance * math.log(chance) for chance in following if chance > 0.0))
    return float(np.mean(ceiling)), float(np.mean(floor))


def _write_accuracy(
    folder: Path, config: CompareConfig, arm: str, learner: Learner, lessons: Lessons
) -> None:
    """How well held-out characters of the human are predicted, as `imitation.json`."""
    held_out = texts_of(lessons.held_out.pairs)
    learner.model.eval()
    with torch.inference_mode():
        logits, tokens = taught_logits(learner.model, held_out)
        loss = float(imitation_loss(logits, tokens).mean())
        right = (logits.argmax(1) == tokens).double().cpu().numpy()
    ceiling, floor = prediction_limits(human_of(config, arm), lessons.held_out.pairs, find_task(config.task))
    entry = {
        "arm": arm,
        "accuracy": exact_line(right).to_json(),
        "accuracy_ceiling": ceiling,
        "cross_entropy": loss,
        "entropy_floor": floor,
        "games": len(lessons.taught),
        "positions": int(held_out.taught.sum()),
        "verifier_calls": lessons.checks,
    }
    write_imitation(folder, arm, entry)
