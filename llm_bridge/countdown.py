"""Countdown: reach a number with given numbers, each used once, by + - * and brackets.

What is answered is read by a parser of our own, and nothing of it is executed: there is no `**`, no `//`, no
sign in front of a number, no digit but the ten of ASCII.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

from llm_bridge.expressions import Expression, joined

SIGNS = ("+", "-", "*")
LONGEST = 64  # characters that are read: no text, however deep its brackets, exhausts the stack
MOST_DIGITS = 3  # of a number
DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Reading:
    """What an expression is worth, and the numbers in it as they stand."""

    value: int
    numbers: tuple[int, ...]


def read(text: str) -> Reading | None:
    """The expression that a text writes; None for all others, and for texts longer than LONGEST.

    sum := product (("+" | "-") product)*;  product := part ("*" part)*;  part := number | "(" sum ")"; a
    number has one to three digits, and none begins with 0 but 0 itself. There are no spaces.
    """
    if not 0 < len(text) <= LONGEST:
        return None
    found = _sum(text, 0)
    return found[0] if found is not None and found[1] == len(text) else None


_Found = tuple[Reading, int] | None  # what was read, and the place behind it


def _sum(text: str, place: int) -> _Found:
    return _row(text, place, "+-")


def _row(text: str, place: int, signs: str) -> _Found:
    """Products with + and - between them, or parts with *, from the left."""
    inner = _part if signs == "*" else _product
    found = inner(text, place)
    while found is not None and found[1] < len(text) and text[found[1]] in signs:
        left, at = found
        after = inner(text, at + 1)
        if after is None:
            return None
        right, place = after
        found = Reading(_worth(text[at], left.value, right.value), left.numbers + right.numbers), place
    return found


def _product(text: str, place: int) -> _Found:
    return _row(text, place, "*")


def _part(text: str, place: int) -> _Found:
    if text[place : place + 1] == "(":
        found = _sum(text, place + 1)
        if found is None or text[found[1] : found[1] + 1] != ")":
            return None
        return found[0], found[1] + 1
    end = place
    while end < len(text) and text[end] in DIGITS:
        end += 1
    if not 0 < end - place <= MOST_DIGITS or (text[place] == "0" and end - place > 1):
        return None
    number = int(text[place:end])
    return Reading(number, (number,)), end


def _worth(sign: str, left: int, right: int) -> int:
    return left * right if sign == "*" else left + right if sign == "+" else left - right


def reaches(text: str, numbers: tuple[int, ...], target: int) -> bool:
    """Whether a text is an expression of exactly those numbers, each as often as it is given, worth the
    target."""
    found = read(text)
    return found is not None and found.value == target and sorted(found.numbers) == sorted(numbers)


def longest_answer(count: int) -> int:
    """Characters that an expression of so many one-digit numbers needs at most: (1-(2-3))*4 has 11."""
    return 4 * count - 5


def reachable(numbers: tuple[int, ...], signs: tuple[str, ...] = SIGNS) -> dict[int, str]:
    """value -> a short expression of all those one-digit numbers that is worth it, for every value that
    there is."""
    return {value: it.text for value, it in _every(tuple(sorted(numbers)), signs).items()}


@functools.cache
def _every(numbers: tuple[int, ...], signs: tuple[str, ...]) -> dict[int, Expression]:
    """The shortest expression of each value, put together from the shortest of the parts; of equals the first
    in the order of characters."""
    if len(numbers) == 1:
        return {numbers[0]: Expression(str(numbers[0]), numbers[0], str(numbers[0]))}
    found: dict[int, Expression] = {}
    for left, right in _splits(numbers):
        for one, other in itertools.product(_every(left, signs).values(), _every(right, signs).values()):
            for it in (joined(sign, one, other) for sign in signs):
                known = found.get(it.value)
                if known is None or (len(it.text), it.text) < (len(known.text), known.text):
                    found[it.value] = it
    return found


def _splits(numbers: tuple[int, ...]) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The numbers in two parts, neither of them empty, in every way."""
    splits = set()
    for taken in range(1, 2 ** len(numbers) - 1):
        left = tuple(number for place, number in enumerate(numbers) if taken >> place & 1)
        splits.add((left, tuple(number for place, number in enumerate(numbers) if not taken >> place & 1)))
    return splits
