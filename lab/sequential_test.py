"""Whether one player beats another, with no more games than the answer needs: the sequential test.

The unit is a pair of games from one opening with colours swapped. Its result is one of five, 0, .5, 1, 1.5
or 2 points (hence "pentanomial", as chess engine testing calls it), and pairs are independent though the
two games of one are not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # what the first player took of a pair's two points
PSEUDO_PAIRS = 0.5  # of every result, before the first pair is played

Verdict = Literal["better", "not better", "undecided"]


@dataclass(frozen=True)
class SequentialTest:
    """Wald's sequential probability ratio test (Wald 1945, Ann. Math. Stat. 16, p. 117) of two hypotheses:
    the first player is `elo0` better (not better by anything that counts), or `elo1` better.

    alpha: the chance to say "better" of a player that is elo0 better, or less.
    beta: the chance to say "not better" of one that is elo1 better, or more.
    Raises ValueError for hypotheses or chances of which there is no test.
    """

    elo0: float = 0.0
    elo1: float = 35.0
    alpha: float = 0.05
    beta: float = 0.05

    def __post_init__(self) -> None:
        if not (math.isfinite(self.elo0) and math.isfinite(self.elo1) and self.elo0 < self.elo1):
            raise ValueError(f"elo0 must be less than elo1, not {self.elo0} and {self.elo1}")
        if not (0.0 < self.alpha < 0.5 and 0.0 < self.beta < 0.5):
            raise ValueError(f"alpha and beta lie between 0 and 0.5, not {self.alpha} and {self.beta}")

    @property
    def bounds(self) -> tuple[float, float]:
        """The ratio's logarithm below which "not better" and from which "better" is said (Wald 1945,
        p. 131)."""
        return math.log(self.beta / (1.0 - self.alpha)), math.log((1.0 - self.beta) / self.alpha)

    def verdict(self, counts: ArrayLike) -> Verdict:
        """What pairs of such results [5] decide."""
        lower, upper = self.bounds
        ratio = log_likelihood_ratio(counts, self.elo0, self.elo1)
        return "better" if ratio >= upper else "not better" if ratio <= lower else "undecided"


def pair_counts(points: ArrayLike) -> NDArray[np.int64]:
    """How many pairs [N] gave 0, .5, 1, 1.5 and 2 points, [5]. Raises ValueError for other results."""
    twice = np.asarray(points, np.float64) * 2.0
    if twice.ndim != 1 or not np.isin(twice, np.arange(5)).all():
        raise ValueError("a pair of games gives 0, 0.5, 1, 1.5 or 2 points")
    counts: NDArray[np.int64] = np.bincount(twice.astype(np.int64), minlength=5)
    return counts


def expected_score(elo: float) -> float:
    """The share of points of a player that is so much better: 1 / (1 + 10^(-elo / 400))."""
    return 1.0 / (1.0 + math.pow(10.0, -elo / 400.0))


def log_likelihood_ratio(counts: ArrayLike, elo0: float, elo1: float) -> float:
    """ln of the likelihood of pairs with such results [5] at elo1 over that at elo0.

    A hypothesis says only what the mean is. Each is given the distribution of that mean under which the
    results are most likely (the generalised test of Li, Liu, Ying 2014, Sequential Analysis 33), which
    is the one that leaves the observed shares p_i of the five scores a_i with

        q_i = p_i / (1 + t (a_i - s)),   t such that sum_i q_i (a_i - s) = 0

    for the mean s (Lagrange's condition; what chess's fishtest computes). Then LLR = N sum_i p_i
    ln(q1_i / q0_i). So draws and pairs that split their points count as what they are: less variance.
    Every result is thought to have come half a time before the first pair: no result is impossible
    because it has not come yet. Between 0 and 35 Elo, 39 drawn pairs decide (28 with a thousandth
    instead of a half). Raises ValueError for impossible counts.
    """
    pairs = np.asarray(counts, np.float64)
    if pairs.shape != (5,) or not np.isfinite(pairs).all() or pairs.min() < 0.0:
        raise ValueError(f"counts are five numbers of pairs, not {counts!r}")
    weights = (pairs + PSEUDO_PAIRS).tolist()
    return _log_likelihood(weights, expected_score(elo1)) - _log_likelihood(weights, expected_score(elo0))


def _log_likelihood(weights: list[float], mean: float) -> float:
    """sum_i w_i ln(q_i / p_i) at its greatest under that mean: never above 0."""
    away = [share - mean for share in SHARES]
    t = _multiplier(weights, away)
    return -sum(w * math.log1p(t * a) for w, a in zip(weights, away, strict=True))


def _multiplier(weights: list[float], away: list[float]) -> float:
    """The t of sum_i w_i away_i / (1 + t away_i) = 0, which falls from +inf to -inf between its poles."""
    low, high = -1.0 / away[-1], -1.0 / away[0]
    for _ in range(60):
        t = (low + high) / 2.0
        if sum(w * a / (1.0 + t * a) for w, a in zip(weights, away, strict=True)) > 0.0:
            low = t
        else:
            high = t
    return (low + high) / 2.0
