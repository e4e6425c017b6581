"""A world as a table: the truth equals what a hand works out, and what many games sample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.lessons.cleaner import clumsy_cleaner, honest_cleaner
from agents.lessons.credit import credits_of, estimated_gradient, policy_values, true_gradient
from agents.lessons.episodes import advantages, play
from agents.lessons.tables import (
    START,
    Numbers,
    Table,
    best_actions,
    best_episode,
    divergence,
    expected,
    first_choices,
    tabulate,
    value_iteration,
)
from games import cleaning_robot, gridworld
from lab.randomness import game_keys

GRID = tabulate(gridworld.WORLD)


def uniform(table: Table) -> Numbers:
    return np.full_like(table.reward, 1.0 / table.reward.shape[1])


def by_number(values: Numbers) -> Numbers:
    """In the order of the grid's cells, row by row."""
    out = np.zeros_like(values)
    out[GRID.numbers] = values
    return out


def test_the_table_is_the_world() -> None:
    world = cleaning_robot.paid_by("penalty")
    table = tabulate(world)
    assert len(table.numbers) == len(set(table.numbers.tolist()))
    assert table.numbers[START] == world.number(world.new(1))[0]
    rows = np.arange(0, len(table.numbers), 7)
    actions = rows % world.num_actions
    step = world.step(world.numbered(table.numbers[rows]), actions)
    assert np.array_equal(table.numbers[table.after[rows, actions]], world.number(step.states))
    assert np.array_equal(table.reward[rows, actions], step.reward)
    assert np.array_equal(table.true_reward[rows, actions], step.true_reward)
    assert table.goes_on.all()


def test_value_iteration_counts_steps() -> None:
    values, sweeps = value_iteration(GRID)
    assert by_number(values).reshape(5, 5)[0].tolist() == [-8, -6, -4, -2, 0]
    assert values[START] == -16.0
    assert sweeps == 8
    best = by_number(best_actions(GRID, values).astype(float))
    assert best[20].tolist() == [1, 1, 0, 0], "from the start north and east are best"
    assert best[4].tolist() == [0, 0, 0, 0], "nothing is left to do at the goal"


def test_a_discount_by_hand() -> None:
    values, _ = value_iteration(GRID, 0.5)
    assert values[START] == pytest.approx(-2 * (1 - 0.5**8) / (1 - 0.5))


def test_a_world_without_an_end_does_not_settle() -> None:
    endless = tabulate(cleaning_robot.paid_by("camera"))
    with pytest.raises(ValueError, match="does not settle"):
        value_iteration(replace(endless, after=endless.after * 0, reward=endless.reward * 0 + 1))


def test_the_best_episodes_of_the_cleaning_robot() -> None:
    ways = {
        reward: best_episode(tabulate(cleaning_robot.paid_by(reward))) for reward in cleaning_robot.REWARDS
    }
    names = {reward: [cleaning_robot.ACTION_NAMES[action] for action in way] for reward, way in ways.items()}
    assert names["camera"][:6] == ["east", "cover", "north", "cover", "east", "cover"]
    assert names["penalty"][:8] == ["tilt"] * 8
    assert names["true"].count("scrub") >= 18
    assert "cover" not in names["true"]


def test_expectations_equal_many_games() -> None:
    policy = uniform(GRID)
    truth = expected(GRID, policy)
    games = play(GRID, policy, game_keys(3, "test", 0, 20_000))
    lengths = games.mask.sum(axis=1)
    assert truth.steps == pytest.approx(lengths.mean(), abs=5 * lengths.std() / 20_000**0.5)
    assert truth.reward == pytest.approx(-2 * truth.steps)
    assert truth.ends.sum() == pytest.approx(1.0)
    assert truth.ends[GRID.is_terminal].sum() == pytest.approx((~games.cut).mean(), abs=0.02)
    assert games.reward.sum(axis=1).mean() == pytest.approx(-2 * lengths.mean())


def test_both_ways_to_follow_a_policy_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    by_matrix = expected(GRID, uniform(GRID))
    monkeypatch.setattr("agents.lessons.tables.SMALL", 0)
    by_lists = expected(GRID, uniform(GRID))
    assert by_matrix.reward == pytest.approx(by_lists.reward)
    assert np.allclose(by_matrix.visits, by_lists.visits)


