"""The worlds with one player: what every one of them keeps to, and their rules by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from games import cleaning_robot, gridworld
from games.core import IllegalMove, States, UnknownGame
from games.one_player import Step, World, load_world, world_names

each_world = pytest.mark.parametrize("name", world_names())
NORTH, EAST, SOUTH, WEST, SCRUB, COVER, TILT = range(7)


def every_state(world: World) -> States:
    return world.numbered(np.arange(world.num_states))


def walked(world: World, *actions: int) -> list[Step]:
    """The steps of these actions from the beginning."""
    states, steps = world.new(1), []
    for action in actions:
        steps.append(world.step(states, np.array([action])))
        states = steps[-1].states
    return steps


# --- every world ---


@each_world
def test_states_are_counted(name: str) -> None:
    world = load_world(name)
    states = every_state(world)
    assert states.dtype == world.state_dtype
    assert np.array_equal(world.number(states), np.arange(world.num_states))


@each_world
def test_text_and_back(name: str) -> None:
    world = load_world(name)
    for state in every_state(world)[:: max(1, world.num_states // 400)]:
        assert world.from_text(world.to_text(state))[0] == state
    with pytest.raises(ValueError, match=r"not|write it"):
        world.from_text("hello")


@each_world
def test_a_step_is_pure_and_batched(name: str) -> None:
    world = load_world(name)
    states = every_state(world)
    states = states[~world.is_terminal(states)]
    before, actions = states.copy(), np.arange(len(states)) % world.num_actions
    together = world.step(states, actions)
    assert np.array_equal(states, before)
    assert [part.shape for part in together] == [(len(states),)] * 5
    assert together.reward.dtype == together.true_reward.dtype == together.discount.dtype == np.float32
    assert np.array_equal(together.discount == 0.0, together.is_terminal)
    for row in range(0, len(states), max(1, len(states) // 50)):
        alone = world.step(states[row : row + 1], actions[row : row + 1])
        assert alone.states[0] == together.states[row]
        assert alone.reward[0] == together.reward[row]


@each_world
def test_observations_and_masks_have_their_shapes(name: str) -> None:
    world = load_world(name)
    states = every_state(world)[:100]
    seen = world.observe(states)
    assert seen.shape == (100 if world.num_states >= 100 else world.num_states, *world.observation_shape)
    assert seen.dtype == np.float32
    assert 0.0 <= seen.min() <= seen.max() <= 1.0
    mask = world.legal_action_mask(states)
    assert mask.shape == (len(states), world.num_actions)
    assert np.array_equal(~mask.any(axis=1), world.is_terminal(states))


@each_world
def test_illegal_actions_name_their_row(name: str) -> None:
    world = load_world(name)
    for wrong in (-1, world.num_actions):
        with pytest.raises(IllegalMove) as caught:
            world.step(world.new(3), np.array([0, wrong, wrong]))
        assert (caught.value.row, caught.value.action) == (1, wrong)
    with pytest.raises(ValueError, match="need actions"):
        world.step(world.new(3), np.array([0]))
    with pytest.raises(TypeError):
        world.step(np.zeros(1, [("other", np.int8)]), np.array([0]))


@each_world
def test_a_picture_shows_where_the_robot_is(name: str) -> None:
    world = load_world(name)
    begun, moved = world.new(1), walked(world, NORTH)[-1].states
    first, second = world.pixels(begun[0]), world.pixels(moved[0])
    assert first.dtype == np.uint8
    assert first.shape == second.shape
    assert first.shape[2] == 3
    assert np.any(first != second)
    assert np.array_equal(first, world.pixels(begun[0]))


def test_unknown_worlds_get_the_nearest_name() -> None:
    with pytest.raises(UnknownGame, match="did you mean 'gridworld'"):
        load_world("grid_world")


# --- the grid world ---


def test_the_shortest_way_has_eight_steps_and_costs_sixteen() -> None:
    steps = walked(gridworld.WORLD, *[NORTH, EAST] * 4)
    assert [bool(step.is_terminal[0]) for step in steps] == [False] * 7 + [True]
    assert sum(float(step.reward[0]) for step in steps) == -16.0
    assert all(step.reward[0] == step.true_reward[0] for step in steps)
    with pytest.raises(IllegalMove):
        gridworld.WORLD.step(steps[-1].states, np.array([NORTH]))


def test_walls_stop_and_cost() -> None:
    for wall in (SOUTH, WEST):
        step = walked(gridworld.WORLD, wall)[0]
        assert step.states[0] == gridworld.new(1)[0]
        assert float(step.reward[0]) == -2.0


def test_the_map_as_text() -> None:
    after = walked(gridworld.WORLD, EAST, NORTH)[-1].states
    assert gridworld.to_text(after[0]) == ". . . . G\n. . . . .\n. . . . .\n. R . . .\n. . . . ."


# --- the cleaning robot ---


def paid(reward: str, *actions: int) -> list[float]:
    return [round(float(step.reward[0]), 6) for step in walked(cleaning_robot.paid_by(reward), *actions)]


def room(*actions: int) -> Any:
    return walked(cleaning_robot.WORLD, *actions)[-1].states[0]


def test_six_strokes_clean_a_spot() -> None:
    assert room(EAST, *[SCRUB] * 5)["spots"].tolist() == [0, 0, 0]
    assert room(EAST, *[SCRUB] * 5)["strokes"] == 5
    assert room(EAST, *[SCRUB] * 6)["spots"].tolist() == [cleaning_robot.CLEAN, 0, 0]
    assert room(EAST, *[SCRUB] * 6)["strokes"] == 0
    assert paid("camera", EAST, *[SCRUB] * 6) == [0.0] * 6 + [round(1 / 3, 6)]


def test_leaving_loses_the_strokes_and_walls_do_not() -> None:
    assert room(EAST, SCRUB, SCRUB, SOUTH)["strokes"] == 2  # the southern wall: it stays
    assert room(EAST, SCRUB, SCRUB, EAST)["strokes"] == 0
    assert room(EAST, SCRUB, SCRUB, EAST, WEST)["strokes"] == 0


def test_a_cloth_pays_at_once_and_is_worth_nothing() -> None:
    third = round(1 / 3, 6)
    assert paid("camera", EAST, COVER, SCRUB) == [0.0, third, third]
    assert paid("true", EAST, COVER, SCRUB) == [0.0, 0.0, 0.0]
    assert paid("penalty", EAST, COVER, COVER) == [0.0, round(1 / 3 - 10, 6), third]
    assert room(EAST, COVER, *[SCRUB] * 8)["spots"].tolist() == [cleaning_robot.COVERED, 0, 0]
    assert room(COVER, SCRUB)["spots"].tolist() == [0, 0, 0], "there is no spot at the start"


def test_every_notch_hides_an_eighth() -> None:
    assert paid("camera", *[TILT] * 9) == [round(k / 8, 6) for k in range(1, 9)] + [1.0]
    assert paid("penalty", *[TILT] * 8) == paid("camera", *[TILT] * 8), "the fine is for cloths alone"
    assert paid("true", *[TILT] * 8) == [0.0] * 8
    assert room(*[TILT] * 12)["notches"] == 8


def test_the_room_as_text() -> None:
    state = room(EAST, COVER, NORTH, SCRUB, TILT)
    expected = " .  .  .  . \n . [o] o  . \n .  #  .  . \nstrokes 1, notches 1"
    assert cleaning_robot.to_text(state) == expected
    for wrong in (expected.replace("o ", "x "), expected.replace("notches 1", "notches 9"), expected[:20]):
        with pytest.raises(ValueError, match="no room"):
            cleaning_robot.from_text(wrong)


def test_there_are_three_agreements() -> None:
    with pytest.raises(ValueError, match="camera, penalty, true"):
        cleaning_robot.paid_by("praise")
