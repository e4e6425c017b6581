"""A match with no more pairs of games than it takes to say who is better: the sequential test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.matches import MatchResult, match_result, play_pairs
from agents.player import Player
from games.core import Game
from lab.sequential_test import SequentialTest, Verdict, log_likelihood_ratio, pair_counts

BLOCK = 16  # pairs between two looks at the ratio


@dataclass(frozen=True)
class SequentialMatch:
    """The games that were needed, and what they decide: of counts [5] pairs with 0 to 2 points for the first
    player, `ratio` is the log-likelihood ratio.

    The score's interval in `match` is that of a fixed number of pairs. A match that ends by its own result
    ends more often where the score strays, so that the interval misses the truth in more than 5 %.
    """

    test: SequentialTest
    match: MatchResult
    counts: tuple[int, ...]
    ratio: float
    verdict: Verdict
    most_pairs: int

    def to_json(self) -> dict[str, Any]:
        """Plain values, as docs/result.md has them."""
        lower, upper = self.test.bounds
        sprt = {
            **vars(self.test),
            "verdict": self.verdict,
            "llr": self.ratio,
            "lower": lower,
            "upper": upper,
            "counts": list(self.counts),
            "pairs": sum(self.counts),
            "most_pairs": self.most_pairs,
            "score_interval_valid": False,
        }
        return {**self.match.to_json(), "sprt": sprt}

    def __str__(self) -> str:
        lower, upper = self.test.bounds
        first, second = self.match.first, self.match.second
        words = {
            "better": f"{first} beats {second}",
            "not better": f"{first} is not shown to beat {second}",
            "undecided": f"undecided whether {first} beats {second}",
        }[self.verdict]
        return (
            f"{words}: LLR {self.ratio:.2f} ({lower:.2f}, {upper:.2f}) for {self.test.elo1:g} against "
            f"{self.test.elo0:g} Elo after {sum(self.counts)} pairs; "
            f"pairs with 0, ½, 1, 1½, 2 points: {', '.join(map(str, self.counts))}. The score's interval is "
            "that of a match of fixed length: it does not hold for one that ends by its own result"
        )


def play_until_decided(
    game: Game,
    first: Player,
    second: Player,
    test: SequentialTest,
    most_pairs: int,
    opening_plies: int,
    seed: int,
) -> SequentialMatch:
    """Play blocks of pairs until the ratio crosses a bound or `most_pairs` (at least 1) are played.

    The pairs are those of `play_match` with the same seed. Their openings are drawn independently, so what
    is tested is the share of points over all openings of that many plies.
    """
    blocks, counts, ratio = [], np.zeros(5, np.int64), 0.0
    verdict: Verdict = "undecided"
    while verdict == "undecided" and counts.sum() < most_pairs:
        start = int(counts.sum())
        pairs = min(BLOCK, most_pairs - start)
        blocks.append(play_pairs(game, first, second, pairs, opening_plies, seed, start))
        counts += pair_counts(blocks[-1].points)
        ratio = log_likelihood_ratio(counts, test.elo0, test.elo1)
        verdict = test.verdict(counts)
    match = match_result(first.name, second.name, blocks)
    return SequentialMatch(test, match, tuple(counts.tolist()), ratio, verdict, most_pairs)
