"""Expressions: read as Python reads them, written without needless brackets, nothing executed."""

from __future__ import annotations

import ast
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_bridge.expressions import (
    LONGEST,
    OPERATIONS,
    every_expression,
    parse_expression,
    random_expression,
)


def python_value(text: str) -> int:
    """What Python's own parser makes of it."""

    def value(node: ast.expr) -> int:
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, int)
            return node.value
        assert isinstance(node, ast.BinOp)
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}[type(node.op)]
        return OPERATIONS[sign](value(node.left), value(node.right))

    return value(ast.parse(text, mode="eval").body)


@given(seed=st.integers(0, 10_000), operations=st.integers(1, 6))
@settings(max_examples=150)
def test_random_expressions_are_read_as_python_reads_them(seed: int, operations: int) -> None:
    drawn = random_expression(np.random.default_rng(seed), operations)
    assert drawn.value == python_value(drawn.text)
    assert sum(drawn.text.count(sign) for sign in OPERATIONS) == operations
    assert parse_expression(drawn.text) == drawn
    assert drawn == random_expression(np.random.default_rng(seed), operations)


@given(seed=st.integers(0, 10_000), operations=st.integers(1, 5))
@settings(max_examples=100)
def test_no_pair_of_brackets_can_be_left_out(seed: int, operations: int) -> None:
    """Without any one of them the text means something else, or is read in another order."""
    drawn = random_expression(np.random.default_rng(seed), operations)
    for start in [place for place, character in enumerate(drawn.text) if character == "("]:
        depth, stop = 1, start + 1
        while depth:
            depth += (drawn.text[stop] == "(") - (drawn.text[stop] == ")")
            stop += 1
        bare = f"{drawn.text[:start]}{drawn.text[start + 1 : stop - 1]}{drawn.text[stop:]}"
        read = parse_expression(bare)
        assert read is not None
        assert read.text == bare
        assert read.asks != drawn.asks


@pytest.mark.parametrize(
    ("text", "value", "written", "asks"),
    [
        ("7", 7, "7", "7"),
        ("2+3*4", 14, "2+3*4", "((3*4)+2)"),
        ("(2+3)*4", 20, "(2+3)*4", "((2+3)*4)"),
        ("4*(3+2)", 20, "4*(3+2)", "((2+3)*4)"),
        ("9-3-2", 4, "9-3-2", "((9-3)-2)"),
        ("9-(3-2)", 8, "9-(3-2)", "(9-(3-2))"),
        ("(9-3)-2", 4, "9-3-2", "((9-3)-2)"),
        ("((2))*((3))", 6, "2*3", "(2*3)"),
        ("3*2", 6, "3*2", "(2*3)"),
        ("1-9", -8, "1-9", "(1-9)"),
        ("2*3*4", 24, "2*3*4", "((2*3)*4)"),
    ],
)
def test_expressions_by_hand(text: str, value: int, written: str, asks: str) -> None:
    read = parse_expression(text)
    assert read is not None
    assert (read.value, read.text, read.asks) == (value, written, asks)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "1+",
        "+1",
        "-1",
        "1++2",
        "12",
        "(1",
        "1)",
        "()",
        "1()",
        ")1(",
        "(1+2",
        "1+2)",
        "(1)(2)",
        "1 + 2",
    ],
)
def test_broken_texts_are_none(text: str) -> None:
    assert parse_expression(text) is None


@pytest.mark.parametrize(
    "text", ["1/2", "1**2", "1+x", "٣+1", "²", "1.5", "__import__('os')", "1if 1else 2", "1+2\n", " 1", "1 "]
)
def test_other_texts_are_none(text: str) -> None:
    assert parse_expression(text) is None


@given(st.text(alphabet="0123+-*()", max_size=12))
@example("(1)")
@example("1-(2)")
@settings(max_examples=300)
def test_what_is_read_is_worth_what_python_says(text: str) -> None:
    read = parse_expression(text)
    if read is not None:
        assert read.value == python_value(text)
        assert parse_expression(read.text) == read


@pytest.mark.parametrize("text", ["(" * 10**6 + "1" + ")" * 10**6, "1" + "+1" * 10**6, "-" * 10**6])
def test_endless_texts_are_none_at_once(text: str) -> None:
    start = time.process_time()
    assert parse_expression(text) is None
    assert time.process_time() - start < 0.5


def test_the_longest_texts_are_read() -> None:
    deep = "(" * (LONGEST // 2 - 1) + "1" + ")" * (LONGEST // 2 - 1)
    read = parse_expression(deep)
    assert read is not None
    assert read.text == "1"
    long = "1" + "+1" * ((LONGEST - 1) // 2)
    read = parse_expression(long)
    assert read is not None
    assert read.value == (LONGEST + 1) // 2


def test_every_expression_once() -> None:
    assert len(list(every_expression(0))) == 10
    one = [found.text for found in every_expression(1)]
    assert sorted(one) == sorted(f"{a}{sign}{b}" for a in range(10) for b in range(10) for sign in "+-*")
    two = [found.text for found in every_expression(2)]
    assert len(set(two)) == len(two)
    # a.b.c with 9 pairs of signs, 5 of which can be grouped the other way only by brackets:
    # a-(b+c), a-(b-c), a*(b+c), a*(b-c), and (a+b)*c, (a-b)*c
    assert len(two) == (9 + 6) * 1_000
    random = np.random.default_rng(2)
    assert {random_expression(random, 2).text for _ in range(500)} <= set(two)
