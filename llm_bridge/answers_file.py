"""Demonstrations as text: a line an answer, "37+58=85", lines that begin with "#" being remarks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.durable import replace_file
from llm_bridge.vocabulary import UnknownCharacter, encode


class AnswersError(ValueError):
    """A file of answers that cannot be read; the message names the line."""


@dataclass(frozen=True)
class Answers:
    """Prompts with their answers, one pair a demonstration, in the order in which they were written."""

    pairs: list[tuple[str, str]]

    def __len__(self) -> int:
        return len(self.pairs)


def write_answers(path: Path, answers: Answers, remark: str) -> None:
    """Write the file, whole or not at all."""
    lines = [f"# {remark}", *(prompt + answer for prompt, answer in answers.pairs)]
    replace_file(path, ("\n".join(lines) + "\n").encode("ascii"))


def read_answers(path: Path, longest: int) -> Answers:
    """The answers of a file; raises AnswersError naming the line that is wrong, OSError.

    `longest`: tokens that the model reads, start and end mark included.
    """
    pairs = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        prompt, equals, answer = line.partition("=")
        if not prompt or not equals or not answer:
            raise AnswersError(f"{path}, line {number}: an answer looks like 37+58=85, not {line[:40]!r}")
        try:
            length = len(encode(line)) + 2
        except UnknownCharacter as error:
            raise AnswersError(f"{path}, line {number}: {error}") from None
        if length > longest:
            raise AnswersError(f"{path}, line {number}: {length} tokens; the model reads {longest}")
        pairs.append((prompt + equals, answer))
    if not pairs:
        raise AnswersError(f"{path}: there is no answer in it; one looks like 37+58=85")
    return Answers(pairs)
