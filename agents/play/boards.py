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
from agents.play.known import KNOWN, loaded
from games.core import Game, States

PLACEHOLDER = (3, 3)  # columns and rows, until the rules say


class NoBoard(ValueError):  # noqa: N818
    """A game that is played on nothing that the window could draw."""


def board_for(world: str, game: Game | None = None) -> Board:
    """The board of a game; before its rules are loaded, by its name. Raises NoBoard for rules without one."""
    if world in KNOWN:
        known = KNOWN[world]
        return (DropBoard if known.drop else GridBoard)(known.columns, known.rows)
    if game is not None:
        return _board_of(game)
    there = loaded(world)
    try:
        return GridBoard(*PLACEHOLDER) if there is None else _board_of(there)
    except NoBoard:  # told when somebody sits down
        return GridBoard(*PLACEHOLDER)


def _board_of(game: Game) -> Board:
    if len(game.observation_shape) != 3 or game.observation_shape[0] < 2:
        raise NoBoard(f"{game.title} has no planes of own and other stones, and so no board here")
    rows, columns = game.observation_shape[1:]
    if game.num_actions == columns and rows > 1:
        return DropBoard(columns, rows)
    if not rows * columns <= game.num_actions <= rows * columns + 1:  # one more: to pass
        raise NoBoard(
            f"{game.title} has {game.num_actions} actions on {rows} x {columns} cells: no board here"
        )
    return GridBoard(columns, rows)


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
