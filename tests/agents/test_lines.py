"""Lines of three own moves: their chance worked by hand, who is right, what is as rare."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agents.baselines import baseline_player
from agents.evaluation import exact_policy, hard_part
from agents.lines import Judge, Lines, equally_rare, play_lines
from agents.player import Player, policy_player
from agents.positions import PositionSet, load_positions
from agents.surprise import line_row
from games.connect_four import GAME
from games.core import States


def lowest_player() -> Player:
    """Always the leftmost column with room."""

    def policy(states: States) -> NDArray[Any]:
        return np.eye(7)[GAME.legal_action_mask(states).argmax(axis=1)]

    return policy_player("leftmost", policy)


def after(*texts: str) -> States:
    states = GAME.new(len(texts))
    for row, text in enumerate(texts):
        for column in text:
            states[row : row + 1] = GAME.step(states[row : row + 1], np.array([int(column) - 1], np.int32))
    return states


def from_every(states: States, move: int = 0) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    return np.arange(len(states)), np.full(len(states), move, np.int32)


@pytest.fixture(scope="module")
def late() -> PositionSet:
    """Hard positions of 26 stones or more: solved in no time."""
    hard = hard_part(load_positions("connect_four", "validation"))
    rows = np.flatnonzero(np.bitwise_count(hard.states["occupied"]) >= 26)[:60]
    return PositionSet("late", hard.states[rows], hard.scores[rows])


def test_the_chance_of_a_line_is_the_product_of_the_humans_chances_on_the_way() -> None:
    states = after("", "44", "4455")
    lines = play_lines(GAME, lowest_player(), "forgetful", states, from_every(states), seed=3)
    assert lines.start.tolist() == [0, 1, 2]
    for line in range(3):
        chances = exact_policy("forgetful.recorded", np.ascontiguousarray(lines.states[line]))
        assert lines.probability[line] == pytest.approx(chances[range(3), lines.moves[line]].prod())
    stones = np.bitwise_count(lines.states["occupied"])
    assert (np.diff(stones, axis=1) == 2).all()  # the human answered each move but the last
    assert (np.bitwise_count(lines.ends["occupied"]) == stones[:, -1] + 1).all()


def test_a_line_that_the_game_cuts_short_is_left_out() -> None:
    both = np.concatenate([after("171717"), after("")])  # in the first X wins at once in column 1
    lines = play_lines(GAME, lowest_player(), "forgetful", both, from_every(both), seed=3)
    assert lines.start.tolist() == [1]


def test_lines_are_a_pure_function_of_the_seed_and_empty_where_nothing_starts() -> None:
    states = after("44", "35", "71")
    one, same = (
        play_lines(GAME, baseline_player("random", GAME), "two-ply", states, from_every(states, 3), seed)
        for seed in (5, 5)
    )
    assert (one.moves == same.moves).all()
    assert (one.states == same.states).all()
    none = play_lines(GAME, lowest_player(), "two-ply", states, from_every(states[:0]), seed=5)
    assert len(none) == 0


def test_the_perfect_players_lines_are_right_and_the_worst_players_wrong(late: PositionSet) -> None:
    perfect, worst = baseline_player("perfect", GAME), late.scores.astype(int)
    where = np.arange(len(late))
    best = late.scores.argmax(axis=1).astype(np.int32)
    lines = play_lines(GAME, perfect, "forgetful", late.states, (where, best), seed=1)
    assert len(lines) > 20
    assert Judge(late).right(lines).all()
    blunders = np.where(late.legal & ~late.keep, worst, 99).argmin(axis=1).astype(np.int32)
    wrong = play_lines(GAME, perfect, "forgetful", late.states, (where, blunders), seed=1)
    assert not Judge(late).right(wrong).any()


def test_a_line_that_passes_over_a_win_is_not_right() -> None:
    """X has three in column 1 and plays column 7, as if that won as well."""
    states = after("121212")
    positions = PositionSet("won", states, np.array([[2, 2, 2, 2, 2, 2, 2]], np.int8))
    lines = Lines(
        np.array([0]),
        np.stack([states] * 3, axis=1),
        np.array([[6, 6, 6]], np.int32),
        states,
        np.array([1e-9]),
    )
    assert not Judge(positions).right(lines).any()


def rare_lines(*chances: float) -> Lines:
    states = GAME.new(len(chances))
    return Lines(
        np.arange(len(chances)),
        np.stack([states] * 3, axis=1),
        np.zeros((len(chances), 3), np.int32),
        states,
        np.array(chances),
    )


def test_the_nearest_in_rarity_are_nearest_by_factor_not_by_difference() -> None:
    pool = np.array([1e-9, 2e-6, 1e-5, 9e-5])
    assert equally_rare(np.array([3e-6, 0.0]), pool, 2).tolist() == [1, 2, 0, 1]
    assert equally_rare(np.array([3e-6]), np.array([1e-7]), 4).tolist() == [0]


def test_the_counts_of_lines_known_beforehand() -> None:
    lines = rare_lines(1e-5, 0.2, 5e-5, 1e-3)
    pool = rare_lines(1e-5, 5e-5, 6e-5)

    def right(some: Lines) -> NDArray[np.bool_]:
        return np.asarray(some.probability < 2e-5)

    row = line_row(lines, 1e-4, right, pool, neighbours=1)
    assert row["surprises"]["rate"] == 0.5
    assert row["right"]["rate"] == 0.5
    assert row["equally_rare"]["rate"] == 0.5
    assert row["text"] == "2 of 4 lines, the rarest of 1e-05"
    assert line_row(lines, 1e-4, right, None, 1)["equally_rare"] is None


def test_no_lines_and_no_rare_ones_give_no_share_of_right_ones() -> None:
    def nobody(some: Lines) -> NDArray[np.bool_]:
        raise AssertionError("nothing is there to be judged")

    row = line_row(rare_lines(0.5), 1e-4, nobody, rare_lines(1e-5), 1)
    assert row["right"] is None
    assert row["equally_rare"] is None
    assert line_row(rare_lines(), 1e-4, nobody, None, 1)["surprises"] == {
        "rate": 0.5,
        "low": 0.0,
        "high": 1.0,
        "n": 0,
    }
