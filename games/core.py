"""What a game is: one frozen value of batched, pure functions over structured arrays.

A state is one record of a NumPy structured array, a batch of B states an array of shape [B].
Every rule takes and gives a batch and changes nothing it was handed. A game is one file of
plain functions that ends in `GAME = Game(...)`, and one line in `GAMES` below.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

States = NDArray[Any]  # [B] structured
Actions = NDArray[np.int32]  # [B]

DROP, CELLS, POINTS = "drop", "cells", "points"  # stones fall into columns, lie on cells, on crossings


class Shape(NamedTuple):
    """What a game is played on: DROP, CELLS or POINTS, so many columns and rows."""

    kind: str
    columns: int
    rows: int


GAMES = {
    "tic_tac_toe": "games.tic_tac_toe",
    "connect_four": "games.connect_four",
    **{f"go{size}": f"games.go:GO{size}" for size in (5, 7, 9, 13, 19)},
}  # name: module, whose GAME it is, or module:NAME


class IllegalMove(ValueError):  # noqa: N818
    """An action that the rules do not allow; the states handed in are unchanged.

    Attributes: `row` (which state of the batch), `action`.
    """

    def __init__(self, row: int, action: int, where: str = "") -> None:
        super().__init__(f"illegal action {action} in row {row}{where and ': ' + where}")
        self.row, self.action = row, action


class UnknownGame(KeyError):  # noqa: N818
    """A name under which no game is registered."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Symmetry:
    """One symmetry of the rules: where every cell and every action comes from.

    `cells` [H*W] and `actions` [A]: transformed[i] = original[cells[i]], likewise for actions.
    """

    name: str
    cells: NDArray[np.int64]
    actions: NDArray[np.int64]


ILLEGAL, GOES_ON, DRAWN, WON, LOST = -1, 0, 1, 2, 3  # what a turn comes to, for the player who moved


class SlotsPlayed(NamedTuple):
    """What `play_slots(states [B, N], parents [B], actions [B], slots [B], out) -> M` fills in.

    It plays the actions in the states of the slots `parents`, keeps the outcome in `slots` (rows
    whose slot is -1 are passed over) and returns the number of those M states that go on.
    """

    legal_actions: NDArray[np.int32]  # [B, A]: its own number where an action is legal, else -1
    reward: NDArray[np.float32]  # [B], for the player who moved
    discount: NDArray[np.float32]  # [B]: -1 if the other is to move now, +1 if the same, 0 at the end
    is_terminal: NDArray[np.bool_]  # [B]
    rows: NDArray[np.int64]  # [B], of which the first M: the rows that go on
    states: States  # [B], of which the first M: their states


