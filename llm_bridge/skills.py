"""Skills that change a two-digit number, and rows of them, for tasks in which they are composed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

SKILLS: dict[str, Callable[[int], int]] = {
    "r": lambda n: n % 10 * 10 + n // 10,  # reverse the two digits
    "c": lambda n: 99 - n,  # complement both digits
    "s": lambda n: (n + 37) % 100,  # shift by 37
    "d": lambda n: n * 2 % 100,  # double
}


def applied(skills: str, number: int) -> list[int]:
    """What the number is after each of the skills, the first one first."""
    results = []
    for skill in skills:
        number = SKILLS[skill](number)
        results.append(number)
    return results


def rows_of_skills(length: int) -> Iterator[str]:
    """Every row of so many skills."""
    yield from map("".join, itertools.product(SKILLS, repeat=length))


def skills_number(skills: str) -> int:
    """The sum of the skills' places in SKILLS: the same for the same skills in another order."""
    return sum(list(SKILLS).index(skill) for skill in skills)
