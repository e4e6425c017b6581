"""Tasks: every kind at several difficulties, splits that never meet.

A new kind of task needs no test of its own but for its arithmetic: `expected` and `needs_the_hard_step`
work it out another way.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from llm_bridge.skills import SKILLS, applied
from llm_bridge.tasks import (
    COUNTABLE,
    HELD_OUT,
    KINDS,
    SPLITS,
    Problem,
    Split,
    Task,
    UnknownTask,
    draw_problems,
    find_task,
    held_out,
    split_of,
    verify,
)
from llm_bridge.vocabulary import CHARACTERS, decode, encode


def difficulties(kind: str) -> list[int]:
    """The least, the next three and the greatest."""
    _, least, most = KINDS[kind]
    return sorted({*range(least, min(least + 3, most) + 1), most})


TASKS = [f"{kind}-{difficulty}" for kind in KINDS for difficulty in difficulties(kind)]
each_task = pytest.mark.parametrize("name", TASKS)


@functools.cache
def kept(name: str, split: Split) -> list[Problem]:
    """`held_out`, worked out once."""
    return held_out(find_task(name), split)


def drawn(task: Task, count: int = 60, seed: int = 1) -> list[Problem]:
    random = np.random.default_rng(seed)
    return [task.draw(random) for _ in range(count)]


# --- what Python's own arithmetic says, from the prompt alone ---


def expected(prompt: str) -> int:
    """The right answer; skills as digits are moved about, the rest by Python's parser."""
    text = prompt.removesuffix("=")
    if ":" in text:  # Countdown: the target, which the answer has to be worth
        return int(text.partition(":")[2])
    if text[0] in ".rcsd":
        digits = text[-2:]
        for skill in text[:-2].lstrip("."):
            n = int(digits)
            digits = {
                "r": digits[::-1],
                "c": "".join(str(9 - int(digit)) for digit in digits),
                "s": str(n + 37)[-2:].zfill(2),
                "d": str(n + n)[-2:].zfill(2),
            }[skill]
        return int(digits)
    return value_of(ast.parse(without_leading_zeros(text), mode="eval").body)


def answered(problem: Problem) -> int:
    """What the right answer is worth; of Countdown's expressions, by Python's parser."""
    if ":" in problem.prompt:
        return value_of(ast.parse(problem.answer, mode="eval").body)
    return int(problem.answer)


def without_leading_zeros(text: str) -> str:
    """Python reads no 07."""
    out = ""
    for place, character in enumerate(text):
        after_digit = place > 0 and text[place - 1].isdigit() and out[-1:].isdigit()
        followed = text[place + 1 : place + 2].isdigit()
        if character == "0" and not after_digit and followed:
            continue
        out += character
    return out


def value_of(node: ast.expr) -> int:
    if isinstance(node, ast.Constant):
        assert isinstance(node.value, int)
        return node.value
    assert isinstance(node, ast.BinOp)
    left, right = value_of(node.left), value_of(node.right)
    if isinstance(node.op, ast.Add):
        return left + right
    return left * right if isinstance(node.op, ast.Mult) else left - right


def carries(a: str, b: str) -> bool:
    """Whether some column of a sum exceeds nine: the first that does, does so with nothing carried in."""
    return any(int(x) + int(y) > 9 for x, y in zip(a, b, strict=True))


def borrows(a: str, b: str) -> bool:
    return any(int(x) < int(y) for x, y in zip(a, b, strict=True))


HARD: dict[str, Callable[[str], bool]] = {
    "addition": lambda text: carries(*text.split("+")),
    "subtraction": lambda text: borrows(*text.split("-")),
    "multiplication": lambda text: True,
    "expressions": lambda text: "*" in text,
    "chains": lambda text: len(text) > 3,
    "compositions": lambda text: "." not in text,
}


# --- conformance, over every kind ---


@each_task
def test_problems_are_what_python_says(name: str) -> None:
    task = find_task(name)
    kind = name.partition("-")[0]
    for problem in drawn(task):
        assert answered(problem) == expected(problem.prompt), problem.prompt
        assert len(problem.answer) == task.digits or kind == "countdown"
        if kind in HARD:
            assert problem.hard == HARD[kind](problem.prompt.removesuffix("=")), problem.prompt
        assert verify(task, problem, problem.answer, True).correct


@each_task
def test_prompts_are_text_of_the_model_and_parse_is_the_inverse(name: str) -> None:
    task = find_task(name)
    assert task.name == name
    assert task.title
    assert task.hard_name
    for problem in drawn(task):
        assert decode(encode(problem.prompt + problem.answer)) == problem.prompt + problem.answer
        assert problem.prompt.endswith("=")
        assert problem.prompt.count("=") == 1
        assert task.parse(problem.prompt) == problem


