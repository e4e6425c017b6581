"""Fast rollouts: they win and block where they can, and their values are those of such games."""

from __future__ import annotations

import numpy as np
import pytest
from test_baselines import BLOCK_AT_4, WIN_AT_4, some_positions

from agents.baselines import wins_and_blocks_policy
from agents.fast_rollouts import rollout_values
from games.connect_four import GAME, from_text
from lab.randomness import game_keys, sample_batch

# X to move can stop one end of O's row only
DOUBLE_THREAT = """
.......
.......
.......
.......
.XXX...
.OOO...
"""
# O's last stone completes nothing
LAST_CELL = """
XOXOXO.
XOXOXOX
OXOXOXO
OXOXOXO
XOXOXOX
XOXOXOX
"""


def test_a_win_at_hand_is_taken_and_a_double_threat_loses() -> None:
    assert rollout_values(from_text(WIN_AT_4), 20).tolist() == [1.0]
    lost = from_text(DOUBLE_THREAT)
    assert rollout_values(lost, 20).tolist() == [-1.0]
    lost["current"] ^= lost["occupied"]  # the same stones, O to move
    assert rollout_values(lost, 20).tolist() == [1.0]


def test_a_full_board_is_a_draw() -> None:
    state = from_text(LAST_CELL)
    assert not GAME.is_terminal(state)[0]
    assert rollout_values(state, 5).tolist() == [0.0]


def test_values_are_those_of_games_of_wins_and_blocks() -> None:
    """The same policy played through the rules: means agree within their errors."""
    states = np.concatenate([from_text(BLOCK_AT_4), some_positions(3, 6, seed=2), GAME.new(1)])
    games = 3_000
    fast = rollout_values(states, games)
    for state, value in zip(states, fast, strict=True):
        playing = np.repeat(state[None], games)
        mover = GAME.current_player(playing[:1])[0]
        keys = game_keys(5, "test", 0, games)
        for ply in range(42):
            going = np.flatnonzero(~GAME.is_terminal(playing))
            if not len(going):
                break
            weights = wins_and_blocks_policy(playing[going])
            playing[going] = GAME.step(playing[going], sample_batch(weights, keys[going], ply))
        assert value == pytest.approx(GAME.rewards(playing)[:, mover].mean(), abs=0.08)  # 3 errors


def test_a_value_is_a_function_of_its_position() -> None:
    states = some_positions(30, 10, seed=4)
    values = rollout_values(states, 4)
    assert np.array_equal(rollout_values(states[::-1], 4), values[::-1])
    assert not np.array_equal(rollout_values(states, 4, seed=1), values)
    assert len(np.unique(values)) > 2


def test_no_rollout_is_no_value() -> None:
    with pytest.raises(ValueError, match="at least 1 rollout"):
        rollout_values(GAME.new(1), 0)
