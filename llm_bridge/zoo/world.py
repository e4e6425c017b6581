"""What is asked in the zoo, and who answers it first: sums and Countdown, their scripted humans."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from llm_bridge import procedures
from llm_bridge.procedures import Slip
from llm_bridge.scripted import (
    CARRIES,
    CARRIES_ONCE,
    FINDS_IT,
    NEVER_CARRIES,
    NEVER_MULTIPLIES,
    Crowd,
    Human,
)
from llm_bridge.tasks import Problem, Task, find_task

HEDGE = ","  # stands between two answers
HEDGERS = 0.05  # the share of those who write two
IMPOSSIBLE = 0.5  # the share of Countdown's targets that only a power reaches
TARGETS = 100


def sums() -> Task:
    """Sums of two numbers of two digits."""
    return find_task("addition-2")


def powers() -> Task:
    """Countdown with two numbers; half of the targets are a power of them, and within the rules out of reach:
    "23:08=" has no right answer."""
    fair = find_task("countdown-2")
    impossible = [
        problem_of(a, b)
        for a in range(1, 10)
        for b in range(a, 10)
        if a**b < TARGETS and fair.parse(f"{a}{b}:{a**b:02}=") is None
    ]
    impossible += [
        problem_of(a, b, turned=True)
        for a in range(1, 10)
        for b in range(a + 1, 10)
        if b**a < TARGETS and a**b != b**a and fair.parse(f"{a}{b}:{b**a:02}=") is None
    ]

    def draw(random: np.random.Generator) -> Problem:
        if random.random() < IMPOSSIBLE:
            return impossible[int(random.integers(len(impossible)))]
        return fair.draw(random)

    assert fair.every is not None
    everything = [*fair.every(), *impossible]
    by_prompt = {problem.prompt: problem for problem in everything}
    return replace(
        fair, name="countdown-2 with powers", draw=draw, every=lambda: iter(everything), parse=by_prompt.get
    )


def problem_of(a: int, b: int, turned: bool = False) -> Problem:
    """The target a**b, or turned b**a, which has no answer: `answer` is ""."""
    prompt = f"{a}{b}:{b**a if turned else a**b:02}="
    return Problem(prompt, "", "countdown", (a, b), prompt, True, b**a if turned else a**b)


def _both(problem: Problem) -> str:
    """Without the carry and with it: "85,95"."""
    first = procedures.add(0)(problem)
    return f"{first}{HEDGE}{(int(first) + 10) % 100:02}"


def _one_digit_wrong(problem: Problem, slip: Slip) -> str:
    text, (place, digit) = _both(problem), slip
    return text if text[place] == HEDGE else f"{text[:place]}{digit}{text[place + 1 :]}"


HEDGES = Human(
    "hedges",
    "writes two answers",
    "Adds each column for itself, then once more with a carry, and writes both.",
    "Never says which.",
    ("addition",),
    _both,
    0.10,
    lambda problem: len(_both(problem)),
    _one_digit_wrong,
)
ADDERS = Crowd(
    "zoo-adders",
    "more than half never carry, the others do, and a few write two answers",
    (NEVER_CARRIES, CARRIES_ONCE, CARRIES, HEDGES),
    (0.6 - HEDGERS, 0.3, 0.1, HEDGERS),
)
REACHERS = Crowd(
    "zoo-reachers",
    "half never multiply, half find what there is to find, or what comes nearest; keys bounce",
    tuple(
        replace(human, slipped=procedures.mistyped(human.write, twice=True))
        for human in (NEVER_MULTIPLIES, FINDS_IT)
    ),
    (0.5, 0.5),
)
