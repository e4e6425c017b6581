"""Games that ratings explain pass, rock-paper-scissors does not; p-values are what they say."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from test_ratings import met, simulated

from lab.ratings import Encounter, fit_ratings
from lab.transitivity import Transitivity, check_transitivity


def checked(games: list[Encounter], anchor: str) -> Transitivity:
    return check_transitivity(games, fit_ratings(games, anchor))


def rock_paper_scissors(share: float, pairs: int = 30) -> list[Encounter]:
    won = [2.0] * round(pairs * share) + [0.0] * round(pairs * (1 - share))
    turns = (("rock", "scissors"), ("scissors", "paper"), ("paper", "rock"))
    return [met(first, second, won, 2, 100 * i) for i, (first, second) in enumerate(turns)]


def test_rock_paper_scissors_is_flagged() -> None:
    """All ratings are 0 and promise a half, where each beats the next in nine of ten."""
    result = checked(rock_paper_scissors(0.9), "rock")
    assert result.degrees == 1
    assert result.p_value < 0.001
    assert result.worst[0].expected == pytest.approx(0.5)
    assert result.worst[0].score.rate in (pytest.approx(0.9), pytest.approx(0.1))
    assert result.cycle in (("paper", "rock", "scissors"),)
    assert "does not say all (p < .001)" in result.text
    assert "paper beats rock, rock scissors, and scissors paper" in result.text


def test_the_statistic_by_hand() -> None:
    """Three pairs of players, independent games of one cluster each, 60 of 100 round the circle: the only
    deviation is the cycle, 3 * 10^2 / (100 * variance), and the variance of a point is .24 * 100 / 99 out of
    .25: Pearson's 1/4 times the design effect (.24 / .25 at a half cancels)."""
    turns = (("a", "b"), ("b", "c"), ("c", "a"))
    games = [met(x, y, [1.0] * 60 + [0.0] * 40, 1, 100 * i) for i, (x, y) in enumerate(turns)]
    result = checked(games, "a")
    effect = 100 / 99
    assert result.statistic == pytest.approx(3 * 10**2 / (25 * effect), rel=1e-6)
    assert result.p_value == pytest.approx(math.erfc(math.sqrt(result.statistic / 2)), rel=1e-9)


def test_transitive_games_pass() -> None:
    elos = {f"p{i}": 90.0 * i for i in range(7)}
    result = checked(simulated(1, elos, 40), "p0")
    assert result.degrees == 15 - 7 + 1
    assert result.p_value > 0.05
    assert result.text.startswith("The ratings predict")
    assert len(result.worst) == 3
    assert abs(result.worst[0].errors) >= abs(result.worst[1].errors)


@pytest.mark.parametrize(("tied", "draws"), [(False, 0.2), (True, 0.2), (False, 0.8)])
def test_p_values_are_right_under_clusters_and_draws(tied: bool, draws: float) -> None:
    """Where ratings explain all, p < .05 happens about one time in twenty."""
    elos = {f"p{i}": 70.0 * i for i in range(6)}
    ps = [checked(simulated(seed, elos, 24, tied, draws), "p0").p_value for seed in range(80)]
    assert np.mean(np.array(ps) < 0.05) < 0.13
    assert 0.35 < np.mean(ps) < 0.65


def test_a_chain_tests_nothing() -> None:
    result = checked([met("a", "b", [1, 0, 1]), met("b", "c", [1, 1, 0], start=3)], "a")
    assert (result.degrees, result.p_value, result.worst, result.cycle) == (0, 1.0, (), None)
    assert "nothing here can contradict" in result.text


def test_one_sided_results_do_not_alarm() -> None:
    """Everybody always beats who is below: nothing contradicts, nothing divides by zero."""
    names = "abcd"
    games = [
        met(names[i], names[j], [2.0] * 20, 2, 100 * (4 * i + j)) for i in range(4) for j in range(i + 1, 4)
    ]
    result = checked(games, "a")
    assert result.p_value > 0.5
    assert math.isfinite(result.statistic)


def test_json() -> None:
    entry = json.loads(json.dumps(checked(rock_paper_scissors(0.9), "rock").to_json(), allow_nan=False))
    assert entry["degrees"] == 1
    assert set(entry["worst"][0]) == {"first", "second", "expected", "score"}
    assert entry["cycle"] == ["paper", "rock", "scissors"]
