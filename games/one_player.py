"""What a world with one player is: batched, pure functions over structured arrays, as a game's are.

Beside a game it has a reward at every step, no winner, and states that can be counted: a table can hold
them all. The discount is +1 while it goes on and 0 at the end; nobody else ever moves.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.core import Actions, IllegalMove, States, UnknownGame, as_actions, as_states

WORLDS = {
    "gridworld": "games.gridworld",
    "cleaning_robot": "games.cleaning_robot",
}
MOVES = np.array([[-1, 0], [0, 1], [1, 0], [0, -1]])  # rows and columns: north, east, south, west
MOVE_NAMES = ("north", "east", "south", "west")


class Step(NamedTuple):
    """What one step of B states gives.

    `true_reward` is what the step was worth, `reward` what the player is paid; in an honest world they
    are the same.
    """

    states: States  # [B]
    reward: NDArray[np.float32]  # [B]
    true_reward: NDArray[np.float32]  # [B]
    discount: NDArray[np.float32]  # [B]: +1 where it goes on, 0 at the end
    is_terminal: NDArray[np.bool_]  # [B]


@dataclass(frozen=True)
class World:
    """The rules of one world for batches of B states.

    new(n)                      -> states [n], the beginning
    step(states, actions)       -> Step; raises IllegalMove for the first illegal row
    legal_action_mask(states)   -> bool [B, A]; all False in terminal states
    is_terminal(states)         -> bool [B]
    observe(states)             -> float32 [B, *observation_shape]
    number(states)              -> int64 [B]: every state's own number, below num_states
    numbered(numbers)           -> states [B], the inverse
    to_text(state), from_text(text): one state in ASCII and back; from_text raises ValueError
    pixels(state)               -> uint8 [height, width, 3], a picture
    max_steps: an episode that has not ended is cut off after so many steps
    """

    name: str
    title: str
    num_actions: int
    num_states: int
    max_steps: int
    observation_shape: tuple[int, ...]
    state_dtype: np.dtype[Any]
    new: Callable[[int], States]
    step: Callable[[States, Actions], Step]
    legal_action_mask: Callable[[States], NDArray[np.bool_]]
    is_terminal: Callable[[States], NDArray[np.bool_]]
    observe: Callable[[States], NDArray[np.float32]]
    number: Callable[[States], NDArray[np.int64]]
    numbered: Callable[[Any], States]
    to_text: Callable[[Any], str]
    from_text: Callable[[str], States]
    pixels: Callable[[Any], NDArray[np.uint8]]
    action_names: tuple[str, ...]


def world_names() -> tuple[str, ...]:
    """The names of all worlds with one player."""
    return tuple(WORLDS)


def load_world(name: str) -> World:
    """The world of that name; raises UnknownGame and offers the nearest right name."""
    if name not in WORLDS:
        near = difflib.get_close_matches(name, WORLDS, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise UnknownGame(f"no world is called {name!r}{hint}; there are: {', '.join(WORLDS)}")
    world: World = importlib.import_module(WORLDS[name]).WORLD
    return world


def checked(
    states: States, actions: Any, dtype: np.dtype[Any], num_actions: int, is_terminal: Any
) -> tuple[States, Actions]:
    """States and actions as the rules want them, [B] each.

    Raises IllegalMove for an action that there is not, or in a state where all is over; TypeError for the
    states of another world, ValueError where there are not as many actions as states.
    """
    states = as_states(states, dtype)
    actions = as_actions(actions, len(states))
    wrong = (actions < 0) | (actions >= num_actions) | is_terminal(states)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise IllegalMove(row, int(actions[row]), f"actions are 0 to {num_actions - 1}, and none at the end")
    return states, actions


def moved(states: States, actions: Actions, shape: tuple[int, int]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rows and columns [B] after the actions 0 to 3; walls stop, other actions stay."""
    step = np.where((actions < 4)[:, None], MOVES[np.minimum(actions, 3)], 0)
    rows = np.clip(states["row"] + step[:, 0], 0, shape[0] - 1)
    columns = np.clip(states["column"] + step[:, 1], 0, shape[1] - 1)
    return rows, columns
