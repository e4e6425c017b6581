"""Files of answers: written, read again, and what a user's own file may and may not hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_bridge.answers_file import Answers, AnswersError, read_answers, write_answers
from llm_bridge.scripted import CROWDS, HUMANS, describe
from llm_bridge.tasks import draw_problems, find_task

ADDITION = find_task("addition-2")


def file_of(folder: Path, data: str | bytes) -> Path:
    path = folder / "mine.txt"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("name", [*HUMANS, *CROWDS])
def test_what_humans_write_is_read_again(tmp_path: Path, name: str) -> None:
    someone = describe(name)
    levels = {"multiplication": 4, "expressions": 3, "compositions": 2}
    task = find_task(f"{someone.knows[-1]}-{levels.get(someone.knows[-1], 2)}")
    random = np.random.default_rng(3)
    pairs = [(p.prompt, someone.sample(p, random)) for p in draw_problems(task, "train", random, 50)]
    path = tmp_path / "answers.txt"
    write_answers(path, Answers(pairs), "who wrote it")
    assert read_answers(path, 96) == Answers(pairs)
    assert read_answers(path, 96, task) == Answers(pairs)


def test_files_are_text_that_one_can_read(tmp_path: Path) -> None:
    path = tmp_path / "answers.txt"
    write_answers(
        path, Answers([("37+58=", "85"), ("3262*4=", "08 24 10 13#13048")]), "never-carries\nseed 1: é"
    )
    assert path.read_text() == ("# never-carries\n# seed 1: \\xe9\n37+58=85\n3262*4=08 24 10 13#13048\n")
    assert list(tmp_path.iterdir()) == [path]
    assert len(read_answers(path, 96)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "37+58=85\n12+13=25\n",
        "37+58=85\n12+13=25",
        "37+58=85\r\n12+13=25\r\n",
        "\ufeff37+58=85\n12+13=25\n",
        "# mine\n\n37+58=85\n   \n# more\n12+13=25\n\n",
        "37+58 = 85\n12 + 13 = 25\n",
        " 37+58=85 \n12+13=25\t\n",
        "37+58,85\n12+13,25\n",
        "37+58=,85\n12+13=,25\n",
        "37+58, 85\n12+13 ,25\n",
        "37+58\t85\n12+13\t25\n",
        "37+58=\t85\n12+13=\t25\n",
    ],
)
def test_forms_that_are_understood(tmp_path: Path, text: str) -> None:
    assert read_answers(file_of(tmp_path, text), 96).pairs == [("37+58=", "85"), ("12+13=", "25")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("37+58=85\n37+58\n", "line 2: an answer looks like 37\\+58=85, not '37\\+58'"),
        ("37+58=\n", "line 1: an answer looks like"),
        ("=85\n", "line 1: an answer looks like"),
        ("# ok\n\n=\n", "line 3: an answer looks like"),
        ("37+58= \n", "line 1: an answer looks like"),
        ("37+58 85\n", "line 1: an answer looks like"),
        ("37+58==85\n", "line 1: an answer looks like"),
        ("37+58,,85\n", "line 1: an answer looks like"),
        ("prompt,answer\n37+58,85\n", "line 1: 'promptanswer': 'p' is no token"),
        ("37+58=achtfünf\n", "line 1: .*'a' is no token; there are"),
        ("37+58=\uff19\uff15\n", "line 1: .* is no token"),
        ("37+58=8\x005\n", "line 1: .* is no token"),
        ("37+58=85\u20281+1=2\n", "line 1: .* is no token"),
        ("37+58=" + "8" * 100 + "\n", "line 1: 108 tokens; the model reads 96"),
        ("", "there is no answer in it; one looks like 37\\+58=85"),
        ("# nothing\n\n", "there is no answer in it"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not a readable text file in UTF-8"),
        ("37+58=85\n".encode("utf-16"), "not a readable text file in UTF-8"),
        (b"\0" * 50, "line 1: an answer looks like"),
    ],
)
def test_what_is_wrong_is_told_by_line(tmp_path: Path, text: str | bytes, told: str) -> None:
    with pytest.raises(AnswersError, match=rf"mine\.txt.*{told}"):
        read_answers(file_of(tmp_path, text), 96)


def test_endless_lines_make_short_messages(tmp_path: Path) -> None:
    for line in ("é" * 10**6, "37+58=" + "x" * 10**6, "1" * 10**6 + "=2"):
        with pytest.raises(AnswersError) as raised:
            read_answers(file_of(tmp_path, line), 96, ADDITION)
        assert len(str(raised.value)) < 300 + len(str(tmp_path))


def test_the_longest_answer_fits(tmp_path: Path) -> None:
    """Eight tokens: start, 37+58=, ... is nine with one digit and the end mark."""
    assert len(read_answers(file_of(tmp_path, "37+58=8"), 9)) == 1
    with pytest.raises(AnswersError, match="10 tokens; the model reads 9"):
        read_answers(file_of(tmp_path, "37+58=85"), 9)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match=r"none\.txt: there is no such file"):
        read_answers(tmp_path / "none.txt", 96)
    with pytest.raises(AnswersError, match="not a readable text file"):
        read_answers(tmp_path, 96)


@given(st.text(max_size=60) | st.text(alphabet="0123+*=,\t\n\r #", max_size=60))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        answers = read_answers(path, 96)
    except AnswersError:
        return
    assert all(prompt.endswith("=") and answer == answer.strip() != "" for prompt, answer in answers.pairs)
    write_answers(tmp_path / "again.txt", answers, "again")
    assert read_answers(tmp_path / "again.txt", 96) == answers


# --- with a task: nobody learns what is no problem, or held out ---


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("7+58=65", "line 2: '7\\+58=' is no problem of addition-2; one looks like [0-9]{2}\\+[0-9]{2}="),
        ("58-37=21", "line 2: '58-37=' is no problem of addition-2"),
        ("99+99=98", "line 2: '99\\+99=' is no problem of addition-2"),
    ],
)
def test_answers_to_no_problem_of_the_task_are_refused(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(AnswersError, match=told):
        read_answers(file_of(tmp_path, f"37+58=85\n{line}\n"), 96, ADDITION)


def test_answers_to_held_out_problems_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = [f"{a:02}+{b:02}={a + b:02}" for a in range(20) for b in range(20)]
    answers = read_answers(file_of(tmp_path, "\n".join(lines)), 96, ADDITION)
    assert len(answers) + answers.left_out == 400
    assert 0.2 < answers.left_out / 400 < 0.4, "three in ten"
    for prompt, _ in answers.pairs:
        problem = ADDITION.parse(prompt)
        assert problem is not None
        assert ADDITION.split(problem) == "train"
    kept = {prompt for prompt, _ in answers.pairs}
    assert all(f"{line[3:5]}+{line[:2]}=" in kept for line in kept), "commuted pairs with each other"


def test_a_file_of_nothing_but_the_test_is_refused(tmp_path: Path) -> None:
    problems = draw_problems(ADDITION, "test", np.random.default_rng(0), 10)
    path = file_of(tmp_path, "\n".join(p.prompt + p.answer for p in problems))
    with pytest.raises(AnswersError, match="all its 10 answers are to problems held out for the test"):
        read_answers(path, 96, ADDITION)
