"""Preferences: what was asked, what was answered, and which answers were liked better; and their file.

One ranking a line, the best answer first, a tab between prompt and answers; "#" begins a comment:

    # charmed raters, seed 0
    37+58=  95!     85
    12+43=  55      hm 55   45!!

Two answers are a pair, more of them a ranking. An answer that was cut off ends in "…", which is no token.
Where a rater said by how much the better of two is better, a last column of one to four ">" holds it.
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

CUT = "…"  # behind an answer that was cut off; a character that the model cannot write
DEGREES = (0.5, 1.5, 3.0)
"""From so many nats apart an answer is slightly, plainly, and significantly better; below, negligibly."""
MOST = len(DEGREES)  # the highest degree
PATIENCE = 8  # draws after which a model that hardly ever says two things is asked no more


class NothingToCompare(ValueError):  # noqa: N818
    """A model's answers to one prompt are hardly ever different."""


@dataclass(frozen=True)
class Ranking:
    """A prompt and K answers to it, the best first; `ended`: which of them were not cut off; of a pair
    `degree`: by how much the first is better, 0 to MOST, None where nobody was asked that."""

    prompt: str
    answers: tuple[str, ...]
    ended: tuple[bool, ...]
    degree: int | None = None


def sampled_groups(
    model: LanguageModel,
    seed: int,
    count: int,
    each: int = 2,
    split: str = "train",
    enough: int | None = None,
) -> list[tuple[Problem, tuple[str, ...], tuple[bool, ...]]]:
    """`count` problems with `each` different answers of the model: what equals is nothing to compare.

    Twice as many are drawn first, and of more than that are asked for, the first are taken. Where a model
    hardly ever says two things, there are fewer after PATIENCE draws; raises NothingToCompare where there
    are fewer than `enough`, by default all.
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
    if len(found) < (count if enough is None else enough):
        raise NothingToCompare(
            f"of {part * len(problems)} prompts {len(found)} have {each} different answers among "
            f"{2 * each}; a model that hardly varies has nothing to compare: train it for fewer updates"
        )
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
        try:
            found.append(_ranking_of(line))
        except (AnswersError, UnknownCharacter) as error:
            raise AnswersError(f"{path}, line {number}: {error}") from None
    if not found:
        raise AnswersError(f"{path}: there is no comparison in it")
    return found


def _ranking_of(line: str) -> Ranking:
    """A line of the file; raises AnswersError and UnknownCharacter."""
    prompt, *answers = line.split("\t")
    degree = _degree(answers)
    problem = TASK.parse(prompt)
    if problem is None or len(answers) < 2:
        raise AnswersError("37+58= and two answers, with tabs between")
    if TASK.split(problem) != "train":
        raise AnswersError(f"{prompt} is kept back to measure by; compare answers to another problem")
    if len(set(answers)) < len(answers):
        raise AnswersError("two answers are the same; compare different ones")
    ended = tuple(not text.endswith(CUT) for text in answers)
    texts = tuple(text.removesuffix(CUT) for text in answers)
    for text, end in zip(texts, ended, strict=True):
        if len(encode(text)) + end > ROOM:
            raise AnswersError(
                f"{text!r} has {len(text)} characters; an answer has at most {ROOM - 1}, "
                f"or {ROOM} and {CUT!r} where it was cut off"
            )
    return Ranking(prompt, texts, ended, degree)


def _degree(answers: list[str]) -> int | None:
    """Take the degree's column away from behind a pair, where there is one."""
    if len(answers) == 3 and answers[2] and len(answers[2]) <= MOST + 1 and not answers[2].strip(">"):
        return len(answers.pop()) - 1
    return None
