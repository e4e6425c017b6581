"""Mixed expressions of one-digit numbers: drawn, written, and read back. Nothing is executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

OPERATIONS = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}
LONGEST = 96  # characters that are read: no text, however deep its brackets, exhausts the stack


@dataclass(frozen=True)
class Expression:
    """As it is written, what it is worth, and how all write it that differ by commuted sides."""

    text: str
    value: int
    asks: str


def random_expression(random: np.random.Generator, operations: int) -> Expression:
    """A random expression of so many signs, as it is read: from left to right, products first."""
    read = parse_expression(_random_tree(random, operations).text)
    assert read is not None
    return read


def every_expression(operations: int) -> Iterator[Expression]:
    """Every expression of so many signs, once, as it is read."""
    seen: set[str] = set()
    for tree in _every_tree(operations):
        if tree.text not in seen:
            seen.add(tree.text)
            read = parse_expression(tree.text)
            assert read is not None
            yield read


def _every_tree(operations: int) -> Iterator[Expression]:
    if operations == 0:
        yield from (Expression(str(digit), digit, str(digit)) for digit in range(10))
    for left_size in range(operations):
        rights = list(_every_tree(operations - 1 - left_size))
        for left in _every_tree(left_size):
            yield from (joined(sign, left, right) for sign in OPERATIONS for right in rights)


def _random_tree(random: np.random.Generator, operations: int) -> Expression:
    """A random expression; brackets stand where precedence needs them."""
    if operations == 0:
        digit = int(random.integers(10))
        return Expression(str(digit), digit, str(digit))
    sign = tuple(OPERATIONS)[int(random.integers(len(OPERATIONS)))]
    left_size = int(random.integers(operations))
    left, right = _random_tree(random, left_size), _random_tree(random, operations - 1 - left_size)
    return joined(sign, left, right)


def joined(sign: str, left: Expression, right: Expression) -> Expression:
    """Both sides of a sign as one expression."""
    sides = [left.text, right.text]
    if sign == "*":
        sides = [_bracketed(text, "+-") for text in sides]
    elif sign == "-":
        sides[1] = _bracketed(right.text, "+-")
    asks = [left.asks, right.asks] if sign == "-" else sorted((left.asks, right.asks))
    value = OPERATIONS[sign](left.value, right.value)
    return Expression(sign.join(sides), value, f"({sign.join(asks)})")


def parse_expression(text: str) -> Expression | None:
    """The expression that a text writes, None for others and for texts longer than LONGEST: the last sign
    of the lowest rank splits it."""
    if len(text) > LONGEST:
        return None
    if re.fullmatch("[0-9]", text):
        return Expression(text, int(text), text)
    for signs in ("+-", "*"):
        depth = 0
        for place in reversed(range(len(text))):
            depth += (text[place] == ")") - (text[place] == "(")
            if depth == 0 and text[place] in signs:
                left, right = parse_expression(text[:place]), parse_expression(text[place + 1 :])
                return None if left is None or right is None else joined(text[place], left, right)
    return parse_expression(text[1:-1]) if text.startswith("(") and text.endswith(")") else None


def _bracketed(text: str, signs: str) -> str:
    """The text in brackets, where one of the signs stands outside of brackets."""
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth == 0 and character in signs:
            return f"({text})"
    return text
