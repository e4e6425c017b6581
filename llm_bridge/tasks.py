"""What is asked and who checks it: arithmetic problems with verifiers.

    task = find_task("addition-2")
    problems = held_out(task, "test")           the same ones on every machine, for ever
    verify(task, problems[0], "95", ended=True).correct

A task is a function that draws a problem; the number in its name is the difficulty. Training,
validation and test problems are disjoint by construction: a problem's split is a pure function of what it
asks, and 37+58 asks what 58+37 does.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from llm_bridge import countdown as countdowns
from llm_bridge.expressions import (
    OPERATIONS,
    Expression,
    every_expression,
    parse_expression,
    random_expression,
)
from llm_bridge.skills import SKILLS, applied, rows_of_skills, skills_number

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
HELD_OUT = 1_000  # problems of a held-out split where there are too many to take them all
COUNTABLE = 20_000  # up to so many problems of a task in all, a held-out split is all of its problems


class UnknownTask(ValueError):  # noqa: N818
    """No task has that name."""


@dataclass(frozen=True)
class Problem:
    """A question and its right answer.

    prompt: what the model reads, "37+58="; answer: the right last word, zero-padded, "95"; operation and
    operands: what it asks, for those who work it out; asks: the same for all that ask the same, commuted
    or not; hard: the step that misconceptions get wrong is needed (a carry, a borrow, working); target: the
    number to be reached by an expression of the operands, of which `answer` is one (Countdown), else None.
    """

    prompt: str
    answer: str
    operation: str
    operands: tuple[int, ...]
    asks: str
    hard: bool
    target: int | None = None

    def has_form(self, word: str) -> bool:
        """Whether a word looks like an answer: so many ASCII digits, or an expression."""
        if self.target is not None:
            longest = countdowns.longest_answer(len(self.operands))
            return len(word) <= longest and countdowns.read(word) is not None
        return len(word) == len(self.answer) and word.isascii() and word.isdigit()

    def accepts(self, word: str) -> bool:
        """Whether a word is a right answer; nothing of it is executed."""
        if self.target is not None:
            return self.has_form(word) and countdowns.reaches(word, self.operands, self.target)
        return word == self.answer


def split_of(problem: Problem) -> Split:
    """Where a problem belongs, by a hash of what it asks: a tenth to validation, a fifth to the test, else
    training."""
    bucket = hashlib.blake2b(problem.asks.encode(), digest_size=8).digest()[0] * 10 // 256
    return "test" if bucket < 2 else "validation" if bucket == 2 else "train"


@dataclass(frozen=True)
class Task:
    """A kind of problem: how to draw one, how an answer looks.

    parse: the problem that a prompt asks, None for what is no prompt of this task; digits: of the answer (of
    an expression: the characters at most);
    working: how much of it may stand before the answer, in characters (0: none is allowed); hard_name:
    what the hard problems have in common, in words; every: all problems, None where they are too many;
    split: where each of them belongs.
    """

    name: str
    title: str
    draw: Callable[[np.random.Generator], Problem]
    parse: Callable[[str], Problem | None]
    digits: int
    working: int
    hard_name: str
    every: Callable[[], Iterator[Problem]] | None = None
    split: Callable[[Problem], Split] = split_of

    @property
    def max_tokens(self) -> int:
        """Characters of the longest answer in good form, the end mark included."""
        return self.digits + 1 + (self.working + 1 if self.working else 0)


# --- addition and subtraction ---


def addition(digits: int) -> Task:
    """Sums of two numbers of `digits` digits that have no more digits: up to 99, as at school."""
    size = 10**digits

    def problem(a: int, b: int) -> Problem:
        prompt, answer = f"{a:0{digits}}+{b:0{digits}}=", f"{a + b:0{digits}}"
        return Problem(prompt, answer, "+", (a, b), f"{min(a, b)}+{max(a, b)}", _carries(a, b) > 0)

    def every() -> Iterator[Problem]:
        yield from (problem(a, b) for a in range(size) for b in range(size - a))

    def draw(random: np.random.Generator) -> Problem:
        a, b = (int(number) for number in random.integers(size, size=2))
        return problem(a, b) if a + b < size else problem(size - 1 - a, size - 1 - b)

    def parse(prompt: str) -> Problem | None:
        numbers = _numbers(rf"([0-9]{{{digits}}})\+([0-9]{{{digits}}})=", prompt)
        return problem(*numbers) if numbers and sum(numbers) < size else None

    title = f"adding numbers of {digits} digits"
    countable = every if size**2 <= 2 * COUNTABLE else None
    return Task(f"addition-{digits}", title, draw, parse, digits, 0, "a carry", countable)


def subtraction(digits: int) -> Task:
    """Differences, never negative, of two numbers of `digits` digits."""
    size = 10**digits

    def problem(a: int, b: int) -> Problem:
        prompt, answer = f"{a:0{digits}}-{b:0{digits}}=", f"{a - b:0{digits}}"
        return Problem(prompt, answer, "-", (a, b), f"{a}-{b}", _carries(b, a - b) > 0)

    def every() -> Iterator[Problem]:
        yield from (problem(a, b) for a in range(size) for b in range(a + 1))

    def draw(random: np.random.Generator) -> Problem:
        a, b = (int(number) for number in random.integers(size, size=2))
        return problem(max(a, b), min(a, b))

    def parse(prompt: str) -> Problem | None:
        numbers = _numbers(rf"([0-9]{{{digits}}})-([0-9]{{{digits}}})=", prompt)
        return problem(*numbers) if numbers and numbers[0] >= numbers[1] else None

    title = f"subtracting numbers of {digits} digits"
    countable = every if size**2 <= 2 * COUNTABLE else None
    return Task(f"subtraction-{digits}", title, draw, parse, digits, 0, "a borrow", countable)


def _numbers(pattern: str, prompt: str) -> list[int]:
    """The numbers in the pattern's groups, [] where it does not match the whole prompt."""
    found = re.fullmatch(pattern, prompt)
    return [int(group) for group in found.groups()] if found else []


