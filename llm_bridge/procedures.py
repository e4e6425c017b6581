"""How scripted humans work problems out, misconceptions included: problem -> what they write.

Those who write more than an answer also say what they write after a slip, one wrong digit in one place
of their working, with which they work on.
"""

from __future__ import annotations

from collections.abc import Callable

from llm_bridge.countdown import SIGNS, reachable
from llm_bridge.expressions import OPERATIONS
from llm_bridge.skills import SKILLS
from llm_bridge.tasks import Problem

Slip = tuple[int, int]  # the place that goes wrong, and the digit that stands there instead


def exact(problem: Problem) -> str:
    """The right answer and nothing else."""
    return problem.answer


# --- addition and subtraction ---


def add(carries: int) -> Callable[[Problem], str]:
    """Addition by columns, in which only the first `carries` carries, from the units, are made."""

    def write(problem: Problem) -> str:
        a, b = problem.operands
        return f"{_sum_of_columns(a, b, carries):0{len(problem.answer)}}"

    return write


def _sum_of_columns(a: int, b: int, carries: int) -> int:
    total = carry = place = made = 0
    while a or b or carry:
        column = a % 10 + b % 10 + carry
        carry = 0
        if column > 9 and made < carries:
            carry, made = 1, made + 1
        total += column % 10 * 10**place
        a, b, place = a // 10, b // 10, place + 1
    return total


def smaller_from_larger(problem: Problem) -> str:
    """Column by column, whichever order does not need a borrow."""
    return "".join(str(abs(above - below)) for above, below in _columns(problem))


def dropped_borrow(problem: Problem) -> str:
    """Takes ten where a column needs it, and never pays it back."""
    return "".join(str((above - below) % 10) for above, below in _columns(problem))


def _columns(problem: Problem) -> list[tuple[int, int]]:
    """The digits that stand above each other, from the left."""
    above, below = (f"{operand:0{len(problem.answer)}}" for operand in problem.operands)
    return [(int(x), int(y)) for x, y in zip(above, below, strict=True)]


# --- multiplication ---


def columns(problem: Problem) -> int:
    """The steps of a multiplication, each of which a slip can hit."""
    return len(str(problem.operands[0]))


def worked(problem: Problem, slip: Slip | None = None) -> str:
    """Every step, units first, then the answer that they give: 3262*4 is "08 24 10 13#13048"."""
    steps = _steps(problem, slip, in_the_head=())
    return _with_working(problem, steps, steps)


def steps_skipped(problem: Problem, slip: Slip | None = None) -> str:
    """The first and the last step; of those between, in the head, nothing is carried."""
    last = columns(problem) - 1
    steps = _steps(problem, slip, in_the_head=range(1, last))
    return _with_working(problem, steps, [steps[0], steps[-1]] if last else steps)


def _steps(problem: Problem, slip: Slip | None, in_the_head: range | tuple[()]) -> list[int]:
    """Each digit of the first number, units first, times the second, with what is carried; a slip changes
    a step's last digit."""
    (a, b), steps, carry = problem.operands, list[int](), 0
    for place, digit in enumerate(reversed(str(a))):
        step = int(digit) * b + carry
        if slip is not None and slip[0] == place:
            step = step // 10 * 10 + slip[1]
        steps.append(step)
        carry = 0 if place in in_the_head else step // 10
    return steps


def _with_working(problem: Problem, steps: list[int], shown: list[int]) -> str:
    answer = steps[-1]
    for step in reversed(steps[:-1]):
        answer = answer * 10 + step % 10
    return f"{' '.join(f'{step:02}' for step in shown)}#{answer:0{len(problem.answer)}}"


def guessed_product(problem: Problem) -> str:
    """A direct answer by a wrong rule: every digit times the digit, nothing carried."""
    a, b = problem.operands
    return "".join(str(int(digit) * b % 10) for digit in str(a)).rjust(len(problem.answer), "0")


# --- expressions ---


def left_to_right(problem: Problem) -> str:
    """Brackets first, all other signs as they come; the sign and all but the last digits left out."""
    value, rest = _from_the_left(problem.operation)
    assert not rest
    digits = len(problem.answer)
    return f"{abs(value) % 10**digits:0{digits}}"


def _from_the_left(text: str) -> tuple[int, str]:
    """The value of a text up to its end or an unopened ")", and what is left after that."""
    value, rest = _operand(text)
    while rest and rest[0] != ")":
        operand, after = _operand(rest[1:])
        value, rest = OPERATIONS[rest[0]](value, operand), after
    return value, rest[1:]


def _operand(text: str) -> tuple[int, str]:
    """The digit or bracket that a text begins with, and the rest."""
    return _from_the_left(text[1:]) if text[0] == "(" else (int(text[0]), text[1:])


# --- skills ---


def first_skill(problem: Problem) -> str:
    """What the first skill makes of the number."""
    return f"{SKILLS[problem.operation[0]](problem.operands[0]):02}"


def digits_aloud(problem: Problem) -> int:
    """The digits of all results, each of which a slip can hit."""
    return 2 * len(problem.operation)


def aloud(problem: Problem, slip: Slip | None = None) -> str:
    """Every result, the last one as the answer: rs41 is "14#51"."""
    number, results = problem.operands[0], []
    for place, skill in enumerate(problem.operation):
        result = f"{SKILLS[skill](number):02}"
        if slip is not None and slip[0] // 2 == place:
            digit = slip[0] % 2
            result = f"{result[:digit]}{slip[1]}{result[digit + 1 :]}"
        results.append(result)
        number = int(result)
    return f"{' '.join(results[:-1])}#{results[-1]}" if len(results) > 1 else results[0]


# --- countdown ---


def reached(*signs: str) -> Callable[[Problem], str]:
    """An expression with those signs that reaches the target; where there is none, the nearest."""

    def write(problem: Problem) -> str:
        assert problem.target is not None
        target, found = problem.target, reachable(problem.operands, signs)
        return found[min(found, key=lambda value: (abs(value - target), value))]

    return write


def mistyped(write: Callable[[Problem], str], twice: bool = False) -> Callable[[Problem, Slip], str]:
    """What comes of an expression with one wrong keystroke: another digit, another sign, and with `twice` the
    same sign twice in three of ten. Brackets are never missed."""

    def slipped(problem: Problem, slip: Slip) -> str:
        text, (place, digit) = write(problem), slip
        typed = str(digit) if text[place].isdigit() else text[place]
        if text[place] in SIGNS:
            typed = 2 * text[place] if twice and digit > 6 else SIGNS[digit % 3]
        return f"{text[:place]}{typed}{text[place + 1 :]}"

    return slipped
