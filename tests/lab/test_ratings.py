"""Ratings against numbers worked by hand, against known strengths, and against torch's likelihood."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.losses import bradley_terry_loss
from lab.ratings import (
    ELO,
    Encounter,
    Rating,
    Ratings,
    UnconnectedPlayers,
    fit_ratings,
    negative_log_posterior,
    sandwich,
    table_of,
)
from lab.statistics import t_quantile


def met(first: str, second: str, points: list[float], games: int = 1, start: int = 0) -> Encounter:
    """Clusters of so many games each, with openings of their own from number `start` on."""
    sizes = np.full(len(points), float(games))
    return Encounter(first, second, np.array(points), sizes, np.arange(start, start + len(points)))


def simulated(
    seed: int, elos: dict[str, float], pairs: int, tied: bool = False, draws: float = 0.2
) -> list[Encounter]:
    """Pairs of games between everybody and the next three; `tied`: both games of a pair end alike."""
    rng, names, out = np.random.default_rng([seed, pairs]), list(elos), []
    for i, first in enumerate(names):
        for second in names[i + 1 : i + 4]:
            mean = 1.0 / (1.0 + 10.0 ** ((elos[second] - elos[first]) / 400.0))
            drawn = min(draws, 2 * min(mean, 1 - mean))
            shares = [1 - mean - drawn / 2, drawn, mean - drawn / 2]
            one = rng.choice(3, pairs, p=shares) / 2
            other = one if tied else rng.choice(3, pairs, p=shares) / 2
            out.append(met(first, second, (one + other).tolist(), 2, 10_000 * len(out)))
    return out


def by_name(ratings: Ratings) -> dict[str, Rating]:
    return {rating.player: rating for rating in ratings.players}


# --- by hand ---


def test_two_players_by_hand() -> None:
    """3 of 4 points, with a drawn game from each: (3 + 1) / (4 + 2) = 2/3, so 2 to 1: 400 log10 2 Elo."""
    ratings = fit_ratings([met("a", "b", [1, 1, 1, 0])], "b")
    assert ratings.values == pytest.approx({"a": 400 * math.log10(2), "b": 0.0})
    assert ratings.expected("a", "b") == pytest.approx(2 / 3)
    assert [rating.player for rating in ratings.players] == ["a", "b"]
    assert by_name(ratings)["b"] == Rating("b", 0.0, 0.0, 0.0, 4, None)


def test_the_interval_of_two_players_by_hand() -> None:
    """H = 6 * 2/3 * 1/3 = 4/3. Scores 1/3, 1/3, 1/3, -2/3: squares 7/9, times 4/3; the prior's 2 * 2/9."""
    ratings = fit_ratings([met("a", "b", [1, 1, 1, 0])], "b")
    variance = (7 / 9 * 4 / 3 + 4 / 9) / (4 / 3) ** 2
    a = by_name(ratings)["a"]
    assert a.low is not None
    assert a.high is not None
    assert (a.high - a.low) / 2 == pytest.approx(t_quantile(3) * ELO * math.sqrt(variance))


def test_a_chain_of_three_by_hand() -> None:
    """b met two players and brings half a drawn game to each: (7 + .75) / (10 + 1.5) in both links."""
    seven = [1.0] * 7 + [0.0] * 3
    values = fit_ratings([met("a", "b", seven), met("b", "c", seven, start=10)], "c").values
    link = ELO * math.log(7.75 / 3.75)
    assert values == pytest.approx({"a": 2 * link, "b": link, "c": 0.0})


def test_draws_are_half_points() -> None:
    drawn = fit_ratings([met("a", "b", [0.5] * 10)], "b")
    split = fit_ratings([met("a", "b", [1.0, 0.0] * 5)], "b")
    assert drawn.values == pytest.approx(split.values)
    assert drawn.values["a"] == pytest.approx(0.0, abs=1e-9)
    a, b = by_name(drawn)["a"], by_name(split)["a"]
    assert a.high is not None
    assert b.high is not None
    assert a.high < b.high / 2, "ten draws say more than five wins and five losses"


def test_who_is_named_first_does_not_matter() -> None:
    one = fit_ratings([met("a", "b", [1, 1, 0.5, 0])], "a").values
    other = fit_ratings([met("b", "a", [0, 0, 0.5, 1])], "a").values
    assert one == pytest.approx(other)


@settings(max_examples=30)
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=6, max_size=30), st.sampled_from("bc"))
def test_another_anchor_only_shifts(points: list[float], anchor: str) -> None:
    third = len(points) // 3
    games = [
        met("a", "b", points[:third]),
        met("b", "c", points[third : 2 * third], start=50),
        met("c", "a", points[2 * third :], start=100),
    ]
    one, other = fit_ratings(games, "a").values, fit_ratings(games, anchor).values
    shifts = [one[name] - other[name] for name in "abc"]
    assert shifts == pytest.approx([shifts[0]] * 3, abs=1e-5)