@each_task
def test_what_is_no_prompt_is_none(name: str) -> None:
    task = find_task(name)
    prompt = drawn(task, 1)[0].prompt
    others = ["", "=", prompt[:-1], prompt + "=", " " + prompt, prompt + "\n", prompt.replace("=", " ="), "#"]
    others += ["٣٧+٥٨=", "7+58+=", "-1+2=", "1e1+2=", "(" * 50_000 + ")" * 50_000 + "=", "1+" * 50_000 + "1="]
    assert [text for text in others if task.parse(text) is not None] == []


@given(text=st.text(alphabet=CHARACTERS + "٣²\n", max_size=14))
@example("7+58=")
@example("99+99=")
@example("12-21=")
@example("(1)+2=")
@example("1-2=")
@settings(max_examples=300)
def test_every_prompt_that_parses_is_that_problem(text: str) -> None:
    for name in TASKS:
        problem = find_task(name).parse(text)
        if problem is not None:
            assert problem.prompt == text
            assert answered(problem) == expected(text)


@each_task
def test_draws_are_a_pure_function_of_the_generator(name: str) -> None:
    task = find_task(name)
    assert drawn(task) == drawn(task)
    assert drawn(task, seed=1) != drawn(task, seed=2)
    random, other = np.random.default_rng(3), np.random.default_rng(3)
    assert draw_problems(task, "train", random, 20) == draw_problems(task, "train", other, 20)
    assert draw_problems(task, "train", random, 20) != draw_problems(
        task, "train", np.random.default_rng(3), 20
    )


@each_task
def test_splits_never_meet(name: str) -> None:
    """Neither do what they ask: commuted pairs are on one side."""
    task = find_task(name)
    parts: dict[Split, list[Problem]] = {split: kept(name, split) for split in SPLITS}
    for split, problems in parts.items():
        assert problems, split
        assert len({problem.prompt for problem in problems}) == len(problems), "each once"
        assert {task.split(problem) for problem in problems} == {split}
    asked = {split: {problem.asks for problem in problems} for split, problems in parts.items()}
    assert not asked["train"] & asked["test"]
    assert not asked["train"] & asked["validation"]
    assert not asked["validation"] & asked["test"]


@each_task
def test_nobody_trains_on_a_problem_of_the_test(name: str) -> None:
    task = find_task(name)
    asked = {problem.asks for split in SPLITS[1:] for problem in kept(name, split)}
    trained = draw_problems(task, "train", np.random.default_rng(5), 300)
    assert not asked & {problem.asks for problem in trained}


