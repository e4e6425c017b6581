"""Policies measured on scored positions, and predictions measured against a known distribution."""

from __future__ import annotations

import numpy as np
import pytest
from arms import made_up_positions

from agents.evaluation import (
    exact_policy,
    greedy,
    hard_part,
    human_lines,
    prediction,
    rate,
    searched_policy,
)
from agents.positions import PositionSet
from agents.search import search_player
from games.connect_four import GAME
from games.core import States
from lab.randomness import game_keys
from lab.tree_search import SearchConfig

HUMAN = "straight-liner"
POSITIONS = made_up_positions()


def uniform(states: States) -> np.ndarray:
    mask = GAME.legal_action_mask(states)
    return np.asarray(mask / mask.sum(axis=1, keepdims=True))


def test_greedy_by_hand() -> None:
    moves = greedy(np.array([[0.2, 0.5, 0.3], [0.4, 0.4, 0.2]]))
    assert moves.tolist() == [[0, 1, 0], [1, 0, 0]]


def test_rate_of_known_policies() -> None:
    """Who keeps every value is right always, who never does never is; a uniform guess in between."""
    keep, hard = POSITIONS.keep, POSITIONS.hard
    assert rate(POSITIONS, greedy(keep))["hard"].rate == 1.0
    lose = greedy(np.where(hard[:, None], POSITIONS.legal & ~keep, POSITIONS.legal))
    assert rate(POSITIONS, lose)["hard"].rate == 0.0
    scores = rate(POSITIONS, uniform(POSITIONS.states))
    shares = keep.sum(axis=1) / POSITIONS.legal.sum(axis=1)
    assert scores["hard"].rate == pytest.approx(shares[hard].mean())
    assert scores["all"].rate == pytest.approx(shares.mean())
    assert scores["hard"].n == hard.sum()
    assert all(score.low <= score.rate <= score.high for score in scores.values())


def test_hard_part() -> None:
    part = hard_part(POSITIONS)
    assert part.hard.all()
    assert len(part) == POSITIONS.hard.sum()
    few = hard_part(POSITIONS, 3)
    assert np.array_equal(few.states, part.states[:3])
    assert np.array_equal(few.scores, part.scores[:3])


def test_human_lines() -> None:
    lines = human_lines(HUMAN, POSITIONS)
    assert lines is not None
    assert list(lines) == ["recorded", "best", "careful"]
    recorded = exact_policy(f"{HUMAN}.recorded", POSITIONS.states)
    assert lines["recorded"] == rate(POSITIONS, recorded)["hard"]
    assert human_lines("games.txt", POSITIONS) is None


def test_an_unknown_distribution_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        exact_policy("nobody", POSITIONS.states)


def test_searched_policy_is_the_searching_players() -> None:
    """More than one part of 1024: rows come back in their order."""

    def evaluate(states: States) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros((len(states), 7), np.float32), np.zeros(len(states), np.float32)

    states = np.tile(POSITIONS.states, 4)[:1100]
    moves = searched_policy(GAME, evaluate, 4, states)
    player = search_player("s", GAME, evaluate, SearchConfig(4, "gumbel", 7))
    wanted = player.act(states, game_keys(0, "t", 0, 1100), np.zeros(1100, np.int32))
    assert np.array_equal(moves.argmax(axis=1), wanted)
    assert (moves.sum(axis=1) == 1).all()


def test_prediction_of_a_known_human() -> None:
    """The human's own distribution is its best predictor: accuracy and cross-entropy at their bounds."""
    states = POSITIONS.states
    truth = exact_policy(f"{HUMAN}.recorded", states)
    itself = prediction(lambda s: exact_policy(f"{HUMAN}.recorded", s), HUMAN, states, truth.argmax(axis=1))
    assert itself["accuracy"]["rate"] == pytest.approx(itself["accuracy_ceiling"])
    assert itself["cross_entropy"] == pytest.approx(itself["entropy_floor"], abs=1e-9)
    guess = prediction(uniform, HUMAN, states, truth.argmax(axis=1))
    assert guess["cross_entropy"] > itself["cross_entropy"]
    assert guess["accuracy"]["rate"] < guess["accuracy_ceiling"]
    count = GAME.legal_action_mask(states).sum(axis=1)
    assert guess["cross_entropy"] == pytest.approx(np.log(count).mean())


def test_prediction_of_a_file_counts_moves() -> None:
    states, actions = GAME.new(3), np.array([3, 3, 2], np.int32)
    policy = np.tile([0.0, 0.0, 0.25, 0.75, 0.0, 0.0, 0.0], (3, 1))
    outcome = prediction(lambda s: policy, "mine.txt", states, actions)
    assert outcome["accuracy"]["rate"] == pytest.approx(2 / 3)
    assert outcome["cross_entropy"] == pytest.approx(-(2 * np.log(0.75) + np.log(0.25)) / 3)
    assert outcome["accuracy_ceiling"] is None
    assert outcome["entropy_floor"] is None


def test_a_set_of_one_category_has_the_others_not() -> None:
    part = hard_part(POSITIONS, 2)
    assert isinstance(part, PositionSet)
    assert set(rate(part, uniform(part.states))) == {"hard", "all", "strict"}
