"""Whether one number a player says all: do ratings predict who takes points from whom?

Ratings are transitive by their nature, play need not be: A beats B, B beats C, C beats A. So every pair's
result is set against what the ratings promise, by a chi-square test that takes clusters into account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.ratings import ELO, Encounter, Ratings, Table, table_of
from lab.statistics import Score, above, clustered

SHRINKAGE = 10.0  # clusters' worth of the common design effect in each pair's own
EVEN = Score(0.5, 0.5, 0.5, 0)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Deviation:
    """A pair's result beside what the ratings promise; `errors` is how many standard errors lie between."""

    first: str
    second: str
    expected: float
    score: Score
    errors: float


@dataclass(frozen=True)
class Transitivity:
    """The test's statistic, degrees of freedom and p-value, the worst pairs first, a cycle of three (A beats
    B beats C beats A, each shown by its interval) or None, and a sentence."""

    statistic: float
    degrees: int
    p_value: float
    worst: tuple[Deviation, ...]
    cycle: tuple[str, str, str] | None
    text: str

    def to_json(self) -> dict[str, Any]:
        """Plain values, as docs/result.md has them."""
        worst = [
            {
                "first": pair.first,
                "second": pair.second,
                "expected": pair.expected,
                "score": pair.score.to_json(),
            }
            for pair in self.worst
        ]
        return {
            "p_value": self.p_value,
            "statistic": self.statistic,
            "degrees": self.degrees,
            "worst": worst,
            "cycle": list(self.cycle) if self.cycle else None,
            "text": self.text,
        }


def check_transitivity(encounters: Sequence[Encounter], ratings: Ratings, worst: int = 3) -> Transitivity:
    """Set the results of all M pairs of the P players against the ratings fitted to them.

    Pearson's X^2 = sum (points - expected)^2 / variance, minimised over what a small change of the ratings
    could explain, so that the prior's pull is no misfit; chi-square of M - P + 1 degrees of freedom. A
    pair's variance is the binomial one times its design effect: how much more (or, with draws and swapped
    colours, less) its openings differ among each other than independent games without draws would (Rao
    and Scott 1984, Ann. Stat. 12, p. 46), drawn towards the design effect of all pairs by SHRINKAGE.
    A pair by which alone two groups are linked is always met exactly and tests nothing.
    """
    pairs = _pairs(table_of(encounters))
    r = np.array([ratings.values[name] for name in pairs.names]) / ELO
    expected = 1.0 / (1.0 + np.exp(pairs.design @ -r))  # [M]
    weights = pairs.games * expected * (1.0 - expected)
    variance = weights * pairs.effects
    residuals = pairs.points - pairs.games * expected
    degrees = len(expected) - len(r) + 1
    statistic = _least_squares(residuals, weights[:, None] * pairs.design, variance)
    errors = _standardised(residuals, weights, variance, pairs.design)
    order = np.argsort(-np.abs(errors), kind="stable")[: worst if degrees else 0]
    told = tuple(
        Deviation(*pairs.who(m), float(expected[m]), pairs.scores[m], float(errors[m]))
        for m in order.tolist()
    )
    p_value = _survival(statistic, degrees)
    cycle = _cycle(pairs)
    text = _sentence(p_value, degrees, told, cycle)
    return Transitivity(statistic if degrees else 0.0, degrees, p_value, told, cycle, text)


# --- results by pair of players ---


@dataclass(frozen=True)
class _Pairs:
    """M pairs of the P players: design [M, P] (+1 first, -1 second), points, games, effects [M], scores."""

    names: tuple[str, ...]
    design: Array
    points: Array
    games: Array
    effects: Array
    scores: tuple[Score, ...]

    def who(self, pair: int) -> tuple[str, str]:
        """Its first and its second player."""
        return self.names[int(self.design[pair].argmax())], self.names[int(self.design[pair].argmin())]


def _pairs(table: Table) -> _Pairs:
    turned = table.pairs[:, 0] > table.pairs[:, 1]
    met, row = np.unique(np.sort(table.pairs, axis=1), axis=0, return_inverse=True)
    row = row.ravel()
    points = np.where(turned, table.games - table.points, table.points)
    scores, robust, binomial, clusters = [], [], [], []
    for m in range(len(met)):
        own = row == m
        score, spread, count = _spread(points[own], table.games[own], table.clusters[own])
        scores.append(score)
        robust.append(spread)
        binomial.append(score.n * score.rate * (1.0 - score.rate))
        clusters.append(count)
    design = np.zeros((len(met), len(table.names)))
    design[np.arange(len(met)), met[:, 0]], design[np.arange(len(met)), met[:, 1]] = 1.0, -1.0
    return _Pairs(
        table.names,
        design,
        np.asarray(np.bincount(row, points), np.float64),
        np.asarray(np.bincount(row, table.games), np.float64),
        _design_effects(np.array(robust), np.array(binomial), np.array(clusters)),
        tuple(scores),
    )


