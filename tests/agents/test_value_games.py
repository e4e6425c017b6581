"""Games for a value network: one position a game after AlphaGo's recipe, and whole games."""

from __future__ import annotations

import numpy as np
import pytest

from agents.baselines import wins_and_blocks_policy
from agents.value_games import all_positions, one_of_each, one_position_a_game, play_on, whole_games
from games.connect_four import GAME, popcount
from games.core import States, load_game
from lab.randomness import game_keys

KEYS = game_keys(3, "test", 0, 400)


def first_column(states: States) -> np.ndarray:
    """Plays the leftmost legal column: games of known course."""
    mask = GAME.legal_action_mask(states)
    return np.eye(7)[mask.argmax(axis=1)]


def anywhere(states: States) -> np.ndarray:
    return GAME.legal_action_mask(states).astype(float)


def test_whole_games_are_games_of_the_policy() -> None:
    games = whole_games(GAME, first_column, KEYS[:3], 0)
    # columns fill one by one; X stands in rows 1, 3, 5 of every column: four in row 1 with column 4
    assert games.actions[0, :19].tolist() == [0] * 6 + [1] * 6 + [2] * 6 + [3]
    assert games.lengths.tolist() == [19] * 3
    assert games.results.tolist() == [1] * 3
    assert games.distinct == 1
    assert whole_games(GAME, first_column, KEYS, 8).distinct > 100, "openings make them differ"


def test_all_positions_have_their_games_result() -> None:
    examples = all_positions(GAME, whole_games(GAME, first_column, KEYS[:1], 0))
    assert examples.value_targets.tolist() == [1.0, -1.0] * 9 + [1.0]
    assert not examples.action_weights.any(), "no move is taught"


def test_one_of_each_is_drawn_evenly() -> None:
    games = whole_games(GAME, first_column, KEYS, 0)
    examples = one_of_each(GAME, games, KEYS)
    stones = [popcount(state["occupied"]) for state in examples.states]
    counts = np.bincount(stones, minlength=19)
    assert len(examples.states) == 400
    assert counts.min() > 5, counts
    assert len(counts) == 19, counts
    assert examples.value_targets.tolist() == [1.0 if n % 2 == 0 else -1.0 for n in stones]


def test_one_position_a_game_has_the_outcome_of_the_policy_from_there() -> None:
    """A policy that plays alike from a position on: its outcome can be worked out anew."""
    examples = one_position_a_game(GAME, wins_and_blocks_policy, first_column, KEYS)
    assert len(examples.states) == len(KEYS)
    assert not GAME.is_terminal(examples.states).any()
    assert not examples.action_weights.any()
    final = play_on(GAME, first_column, examples.states, KEYS)
    movers = GAME.current_player(examples.states)
    assert np.array_equal(GAME.rewards(final)[np.arange(len(KEYS)), movers], examples.value_targets)
    assert {-1.0, 1.0} <= set(examples.value_targets)


def test_the_position_lies_behind_a_random_move() -> None:
    """After a prior that fills columns from the left, at most one stone stands out of the order."""
    examples = one_position_a_game(GAME, first_column, anywhere, KEYS)
    strange = 0
    for state in examples.states:
        heights = [popcount(state["occupied"] >> np.uint64(7 * c) & np.uint64(63)) for c in range(7)]
        stones = sum(heights)
        in_order = [min(6, max(0, stones - 6 * c)) for c in range(7)]
        strange += heights != in_order
        before = [min(6, max(0, stones - 1 - 6 * c)) for c in range(7)]
        assert sum(abs(a - b) for a, b in zip(heights, before, strict=True)) == 1
    assert strange > len(KEYS) / 2


@pytest.mark.parametrize("rows", [slice(0, 50), slice(100, 400)])
def test_a_game_depends_on_its_key_alone(rows: slice) -> None:
    everyone = one_position_a_game(GAME, wins_and_blocks_policy, anywhere, KEYS)
    some = one_position_a_game(GAME, wins_and_blocks_policy, anywhere, KEYS[rows])
    assert np.array_equal(some.states, everyone.states[rows])
    assert np.array_equal(some.value_targets, everyone.value_targets[rows])
    games, fewer = whole_games(GAME, anywhere, KEYS, 4), whole_games(GAME, anywhere, KEYS[rows], 4)
    assert np.array_equal(games.actions[rows], fewer.actions)


def test_any_game_will_do() -> None:
    game = load_game("tic_tac_toe")

    def policy(states: States) -> np.ndarray:
        return game.legal_action_mask(states).astype(float)

    examples = one_position_a_game(game, policy, policy, KEYS)
    assert not game.is_terminal(examples.states).any()
    assert abs(examples.value_targets.mean()) < 0.5
