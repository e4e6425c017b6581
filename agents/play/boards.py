"""Which board a game is drawn on, and whose stones lie where.

A kind is chosen by the game's own shape (games.core.Game.shape): stones fall into columns, lie on cells or on
points. Stones are read from the game's own observation (plane 0 the mover's, plane 1 the other's, top row
first), so a new game of either shape needs nothing here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from agents.play.board import EMPTY, Board
from agents.play.drop_board import DropBoard
from agents.play.grid_board import GridBoard
from agents.play.known import KNOWN, loaded
from agents.play.point_board import PointBoard
from games.core import CELLS, DROP, POINTS, Game, Shape, States

PLACEHOLDER = Shape(CELLS, 3, 3)  # until the rules say
KINDS: dict[str, Callable[[int, int], Board]] = {DROP: DropBoard, CELLS: GridBoard, POINTS: PointBoard}


class NoBoard(ValueError):  # noqa: N818
    """A game that is played on nothing that the window could draw."""


def board_for(world: str, game: Game | None = None) -> Board:
    """The board of a game; before its rules are loaded, by its name. Raises NoBoard for rules without one."""
    if world in KNOWN:
        return _board(KNOWN[world].shape)
    if game is not None:
        return _board_of(game)
    there = loaded(world)
    try:
        return _board(PLACEHOLDER) if there is None else _board_of(there)
    except NoBoard:  # told when somebody sits down
        return _board(PLACEHOLDER)


def _board(shape: Shape) -> Board:
    return KINDS[shape.kind](shape.columns, shape.rows)


def _board_of(game: Game) -> Board:
    if game.shape is not None:
        return _board(game.shape)
    if len(game.observation_shape) != 3 or game.observation_shape[0] < 2:
        raise NoBoard(f"{game.title} has no planes of own and other stones, and so no board here")
    rows, columns = game.observation_shape[1:]
    raise NoBoard(f"{game.title} has {game.num_actions} actions on {rows} x {columns} cells: no board here")


def stones_of(game: Game, state: States) -> tuple[int, ...]:
    """Whose stone lies on each cell, top row first."""
    own, theirs = game.observe(state)[0, :2]
    mover = int(game.current_player(state)[0])
    stones = np.where(own > 0, mover, np.where(theirs > 0, 1 - mover, EMPTY))
    return tuple(int(side) for side in stones.ravel())


def winning_cells(world: str, board: Board, stones: tuple[int, ...]) -> list[int]:
    """The cells of the lines that have been completed."""
    length, found = KNOWN[world].in_a_row if world in KNOWN else 0, set()
    if not length:
        return []
    for cell, side in enumerate(stones):
        row, column = divmod(cell, board.columns)
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            ends = (row + down * (length - 1), column + right * (length - 1))
            if side == EMPTY or not (0 <= ends[0] < board.rows and 0 <= ends[1] < board.columns):
                continue
            line = [cell + step * (down * board.columns + right) for step in range(length)]
            if all(stones[one] == side for one in line):
                found.update(line)
    return sorted(found)
