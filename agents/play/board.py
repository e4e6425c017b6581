"""What a board is to the window: what is to be seen on it, and the cells that all kinds have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pygame

from agents.play import paint
from agents.play.theme import ACCENT, FAINT, GOLD, INK, TEXT, Colour, Look, Palette, mix, on_colour

EMPTY = -1


@dataclass(frozen=True)
class Label:
    """What is written on the cell that a move leads to: a rate, as strong as it is good; `mark`: a sign;
    `note`: smaller, below the rate, where there is room."""

    words: str
    colour: Colour
    strong: bool = False
    mark: tuple[str, Colour] | None = None
    note: str = ""


@dataclass(frozen=True)
class Falling:
    """A stone on its way to a cell: `done` goes from 0 to 1."""

    cell: int
    side: int
    done: float


@dataclass
class View:
    """All that is to be seen on the board.

    stones [cells]: EMPTY, 0 or 1; ghost: the move under the mouse or the cursor; heat [A]: a distribution
    drawn as warmth; labels: by action; line: cells, sides and numbers of moves that might follow; mark: a
    sign on the last stone; owner [cells]: whose each is, +1 the first side's, -1 the second's, or between.
    """

    stones: tuple[int, ...]
    mover: int = 0
    last: int | None = None
    ghost: int | None = None
    falling: Falling | None = None
    heat: tuple[float, ...] | None = None
    heat_colour: Colour = ACCENT
    labels: dict[int, Label] = field(default_factory=dict)
    line: list[tuple[int, int, int]] = field(default_factory=list)
    winning: list[int] = field(default_factory=list)
    mark: tuple[str, Colour] | None = None
    coordinates: bool = True
    names: tuple[str, ...] = ()
    owner: tuple[float, ...] | None = None


class Board(Protocol):
    """A kind of board, laid out in a rectangle."""

    columns: int
    rows: int
    numbered: bool  # whether the keys 1 to 9 play its first actions
    place_name: str  # what an action stands for

    def resize(self, box: pygame.Rect, look: Look) -> None:
        """Lay it out as large as it fits."""

    def draw(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        """Draw it."""

    def action_at(self, place: tuple[int, int]) -> int | None:
        """The action under a pixel."""

    def cell_of(self, action: int, stones: tuple[int, ...]) -> int | None:
        """The cell that an action leads to; None where it cannot be made."""

    def step(self, action: int | None, key: int) -> int | None:
        """The action beside one in the direction of an arrow key; the middle one for None."""

    def draw_policy(
        self, target: pygame.Surface, box: pygame.Rect, policy: tuple[float, ...], colour: Colour, best: int
    ) -> None:
        """A distribution over the actions, small."""

    def seconds(self, cell: int) -> float:
        """How long a stone is on its way to a cell."""

    def piece(self, size: int, side: int, palette: Palette, alpha: int = 255) -> pygame.Surface:
        """A side's piece, so large."""


class Cells:
    """A board of cells in rows and columns, top row first."""

    numbered = True
    place_name = "cell"

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.cell, self.left, self.top = 1, 0, 0
        self.look = Look(1100, 740)

    @property
    def area(self) -> pygame.Rect:
        """The cells."""
        return pygame.Rect(self.left, self.top, self.columns * self.cell, self.rows * self.cell)

    def box(self, cell: int) -> pygame.Rect:
        """The square of a cell."""
        row, column = divmod(cell, self.columns)
        return pygame.Rect(self.left + column * self.cell, self.top + row * self.cell, self.cell, self.cell)

    def piece(self, size: int, side: int, palette: Palette, alpha: int = 255) -> pygame.Surface:
        """A side's piece, so large."""
        return paint.stone(size, palette.second if side else palette.first, bool(side), alpha)

    def draw_policy(
        self, target: pygame.Surface, box: pygame.Rect, policy: tuple[float, ...], colour: Colour, best: int
    ) -> None:
        """The cells, the likelier the brighter."""
        side = max(4, min(box.width // self.columns, box.height // self.rows))
        left, top = box.centerx - side * self.columns // 2, box.bottom - side * self.rows
        for cell, share in enumerate(policy[: self.columns * self.rows]):
            row, column = divmod(cell, self.columns)
            square = pygame.Rect(left + column * side, top + row * side, side - 2, side - 2)
            seen = share if len(policy) <= 16 else float(np.sqrt(share))  # many moves, small shares
            shade = mix((30, 41, 54), colour, min(1.0, seen * 1.15))
            paint.draw_panel(target, square, 3, shade, TEXT if cell == best else None)

    def _under(self, place: tuple[int, int]) -> tuple[int, int] | None:
        if not self.area.collidepoint(place):
            return None
        return (place[1] - self.top) // self.cell, (place[0] - self.left) // self.cell

    def draw_label(self, target: pygame.Surface, box: pygame.Rect, label: Label) -> None:
        """A translucent disc with a rate on the cell that a move leads to."""
        size = round(self.cell * 0.74)
        target.blit(paint.dot(size, label.colour, 235 if label.strong else 105), centred(box, size))
        if label.strong:
            target.blit(paint.ring(size + 6, max(2, size // 16), TEXT), centred(box, size + 6))
        colour = on_colour(label.colour) if label.strong else TEXT
        type_size = max(10, round(self.cell * 0.23))
        paint.write(target, label.words, box.center, type_size, colour, bold=label.strong, align="center")
        if label.mark is not None:
            self.draw_mark(target, box, label.mark)

    def draw_badge(self, target: pygame.Surface, place: tuple[int, int]) -> None:
        """The mark of a move 37."""
        size = max(18, round(0.36 * self.cell))
        box = pygame.Rect(0, 0, size, size)
        box.center = place
        target.blit(paint.dot(size, GOLD), box)
        paint.write(target, "37", box.center, max(9, round(size * 0.5)), INK, bold=True, align="center")

    def draw_mark(self, target: pygame.Surface, box: pygame.Rect, mark: tuple[str, Colour]) -> None:
        """The sign of a move's class on its stone."""
        if mark[0] == "37":
            self.draw_badge(target, (box.right - round(0.16 * self.cell), box.top + round(0.18 * self.cell)))
            return
        size = max(18, round(0.36 * self.cell))
        spot = pygame.Rect(0, 0, size, size)
        spot.center = (box.right - round(0.17 * self.cell), box.top + round(0.18 * self.cell))
        target.blit(paint.dot(size, mark[1]), spot)
        colour = on_colour(mark[1])
        paint.write(
            target, mark[0], spot.center, max(9, round(size * 0.55)), colour, bold=True, align="center"
        )

    def draw_column_names(self, target: pygame.Surface, view: View, y: int) -> None:
        """The columns' names in a row, that of the ghost bright."""
        size = max(11, round(0.2 * self.cell))
        for column in range(self.columns):
            name = view.names[column] if len(view.names) == self.columns else str(column + 1)
            x = self.left + column * self.cell + self.cell // 2
            strong = view.ghost == column
            paint.write(target, name, (x, y), size, TEXT if strong else FAINT, bold=strong, align="center")


def centred(box: pygame.Rect, size: int) -> tuple[int, int]:
    """Where something of that size is put to lie in the middle of a box."""
    return box.centerx - size // 2, box.centery - size // 2
