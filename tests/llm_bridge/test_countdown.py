"""Countdown: its strict parser under attack, its values beside Python's, its problems and humans."""

from __future__ import annotations

import ast
import time
from random import Random

import pytest

from llm_bridge.countdown import LONGEST, longest_answer, reachable, reaches, read
from llm_bridge.scripted import chance_right, describe
from llm_bridge.tasks import Problem, find_task, held_out, verify
from llm_bridge.vocabulary import CHARACTERS

THREE = find_task("countdown-3")


def problem_of(prompt: str) -> Problem:
    problem = find_task(f"countdown-{prompt.index(':')}").parse(prompt)
    assert problem is not None
    return problem


REACH_13 = problem_of("235:13=")


@pytest.mark.parametrize(
    ("text", "correct", "form"),
    [
        ("2*5+3", True, True),
        ("3+5*2", True, True),
        ("3+(5*2)", True, True),
        ("(3+5)*2", False, True),
        ("2+3+5", False, True),
        ("13", False, True),
        ("2*5+3*1", False, True),  # a number that was not given
        ("2*5+3+3", False, True),  # a number twice
        ("23-5-5", False, True),  # 2 and 3 as one number
        ("5+8", False, True),
        ("2**3+5", False, False),  # Python's 13
        ("5--2*3", False, False),
        ("+2*5+3", False, False),
        ("2*+5+3", False, False),
        ("-(2-3*5)", False, False),  # Python's 13
        ("26//2", False, False),
        ("2*5+3.", False, False),
        ("2*5+03", False, False),
        ("2*5+3_", False, False),
        ("2*5 +3", False, False),
        (" 2*5+3", False, False),
        ("2*5+3\n", False, False),
        ("2*5+3\0", False, False),
        ("2*5+3=13", False, False),
        ("235:13=", False, False),
        ("2*5+3,3+5*2", False, False),
        ("2(5)+3", False, False),
        ("(2*5+3", False, False),
        ("2*5+3)", False, False),
        ("()", False, False),
        ("", False, False),
        ("2*5+\uff13", False, False),
        ("٢*٥+٣", False, False),
        ("2*5+³", False, False),
        ("2*5+𝟑", False, False),
        ("2∗5+3", False, False),
        ("2×5+3", False, False),
        ("2e1-7", False, False),
        ("0xd", False, False),
        ("__import__('os')", False, False),
        ("((3+5*2))", False, False),  # longer than any such answer needs to be
    ],
)
def test_answers_by_hand(text: str, correct: bool, form: bool) -> None:
    found = verify(THREE, REACH_13, text, True)
    assert (found.correct, found.format) == (correct, form)
    assert not verify(THREE, REACH_13, text, False).correct


def test_a_mark_and_working_are_not_asked_for() -> None:
    assert not verify(THREE, REACH_13, "13#2*5+3", True).format


# --- 100,000 adversarial answers, judged a second time by Python's own parser ---


def truth(text: str, numbers: tuple[int, ...], target: int) -> bool:
    """Whether Python reads a text as an expression of + - * over exactly those numbers, worth the target."""
    if not set(text) <= set("0123456789+-*()"):
        return False
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    found: list[int] = []

    def worth(node: ast.expr) -> int:
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            found.append(node.value)
            return node.value
        assert isinstance(node, ast.BinOp)
        assert isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
        left, right = worth(node.left), worth(node.right)
        if isinstance(node.op, ast.Mult):
            return left * right
        return left + right if isinstance(node.op, ast.Add) else left - right

    try:
        value = worth(tree)
    except AssertionError:  # a power, a sign in front, a call
        return False
    return value == target and sorted(found) == sorted(numbers)


PIECES = (
    "**",
    "//",
    "--",
    "+-",
    "*-",
    "(",
    ")",
    "()",
    "0",
    "00",
    "1e1",
    "_",
    ".0",
    " ",
    "\n",
    "\0",
    "=",
    "#",
    ",",
)
FOREIGN = ("２", "٢", "²", "𝟐", "৪", "−", "×", "∗", "\u200b", "\u0660")


