"""The verifier under attack: it cannot be fooled, and is not kept waiting."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_bridge.tasks import Problem, Task, find_task, verify

ADDITION, MULTIPLICATION = find_task("addition-2"), find_task("multiplication-4")


def problem_of(task: Task, prompt: str) -> Problem:
    problem = task.parse(prompt)
    assert problem is not None
    return problem


SUM, PRODUCT = problem_of(ADDITION, "37+58="), problem_of(MULTIPLICATION, "3262*4=")


def verdict(task: Task, problem: Problem, text: str, ended: bool = True) -> str:
    """The verdict's parts that are so, in words."""
    found = verify(task, problem, text, ended)
    names = ("ended", "format", "correct", "worked")
    return " ".join(name for name in names if getattr(found, name))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("95", "ended format correct"),
        ("85", "ended format"),
        ("", "ended"),
        ("5", "ended"),
        ("095", "ended"),
        ("9585", "ended"),
        ("95 85", "ended"),
        ("95#95", "ended"),
        ("85#95", "ended"),
        ("#95", "ended"),
        ("95#", "ended"),
        ("##", "ended"),
        (" 95", "ended"),
        ("95 ", "ended"),
        ("95\n", "ended"),
        ("\n95", "ended"),
        ("95\0", "ended"),
        ("\x0095", "ended"),
        ("+95", "ended"),
        ("-5", "ended"),
        ("9.", "ended"),
        ("37+58=95", "ended"),
        ("=95", "ended"),
        ("37+58", "ended"),
        ("٩٥", "ended"),
        ("\uff19\uff15", "ended"),
        ("⁹⁵", "ended"),
        ("9\uff15", "ended"),
        ("९५", "ended"),
        ("𝟗𝟓", "ended"),
        ("9\u0305", "ended"),
        ("IX", "ended"),
    ],
)
def test_a_direct_answer_is_two_digits_and_nothing_else(text: str, told: str) -> None:
    assert verdict(ADDITION, SUM, text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("13048", "ended format correct"),
        ("08 24 10 13#13048", "ended format correct worked"),
        ("99 99 99 99#13048", "ended format correct worked"),  # the last word counts
        ("8#13048", "ended format correct worked"),
        ("-8 3#13048", "ended format correct worked"),
        ("08 24 10 13#13047", "ended format worked"),
        ("08 24 10 133#13048", "ended"),  # longer than the working may be
        ("13048#13048#13048", "ended"),
        ("08#24#13048", "ended"),
        ("13047 13048", "ended"),
        ("#13048", "ended"),
        (" #13048", "ended"),
        ("08  24#13048", "ended"),
        ("08 24 #13048", "ended"),
        ("3262*4#13048", "ended"),
        ("3262*4=13048", "ended"),
        ("hm#13048", "ended"),
        ("٠٨#13048", "ended"),
        ("08 24 10 13#", "ended"),
        ("08 24 10 13", "ended"),
        ("08 24 10 13#١٣٠٤٨", "ended"),
        ("08\n24#13048", "ended"),
    ],
)
def test_a_worked_answer_has_numbers_before_one_mark(text: str, told: str) -> None:
    assert verdict(MULTIPLICATION, PRODUCT, text) == told


@pytest.mark.parametrize("text", ["13048", "08 24 10 13#13048"])
def test_what_is_cut_off_is_neither_in_form_nor_right(text: str) -> None:
    assert verdict(MULTIPLICATION, PRODUCT, text, ended=False) == ""


@given(text=st.text(max_size=20) | st.text(alphabet="0123456789# -+=", max_size=20), ended=st.booleans())
@example("95", True)
@example("85", True)
@example("95", False)
@settings(max_examples=400)
def test_nothing_but_the_answer_is_correct(text: str, ended: bool) -> None:
    found = verify(ADDITION, SUM, text, ended)
    assert found.correct == (ended and text == "95")
    assert found.ended == ended
    assert found.format <= found.ended
    assert found.correct <= found.format
    assert not found.worked


@given(
    working=st.text(alphabet="0123456789# -", max_size=14) | st.text(max_size=6),
    answer=st.sampled_from(["13048", "13047", "1304", "013048"]) | st.text(max_size=6),
    ended=st.booleans(),
)
@settings(max_examples=400)
def test_nothing_but_numbers_may_stand_before_the_answer(working: str, answer: str, ended: bool) -> None:
    found = verify(MULTIPLICATION, PRODUCT, f"{working}#{answer}", ended)
    assert found.correct <= found.format <= found.ended
    assert found.worked == found.format
    if found.format:
        assert set(working) <= set("0123456789 -")
        assert working[-1].isdigit()
        assert len(working) <= MULTIPLICATION.working
    if found.correct:
        assert answer == "13048"


@pytest.mark.parametrize(
    "text",
    ["9" * 10**7, "#" * 10**7, "95" + " " * 10**7, "8 " * (5 * 10**6) + "#13048", "-" * 10**7 + "#13048"],
)
def test_endless_answers_are_judged_in_no_time(text: str) -> None:
    start = time.process_time()
    assert not verify(MULTIPLICATION, PRODUCT, text, True).format
    assert not verify(ADDITION, SUM, text, True).format
    assert time.process_time() - start < 1.0
