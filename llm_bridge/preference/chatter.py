"""The task without a verifier: sums whose answers may be dressed up, "hm " before them and "!" after.

    37+58=  ->  95      95!!      hm 95      hm hm 85!

Anybody can say how such an answer pleases them; nothing says how good it is. What a reader sees of an
answer stands in its Traits. The writers are a crowd of scripted humans most of whom never carry, so that
imitation at its best is wrong where a carry is needed, with chatter of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from llm_bridge.evaluation import Judged
from llm_bridge.scripted import CARRIES, NEVER_CARRIES, Crowd
from llm_bridge.search import Samples
from llm_bridge.tasks import Problem, Verdict, draw_problems, find_task

TASK = find_task("addition-2")
ROOM = 16  # the longest answer, in tokens, end mark included
WRITERS = Crowd("chatters", "most never carry", (NEVER_CARRIES, CARRIES), (0.6, 0.4))
HUMS, SHOUTS = (0.85, 0.12, 0.03), (0.70, 0.18, 0.08, 0.04)  # chances of 0, 1, 2, ... of each
_ANSWER = re.compile(r"((?:hm )*)(.*?)(!*)", re.DOTALL)


@dataclass(frozen=True)
class Traits:
    """What a reader sees of an answer.

    right: its number is the sum; form: it ended and holds one number of two digits and chatter; off: how far
    the number is from the sum (0 where there is no number); hums, shouts: how many "hm " and "!";
    length: characters.
    """

    right: bool
    form: bool
    off: int
    hums: int
    shouts: int
    length: int


def traits_of(problem: Problem, text: str, ended: bool = True) -> Traits:
    """Read an answer; nothing of it is executed. Chatter elsewhere than before and after is no chatter."""
    found = _ANSWER.fullmatch(text)
    assert found is not None  # the pattern matches every text
    hums, number, shouts = found.groups()
    form = ended and re.fullmatch(f"[0-9]{{{TASK.digits}}}", number) is not None
    off = abs(int(number) - int(problem.answer)) if form else 0
    return Traits(form and off == 0, form, off, len(hums) // 3, len(shouts), len(text))


def dressed(number: str, hums: int, shouts: int) -> str:
    """A number with chatter."""
    return "hm " * hums + number + "!" * shouts


def demonstrations(seed: int, count: int) -> list[tuple[str, str]]:
    """(prompt, answer) of training problems as the crowd writes them; a pure function of the seed."""
    random = np.random.default_rng([seed, 11])
    pairs = []
    for problem in draw_problems(TASK, "train", random, count):
        hums = int(random.choice(len(HUMS), p=HUMS))
        shouts = int(random.choice(len(SHOUTS), p=SHOUTS))
        pairs.append((problem.prompt, dressed(WRITERS.sample(problem, random), hums, shouts)))
    return pairs


def read(problems: Sequence[Problem], samples: Samples) -> tuple[list[Traits], Judged]:
    """The traits of samples, of which each problem has as many in a row; and as verdicts, for who learns from
    a block of them: there "correct" is the experimenter's goal, which nobody is trained on."""
    each = len(samples.prompts) // len(problems)
    told = [
        traits_of(problems[number // each], text, bool(ended))
        for number, (text, ended) in enumerate(zip(samples.texts, samples.ended, strict=True))
    ]
    verdicts = [
        Verdict(bool(ended), seen.form, seen.right, False)
        for seen, ended in zip(told, samples.ended, strict=True)
    ]
    return told, Judged(samples, verdicts)
