"""Demonstrations as text: a line an answer, "37+58=85", lines that begin with "#" being remarks.

A user's own file may also have spaces around the sign, "37+58 = 85", or a comma or tab in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.durable import replace_file
from llm_bridge.tasks import Task
from llm_bridge.vocabulary import UnknownCharacter, encode

_LINE = re.compile(r"([^=,\t]+)(?:=[,\t]?|[,\t]) *([^=,\t ].*)")
_SHOWN = 40  # characters of a wrong line that a message shows


class AnswersError(ValueError):
    """A file of answers that cannot be read or learned from; the message names the line."""


@dataclass(frozen=True)
class Answers:
    """Prompts with their answers, one pair a demonstration, in the order in which they were written.

    left_out: how many a file held beside them that answer problems of the validation or test split.
    """

    pairs: list[tuple[str, str]]
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.pairs)


def write_answers(path: Path, answers: Answers, remark: str) -> None:
    """Write the file, whole or not at all, below `remark` as lines of its own."""
    lines = [f"# {line}" for line in remark.splitlines()]
    lines += [prompt + answer for prompt, answer in answers.pairs]
    replace_file(path, ("\n".join(lines) + "\n").encode("ascii", "backslashreplace"))


def read_answers(path: Path, longest: int, task: Task | None = None) -> Answers:
    """The answers of a file; raises AnswersError, which names the line that is wrong.

    `longest`: tokens that the model reads, start and end mark included. With a task, every line must
    answer one of its problems, and those held out for validation and test are left out: nobody learns
    what all are measured on.
    """
    pairs, left_out = [], 0
    for number, line in enumerate(map(str.strip, _text(path).split("\n")), 1):
        if not line or line.startswith("#"):
            continue
        try:
            pair = _pair(line, longest)
            held_out = task is not None and _is_held_out(pair[0], task)
        except ValueError as error:
            raise AnswersError(f"{path}, line {number}: {error}") from None
        if held_out:
            left_out += 1
        else:
            pairs.append(pair)
    if not pairs:
        told = f"all its {left_out} answers are to problems held out for the test"
        empty = "there is no answer in it; one looks like 37+58=85"
        raise AnswersError(f"{path}: {told if left_out else empty}")
    return Answers(pairs, left_out)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise AnswersError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise AnswersError(f"{path}: not a readable text file in UTF-8 ({error})") from None


def _pair(line: str, longest: int) -> tuple[str, str]:
    """Prompt and answer of a line; raises ValueError."""
    found = _LINE.fullmatch(line)
    prompt, answer = (found[1].replace(" ", ""), found[2]) if found else ("", "")
    if not prompt:
        raise ValueError(f"an answer looks like 37+58=85, not {line[:_SHOWN]!r}")
    length = len(prompt) + len(answer) + 3  # "=", start and end mark
    if length > longest:
        raise ValueError(f"{length} tokens; the model reads {longest}")
    try:
        encode(prompt + answer)
    except UnknownCharacter as error:
        raise ValueError(str(error)) from None
    return f"{prompt}=", answer


def _is_held_out(prompt: str, task: Task) -> bool:
    """Whether it asks a problem of the validation or test split; raises ValueError for none at all."""
    problem = task.parse(prompt)
    if problem is None:
        example = task.draw(np.random.default_rng(0)).prompt
        raise ValueError(f"{prompt[:_SHOWN]!r} is no problem of {task.name}; one looks like {example}")
    return task.split(problem) != "train"