def _carries(a: int, b: int) -> int:
    """How many places of a + b carry."""
    count = carry = 0
    while a or b:
        carry = int(a % 10 + b % 10 + carry > 9)
        count, a, b = count + carry, a // 10, b // 10
    return count


# --- multiplication ---


def multiplication(digits: int) -> Task:
    """Products of a number of `digits` digits and one of a single digit, direct or with the working."""

    def problem(a: int, b: int) -> Problem:
        asks = "*".join(map(str, sorted((a, b))))
        return Problem(f"{a}*{b}=", f"{a * b:0{digits + 1}}", "*", (a, b), asks, True)

    least, size = 10 ** (digits - 1), 10**digits

    def every() -> Iterator[Problem]:
        yield from (problem(a, b) for a in range(least, size) for b in range(2, 10))

    def draw(random: np.random.Generator) -> Problem:
        return problem(int(random.integers(least, size)), int(random.integers(2, 10)))

    def parse(prompt: str) -> Problem | None:
        numbers = _numbers(rf"([1-9][0-9]{{{digits - 1}}})\*([2-9])=", prompt)
        return problem(*numbers) if numbers else None

    name, title = f"multiplication-{digits}", f"multiplying a number of {digits} digits by one digit"
    countable = every if 8 * (size - least) <= COUNTABLE else None
    return Task(name, title, draw, parse, digits + 1, 3 * digits - 1, "all of them", countable)


# --- mixed expressions ---


def expressions(operations: int) -> Task:
    """Expressions of one-digit numbers with + - * and brackets, whose value has one to three digits."""

    def problem(it: Expression) -> Problem | None:
        if not 0 <= it.value <= 999:
            return None
        numbers = tuple(int(digit) for digit in re.findall("[0-9]", it.text))
        return Problem(f"{it.text}=", f"{it.value:03}", it.text, numbers, it.asks, "*" in it.text)

    def every() -> Iterator[Problem]:
        yield from (found for it in every_expression(operations) if (found := problem(it)) is not None)

    def draw(random: np.random.Generator) -> Problem:
        while True:
            if (drawn := problem(random_expression(random, operations))) is not None:
                return drawn

    def parse(prompt: str) -> Problem | None:
        it = parse_expression(prompt.removesuffix("=")) if prompt.endswith("=") else None
        signs = sum(prompt.count(sign) for sign in OPERATIONS)
        return problem(it) if it is not None and it.text == prompt[:-1] and signs == operations else None

    name = f"expressions-{operations}"
    title = "expressions of one operation" if operations == 1 else f"expressions of {operations} operations"
    countable = every if operations <= 2 else None  # 11,177 of two operations, near a million of three
    return Task(name, title, draw, parse, 3, 24, "a product", countable)


# --- chains of skills ---


