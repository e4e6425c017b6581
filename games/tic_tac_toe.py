"""Tic-tac-toe: the smallest game, and the one to copy when you add yours.

     0 | 1 | 2
    ---+---+---
     3 | 4 | 5
    ---+---+---
     6 | 7 | 8

Cells and actions are numbered alike, row by row; player 0 is X and begins, three in a row win.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from games.core import (
    DRAWN,
    GOES_ON,
    ILLEGAL,
    WON,
    Actions,
    Game,
    IllegalMove,
    States,
    Symmetry,
    as_actions,
    as_states,
)
from games.marks import marks_text, read_marks

STATE = np.dtype([("cells", np.int8, (9,)), ("player", np.int8)])  # cells: 0 empty, 1 X, 2 O
LINES = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]])


# --- per position: what the batched kernels below are made of ---


@njit(cache=True)
def winner(cells: Any) -> int:
    """1 (X), 2 (O) or 0 (nobody has three in a row)."""
    for line in LINES:
        if cells[line[0]] != 0 and cells[line[0]] == cells[line[1]] == cells[line[2]]:
            return int(cells[line[0]])
    return 0


@njit(cache=True)
def is_over(cells: Any) -> bool:
    """Whether somebody has won or the board is full."""
    return winner(cells) != 0 or not np.any(cells == 0)


# --- batched kernels ---


@njit(cache=True)
def _step(states: Any, actions: Any, out: Any) -> int:
    for b in range(len(states)):
        action, cells = actions[b], states[b].cells
        if action < 0 or action > 8 or cells[action] != 0 or is_over(cells):
            return b
        for i in range(9):
            out[b].cells[i] = cells[i]
        out[b].cells[action] = states[b].player + 1
        out[b].player = 1 - states[b].player
    return -1


@njit(cache=True)
def _legal_action_mask(states: Any, mask: Any) -> None:
    for b in range(len(states)):
        over = is_over(states[b].cells)
        for i in range(9):
            mask[b, i] = states[b].cells[i] == 0 and not over


@njit(cache=True)
def _rewards(states: Any, rewards: Any) -> None:
    for b in range(len(states)):
        won = winner(states[b].cells)
        if won:
            rewards[b, won - 1] = 1.0
            rewards[b, 2 - won] = -1.0


@njit(cache=True)
def _is_terminal(states: Any, out: Any) -> None:
    for b in range(len(states)):
        out[b] = is_over(states[b].cells)


@njit(cache=True)
def play_turn(states: Any, action: int, stones: Any, open_actions: Any) -> int:
    """One game's move in place, as games.core.Game says; a game may leave this kernel out."""
    cells, player = states[0].cells, states[0].player
    if action < 0 or action > 8 or cells[action] != 0 or is_over(cells):
        return ILLEGAL
    cells[action] = player + 1
    states[0].player = 1 - player
    stones[action // 3, action % 3, player] = 1
    open_actions[action] = 0
    if winner(cells):
        return WON
    return DRAWN if is_over(cells) else GOES_ON


# --- the rules, as Game describes them ---


def new(n: int) -> States:
    """n empty boards, X to move."""
    return np.zeros(n, STATE)


def step(states: States, actions: Actions) -> States:
    """Put the mover's mark on cell `actions[b]`; raises IllegalMove."""
    states = as_states(states, STATE)
    actions = as_actions(actions, len(states))
    out = np.zeros(len(states), STATE)
    row = _step(states, actions, out)
    if row >= 0:
        raise IllegalMove(row, int(actions[row]), "the cell is taken, off the board, or the game is over")
    return out


def legal_action_mask(states: States) -> NDArray[np.bool_]:
    """Empty cells, [B, 9]; none once the game is over."""
    mask = np.zeros((len(states), 9), np.bool_)
    _legal_action_mask(as_states(states, STATE), mask)
    return mask


def current_player(states: States) -> NDArray[np.int8]:
    """0 (X) or 1 (O), [B]."""
    return as_states(states, STATE)["player"].astype(np.int8)


def observe(states: States) -> NDArray[np.float32]:
    """Two planes for the player to move, [B, 2, 3, 3]: own marks, the opponent's."""
    states = as_states(states, STATE)
    mover = states["player"][:, None] + 1
    planes = np.stack([states["cells"] == mover, states["cells"] == 3 - mover], axis=1)
    return planes.astype(np.float32).reshape(-1, 2, 3, 3)


def rewards(states: States) -> NDArray[np.float32]:
    """+1 for the winner and -1 for the loser of a finished game, else 0: [B, 2]."""
    out = np.zeros((len(states), 2), np.float32)
    _rewards(as_states(states, STATE), out)
    return out


def is_terminal(states: States) -> NDArray[np.bool_]:
    """Whether each game is over, [B]."""
    out = np.zeros(len(states), np.bool_)
    _is_terminal(as_states(states, STATE), out)
    return out


def to_text(state: Any) -> str:
    """Three lines of `.XO`."""
    return marks_text(state["cells"].reshape(3, 3))


def from_text(text: str) -> States:
    """The inverse of to_text, [1]; raises ValueError for anything that is no such board."""
    states = new(1)
    states[0] = read_marks(text, 3, 3)
    return states


def _symmetries() -> tuple[Symmetry, ...]:
    grid = np.arange(9).reshape(3, 3)
    images = {f"turn {90 * k}": np.rot90(grid, k) for k in (1, 2, 3)}
    images |= {f"mirror, turn {90 * k}": np.rot90(grid[:, ::-1], k) for k in range(4)}
    return tuple(Symmetry(name, image.ravel(), image.ravel()) for name, image in images.items())


GAME = Game(
    name="tic_tac_toe",
    title="Tic-tac-toe",
    num_players=2,
    num_actions=9,
    max_plies=9,
    observation_shape=(2, 3, 3),
    state_dtype=STATE,
    new=new,
    step=step,
    legal_action_mask=legal_action_mask,
    current_player=current_player,
    observe=observe,
    rewards=rewards,
    is_terminal=is_terminal,
    to_text=to_text,
    from_text=from_text,
    symmetries=_symmetries(),
    action_names=tuple("123456789"),
    play_turn=play_turn,
)