@dataclass(frozen=True)
class Game:
    """The rules of one game for batches of B states.

    new(n)                      -> states [n], the empty board
    step(states, actions)       -> states [B]; raises IllegalMove for the first illegal row
    legal_action_mask(states)   -> bool [B, A]; all False in terminal states
    current_player(states)      -> int8 [B], 0 or 1
    observe(states)             -> float32 [B, *observation_shape], for the player to move
    rewards(states)             -> float32 [B, players]: 0 until terminal, then +1, 0, -1
    is_terminal(states)         -> bool [B]
    to_text(state), from_text(text): one state as an ASCII board and back; from_text raises ValueError
    symmetries: every symmetry of the rules but the identity
    action_names: how people write each action, [A]
    play_slots: a tree search's whole step in one kernel, or None; see SlotsPlayed
    play_turn(states [1], action, stones int8 [H, W, 2], open_actions int8 [A]) -> ILLEGAL .. LOST: one game's
        move in one kernel, or None. It changes all three in place, unless the move is illegal. stones[..., p]
        are player p's; open_actions are those legal for who moves next, and after the end those left open
    vary(states, uniform float64 [B] in [0, 1)) -> states: what differs from game to game in self-play, so
        that an agent learns it as an input (Go's komi), or None
    play_through(states [B], actions int32 [B, T], lengths int32 [B]) -> (states [B], played int32 [B]): whole
        games in one kernel, or None. Each row's actions up to its length, or up to the first illegal one
    board: DROP, CELLS or POINTS; without one it follows from the shape: see `shape`
    score(states) -> (int32 [B], int8 [B, cells]): where area is counted, the first player's points minus the
        other's, komi apart, and whose each cell is: +1, -1, or 0 nobody's; else None
    with_komi(states, komi) -> states [B]: the same positions with another komi, where there is one
    """

    name: str
    title: str
    num_players: int
    num_actions: int
    max_plies: int
    observation_shape: tuple[int, ...]
    state_dtype: np.dtype[Any]
    new: Callable[[int], States]
    step: Callable[[States, Actions], States]
    legal_action_mask: Callable[[States], NDArray[np.bool_]]
    current_player: Callable[[States], NDArray[np.int8]]
    observe: Callable[[States], NDArray[np.float32]]
    rewards: Callable[[States], NDArray[np.float32]]
    is_terminal: Callable[[States], NDArray[np.bool_]]
    to_text: Callable[[Any], str]
    from_text: Callable[[str], States]
    symmetries: tuple[Symmetry, ...]
    action_names: tuple[str, ...]
    play_slots: Callable[[States, Any, Any, Any, SlotsPlayed], int] | None = None
    play_turn: Callable[[States, int, Any, Any], int] | None = None
    vary: Callable[[States, NDArray[np.float64]], States] | None = None
    play_through: Callable[[States, Any, Any], tuple[States, NDArray[np.int32]]] | None = None
    board: str = ""
    score: Callable[[States], tuple[NDArray[np.int32], NDArray[np.int8]]] | None = None
    with_komi: Callable[[States, Any], States] | None = None

    @property
    def pass_action(self) -> int | None:
        """The action called "pass", where there is one."""
        return self.action_names.index("pass") if "pass" in self.action_names else None

    @property
    def shape(self) -> Shape | None:
        """What it is played on: its planes of stones say how large that is, and its number of actions which
        kind where `board` does not. None where a board with one action a column or a cell is not to be seen.
        """
        if len(self.observation_shape) != 3 or self.observation_shape[0] < 2:
            return None
        _, rows, columns = self.observation_shape
        actions = self.num_actions - (self.pass_action is not None)
        kinds = {columns: DROP} if rows > 1 else {}
        kind = self.board or (kinds | {rows * columns: CELLS}).get(actions, "")
        return Shape(kind, columns, rows) if kind else None


def game_names() -> tuple[str, ...]:
    """The names of all registered games."""
    return tuple(GAMES)


def is_own_file(name: str) -> bool:
    """Whether a world or a player is named by a file of one's own, path/to/my_game.py."""
    return name.endswith(".py")


def load_game(name: str) -> Game:
    """The registered game of that name, or the game of a file of one's own, path/to/my_game.py.

    Raises UnknownGame, which offers the nearest right name, and OwnFileError (games/own_file.py).
    """
    if is_own_file(name):
        from games.own_file import own_game

        return own_game(name)
    if name not in GAMES:
        near = difflib.get_close_matches(name, GAMES, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        known = ", ".join(GAMES)
        raise UnknownGame(f"no game is called {name!r}{hint}; there are: {known}, path/to/my_game.py")
    module, _, value = GAMES[name].partition(":")
    game: Game = getattr(importlib.import_module(module), value or "GAME")
    return game


def as_states(states: States, dtype: np.dtype[Any]) -> States:
    """The batch as kernels want it: one signature, so contiguous, writable, of this dtype.

    Raises TypeError where the dtype is another game's.
    """
    if states.dtype != dtype:
        raise TypeError(f"states of dtype {states.dtype} handed to a game whose states are {dtype}")
    if states.ndim == 1 and states.flags.c_contiguous and states.flags.writeable:
        return states  # as nearly always: np.require takes longer than a small batch
    return np.require(np.atleast_1d(states), requirements=["C", "W"])


def as_actions(actions: Any, batch: int) -> Actions:
    """Actions as int32 [B]; raises ValueError where their number is not the batch's."""
    cast = np.require(np.atleast_1d(actions), dtype=np.int32, requirements=["C", "W"])
    if cast.shape != (batch,):
        raise ValueError(f"{batch} states need actions of shape ({batch},), not {cast.shape}")
    return cast


def legal_actions(mask: NDArray[np.bool_], actions: Any) -> Actions:
    """Actions as int32 [B], each allowed by its row of the mask [B, A]; raises IllegalMove and ValueError."""
    cast = as_actions(actions, len(mask))
    inside = (cast >= 0) & (cast < mask.shape[1])
    legal = inside & mask[np.arange(len(mask)), np.where(inside, cast, 0)]
    if not legal.all():
        row = int(legal.argmin())
        raise IllegalMove(row, int(cast[row]))
    return cast