def chains(length: int) -> Task:
    """`length` skills applied to a two-digit number, one after the other: "rs41=" reverses, then shifts."""

    def every() -> Iterator[Problem]:
        yield from (_chain(skills, n, length) for skills in rows_of_skills(length) for n in range(100))

    def draw(random: np.random.Generator) -> Problem:
        return _chain(_drawn_skills(random, length), int(random.integers(100)), length)

    def parse(prompt: str) -> Problem | None:
        found = re.fullmatch(rf"([{''.join(SKILLS)}]{{{length}}})([0-9]{{2}})=", prompt)
        return _chain(found[1], int(found[2]), length) if found else None

    countable = every if 100 * len(SKILLS) ** length <= COUNTABLE else None
    title = "one skill" if length == 1 else f"{length} skills in a row"
    working = _chain_working(length)
    return Task(f"chains-{length}", title, draw, parse, 2, working, "skills composed", countable)


def compositions(length: int) -> Task:
    """Single skills, ".r41=", and `length` of them in a row, "rs41=", in each half of what is drawn.

    Every single skill is in training, and so are half of the rows. The rows of the test (for two: rc, cr,
    sd, ds) are never composed there, for no number and in no order: who answers them composes what they
    know.
    """

    def every() -> Iterator[Problem]:
        for skills in (*SKILLS, *rows_of_skills(length)):
            yield from (_chain(skills, number, length) for number in range(100))

    def draw(random: np.random.Generator) -> Problem:
        skills = _drawn_skills(random, (1, length)[int(random.integers(2))])
        return _chain(skills, int(random.integers(100)), length)

    def parse(prompt: str) -> Problem | None:
        alone, row = rf"\.{{{length - 1}}}[{''.join(SKILLS)}]", rf"[{''.join(SKILLS)}]{{{length}}}"
        found = re.fullmatch(rf"({alone}|{row})([0-9]{{2}})=", prompt)
        return _chain(found[1].lstrip("."), int(found[2]), length) if found else None

    def split(problem: Problem) -> Split:
        rest = skills_number(problem.operation) % len(SKILLS)  # the same in any order of the skills
        if len(problem.operation) == 1 or rest in (0, 3):
            return "train"
        return "test" if rest == 1 else "validation"

    countable = every if 100 * len(SKILLS) ** length <= COUNTABLE else None
    title = f"{length} skills in a row, those of the test never seen together"
    working, name = _chain_working(length), f"compositions-{length}"
    return Task(name, title, draw, parse, 2, working, "skills composed", countable, split)


def _chain(skills: str, number: int, width: int) -> Problem:
    """Those skills applied to the number; prompts of fewer than `width` skills begin with dots."""
    prompt, value = f"{skills:.>{width}}{number:02}=", applied(skills, number)[-1]
    return Problem(prompt, f"{value:02}", skills, (number,), prompt, len(skills) > 1)


def _drawn_skills(random: np.random.Generator, length: int) -> str:
    names = tuple(SKILLS)
    return "".join(names[int(index)] for index in random.integers(len(names), size=length))


def _chain_working(length: int) -> int:
    """Characters of all results but the last: "14 51"."""
    return 3 * (length - 1) - 1 if length > 1 else 0


# --- countdown ---


def countdown(count: int) -> Task:
    """`count` numbers from 1 to 9, the smallest first, and a target below 100 that they can reach: "235:13="
    asks for an expression such as 2*5+3."""

    def problem(numbers: tuple[int, ...], target: int) -> Problem:
        prompt = f"{''.join(map(str, numbers))}:{target:02}="
        answer = countdowns.reachable(numbers)[target]
        hard = target not in countdowns.reachable(numbers, ("+", "-"))
        return Problem(prompt, answer, "countdown", numbers, prompt, hard, target)

    def targets(numbers: tuple[int, ...]) -> list[int]:
        return sorted(value for value in countdowns.reachable(numbers) if 0 <= value <= 99)

    def every() -> Iterator[Problem]:
        for numbers in itertools.combinations_with_replacement(range(1, 10), count):
            yield from (problem(numbers, target) for target in targets(numbers))

    def draw(random: np.random.Generator) -> Problem:
        numbers = tuple(sorted(int(number) for number in random.integers(1, 10, size=count)))
        some = targets(numbers)
        return problem(numbers, some[int(random.integers(len(some)))])

    def parse(prompt: str) -> Problem | None:
        found = re.fullmatch(rf"([1-9]{{{count}}}):([0-9]{{2}})=", prompt)
        numbers = tuple(int(digit) for digit in found[1]) if found else ()
        if not found or list(numbers) != sorted(numbers) or int(found[2]) not in targets(numbers):
            return None
        return problem(numbers, int(found[2]))

    title, longest = f"reaching a number with {count} others", countdowns.longest_answer(count)
    countable = every if count <= 3 else None  # 1,963 of three numbers
    return Task(f"countdown-{count}", title, draw, parse, longest, 0, "a product", countable)


