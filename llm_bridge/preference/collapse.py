"""Whether a policy has collapsed: it says the same over and over, within answers or to every question."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LONG = 6  # characters, below which nothing is called a repetition


@dataclass(frozen=True)
class Collapse:
    """What the detector found.

    repeating: the share of answers of which more than half are one piece of 1 to 4 characters, repeated;
    same: the share of different questions that get the commonest answer; bits: entropy of the answers'
    characters; example: the longest repeating answer, "" where there is none; commonest: the answer that
    most questions get.
    """

    repeating: float
    same: float
    bits: float
    example: str
    commonest: str

    @property
    def found(self) -> bool:
        """Whether most answers repeat themselves, or most questions get one answer."""
        return self.repeating > 0.5 or self.same > 0.5


def repetition(text: str) -> float:
    """The greatest share of a text that is one piece of 1 to 4 characters repeated without a gap; 0 where
    it is shorter than LONG or no piece comes three times in a row."""
    best = 0
    for size in range(1, 5):
        run = 0
        for place in range(size, len(text)):
            run = run + 1 if text[place] == text[place - size] else 0
            if run >= 2 * size:
                best = max(best, run + size)
    return best / len(text) if len(text) >= LONG else 0.0


def detect(prompts: Sequence[str], answers: Sequence[str]) -> Collapse:
    """Look at one answer a question. Raises ValueError for none."""
    if not answers or len(prompts) != len(answers):
        raise ValueError(
            f"a collapse shows in answers, one a prompt; {len(answers)} to {len(prompts)} prompts"
        )
    repeating = [text for text in answers if repetition(text) > 0.5]
    by_prompt = dict(zip(prompts, answers, strict=True))
    commonest, times = Counter(by_prompt.values()).most_common(1)[0]
    counts = Counter("".join(answers))
    total = sum(counts.values())
    bits = -sum(n / total * math.log2(n / total) for n in counts.values())
    same = times / len(by_prompt) if len(by_prompt) > 1 else 0.0
    share = len(repeating) / len(answers)
    return Collapse(share, same, bits, max(repeating, key=len, default=""), commonest)
