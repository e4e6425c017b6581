"""What the window knows of a game before its rules are loaded, for which it does not wait.

A game that is registered and not listed here is there all the same: it is called by its name and drawn as an
empty grid until its rules are loaded, and from then on by its own title, on the board of its own shape.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from games.core import CELLS, DROP, GAMES, POINTS, Game, Shape


@dataclass(frozen=True)
class Known:
    """A game's title and shape; sample: the cells of its picture, X first; in_a_row: so many are marked when
    the game is over; solved: there is a perfect player; family: games of one family share a card in the menu,
    they differ in their size alone; komi: the usual one, where there is any."""

    title: str
    shape: Shape
    sample: str
    in_a_row: int = 0
    solved: bool = False
    family: str = ""
    komi: float | None = None


_GO = {
    5: (24.5, "......XXO..XO.O..XO......"),
    7: (8.5, "........XO.....X.O.....XO..X.XO......XO.........."),
    9: (7.5, "...........O...X.....O..X....X.........X...O........X.O.....XXOO.......X........."),
    13: (7.5, ""),
    19: (7.5, ""),
}
KNOWN = {
    "connect_four": Known(
        "Connect Four", Shape(DROP, 7, 6), f"{'.' * 24}X.....OXO...XOXXO.", in_a_row=4, solved=True
    ),
    "tic_tac_toe": Known("Tic-tac-toe", Shape(CELLS, 3, 3), "X.O.X.O.X", in_a_row=3, solved=True),
    **{
        f"go{size}": Known(
            f"Go {size}x{size}",
            Shape(POINTS, size, size),
            sample or "." * size**2,
            family="Go",
            komi=komi,
        )
        for size, (komi, sample) in _GO.items()
    },
}


def loaded(world: str) -> Game | None:
    """A registered game, if its rules are there already."""
    module, _, value = GAMES.get(world, "").partition(":")
    game: Game | None = getattr(sys.modules.get(module), value or "GAME", None)
    return game


def title_of(world: str) -> str:
    """What a registered game is called."""
    if world in KNOWN:
        return KNOWN[world].title
    game = loaded(world)
    return world.replace("_", " ").capitalize() if game is None else game.title


def family_of(world: str) -> str:
    """What a game's card in the menu says."""
    return (KNOWN[world].family if world in KNOWN else "") or title_of(world)


def why_komi(world: str) -> str:
    """Why a game's usual komi is so much, where that needs a word."""
    return "perfect play wins all 25 points of 5x5 for Black" if world == "go5" else ""


def komi_of(world: str) -> float | None:
    """The usual komi of a game; None where there is none."""
    if world in KNOWN:
        return KNOWN[world].komi
    game = loaded(world)
    return None if game is None or game.with_komi is None else float(game.new(1)["komi"][0])