def _spread(points: Array, games: Array, clusters: NDArray[np.int64]) -> tuple[Score, float, int]:
    """The first's score, the cluster-robust variance of its points, the number of clusters."""
    _, index = np.unique(clusters, return_inverse=True)
    total, sizes = np.bincount(index, points), np.bincount(index, games)
    count, mean = len(total), total.sum() / sizes.sum()
    spread = count / max(1, count - 1) * float(np.square(total - mean * sizes).sum())
    repeats = games.astype(np.int64)
    return clustered(np.repeat(points / games, repeats), np.repeat(index, repeats)), spread, count


def _design_effects(robust: Array, binomial: Array, clusters: Array) -> Array:
    """Each pair's variance over the binomial one, drawn to that of all; for a pair that only won or lost,
    or played a single opening, that of all."""
    known = (binomial > 0) & (clusters > 1)
    if not known.any() or robust[known].sum() == 0.0:
        return np.ones(len(robust))
    common = robust[known].sum() / binomial[known].sum()
    own = np.where(known, robust / np.where(known, binomial, 1.0), common)
    weight = np.where(known, clusters, 0.0)
    return np.asarray((weight * own + SHRINKAGE * common) / (weight + SHRINKAGE), np.float64)


# --- the test ---


def _least_squares(residuals: Array, slopes: Array, variance: Array) -> float:
    """min over d [P] of sum (residuals - slopes d)^2 / variance."""
    scale = 1.0 / np.sqrt(variance)
    left = slopes * scale[:, None]
    solution = np.linalg.lstsq(left, residuals * scale, rcond=None)[0]
    return float(np.square(residuals * scale - left @ solution).sum())


def _standardised(residuals: Array, weights: Array, variance: Array, design: Array) -> Array:
    """Residuals over their standard errors, the fitted ratings taken into account; 0 where none is left."""
    slopes = weights[:, None] * design
    kept = np.eye(len(weights)) - slopes @ np.linalg.pinv(design.T @ slopes) @ design.T
    error = np.sqrt(np.square(kept) @ variance)
    free = error > 1e-6 * np.sqrt(variance)
    return np.asarray(np.where(free, (kept @ residuals) / np.where(free, error, 1.0), 0.0), np.float64)


def _survival(statistic: float, degrees: int) -> float:
    """The chance of a chi-square variate beyond the statistic; 1 without degrees of freedom."""
    if degrees == 0:
        return 1.0
    import torch  # its incomplete gamma function; whoever checks games has it loaded

    half = torch.tensor([degrees / 2.0, statistic / 2.0], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))


def _cycle(pairs: _Pairs) -> tuple[str, str, str] | None:
    """Three players of whom each beats the next, by their intervals."""
    beats = set()
    for m, score in enumerate(pairs.scores):
        first, second = pairs.who(m)
        if above(score, EVEN):
            beats.add((first, second))
        if above(EVEN, score):
            beats.add((second, first))
    for a, b, c in combinations(pairs.names, 3):
        for x, y, z in ((a, b, c), (a, c, b)):
            if {(x, y), (y, z), (z, x)} <= beats:
                return x, y, z
    return None


def _sentence(
    p_value: float, degrees: int, worst: tuple[Deviation, ...], cycle: tuple[str, str, str] | None
) -> str:
    if degrees == 0:
        return "No player met others by more than one way, so nothing here can contradict the ratings."
    round_trip = (
        f" {cycle[0]} beats {cycle[1]}, {cycle[1]} {cycle[2]}, and {cycle[2]} {cycle[0]}." if cycle else ""
    )
    p = "p < .001" if p_value < 0.001 else f"p = {p_value:.3f}".replace("0.", ".")
    if p_value >= 0.05:
        return f"The ratings predict the results of the pairs within chance ({p}).{round_trip}"
    far = worst[0]
    return (
        f"One number a player does not say all ({p}): {far.first} took {far.score.rate:.2f} of the points "
        f"from {far.second}, where the ratings promise {far.expected:.2f}.{round_trip} "
        "Read them as a summary."
    )
