"""The same experiment over several difficulties: tasks, and a crowd half of whose answers are wrong.

Half of what is written is right, the other half as a misconception has it, where that is wrong, else with
one key mistyped. So chance is one half for every judge, and about one half for every faithful imitator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from llm_bridge import procedures
from llm_bridge.countdown import SIGNS
from llm_bridge.preference.judge import Labelled
from llm_bridge.tasks import Problem, Task, draw_problems, find_task

Wrong = Callable[[Problem], str]  # what somebody writes who has it wrong


@dataclass(frozen=True)
class Difficulty:
    """A kind of question: its task, how it is got wrong, in words."""

    name: str
    title: str
    task: Task
    misconception: Wrong


def _plain_sums() -> Task:
    """Sums in which nothing is carried."""
    task = find_task("addition-2")
    every = task.every
    assert every is not None

    def draw(random: np.random.Generator) -> Problem:
        while (problem := task.draw(random)).hard:
            pass
        return problem

    return replace(
        task, name="addition-2-plain", draw=draw, every=lambda: (it for it in every() if not it.hard)
    )


def difficulties() -> dict[str, Difficulty]:
    """All of them by name."""
    rows = (
        ("plain-sums", "sums without a carry", _plain_sums(), procedures.add(0)),
        ("sums", "sums", find_task("addition-2"), procedures.add(0)),
        ("long-sums", "long sums", find_task("addition-3"), procedures.add(0)),
        (
            "differences",
            "differences",
            find_task("subtraction-2"),
            procedures.smaller_from_larger,
        ),
        (
            "products",
            "products",
            find_task("multiplication-2"),
            procedures.guessed_product,
        ),
        ("expressions", "expressions", find_task("expressions-2"), procedures.left_to_right),
        ("one-skill", "one skill", find_task("chains-1"), procedures.exact),
        ("countdown-3", "Countdown", find_task("countdown-3"), procedures.reached("+", "-")),
        ("countdown-4", "long Countdown", find_task("countdown-4"), procedures.reached("+", "-")),
    )
    return {name: Difficulty(name, title, task, wrong) for name, title, task, wrong in rows}


def examples(it: Difficulty, count: int, seed: int) -> Labelled:
    """`count` answers of the crowd to training problems, with their labels; a pure function of the seed."""
    random = np.random.default_rng([seed, 17, *it.name.encode()])
    problems = draw_problems(it.task, "train", random, count)
    right = random.random(count) < 0.5
    answers = [
        problem.answer if good else wrong_answer(it, problem, random)
        for problem, good in zip(problems, right.tolist(), strict=True)
    ]
    return Labelled([problem.prompt for problem in problems], answers, [True] * count, right)


def wrong_answer(it: Difficulty, problem: Problem, random: np.random.Generator) -> str:
    """What a misconception makes of a problem; where that is right, the answer with one key mistyped."""
    text = it.misconception(problem)
    while problem.accepts(text):
        text = mistyped(problem.answer, random)
    return text


def mistyped(text: str, random: np.random.Generator) -> str:
    """One key wrong: another digit for a digit, another sign for a sign."""
    places = [place for place, key in enumerate(text) if key.isdigit() or key in SIGNS]
    place = places[int(random.integers(len(places)))]
    keys = [key for key in (SIGNS if text[place] in SIGNS else "0123456789") if key != text[place]]
    return f"{text[:place]}{keys[int(random.integers(len(keys)))]}{text[place + 1 :]}"
