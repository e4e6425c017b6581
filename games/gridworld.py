"""The grid world: 5 x 5 cells, from one corner to the opposite one, and every step costs 2.

    . . . . G      G the goal, R the robot where it begins
    . . . . .
    . . . . .      the last step costs as well: the shortest way has 8 steps, and the best return is -16
    . . . . .
    R . . . .

Actions: north, east, south, west. Whoever walks into a wall stays, and pays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from games.core import Actions, States, as_states
from games.one_player import MOVE_NAMES, Step, World, checked, moved

SIZE = 5
START, GOAL = (SIZE - 1, 0), (0, SIZE - 1)  # row, column; row 0 is the northern one
STEP_REWARD = -2.0
MAX_STEPS = 100
STATE = np.dtype([("row", np.int8), ("column", np.int8)])


def new(n: int) -> States:
    """n robots in the south-western corner."""
    states = np.zeros(n, STATE)
    states["row"], states["column"] = START
    return states


def is_terminal(states: States) -> NDArray[np.bool_]:
    """Whether each robot is at the goal, [B]."""
    states = as_states(states, STATE)
    at_goal: NDArray[np.bool_] = (states["row"] == GOAL[0]) & (states["column"] == GOAL[1])
    return at_goal


def step(states: States, actions: Actions) -> Step:
    """One step each; raises IllegalMove."""
    states, actions = checked(states, actions, STATE, len(MOVE_NAMES), is_terminal)
    out = np.zeros(len(states), STATE)
    out["row"], out["column"] = moved(states, actions, (SIZE, SIZE))
    reward, over = np.full(len(states), STEP_REWARD, np.float32), is_terminal(out)
    return Step(out, reward, reward.copy(), (~over).astype(np.float32), over)


def legal_action_mask(states: States) -> NDArray[np.bool_]:
    """Everything until the goal, [B, 4]."""
    return np.repeat(~is_terminal(states)[:, None], len(MOVE_NAMES), axis=1)


def number(states: States) -> NDArray[np.int64]:
    """0 to 24, row by row from the north, [B]."""
    states = as_states(states, STATE)
    numbers: NDArray[np.int64] = states["row"].astype(np.int64) * SIZE + states["column"]
    return numbers


def numbered(numbers: Any) -> States:
    """The inverse of number, [B]."""
    numbers = np.atleast_1d(np.asarray(numbers, np.int64))
    states = np.zeros(len(numbers), STATE)
    states["row"], states["column"] = numbers // SIZE, numbers % SIZE
    return states


def observe(states: States) -> NDArray[np.float32]:
    """Where the robot is, one plane, [B, 1, 5, 5]."""
    plane = np.eye(SIZE * SIZE, dtype=np.float32)[number(states)]
    return plane.reshape(-1, 1, SIZE, SIZE)


def to_text(state: Any) -> str:
    """Five lines; R hides the G it stands on."""
    cells = [["."] * SIZE for _ in range(SIZE)]
    cells[GOAL[0]][GOAL[1]] = "G"
    cells[state["row"]][state["column"]] = "R"
    return "\n".join(" ".join(row) for row in cells)


def from_text(text: str) -> States:
    """The inverse of to_text, [1]; raises ValueError for anything that is no such map."""
    for place in range(SIZE * SIZE):
        states = numbered([place])
        if to_text(states[0]).split() == text.split():
            return states
    raise ValueError(f"a grid world is {SIZE} lines of '.', one R and G in the north-east, not {text!r}")


def pixels(state: Any) -> NDArray[np.uint8]:
    """A picture of 336 x 336."""
    from games.one_player_drawing import gridworld_pixels

    return gridworld_pixels(state)


WORLD = World(
    name="gridworld",
    title="Grid world",
    num_actions=len(MOVE_NAMES),
    num_states=SIZE * SIZE,
    max_steps=MAX_STEPS,
    observation_shape=(1, SIZE, SIZE),
    state_dtype=STATE,
    new=new,
    step=step,
    legal_action_mask=legal_action_mask,
    is_terminal=is_terminal,
    observe=observe,
    number=number,
    numbered=numbered,
    to_text=to_text,
    from_text=from_text,
    pixels=pixels,
    action_names=MOVE_NAMES,
)
