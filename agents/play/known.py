"""What the window knows of a game before its rules are loaded, for which it does not wait.

A game that is registered and not listed here is there all the same: it is called by its name and drawn as an
empty grid until its rules are loaded, and from then on by its own title, on the board of its own shape.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from games.core import GAMES, Game


@dataclass(frozen=True)
class Known:
    """A game's title and shape; drop: stones fall into columns; in_a_row: so many are marked when the game is
    over; solved: there is a perfect player; sample: the cells of its picture, X first."""

    title: str
    columns: int
    rows: int
    drop: bool
    in_a_row: int
    solved: bool
    sample: str


KNOWN = {
    "connect_four": Known("Connect Four", 7, 6, True, 4, True, f"{'.' * 24}X.....OXO...XOXXO."),
    "tic_tac_toe": Known("Tic-tac-toe", 3, 3, False, 3, True, "X.O.X.O.X"),
}


def loaded(world: str) -> Game | None:
    """A registered game, if its rules are there already."""
    game: Game | None = getattr(sys.modules.get(GAMES.get(world, "")), "GAME", None)
    return game


def title_of(world: str) -> str:
    """What a registered game is called."""
    if world in KNOWN:
        return KNOWN[world].title
    game = loaded(world)
    return world.replace("_", " ").capitalize() if game is None else game.title
