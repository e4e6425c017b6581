"""Which board a game is drawn on, and whose stones lie where.

A kind is chosen by the game's shape: as many actions as columns is a board into which stones are dropped, as
many as cells one on whose cells they are put. Stones are read from the game's own observation (plane 0 the
mover's, plane 1 the other's, top row first), so a new game of either shape needs nothing here.
"""

from __future__ import annotations

import numpy as np

from agents.play.board import EMPTY, Board
from agents.play.drop_board import DropBoard
from agents.play.grid_board import GridBoard
from games.core import Game, States

SHAPES = {"connect_four": (7, 6, True), "tic_tac_toe": (3, 3, False)}  # before the rules are loaded
IN_A_ROW = {"connect_four": 4, "tic_tac_toe": 3}


class NoBoard(ValueError):  # noqa: N818
    """A game that is played on nothing that the window could draw."""


def board_for(world: str, game: Game | None = None) -> Board:
    """The board of a game; before its rules are loaded, by its name. Raises NoBoard."""
    columns, rows, drop = SHAPES.get(world, (3, 3, False))
    if game is not None and world not in SHAPES:
        if len(game.observation_shape) != 3 or game.observation_shape[0] < 2:
            raise NoBoard(f"{game.title} has no planes of own and other stones, and so no board here")
        rows, columns = game.observation_shape[1:]
        drop = game.num_actions == columns and rows > 1
        if not drop and not rows * columns <= game.num_actions <= rows * columns + 1:  # one more: to pass
            raise NoBoard(
                f"{game.title} has {game.num_actions} actions on {rows} x {columns} cells: no board here"
            )
    return DropBoard(columns, rows) if drop else GridBoard(columns, rows)


def stones_of(game: Game, state: States) -> tuple[int, ...]:
    """Whose stone lies on each cell, top row first."""
    own, theirs = game.observe(state)[0, :2]
    mover = int(game.current_player(state)[0])
    stones = np.where(own > 0, mover, np.where(theirs > 0, 1 - mover, EMPTY))
    return tuple(int(side) for side in stones.ravel())


def winning_cells(world: str, board: Board, stones: tuple[int, ...]) -> list[int]:
    """The cells of the lines that have been completed."""
    length, found = IN_A_ROW.get(world, 0), set()
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
