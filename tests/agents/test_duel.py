"""Matches that end when it is decided: as long as they must be, and otherwise plain matches."""

from __future__ import annotations

import json

import pytest

from agents.baselines import baseline_player
from agents.duel import BLOCK, SequentialMatch, play_until_decided
from agents.matches import play_match, play_pairs
from games import connect_four
from lab.sequential_test import SequentialTest, log_likelihood_ratio

GAME = connect_four.GAME
TEST = SequentialTest(0.0, 100.0)


def duel(first: str, second: str, most_pairs: int = 400, test: SequentialTest = TEST) -> SequentialMatch:
    players = (baseline_player(name, GAME) for name in (first, second))
    return play_until_decided(GAME, *players, test, most_pairs, 4, 0)


def test_the_stronger_is_found_out_soon() -> None:
    result = duel("alphabeta-4", "random")
    assert result.verdict == "better"
    assert result.ratio >= TEST.bounds[1]
    assert sum(result.counts) <= 2 * BLOCK
    assert result.match.games == 2 * sum(result.counts)
    assert str(result).startswith("alphabeta-4 beats random: LLR")


def test_the_weaker_is_not_better() -> None:
    result = duel("random", "alphabeta-4")
    assert result.verdict == "not better"
    assert "random is not shown to beat alphabeta-4" in str(result)


def test_equals_are_not_better() -> None:
    assert duel("wins-and-blocks", "wins-and-blocks").verdict == "not better"


def test_a_close_question_stays_open_within_few_pairs() -> None:
    result = duel("alphabeta-2", "alphabeta-2", most_pairs=BLOCK + 3, test=SequentialTest(0.0, 5.0))
    assert result.verdict == "undecided"
    assert sum(result.counts) == BLOCK + 3
    assert str(result).startswith("undecided whether")


def test_blocks_are_the_whole_match() -> None:
    """A sequential match of n pairs is the plain match of n pairs with that seed."""
    result = duel("alphabeta-2", "alphabeta-2", most_pairs=BLOCK + 3, test=SequentialTest(0.0, 5.0))
    player = baseline_player("alphabeta-2", GAME)
    assert result.match == play_match(GAME, player, player, BLOCK + 3, 4, 0)


def test_points_are_those_of_pairs() -> None:
    player = baseline_player("wins-and-blocks", GAME)
    games = play_pairs(GAME, player, player, 10, 4, 3)
    by_hand = [(a + b + 2) / 2 for a, b in games.rewards.reshape(-1, 2)]
    assert games.points.tolist() == pytest.approx(by_hand)


def test_json() -> None:
    entry = json.loads(json.dumps(duel("alphabeta-4", "random").to_json(), allow_nan=False))
    sprt = entry["sprt"]
    assert sprt["verdict"] == "better"
    assert sprt["llr"] == pytest.approx(log_likelihood_ratio(sprt["counts"], 0, 100))
    assert sprt["pairs"] == sum(sprt["counts"]) == entry["games"] // 2
    assert (sprt["elo0"], sprt["elo1"], sprt["alpha"], sprt["beta"]) == (0.0, 100.0, 0.05, 0.05)
    assert sprt["lower"] < 0 < sprt["upper"]


def test_the_interval_of_a_match_that_ends_itself_is_marked() -> None:
    result = duel("alphabeta-4", "random")
    assert result.to_json()["sprt"]["score_interval_valid"] is False
    assert "does not hold for one that ends by its own result" in str(result)
