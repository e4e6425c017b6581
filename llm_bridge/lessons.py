"""What an imitator learns from: a human's answers, those that are right, true ones, or a model's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.randomness import game_keys
from lab.workers import Desk
from llm_bridge.answers_file import Answers, AnswersError, read_answers
from llm_bridge.config import CompareConfig, human_of, imitation_of, recipe_of
from llm_bridge.ladder import RL_TEACHER
from llm_bridge.learning import checkpoint_path, load_model
from llm_bridge.search import sample
from llm_bridge.tasks import Task, draw_problems, find_task, verify

BLOCK = 1_024  # prompts that a model answers between two looks at the stop flag
LEAST = 5  # answers, of which a fifth is held out


@dataclass(frozen=True)
class Lessons:
    """`taught` are learned from, `held_out` predicted; `checks`: how many answers the verifier looked at."""

    taught: Answers
    held_out: Answers
    checks: int = 0


def lessons_of(folder: Path, config: CompareConfig, arm: str, desk: Desk) -> Lessons:
    """What an arm learns from, and the human's own answers that it is then asked to predict.

    Raises AnswersError, CheckpointError, and Interrupted when asked to stop.
    """
    settings, task, recipe = imitation_of(config, arm), find_task(config.task), recipe_of(arm)
    answers = _written_down(demonstrations_path(folder, human_of(config, arm)), task, config, desk)
    held = min(settings.validation, len(answers) // 5)
    # the first answers are held out, so that they are the same whatever an arm takes of the rest
    held_out, rest = Answers(answers.pairs[:held]), answers.pairs[held : settings.demonstrations]
    if recipe.startswith("shown-"):
        return Lessons(true_answers(task, int(recipe.removeprefix("shown-")), config.seed), held_out)
    if recipe == "imitate-rl":
        count = settings.demonstrations - held
        return Lessons(_written_by(folder, RL_TEACHER, task, count, config, desk), held_out)
    if recipe == "cold-start":
        return _some(Lessons(Answers(rest[: config.thinking.cold_start]), held_out), arm)
    if recipe in ("verified", "verified-tuned"):
        return _some(Lessons(verified(Answers(rest), task), held_out, len(rest)), arm)
    return _some(Lessons(Answers(rest), held_out), arm)


def _written_down(path: Path, task: Task, config: CompareConfig, desk: Desk) -> Answers:
    """The answers of a file to training problems; tells of those that are left out."""
    answers = read_answers(path, config.model.positions, task)
    if answers.left_out:
        told = f"{answers.left_out} answers to problems of the test are left out, {len(answers)} remain"
        desk.tell("read answers", 1, 1, detail=told)
    if len(answers) < LEAST:
        raise AnswersError(f"{path}: {len(answers)} answers are too few to imitate: {LEAST} are needed")
    return answers


def _some(lessons: Lessons, arm: str) -> Lessons:
    """The same; raises AnswersError where there is nothing to learn from."""
    if not len(lessons.taught):
        why = f"all {len(lessons.held_out)} are held out to be predicted"
        if lessons.checks:
            why = f"the verifier accepts none of {lessons.checks}"
        raise AnswersError(f"arm {arm!r} has no demonstrations to learn from: {why}")
    return lessons


def demonstrations_path(folder: Path, human: str) -> Path:
    """Where a human's answers lie: in the run folder, or the user's own file."""
    own = Path(human)
    return own if own.suffix == ".txt" else folder / "demonstrations" / f"{human}.txt"


def verified(answers: Answers, task: Task) -> Answers:
    """The answers that the verifier accepts: whatever is right, whoever wrote it."""
    return Answers([pair for pair in answers.pairs if _is_right(pair, task)])


def _is_right(pair: tuple[str, str], task: Task) -> bool:
    problem = task.parse(pair[0])
    return problem is not None and verify(task, problem, pair[1], ended=True).correct


def true_answers(task: Task, count: int, seed: int) -> Answers:
    """The right answers to so many training problems, without working."""
    random = np.random.default_rng([seed, 5])
    return Answers(
        [(problem.prompt, problem.answer) for problem in draw_problems(task, "train", random, count)]
    )


def _written_by(
    folder: Path, teacher: str, task: Task, count: int, config: CompareConfig, desk: Desk
) -> Answers:
    """What a trained arm answers to training problems, drawn from it as it is, right or wrong."""
    model = load_model(checkpoint_path(folder, teacher), config.device)
    random = np.random.default_rng([config.seed, 6])
    prompts = [problem.prompt for problem in draw_problems(task, "train", random, count)]
    keys = game_keys(config.seed, "teacher", 0, count)
    pairs: list[tuple[str, str]] = []
    for first in range(0, count, BLOCK):
        desk.leave_if_stopping()
        some = prompts[first : first + BLOCK]
        samples = sample(model, some, keys[first : first + BLOCK], task.max_tokens)
        told = zip(some, samples.texts, samples.ended, strict=True)
        pairs += [(prompt, text) for prompt, text, ended in told if ended and text]
        desk.tell("teacher answers", len(pairs), count)
    return Answers(pairs)