@each_task
def test_all_problems_are_listed_where_they_are_few(name: str) -> None:
    task = find_task(name)
    if task.every is None:
        assert [len(kept(name, split)) for split in SPLITS] == [HELD_OUT] * 3
        return
    problems = list(task.every())
    prompts = {problem.prompt for problem in problems}
    assert len(prompts) == len(problems) <= COUNTABLE
    assert prompts >= {problem.prompt for problem in drawn(task, 400)}
    for problem in problems[:: max(1, len(problems) // 100)]:
        assert task.parse(problem.prompt) == problem


def test_small_tasks_are_drawn_from_end_to_end() -> None:
    """What is listed and what is drawn is the same."""
    for name in ("addition-1", "subtraction-1", "multiplication-1", "expressions-1"):
        task = find_task(name)
        assert task.every is not None
        assert {p.prompt for p in task.every()} == {p.prompt for p in drawn(task, 4_000)}, name


# --- worked by hand ---


@pytest.mark.parametrize(
    ("name", "prompt", "answer", "hard", "asks"),
    [
        ("addition-2", "37+58=", "95", True, "37+58"),
        ("addition-2", "58+37=", "95", True, "37+58"),
        ("addition-2", "04+05=", "09", False, "4+5"),
        ("addition-3", "907+092=", "999", False, "92+907"),
        ("subtraction-2", "52-37=", "15", True, "52-37"),
        ("subtraction-2", "58-37=", "21", False, "58-37"),
        ("subtraction-3", "500-001=", "499", True, "500-1"),
        ("multiplication-4", "3262*4=", "13048", True, "4*3262"),
        ("multiplication-1", "7*3=", "21", True, "3*7"),
        ("multiplication-1", "3*7=", "21", True, "3*7"),
        ("expressions-2", "2+3*4=", "014", True, "((3*4)+2)"),
        ("expressions-2", "4*3+2=", "014", True, "((3*4)+2)"),
        ("expressions-2", "(2+3)*4=", "020", True, "((2+3)*4)"),
        ("expressions-2", "9-(2+3)=", "004", False, "(9-(2+3))"),
        ("expressions-2", "9-2+3=", "010", False, "((9-2)+3)"),
        ("chains-1", "r41=", "14", False, "r41="),
        ("chains-2", "rs41=", "51", True, "rs41="),
        ("chains-3", "cds00=", "35", True, "cds00="),
        ("compositions-2", ".r41=", "14", False, ".r41="),
        ("compositions-2", "rs41=", "51", True, "rs41="),
    ],
)
def test_problems_by_hand(name: str, prompt: str, answer: str, hard: bool, asks: str) -> None:
    problem = find_task(name).parse(prompt)
    assert problem is not None
    assert (problem.answer, problem.hard, problem.asks) == (answer, hard, asks)


def test_longest_answers_by_hand() -> None:
    assert find_task("addition-2").max_tokens == 3  # 95<end>
    assert find_task("multiplication-4").max_tokens == len("28 24 20 13#13048") + 1
    assert find_task("chains-2").max_tokens == len("14#51") + 1
    assert find_task("chains-1").max_tokens == 3
    assert find_task("compositions-3").max_tokens == len("14 51#02") + 1
    assert find_task("countdown-3").max_tokens == len("(1+2)*3") + 1


def test_shares_of_the_splits() -> None:
    """A fifth and a tenth of what is asked (bytes of a hash: 52 / 256 and 25 / 256)."""
    everything = find_task("chains-3").every
    assert everything is not None
    problems = list(everything())
    test = np.mean([split_of(problem) == "test" for problem in problems])
    validation = np.mean([split_of(problem) == "validation" for problem in problems])
    assert abs(test - 52 / 256) < 0.015
    assert abs(validation - 25 / 256) < 0.012


# sha256 of the prompts and answers of the problems on which results are reported: never to change, or
# results of different versions could not be compared
FROZEN = {
    "addition-2": "e07cdd952f5c5a38",
    "addition-3": "a64f642fb78f308c",
    "subtraction-2": "d9c81e360aa16e52",
    "multiplication-4": "1ef1500c7c89a1a8",
    "expressions-3": "6a70747eaecd8ba6",
    "chains-2": "96cac9b71dce29c4",
    "compositions-2": "aa1a5712e19c123d",
    "countdown-3": "88496f8b41ad2dc0",
}


@pytest.mark.parametrize("name", FROZEN)
def test_held_out_problems_are_frozen(name: str) -> None:
    digest = hashlib.sha256()
    for split in ("validation", "test"):
        digest.update("\n".join(p.prompt + p.answer for p in kept(name, split)).encode() + b"\n\n")
    assert digest.hexdigest()[:16] == FROZEN[name]


# --- compositions: what the test asks, training never composes ---


@pytest.mark.parametrize("length", [2, 3])
def test_compositions_of_the_test_are_never_composed_in_training(length: int) -> None:
    task = find_task(f"compositions-{length}")
    rows: dict[Split, set[str]] = {
        split: {problem.operation for problem in held_out(task, split)} for split in SPLITS
    }
    assert set(SKILLS) <= rows["train"], "every skill is known alone"
    for split in SPLITS[1:]:
        assert all(len(row) == length for row in rows[split])
        assert all(problem.hard for problem in held_out(task, split))
        for row in rows[split]:
            assert not {order for order in rows["train"] if sorted(order) == sorted(row)}, "in any order"
    for place in range(length):
        taught = {row[place] for row in rows["train"] if len(row) == length}
        assert taught == set(SKILLS), "every skill is composed with some other, in every place"
        assert {row[place] for row in rows["test"]} == set(SKILLS)


def test_compositions_by_hand() -> None:
    task = find_task("compositions-2")
    assert {problem.operation for problem in held_out(task, "test")} == {"rc", "cr", "sd", "ds"}
    train = {problem.operation for problem in held_out(task, "train")}
    assert train == {"r", "c", "s", "d", "rr", "ss", "rd", "dr", "cs", "sc", "cd", "dc"}
    problems = draw_problems(task, "train", np.random.default_rng(0), 400)
    assert 0.5 < np.mean([len(problem.operation) == 1 for problem in problems]) < 0.8
    assert task.parse("r41=") is None
    assert task.parse("r.41=") is None
    assert task.parse("..41=") is None


@given(st.text(alphabet="".join(SKILLS), min_size=1, max_size=6), st.integers(0, 99))
def test_skills_give_two_digits(skills: str, number: int) -> None:
    results = applied(skills, number)
    assert len(results) == len(skills)
    assert all(0 <= result <= 99 for result in results)
    assert applied(skills[1:], results[0]) == results[1:]


# --- names ---


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("adition-2", "did you mean addition"),
        ("addition", "addition-1 to addition-12"),
        ("addition-0", "addition-1 to addition-12"),
        ("addition-13", "addition-1 to addition-12"),
        ("addition-02", "addition-1 to addition-12"),
        ("addition-2-2", "addition-1 to addition-12"),
        ("addition-²", "addition-1 to addition-12"),
        ("compositions-1", "compositions-2 to compositions-6"),
        ("", "there are: addition-N"),
        ("chess", "there are: addition-N"),
    ],
)
def test_unknown_tasks_are_named(name: str, told: str) -> None:
    with pytest.raises(UnknownTask, match=told):
        find_task(name)
