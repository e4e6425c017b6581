"""Preferences: what was asked, what was answered, and which answers were liked better; and their file.

One ranking a line, the best answer first, a tab between prompt and answers; "#" begins a comment:

    # charmed raters, seed 0
    37+58=  95!     85
    12+40=  52      hm 52   42!!

Two answers are a pair, more of them a ranking. An answer that was cut off ends in "..." here. Where a rater
said by how much the better of two is better, a last column of one to four ">" holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.durable import replace_file
from lab.randomness import game_keys
from llm_bridge.answers_file import AnswersError
from llm_bridge.network import LanguageModel
from llm_bridge.preference.chatter import ROOM, TASK, traits_of
from llm_bridge.preference.raters import Raters
from llm_bridge.search import sample
from llm_bridge.tasks import Problem, draw_problems
from llm_bridge.vocabulary import UnknownCharacter, encode

CUT = "..."  # behind an answer that was cut off
DEGREES = (0.5, 1.5, 3.0)
"""From so many nats apart an answer is slightly, plainly, and significantly better; below, negligibly."""
MOST = len(DEGREES)  # the highest degree
PATIENCE = 8  # draws after which a model that hardly ever says two things is asked no more


@dataclass(frozen=True)
class Ranking:
    """A prompt and K answers to it, the best first; `ended`: which of them were not cut off; of a pair
    `degree`: by how much the first is better, 0 to MOST, None where nobody was asked that."""

    prompt: str
    answers: tuple[str, ...]
    ended: tuple[bool, ...]
    degree: int | None = None


def sampled_groups(
    model: LanguageModel, seed: int, count: int, each: int = 2, split: str = "train"
) -> list[tuple[Problem, tuple[str, ...], tuple[bool, ...]]]:
    """`count` problems with `each` different answers of the model: what equals is nothing to compare.

    Twice as many are drawn first, and of more than that are asked for, the first are taken. Of a model that
    hardly ever says two things, after PATIENCE draws, there are fewer.
    """
    found: list[tuple[Problem, tuple[str, ...], tuple[bool, ...]]] = []
    part = 0
    while len(found) < count and part < PATIENCE:
        random = np.random.default_rng([seed, 12, part])
        problems = draw_problems(TASK, "train" if split == "train" else "validation", random, max(64, count))
        keys = game_keys(seed, f"compare-{split}", part, len(problems) * each * 2)
        samples = sample(model, [p.prompt for p in problems], keys, ROOM, each * 2)
        texts, ended = samples.texts, samples.ended.tolist()
        for n, problem in enumerate(problems):
            rows = range(n * each * 2, (n + 1) * each * 2)
            different = list({(texts[row], ended[row]): None for row in rows})[:each]
            if len(different) == each:
                found.append((problem, *(tuple(part) for part in zip(*different, strict=True))))  # type: ignore[arg-type]
        part += 1
    return found[:count]


def rated(
    groups: Sequence[tuple[Problem, tuple[str, ...], tuple[bool, ...]]], raters: Raters, seed: int
) -> list[Ranking]:
    """Each group ranked by a rater drawn from the crowd; a pure function of the seed."""
    random = np.random.default_rng([seed, 13])
    rankings = []
    for problem, answers, ended in groups:
        seen = [traits_of(problem, text, end) for text, end in zip(answers, ended, strict=True)]
        liked = raters.impressions(seen, random)
        order = [int(place) for place in np.argsort(-liked)]
        degree = degree_of(float(liked[order[0]] - liked[order[1]])) if len(order) == 2 else None
        rankings.append(
            Ranking(problem.prompt, tuple(answers[i] for i in order), tuple(ended[i] for i in order), degree)
        )
    return rankings


def degree_of(apart: float) -> int:
    """What a rater calls a difference of so many nats: 0 negligible to MOST significant."""
    return int(np.searchsorted(DEGREES, apart, side="right"))


def pairs_of(rankings: Sequence[Ranking]) -> list[Ranking]:
    """All pairs that rankings of more than two answers hold (Ouyang et al. 2022, section 3.5)."""
    return [
        Ranking(one.prompt, (one.answers[i], one.answers[j]), (one.ended[i], one.ended[j]))
        for one in rankings
        for i in range(len(one.answers))
        for j in range(i + 1, len(one.answers))
    ]


def write_rankings(path: Path, rankings: Sequence[Ranking], title: str) -> None:
    """Write the file; raises OSError."""
    lines = [f"# {title}"]
    for one in rankings:
        told = (text + ("" if end else CUT) for text, end in zip(one.answers, one.ended, strict=True))
        degree = () if one.degree is None else (">" * (one.degree + 1),)
        lines.append("\t".join((one.prompt, *told, *degree)))
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, ("\n".join(lines) + "\n").encode())


def read_rankings(path: Path) -> list[Ranking]:
    """The inverse; raises AnswersError, which names the line, and OSError."""
    found = []
    try:
        lines = path.read_bytes().decode().splitlines()
    except UnicodeDecodeError as error:
        raise AnswersError(f"{path}: this is no text ({error.reason})") from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        prompt, *answers = line.split("\t")
        degree = _degree(answers)
        if TASK.parse(prompt) is None or len(answers) < 2:
            raise AnswersError(f"{path}, line {number}: 37+58= and two answers, with tabs between")
        ended = tuple(not text.endswith(CUT) for text in answers)
        texts = tuple(text.removesuffix(CUT) for text in answers)
        try:
            if any(len(encode(text)) > ROOM for text in texts):
                raise AnswersError(f"{path}, line {number}: an answer has at most {ROOM} characters")
        except UnknownCharacter as error:
            raise AnswersError(f"{path}, line {number}: {error}") from None
        found.append(Ranking(prompt, texts, ended, degree))
    if not found:
        raise AnswersError(f"{path}: there is no comparison in it")
    return found


def _degree(answers: list[str]) -> int | None:
    """Take the degree's column away from behind a pair, where there is one."""
    if len(answers) == 3 and answers[2] and len(answers[2]) <= MOST + 1 and not answers[2].strip(">"):
        return len(answers.pop()) - 1
    return None
