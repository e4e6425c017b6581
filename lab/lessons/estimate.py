"""Means over seeds with their 95 % intervals, and what may be claimed from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lab.statistics import exact_interval, t_quantile

Words = Callable[[float], str]


@dataclass(frozen=True)
class Estimate:
    """The mean of one value a seed, with Student's interval; of a single seed there is none (None).

    censored: how many seeds had not got there when they were stopped. Their values are what they had spent by
    then, so that the mean is a lower bound, and there is no interval.
    """

    mean: float
    low: float | None
    high: float | None
    values: tuple[float, ...]
    censored: int = 0

    def to_json(self) -> dict[str, Any]:
        """{"mean", "low", "high", "values", "censored"}."""
        return {**vars(self), "values": list(self.values)}

    def told(self, words: Words) -> str:
        """The mean and its interval in words, such as "8.2 [7.9, 8.5]"."""
        if self.censored:
            got = len(self.values) - self.censored
            return f"more than {words(self.mean)} ({got} of {len(self.values)} seeds got there)"
        told = f"{words(self.mean)} (one seed, no interval)"
        if self.low is not None and self.high is not None:
            told = f"{words(self.mean)} [{words(self.low)}, {words(self.high)}]"
        return told.replace("-", "−")


def estimate(
    values: Sequence[float], share: bool = False, within: tuple[float, float] = (-math.inf, math.inf)
) -> Estimate:
    """The mean of values, one a seed, the interval kept within what no value passes: of a share, [0, 1].

    Raises ValueError for no values, and for what is no number."""
    given = np.asarray(values, np.float64)
    if given.ndim != 1 or not given.size or not np.isfinite(given).all():
        raise ValueError(f"a mean needs at least one value, and numbers, not {values!r}")
    mean, told = float(given.mean()), tuple(given.tolist())
    if given.size == 1:
        return Estimate(mean, None, None, told)
    half = t_quantile(given.size - 1) * float(given.std(ddof=1)) / math.sqrt(given.size)
    least, most = (0.0, 1.0) if share else within
    return Estimate(mean, max(least, mean - half), min(most, mean + half), told)


def known(value: float) -> Estimate:
    """A number that is known, or chosen, and no mean of anything: its interval is itself."""
    return Estimate(value, value, value, ())


def estimate_of(value: dict[str, Any]) -> Estimate:
    """The inverse of Estimate.to_json."""
    return Estimate(**{**value, "values": tuple(value["values"])})


def geometric(values: Sequence[float]) -> Estimate:
    """The same for values over several orders of magnitude: the mean and interval of their logarithms."""
    logs = estimate(np.log(values).tolist())
    low, high = (None if edge is None else math.exp(edge) for edge in (logs.low, logs.high))
    return Estimate(math.exp(logs.mean), low, high, tuple(float(value) for value in values))


def censored(known: Estimate, count: int) -> Estimate:
    """What is known of a mean when so many of its seeds were stopped before they got there."""
    return replace(known, low=None, high=None, censored=count) if count else known


def greater(claim: str, one: Estimate, other: Estimate, words: Words) -> dict[str, str]:
    """The claim that one mean lies above another: shown or contradicted where the intervals are apart."""
    verdict = "not shown"
    if one.low is not None and one.high is not None and other.low is not None and other.high is not None:
        verdict = "shown" if one.low > other.high else "contradicted" if one.high < other.low else verdict
    return {"claim": claim, "verdict": verdict, "evidence": f"{one.told(words)} against {other.told(words)}"}


def above_zero(claim: str, differences: Sequence[float], words: Words) -> dict[str, str]:
    """The claim that a difference, one on each seed, lies above 0: shown where its interval does."""
    known = estimate(differences)
    verdict = "not shown"
    if known.low is not None and known.high is not None:
        verdict = "shown" if known.low > 0 else "contradicted" if known.high < 0 else verdict
    return {"claim": claim, "verdict": verdict, "evidence": f"{known.told(words)}, seed by seed"}


def ahead(claim: str, one: Estimate, other: Estimate, words: Words) -> dict[str, str]:
    """The claim that one is ahead of another where both share what a seed decides, such as an imitator: from
    their differences seed by seed. Raises ValueError for other numbers of seeds."""
    pairs = zip(one.values, other.values, strict=True)

    def signed(difference: float) -> str:
        return words(difference) if difference < 0 else f"+{words(difference)}"

    told = above_zero(claim, [first - second for first, second in pairs], signed)
    return {**told, "evidence": f"{words(one.mean)} against {words(other.mean)}: {told['evidence']}"}


def below(claim: str, one: Estimate, limit: float, words: Words) -> dict[str, str]:
    """The claim that a mean lies below a number that is known."""
    verdict = "not shown"
    if one.low is not None and one.high is not None:
        verdict = "shown" if one.high < limit else "contradicted" if one.low > limit else verdict
    return {"claim": claim, "verdict": verdict, "evidence": f"{one.told(words)}; the limit is {words(limit)}"}


def on_most(claim: str, kept: Sequence[bool]) -> dict[str, str]:
    """The claim that something holds on more than half of all seeds, from those on which it did."""
    successes, n = sum(kept), len(kept)
    low, high = exact_interval(successes, n)
    verdict = "shown" if low > 0.5 else "contradicted" if high < 0.5 else "not shown"
    share = f"on {successes} of {n} seeds: a share of {100 * low:.0f} to {100 * high:.0f} % of all"
    return {"claim": claim, "verdict": verdict, "evidence": share}


def on_every(claim: str, kept: Sequence[bool]) -> dict[str, str]:
    """The claim that something held on every seed of this run; of other seeds it says nothing."""
    return exact(f"{claim}, on every seed of this run", all(kept), f"on {sum(kept)} of {len(kept)} seeds")


def exact(claim: str, holds: bool, evidence: str) -> dict[str, str]:
    """A claim about what is computed exactly, without sampling."""
    return {"claim": claim, "verdict": "shown" if holds else "contradicted", "evidence": evidence}