# --- by name ---

KINDS: dict[str, tuple[Callable[[int], Task], int, int]] = {
    "addition": (addition, 1, 12),
    "subtraction": (subtraction, 1, 12),
    "multiplication": (multiplication, 1, 9),
    "expressions": (expressions, 1, 6),
    "chains": (chains, 1, 6),
    "compositions": (compositions, 2, 6),
    "countdown": (countdown, 2, 4),
}


def find_task(name: str) -> Task:
    """The task of that name, "kind-difficulty"; raises UnknownTask, which says what there is."""
    kind, _, difficulty = name.partition("-")
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        known = ", ".join(f"{known}-N" for known in KINDS)
        raise UnknownTask(f"no task is called {name!r}{hint}; there are: {known}")
    make, least, most = KINDS[kind]
    if not re.fullmatch("[1-9][0-9]?", difficulty) or not least <= int(difficulty) <= most:
        raise UnknownTask(f"{name!r}: {kind} is named with its difficulty, {kind}-{least} to {kind}-{most}")
    return make(int(difficulty))


# --- splits ---


def draw_problems(task: Task, split: Split, random: np.random.Generator, count: int) -> list[Problem]:
    """`count` problems of that split, drawn with replacement."""
    found: list[Problem] = []
    while len(found) < count:
        problem = task.draw(random)
        if task.split(problem) == split:
            found.append(problem)
    return found


def held_out(task: Task, split: Split) -> list[Problem]:
    """The problems on which all are measured: every one of the split, or HELD_OUT distinct ones.

    A pure function of the task's name and the split.
    """
    if task.every is not None:
        return [problem for problem in task.every() if task.split(problem) == split]
    random = np.random.default_rng([37, SPLITS.index(split), *task.name.encode()])
    found: dict[str, Problem] = {}
    while len(found) < HELD_OUT:
        problem = draw_problems(task, split, random, 1)[0]
        found.setdefault(problem.prompt, problem)
    return list(found.values())


def few(problems: Sequence[Problem], count: int, seed: int) -> list[Problem]:
    """`count` problems, half of them hard where there are both kinds, drawn once for a seed."""
    random = np.random.default_rng([seed, 8])
    order = [problems[int(i)] for i in random.permutation(len(problems))]
    hard = [problem for problem in order if problem.hard]
    easy = [problem for problem in order if not problem.hard]
    half = count - min(len(easy), count // 2)
    return [*hard[:half], *easy[: count - len(hard[:half])]]


def sample_of(problems: Sequence[Problem], count: int) -> list[Problem]:
    """At most `count` problems, the same every time, as many of them hard as among all, to a rounding."""
    order = sorted(problems, key=lambda problem: problem.hard)
    places = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    return [order[int(place)] for place in places]


# --- the verifier ---


@dataclass(frozen=True)
class Verdict:
    """What the verifier says of a completion.

    ended: its author put the end mark, and was not cut off; format: it ended and has the form that was
    asked for; correct: it has the form, and the answer is right; worked: it has the form, and working
    stands before the answer.
    """

    ended: bool
    format: bool
    correct: bool
    worked: bool


_WORKING = re.compile(r"-?[0-9]+(?: -?[0-9]+)*")


def verify(task: Task, problem: Problem, completion: str, ended: bool) -> Verdict:
    """Judge a completion by its form and its last word; nothing of it is executed.

    The form: the answer in exactly as many ASCII digits as the task asks for (Countdown: an expression of the
    grammar in llm_bridge/countdown.py), and before it, where the task allows working, numbers with a space
    between each two, and one "#". Two answers, other digits, spaces around the answer or an echo of the
    question have not the form. What the numbers are is not judged.
    """
    working, mark, answer = completion.rpartition("#")
    form = ended and problem.has_form(answer)
    if mark:
        form = form and 0 < len(working) <= task.working and _WORKING.fullmatch(working) is not None
    return Verdict(ended, form, form and problem.accepts(answer), form and bool(mark))