# --- the likelihood is the reward models' ---


def test_bradley_terry_loss_by_hand() -> None:
    """d = ln 3: sigma is 3/4."""
    chosen, rejected = torch.tensor([math.log(3.0)] * 3), torch.zeros(3)
    share = torch.tensor([1.0, 0.0, 0.5])
    expected = [math.log(4 / 3), math.log(4), (math.log(4 / 3) + math.log(4)) / 2]
    assert bradley_terry_loss(chosen, rejected, share).tolist() == pytest.approx(expected)
    assert bradley_terry_loss(chosen, rejected).tolist() == pytest.approx([math.log(4 / 3)] * 3)


def test_bradley_terry_loss_far_out_is_finite() -> None:
    loss = bradley_terry_loss(torch.tensor([-500.0, 500.0]), torch.tensor([500.0, -500.0]))
    assert loss.tolist() == [1000.0, 0.0]


def test_bradley_terry_loss_names_wrong_shapes() -> None:
    with pytest.raises(ValueError, match=r"not \(2,\) and \(3,\)"):
        bradley_terry_loss(torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match=r"not \(1, 2\) and \(1, 2\)"):
        bradley_terry_loss(torch.zeros(1, 2), torch.zeros(1, 2))
    with pytest.raises(ValueError, match=r"share_t is \[T\]"):
        bradley_terry_loss(torch.zeros(2), torch.zeros(2), torch.zeros(1))


def test_ratings_are_fitted_on_the_reward_models_loss() -> None:
    """Value and gradient of the ratings' posterior are those of bradley_terry_loss over games and prior."""
    table = table_of(simulated(3, {"a": 80.0, "b": 0.0, "c": -50.0, "d": -300.0}, pairs=7))
    r = torch.tensor([0.3, -0.2, 1.1, 0.0], dtype=torch.float64, requires_grad=True)
    first, second = torch.from_numpy(table.pairs).T
    games = torch.from_numpy(table.games + table.prior)
    share = torch.from_numpy(table.points + table.prior / 2) / games
    loss = (games * bradley_terry_loss(r[first], r[second], share)).sum()
    loss.backward()
    value, gradient = negative_log_posterior(table, r.detach().numpy())
    assert value == pytest.approx(loss.item(), rel=1e-12)
    assert r.grad is not None
    assert gradient.tolist() == pytest.approx(r.grad.tolist(), abs=1e-10)


def test_the_prior_is_one_drawn_game_a_player() -> None:
    """Spread over those it met: one with two opponents brings half a game to each."""
    table = table_of([met("a", "b", [1, 0]), met("b", "c", [1] * 5, start=2), met("c", "b", [1], start=7)])
    assert table.prior.sum() == pytest.approx(3.0)
    links = {"ab": table.prior[:2].sum(), "bc": table.prior[2:].sum()}
    assert links == pytest.approx({"ab": 1.5, "bc": 1.5})


# --- known strengths ---


@pytest.mark.parametrize("tied", [False, True], ids=["independent games", "pairs that end alike"])
def test_known_ratings_are_recovered_and_covered(tied: bool) -> None:
    """95 % intervals hold the truth 95 % of the time, also where the games of a pair are one game twice."""
    elos = {f"p{i}": 100.0 * i - 200.0 for i in range(6)}
    held, errors = [], []
    for seed in range(60):
        ratings = fit_ratings(simulated(seed, elos, pairs=30, tied=tied), "p2")
        for rating in ratings.players:
            if rating.player != "p2" and rating.low is not None and rating.high is not None:
                held.append(rating.low <= elos[rating.player] <= rating.high)
                errors.append(rating.rating - elos[rating.player])
    assert len(held) == 300
    assert 0.91 <= np.mean(held) <= 0.985
    assert abs(np.mean(errors)) < 8.0


def test_games_that_end_alike_say_half_as_much() -> None:
    """Twice the same game is one game: its interval is wider by sqrt 2 (the prior apart)."""
    outcomes = ([1.0] * 6 + [0.0] * 4) * 100
    once = table_of([met("a", "b", outcomes)])
    twice = table_of([met("a", "b", [2 * point for point in outcomes], 2)])
    r = np.array([math.log(1.5), 0.0])
    assert sandwich(twice, r, 1)[0, 0] == pytest.approx(sandwich(once, r, 1)[0, 0], rel=0.01)


# --- bounds ---


def test_who_never_lost_has_a_lower_bound() -> None:
    games = [met("a", "b", [1] * 20), met("b", "c", [1, 0] * 10, start=20)]
    a, b, c = (by_name(fit_ratings(games, "c"))[name] for name in "abc")
    assert (a.bound, b.bound, c.bound) == ("at least", None, None)
    assert a.high is None
    assert a.low is not None
    assert b.rating < a.low < a.rating
    longer = by_name(fit_ratings([met("a", "b", [1] * 200, start=100), games[1]], "c"))["a"]
    assert longer.low is not None
    assert longer.low > a.low + 200, "ten times the wins prove more"


