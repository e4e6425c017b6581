"""The sequential test: bounds and ratios by hand, error rates by simulation, one-sided and equal results."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lab.sequential_test import (
    PSEUDO_PAIRS,
    SHARES,
    SequentialTest,
    expected_score,
    log_likelihood_ratio,
    pair_counts,
)


def pair_law(elo: float, draws: float) -> np.ndarray:
    """Chances of 0, .5, 1, 1.5, 2 points of a player so much better, with that share of drawn games."""
    mean = expected_score(elo)
    game = np.array([1 - mean - draws / 2, draws, mean - draws / 2])
    assert game.min() >= 0
    return np.convolve(game, game)


# --- by hand ---


def test_walds_bounds() -> None:
    assert SequentialTest(alpha=0.05, beta=0.05).bounds == pytest.approx((-math.log(19), math.log(19)))
    assert SequentialTest(alpha=0.01, beta=0.2).bounds == pytest.approx((math.log(0.2 / 0.99), math.log(80)))


def test_expected_score_by_hand() -> None:
    assert expected_score(0) == 0.5
    assert expected_score(400) == pytest.approx(10 / 11)
    assert expected_score(-400) == pytest.approx(1 / 11)


def test_pairs_are_counted() -> None:
    assert pair_counts([0, 0.5, 1, 1, 1.5, 2, 2]).tolist() == [1, 1, 2, 1, 2]
    for wrong in ([0.25], [2.5], [-1], [math.nan], [[1]]):
        with pytest.raises(ValueError, match="a pair of games gives"):
            pair_counts(wrong)


def test_two_outcomes_are_walds_own_test() -> None:
    """Only 0 and 2 points: the likelihood ratio of a coin, W ln(s1 / s0) + L ln((1 - s1) / (1 - s0))."""
    won, lost = 50_000, 40_000
    s0, s1 = expected_score(10), expected_score(60)
    coin = won * math.log(s1 / s0) + lost * math.log((1 - s1) / (1 - s0))
    assert log_likelihood_ratio([lost, 0, 0, 0, won], 10, 60) == pytest.approx(coin, rel=1e-3)


def test_the_constrained_shares_have_the_mean_they_should() -> None:
    """The ratio against the best of all laws of that mean, found by brute force over tilts."""
    weights = np.array([3, 5, 20, 9, 6]) + PSEUDO_PAIRS
    p = weights / weights.sum()

    def best(mean: float) -> float:
        grid = np.linspace(-1 / (1 - mean), 1 / mean, 400_001)[1:-1]
        log_laws = -np.log1p(grid[:, None] * (np.array(SHARES) - mean))
        means = (p * np.exp(log_laws) * (np.array(SHARES) - mean)).sum(axis=1)
        return float((weights * log_laws[np.abs(means).argmin()]).sum())

    by_hand = best(expected_score(35)) - best(expected_score(0))
    assert log_likelihood_ratio([3, 5, 20, 9, 6], 0, 35) == pytest.approx(by_hand, abs=1e-3)


def test_sides_are_alike() -> None:
    counts = [4, 7, 12, 9, 2]
    turned = log_likelihood_ratio(counts[::-1], -35, 0)
    assert log_likelihood_ratio(counts, 0, 35) == pytest.approx(-turned)


# --- degenerate results ---


@pytest.mark.parametrize(
    ("result", "decides"), [(0, "not better"), (2, "not better"), (4, "better")], ids=["lost", "even", "won"]
)
def test_pairs_that_are_all_the_same_decide_but_not_at_once(result: int, decides: str) -> None:
    test, counts = SequentialTest(), [0] * 5
    while test.verdict(counts) == "undecided":
        counts[result] += 1
        assert counts[result] < 100
    assert test.verdict(counts) == decides
    assert counts[result] > 20
    ratio = log_likelihood_ratio([100 * count for count in counts], 0, 35)
    assert math.isfinite(ratio)
    assert abs(ratio) > 100


def test_nothing_is_known_before_the_first_pair() -> None:
    assert SequentialTest().verdict([0] * 5) == "undecided"


# --- error rates ---


@pytest.mark.parametrize(
    ("draws", "elo1"), [(0.0, 100.0), (0.3, 70.0), (0.9, 30.0)], ids=["no draws", "some", "nine of ten"]
)
def test_error_rates_hold(draws: float, elo1: float) -> None:
    """Of 120 tests at each hypothesis about 6 may err; 14 would be one in a thousand."""
    test = SequentialTest(0.0, elo1)
    for elo, wrong in ((0.0, "better"), (elo1, "not better")):
        rng, law = np.random.default_rng([5, int(elo)]), pair_law(elo, draws)
        verdicts = []
        for _ in range(120):
            counts, verdict = np.zeros(5, np.int64), "undecided"
            while verdict == "undecided":
                counts += rng.multinomial(8, law)
                verdict = test.verdict(counts)
            verdicts.append(verdict)
        assert verdicts.count(wrong) <= 13


def test_swapped_colours_pay() -> None:
    """Where the first move decides, pairs split their points, and the same lead is proven far sooner."""
    independent, split = [25, 0, 50, 0, 25], [2, 0, 96, 0, 2]
    lead = np.array([-1, 0, 0, 0, 1])
    sure = log_likelihood_ratio(split + lead, 0, 10)
    assert sure > 0
    assert sure > 2 * log_likelihood_ratio(independent + lead, 0, 10)


# --- misuse ---


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"elo0": 5.0, "elo1": 5.0}, "elo0 must be less"),
        ({"elo1": math.inf}, "elo0 must be less"),
        ({"alpha": 0.0}, "alpha and beta"),
        ({"beta": 0.5}, "alpha and beta"),
    ],
)
def test_impossible_tests_are_named(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SequentialTest(**values)


@pytest.mark.parametrize("counts", [[1, 2, 3], [1, 2, 3, 4, -1], [1, 2, 3, 4, math.nan]])
def test_impossible_counts_are_named(counts: list[float]) -> None:
    with pytest.raises(ValueError, match="counts are five numbers"):
        log_likelihood_ratio(counts, 0, 35)
