"""Games against the pool: whose moves teach, what they were worth, each game for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from agents.config import NetworkConfig, PolicyGradientConfig
from agents.network import new_network
from agents.pool_play import Policy, PoolBlock, play_against_pool, sampling_policy
from games.connect_four import GAME
from games.core import States
from lab.workers import Interrupted

PLAIN = PolicyGradientConfig(games_per_iteration=2, batch=2, opening_share=0.0)


def column(number: int) -> Policy:
    """Who always plays one column, as long as it is open."""

    def policy(states: States) -> Any:
        weights = GAME.legal_action_mask(states) * 1e-12
        weights[:, number] += GAME.legal_action_mask(states)[:, number]
        return weights / weights.sum(axis=1, keepdims=True)

    return policy


def uniform(states: States) -> Any:
    mask = GAME.legal_action_mask(states)
    return mask / mask.sum(axis=1, keepdims=True)


def same(one: PoolBlock, other: PoolBlock) -> bool:
    return (
        np.array_equal(one.examples.states, other.examples.states)
        and np.array_equal(one.examples.action_weights, other.examples.action_weights)
        and np.array_equal(one.examples.value_targets, other.examples.value_targets)
    )


def test_two_games_by_hand() -> None:
    """Two towers race, and whoever begins wins after 7 plies: the learner in game 0, the pool in game 1.

    1 . . . . . .
    1 . . . . . 2
    1 . . . . . 2
    1 . . . . . 2
    """
    block = play_against_pool(GAME, column(0), [column(6)], PLAIN, seed=1, block=0)
    assert (block.games, block.plies, block.score) == (2, 14, 0.5)
    assert block.examples.value_targets.tolist() == [1, 1, 1, 1, -1, -1, -1]
    drawn = block.examples.action_weights
    assert (drawn.argmax(axis=1) == 0).all(), "the pool's moves teach nothing"
    assert drawn.max(axis=1) == pytest.approx(1.0)
    assert GAME.current_player(block.examples.states).tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_the_weights_are_the_probabilities_of_the_moves_drawn() -> None:
    config = PolicyGradientConfig(games_per_iteration=40, batch=16, opening_share=0.7, opening_plies=4)
    block = play_against_pool(GAME, uniform, [uniform], config, seed=3, block=0)
    weights, mask = block.examples.action_weights, GAME.legal_action_mask(block.examples.states)
    assert ((weights > 0).sum(axis=1) == 1).all()
    assert (mask[weights > 0]).all(), "only legal moves are drawn"
    assert weights.max(axis=1) == pytest.approx(1.0 / mask.sum(axis=1))
    assert block.entropy == pytest.approx(np.log(mask.sum(axis=1)).mean())
    assert len({tuple(w > 0) for w in weights}) == 7


def test_every_member_of_the_pool_is_met() -> None:
    met = np.zeros(3, int)

    def counted(number: int) -> Policy:
        def policy(states: States) -> Any:
            met[number] += (states["occupied"] == 0).sum()
            return uniform(states)

        return policy

    config = PolicyGradientConfig(games_per_iteration=120, batch=64, opening_share=0.0)
    play_against_pool(GAME, uniform, [counted(n) for n in range(3)], config, seed=5, block=0)
    assert met.sum() == 60, "the pool opens every second game"
    assert (met > 8).all()


def test_a_game_does_not_depend_on_how_many_fly_together() -> None:
    network, other = (new_network(NetworkConfig(8, 1), GAME, seed) for seed in (0, 1))
    own, pool = sampling_policy(network, GAME), [sampling_policy(n, GAME) for n in (network, other)]

    def play(games: int, batch: int, block: int = 4) -> PoolBlock:
        config = PolicyGradientConfig(games_per_iteration=games, batch=batch)
        return play_against_pool(GAME, own, pool, config, seed=2, block=block)

    assert same(play(24, 24), play(24, 5))
    assert not same(play(24, 24), play(24, 24, block=5))
    few, more = play(10, 24), play(24, 24)
    assert np.array_equal(few.examples.states, more.examples.states[: len(few.examples.states)])


def test_it_leaves_when_asked_to() -> None:
    def stop() -> None:
        raise Interrupted("test")

    leave: Callable[[], None] = stop
    with pytest.raises(Interrupted):
        play_against_pool(GAME, uniform, [uniform], PLAIN, seed=1, block=0, leave_if_stopping=leave)
