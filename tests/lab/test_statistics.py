"""Intervals: numbers worked by hand, and how often they hold the truth."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.statistics import (
    Score,
    above,
    clustered,
    exact_line,
    pooled,
    separated,
    t_quantile,
    wilson,
)


def test_wilson_by_hand() -> None:
    # n = 10, 5 successes: centre .5, half = 1.96 / (1 + .38416) * sqrt(.025 + .38416 / 40) = .26341
    score = wilson(5, 10)
    assert (score.rate, score.n) == (0.5, 10)
    assert score.low == pytest.approx(0.23659, abs=1e-5)
    assert score.high == pytest.approx(0.76341, abs=1e-5)


def test_wilson_at_the_edges_is_no_point() -> None:
    # all of 10: low = 10 / (10 + 1.96^2) = .72247
    score = wilson(10, 10)
    assert score.high == 1.0
    assert score.low == pytest.approx(10 / (10 + 1.96**2), abs=1e-12)
    assert wilson(0, 10).low == 0.0
    assert wilson(0, 0) == Score(0.5, 0.0, 1.0, 0)


def test_half_points_count() -> None:
    assert wilson(2.5, 5).rate == 0.5


@pytest.mark.parametrize(("successes", "n"), [(-1, 4), (5, 4), (0, -1), (math.nan, 4)])
def test_impossible_counts_are_refused(successes: float, n: int) -> None:
    with pytest.raises(ValueError, match="impossible"):
        wilson(successes, n)


def test_clustered_by_hand() -> None:
    # clusters {1, 1}, {0, 0}, {1, 0}: mean .5, residual totals 1, -1, 0, so V = 3/2 * 2 / 36 = 1/12,
    # .25 / V = 3 effective values, t_2 = 4.303: half = sqrt(c/4 / (1 + c)) with c = 4.303^2 / 3
    score = clustered([1, 1, 0, 0, 1, 0], ["a", "a", "b", "b", "c", "c"])
    c = 4.303**2 / 3
    half = math.sqrt(c / 4 / (1 + c))
    assert (score.rate, score.n) == (0.5, 6)
    assert (score.low, score.high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))


def test_doubled_games_tell_nothing_new() -> None:
    values = np.random.default_rng(1).integers(0, 2, 60)
    once, thrice = (
        clustered(values, np.arange(60)),
        clustered(np.repeat(values, 3), np.repeat(np.arange(60), 3)),
    )
    assert (thrice.low, thrice.high) == (pytest.approx(once.low), pytest.approx(once.high))


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_equal_values_fall_back_on_wilson_over_clusters(value: float) -> None:
    score, expected = clustered([value] * 40, np.repeat(np.arange(20), 2)), wilson(20 * value, 20)
    assert (score.low, score.high, score.n) == (expected.low, expected.high, 40)


def test_one_cluster_is_one_observation() -> None:
    assert clustered([1, 0, 1], [7, 7, 7]).low == pytest.approx(wilson(2 / 3, 1).low)


@pytest.mark.parametrize("values", [[], [1.5], [-0.1], [math.nan], [[1.0]]])
def test_values_that_are_no_shares_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="value"):
        exact_line(values)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="as many clusters"):
        clustered([0.0, 1.0], [1])


def test_exact_line_is_narrower_than_a_coin() -> None:
    values = np.linspace(0.4, 0.8, 101)
    score = exact_line(values)
    half = t_quantile(100) * values.std(ddof=1) / math.sqrt(101)
    assert score.rate == pytest.approx(0.6)
    assert score.high - score.low == pytest.approx(2 * half, rel=0.01)
    assert score.high - score.low < wilson(60.6, 101).high - wilson(60.6, 101).low


def test_separation() -> None:
    low, high, between = Score(0.4, 0.3, 0.5, 9), Score(0.7, 0.6, 0.8, 9), Score(0.5, 0.5, 0.6, 9)
    assert separated(low, high)
    assert separated(high, low)
    assert above(high, low)
    assert not above(low, high)
    assert not separated(low, between)  # they touch


def test_pooled_by_hand() -> None:
    # rates .5, .6, .7: s = .1, t_2 * .1 / sqrt 3 = .24844; mean half-widths .05 and .1
    scores = [Score(r, r - 0.05, r + 0.1, 100) for r in (0.5, 0.6, 0.7)]
    score = pooled(scores)
    assert (score.rate, score.n) == (pytest.approx(0.6), 300)
    assert score.low == pytest.approx(0.6 - math.hypot(4.303 * 0.1 / math.sqrt(3), 0.05))
    assert score.high == pytest.approx(0.6 + math.hypot(4.303 * 0.1 / math.sqrt(3), 0.1))
    assert pooled(scores[:1]) is scores[0]
    with pytest.raises(ValueError, match="no scores"):
        pooled([])


@pytest.mark.parametrize(
    ("degrees", "value"), [(1, 12.706), (11, 2.201), (20, 2.086), (49, 2.0096), (10**6, 1.96)]
)
def test_student_t_of_the_tables(degrees: int, value: float) -> None:
    assert t_quantile(degrees) == pytest.approx(value, abs=1e-3)


def test_no_degree_of_freedom() -> None:
    with pytest.raises(ValueError, match="degree"):
        t_quantile(0)


def test_json_round_trip_and_text() -> None:
    score = wilson(81, 100)
    assert Score.from_json(json.loads(json.dumps(score.to_json()))) == score
    assert str(Score(0.5, 0.25, 0.75, 8)) == "0.500 [0.250, 0.750]"
    with pytest.raises(ValueError, match="low <= rate"):
        Score(0.5, 0.6, 0.7, 3)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.integers(0, 5)), min_size=1, max_size=60)
)
def test_the_interval_holds_its_rate(pairs: list[tuple[float, int]]) -> None:
    values, clusters = zip(*pairs, strict=True)
    score = clustered(values, clusters)
    assert 0.0 <= score.low <= score.rate <= score.high <= 1.0
    assert score.low < score.high


def _coverage(truth: float, draw: object, repeats: int = 1500) -> float:
    hits = [score.low <= truth <= score.high for score in (draw(seed) for seed in range(repeats))]  # type: ignore[operator]
    return float(np.mean(hits))


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.97])
def test_wilson_covers(rate: float) -> None:
    share = _coverage(rate, lambda seed: wilson(float(np.random.default_rng(seed).binomial(200, rate)), 200))
    assert 0.93 < share < 0.98


@pytest.mark.parametrize(("rate", "least"), [(0.5, 0.93), (0.8, 0.93), (0.95, 0.90)])
def test_clustered_covers_where_plain_wilson_does_not(rate: float, least: float) -> None:
    """50 openings of 8 games; half of all games repeat the first result of their opening."""
    clusters = np.repeat(np.arange(50), 8)

    def games(seed: int) -> np.ndarray:
        random = np.random.default_rng(seed)
        own, first = random.random(400) < rate, np.repeat(random.random(50) < rate, 8)
        return np.where(random.random(400) < 0.5, first, own).astype(float)

    assert least < _coverage(rate, lambda seed: clustered(games(seed), clusters)) < 0.98
    assert _coverage(rate, lambda seed: wilson(games(seed).sum(), 400)) < 0.90


def test_clustered_covers_colour_swapped_pairs_with_draws() -> None:
    """Who begins mostly wins, so the two games of a pair lean against each other."""
    clusters = np.repeat(np.arange(100), 2)

    def games(seed: int) -> np.ndarray:
        random = np.random.default_rng(seed)
        outcome = np.array([0.0, 0.5, 1.0])
        first, second = (
            random.choice(outcome, 100, p=[0.1, 0.1, 0.8]),
            random.choice(outcome, 100, p=[0.5, 0.2, 0.3]),
        )
        return np.stack([first, second], axis=1).ravel()

    assert 0.93 < _coverage((0.85 + 0.4) / 2, lambda seed: clustered(games(seed), clusters)) < 0.97


def test_pooled_covers_seeds_that_share_their_problems() -> None:
    """Three seeds of differing strength answer one common set of problems drawn anew each time."""

    def three_seeds(seed: int) -> Score:
        random = np.random.default_rng(seed)
        ease = random.normal(0.0, 0.15, 300)
        strengths = 0.7 + random.normal(0.0, 0.02, 3)
        return pooled([wilson(float((random.random(300) < s + ease).sum()), 300) for s in strengths])

    truth = float(
        np.mean(np.clip(0.7 + np.random.default_rng(0).normal(0, math.hypot(0.15, 0.02), 10**6), 0, 1))
    )
    assert _coverage(truth, three_seeds, 600) > 0.95