def test_a_walk_along_the_walls_is_counted_exactly() -> None:
    policy = np.zeros_like(GRID.reward)
    row = GRID.numbers // 5
    policy[row == 0, 1] = 1.0  # east along the northern wall
    policy[row != 0, 0] = 1.0
    seen = expected(GRID, policy)
    assert (seen.reward, seen.steps) == (-16.0, 8.0)
    assert first_choices(policy).tolist() == policy.tolist()
    assert divergence(policy, uniform(GRID), seen.visits) == pytest.approx(8 * np.log(4))


def test_returns_to_go_by_hand() -> None:
    policy = np.zeros_like(GRID.reward)
    policy[:, 0] = 0.5
    policy[:, 1] = 0.5
    games = play(GRID, policy, game_keys(0, "test", 0, 4))
    to_go = advantages(games, None, 1.0, 1.0).numpy()
    ends = games.mask.sum(axis=1)
    for row in range(4):
        assert to_go[row, : ends[row]].tolist() == [-2.0 * k for k in range(ends[row], 0, -1)]
    half = advantages(games, None, 0.5, 1.0).numpy()
    assert half[0, 0] == pytest.approx(-2 * (1 - 0.5 ** ends[0]) / 0.5)


def test_an_episode_cut_off_is_worth_what_would_follow() -> None:
    table = replace(GRID, max_steps=3)
    games = play(table, uniform(GRID), game_keys(0, "test", 0, 2))
    assert games.cut.all()
    values = np.full(len(GRID.numbers), -10.0)
    one, other = (advantages(games, values, 1.0, 1.0, bootstrap).numpy() for bootstrap in (False, True))
    assert one[0].tolist() == [-6 + 10, -4 + 10, -2 + 10]
    assert (other - one).tolist() == [[-10.0] * 3] * 2


def test_policy_values_hold_their_own_equation() -> None:
    policy = uniform(GRID)
    values = policy_values(GRID, policy)
    again = (policy * (GRID.reward + GRID.goes_on * values[GRID.after])).sum(axis=1)
    assert np.allclose(values[~GRID.is_terminal], again[~GRID.is_terminal])
    assert values[GRID.is_terminal].tolist() == [0.0]


def test_the_true_gradient_equals_small_differences() -> None:
    policy, table = uniform(GRID), replace(GRID, max_steps=40)
    gradient = true_gradient(table, policy)
    for state, action in ((0, 0), (0, 2), (5, 1), (12, 3)):
        logits = np.zeros_like(policy)
        logits[state, action] = 1e-4
        moved = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        slope = (expected(table, moved).reward - expected(table, policy).reward) / 1e-4
        assert gradient[state, action] == pytest.approx(slope, abs=0.01)


def test_many_episodes_estimate_the_true_gradient() -> None:
    table = replace(GRID, max_steps=1_000)
    policy = uniform(table)
    games = play(table, policy, game_keys(0, "test", 0, 6_000))
    truth = true_gradient(table, policy)
    given = credits_of(games, policy_values(table, policy))
    for rule in ("return to go", "less the value", "actor-critic"):
        guess = estimated_gradient(games, given[rule], policy)
        cosine = (guess * truth).sum() / np.linalg.norm(guess) / np.linalg.norm(truth)
        assert cosine > 0.9, rule


def test_the_honest_human_cleans_everything() -> None:
    table = tabulate(cleaning_robot.WORLD)
    honest, clumsy = honest_cleaner(table), clumsy_cleaner(table)
    assert np.allclose(honest.sum(axis=1), 1.0)
    assert np.allclose(clumsy.sum(axis=1), 1.0)
    assert clumsy.min() > 0.0
    seen = expected(table, honest)
    assert seen.reward == pytest.approx(seen.true_reward), "nothing is hidden"
    # three spots, one step and six strokes each: clean after 7, 14 and 21 of 30 steps
    assert seen.true_reward == pytest.approx((24 + 17 + 10) / 3)
    assert expected(table, clumsy).true_reward < seen.true_reward