def mutated(text: str, random: Random) -> str:
    """A right answer with one to three things done to it."""
    for _ in range(random.randint(1, 3)):
        place, kind = random.randint(0, len(text)), random.randrange(7)
        if kind == 0:
            text = f"({text})"
        elif kind == 1:
            text = text[:place] + text[place + 1 :]
        elif kind == 2:
            text = text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
        else:
            piece = random.choice((PIECES, FOREIGN, CHARACTERS, CHARACTERS)[kind - 3])
            text = text[:place] + piece + text[place + random.randrange(2) :]
    return text


def test_a_hundred_thousand_adversarial_answers_earn_no_false_reward() -> None:
    random, right = Random(37), 0
    tasks = {count: find_task(f"countdown-{count}") for count in (2, 3)}
    problems = [*held_out(tasks[2], "test"), *held_out(THREE, "test")[::4]]
    for _ in range(100_000):
        problem = random.choice(problems)
        task = tasks[len(problem.operands)]
        if random.random() < 0.7:
            text = mutated(problem.answer, random)
        else:
            text = "".join(random.choices("0123456789+-*()", k=random.randrange(9)))
        paid = verify(task, problem, text, True).correct
        if paid or len(text) <= task.digits:  # a redundant bracket makes an answer too long to be paid
            assert problem.target is not None
            assert paid == truth(text, problem.operands, problem.target), (problem.prompt, text)
        right += paid
    assert 1_000 < right < 60_000, "the attack has to hit, too"


@pytest.mark.parametrize(
    "text", ["(" * 10**7, "9" * 10**7, "1+" * 10**6 + "1", "2*5+3" + " " * 10**7, "-" * 10**7]
)
def test_endless_answers_are_judged_in_no_time(text: str) -> None:
    start = time.process_time()
    assert not verify(THREE, REACH_13, text, True).format
    assert read(text) is None
    assert time.process_time() - start < 1.0


def test_deep_brackets_are_read_as_far_as_texts_are() -> None:
    depth = (LONGEST - 1) // 2
    found = read("(" * depth + "7" + ")" * depth)
    assert found is not None
    assert found.value == 7
    assert read("(" * (depth + 1) + "7" + ")" * (depth + 1)) is None


# --- the problems ---


@pytest.mark.parametrize("numbers", [(2, 3), (1, 1, 1), (2, 3, 5), (9, 9, 9), (1, 4, 7, 7)])
def test_all_that_is_reachable_is_reached(numbers: tuple[int, ...]) -> None:
    for value, text in reachable(numbers).items():
        assert reaches(text, numbers, value)
        assert len(text) <= longest_answer(len(numbers))
    sums = reachable(numbers, ("+", "-"))
    assert set(sums) < set(reachable(numbers))
    assert not any("*" in text for text in sums.values())


def test_what_two_numbers_reach() -> None:
    assert reachable((2, 3)) == {5: "2+3", -1: "2-3", 6: "2*3", 1: "3-2"}


def test_problems_say_what_they_ask() -> None:
    assert REACH_13.operands == (2, 3, 5)
    assert (REACH_13.target, REACH_13.hard) == (13, True)
    assert not problem_of("235:10=").hard
    assert [THREE.parse(text) for text in ("325:13=", "235:99=", "235:13", "35:08=")] == [None] * 4


def test_humans_reach_what_they_can() -> None:
    never, finds = describe("never-multiplies"), describe("finds-it")
    assert never.careful.distribution(problem_of("235:10=")) == {"2+3+5": 1.0}
    assert never.careful.distribution(REACH_13) == {"2+3+5": 1.0}, "the nearest"
    problems = held_out(THREE, "test")
    for problem in problems:
        assert chance_right(finds, problem, "careful") == 1.0
        assert chance_right(never, problem, "careful") == float(not problem.hard)
        assert chance_right(never, problem, "recorded") < 1.0
    slips = never.distribution(problem_of("23:05="))
    assert slips["2*3"] == pytest.approx(0.1 * 3 / 30)
    assert slips["2+3"] == pytest.approx(0.9 + 0.1 * (2 + 4) / 30)
    assert slips["7+3"] == pytest.approx(0.1 / 30)
    assert all(read(text) is not None for text in slips)