def test_the_lower_bound_by_hand() -> None:
    """20 wins and two drawn games: where 21 ln(1 + e^-r) + ln(1 + e^r) is 1.96^2 / 2 above its least."""
    a = by_name(fit_ratings([met("a", "b", [1] * 20)], "b"))["a"]

    def posterior(r: float) -> float:
        return 21 * math.log1p(math.exp(-r)) + math.log1p(math.exp(r))

    assert a.rating == pytest.approx(ELO * math.log(21))
    assert a.low is not None
    assert posterior(a.low / ELO) - posterior(math.log(21)) == pytest.approx(1.96**2 / 2, abs=1e-6)


def test_the_same_opening_over_and_over_proves_less() -> None:
    """A pair of games counts once for a bound, since two deterministic players repeat themselves."""
    pairs = by_name(fit_ratings([met("a", "b", [2] * 20, 2)], "b"))["a"]
    singles = by_name(fit_ratings([met("a", "b", [1] * 20)], "b"))["a"]
    assert pairs.low == pytest.approx(singles.low)


def test_who_never_won_has_an_upper_bound_and_a_group_too() -> None:
    """b and c win against each other and never against a, the anchor."""
    games = [
        met("a", "b", [1] * 10),
        met("a", "c", [1] * 10, start=10),
        met("b", "c", [1, 0] * 5, start=20),
    ]
    ratings = by_name(fit_ratings(games, "a"))
    for name in "bc":
        rating = ratings[name]
        assert rating.bound == "at most"
        assert rating.low is None
        assert rating.high is not None
        assert rating.rating < rating.high < 0


def test_what_nothing_bounds_is_not_made_up() -> None:
    """a and c both beat b always: nothing says how they stand to each other."""
    ratings = by_name(fit_ratings([met("a", "b", [1] * 10), met("c", "b", [1] * 10, start=10)], "a"))
    assert (ratings["c"].low, ratings["c"].high, ratings["c"].bound) == (None, None, None)
    assert ratings["b"].bound == "at most"


def test_long_one_sided_chains_have_finite_ratings() -> None:
    """Nobody ever beats the next but one below: the Newton steps stay finite."""
    names = [f"p{i:02d}" for i in range(12)]
    games = [met(a, b, [2.0] * 40, 2, 100 * i) for i, (a, b) in enumerate(pairwise(names))]
    ratings = by_name(fit_ratings(games, names[6]))
    assert [ratings[name].bound for name in names] == ["at least"] * 6 + [None] + ["at most"] * 5
    assert ratings["p00"].rating > ratings["p05"].rating > 0
    assert all(math.isfinite(rating.rating) for rating in ratings.values())


# --- misuse ---


def test_groups_that_never_met_are_named() -> None:
    with pytest.raises(UnconnectedPlayers, match=r"never met: a, b \| c, d"):
        fit_ratings([met("a", "b", [1, 0]), met("c", "d", [1, 0], start=2)], "a")


def test_an_anchor_that_did_not_play_is_named() -> None:
    with pytest.raises(ValueError, match="the anchor z played no games; there are: a, b"):
        fit_ratings([met("a", "b", [1, 0])], "z")
    with pytest.raises(ValueError, match="no games to rate"):
        fit_ratings([], "a")


@pytest.mark.parametrize(
    ("points", "games", "message"),
    [([3.0], [2.0], "between 0"), ([-1.0], [2.0], "between 0"), ([math.nan], [2.0], "numbers"),
     ([0.0], [0.0], "at least one game"), ([], [], "at least one game"), ([1.0, 1.0], [2.0], r"all \[C\]")],
)  # fmt: skip
def test_impossible_encounters_are_named(points: list[float], games: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Encounter("a", "b", np.array(points), np.array(games), np.arange(len(points)))


def test_nobody_meets_itself() -> None:
    with pytest.raises(ValueError, match="a v a: a player does not meet itself"):
        met("a", "a", [1.0])


# --- which match would tell most ---


def test_the_gain_of_a_match_by_hand() -> None:
    """Two players, 4 games at 1/2 and the prior's 2: variance 1 / (6 / 4); 6 more games: ln(2) / 2."""
    ratings = fit_ratings([met("a", "b", [1, 0, 1, 0])], "a")
    assert ratings.gain("a", "b", 6) == pytest.approx(math.log(2) / 2)


def test_near_and_loosely_linked_players_gain_most() -> None:
    games = [
        met("a", "b", [1, 0] * 50),
        met("b", "c", [1, 0] * 2, start=100),
        met("c", "d", [1] * 30 + [0], 1, 110),
    ]
    ratings = fit_ratings(games, "a")
    assert ratings.gain("b", "c", 20) > ratings.gain("a", "b", 20)
    assert ratings.gain("a", "c", 20) > ratings.gain("a", "d", 20)
