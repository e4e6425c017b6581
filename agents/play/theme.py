"""How the window looks: colours, sizes, the typeface. One place, so that everything is of one piece."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import pygame

Colour = tuple[int, int, int]

NIGHT: Colour = (27, 36, 47)  # behind everything
CARD: Colour = (36, 48, 62)
EDGE: Colour = (52, 70, 92)
RAISED: Colour = (46, 65, 88)  # buttons, rows under the mouse
LIFTED: Colour = (60, 84, 112)
TEXT: Colour = (240, 244, 248)
DIM: Colour = (158, 174, 192)
FAINT: Colour = (134, 151, 170)
ACCENT: Colour = (92, 176, 232)  # the one thing to look at
INK: Colour = (18, 25, 33)  # writing on bright things
GOLD: Colour = (246, 205, 97)  # move 37

# of the classes of moves: Okabe and Ito's colours, told apart by the colour-blind; each has a sign as well
GRADE_COLOURS: dict[str, Colour] = {
    "best": (86, 180, 233),
    "good": (0, 158, 115),
    "inaccuracy": (240, 228, 66),
    "mistake": (230, 159, 0),
    "blunder": (213, 94, 0),
}
OPINION_COLOURS: tuple[Colour, ...] = ((204, 121, 167), (86, 180, 233), (0, 178, 130))
TRUTH_COLOURS: dict[int, Colour] = {1: (0, 158, 115), 0: (150, 164, 180), -1: (213, 94, 0)}


@dataclass(frozen=True)
class Palette:
    """The two sides' colours and the board's; the second side's stones bear a ring as well."""

    title: str
    first: Colour
    second: Colour
    board: Colour
    hole: Colour


PALETTES: dict[str, Palette] = {
    "classic": Palette("Yellow and red", (243, 196, 62), (211, 78, 62), (47, 92, 152), (24, 34, 46)),
    "sky": Palette("Orange and blue", (240, 158, 48), (98, 182, 238), (66, 78, 102), (24, 34, 46)),
    "stone": Palette("White and black", (238, 236, 228), (46, 50, 58), (176, 138, 84), (112, 84, 48)),
}


class Look:
    """Sizes for a window of so many pixels: `px` for spaces, `size` for type."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unit = min(max(min(width / 1100, height / 740), 0.64), 1.9)

    def px(self, number: float) -> int:
        """A space that is so large in a window of 1100 x 740."""
        return max(1, round(number * self.unit))

    def size(self, number: float) -> int:
        """A size of type; never too small to be read."""
        return max(round(number * 0.86), 11, round(number * min(self.unit, 1.6)))

    @property
    def narrow(self) -> bool:
        """Whether words have to make way."""
        return self.width < 900

    @property
    def upright(self) -> bool:
        """Whether the panel goes below the board."""
        return self.height > 1.15 * self.width


@functools.cache
def font_file(bold: bool) -> str | None:
    """DejaVu Sans, which comes with matplotlib under a free licence; None: pygame's own typeface."""
    found = importlib.util.find_spec("matplotlib")
    for place in (found.submodule_search_locations or []) if found else []:
        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        path = Path(place) / "mpl-data" / "fonts" / "ttf" / name
        if path.is_file():
            return str(path)
    return None


@functools.cache
def font(size: int, bold: bool = False) -> pygame.font.Font:
    """The typeface at a size in pixels."""
    return pygame.font.Font(font_file(bold), size)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """So much of the other in the one."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def on_dark(colour: Colour) -> Colour:
    """A colour that can be seen as a line on the cards: dark ones are lifted."""
    light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return mix(colour, TEXT, 0.6) if light < 90 else colour


def on_colour(colour: Colour) -> Colour:
    """Writing that can be read on a colour."""
    light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return INK if light > 140 else TEXT
