"""The boards: where cells lie and how they are drawn, one class a kind of board.

A kind is chosen by the game's shape: as many actions as columns is a board into which stones are dropped, as
many as cells one on whose cells they are put. Stones are read from the game's own observation (plane 0 the
mover's, plane 1 the other's, top row first), so a new game of either shape needs nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pygame

from agents.play import paint
from agents.play.theme import ACCENT, CARD, DIM, EDGE, FAINT, GOLD, INK, TEXT, Colour, Look, Palette, mix, on_colour
from games.core import Game, States

EMPTY = -1
SHAPES = {"connect_four": (7, 6, True), "tic_tac_toe": (3, 3, False)}  # before the rules are loaded
IN_A_ROW = {"connect_four": 4, "tic_tac_toe": 3}


@dataclass(frozen=True)
class Label:
    """What is written on the cell that a move leads to: a share or a rate, as strong as it is good."""

    words: str
    colour: Colour
    strong: bool = False
    surprise: bool = False


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
    sign on the last stone.
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


class Board(Protocol):
    """A kind of board, laid out in a rectangle."""

    columns: int
    rows: int

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


def board_for(world: str, game: Game | None = None) -> Board:
    """The board of a game; before its rules are loaded, by its name."""
    columns, rows, drop = SHAPES.get(world, (3, 3, False))
    if game is not None and world not in SHAPES:
        rows, columns = game.observation_shape[-2:]
        drop = game.num_actions == columns and rows > 1
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


class _Cells:
    """A board of cells in rows and columns, top row first."""

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

    def _under(self, place: tuple[int, int]) -> tuple[int, int] | None:
        if not self.area.collidepoint(place):
            return None
        return (place[1] - self.top) // self.cell, (place[0] - self.left) // self.cell

    def _label(self, target: pygame.Surface, box: pygame.Rect, label: Label) -> None:
        """A translucent disc with a rate on the cell that a move leads to."""
        size = round(self.cell * 0.74)
        target.blit(paint.dot(size, label.colour, 235 if label.strong else 105), _centred(box, size))
        if label.strong:
            target.blit(paint.ring(size + 6, max(2, size // 16), TEXT), _centred(box, size + 6))
        colour = on_colour(label.colour) if label.strong else TEXT
        type_size = max(10, round(self.cell * 0.23))
        paint.write(target, label.words, box.center, type_size, colour, bold=label.strong, align="center")
        if label.surprise:
            self._badge(target, (box.right - round(0.16 * self.cell), box.top + round(0.18 * self.cell)))

    def _badge(self, target: pygame.Surface, place: tuple[int, int]) -> None:
        """The mark of a move 37."""
        size = max(18, round(0.36 * self.cell))
        box = pygame.Rect(0, 0, size, size)
        box.center = place
        target.blit(paint.dot(size, GOLD), box)
        paint.write(target, "37", box.center, max(9, round(size * 0.5)), INK, bold=True, align="center")

    def _mark(self, target: pygame.Surface, box: pygame.Rect, mark: tuple[str, Colour]) -> None:
        """The sign of a move's class on its stone."""
        if mark[0] == "37":
            self._badge(target, (box.right - round(0.16 * self.cell), box.top + round(0.18 * self.cell)))
            return
        size = max(18, round(0.36 * self.cell))
        spot = pygame.Rect(0, 0, size, size)
        spot.center = (box.right - round(0.17 * self.cell), box.top + round(0.18 * self.cell))
        target.blit(paint.dot(size, mark[1]), spot)
        colour = on_colour(mark[1])
        paint.write(target, mark[0], spot.center, max(9, round(size * 0.55)), colour, bold=True, align="center")

    def _column_names(self, target: pygame.Surface, view: View, y: int) -> None:
        size = max(11, round(0.2 * self.cell))
        for column in range(self.columns):
            name = view.names[column] if len(view.names) == self.columns else str(column + 1)
            x = self.left + column * self.cell + self.cell // 2
            strong = view.ghost == column
            paint.write(target, name, (x, y), size, TEXT if strong else FAINT, bold=strong, align="center")


class DropBoard(_Cells):
    """A standing board: stones are dropped into columns, behind a plate with holes."""

    def resize(self, box: pygame.Rect, look: Look) -> None:
        """Above the plate a row for the stone in one's hand, below it the columns' names."""
        self.look = look
        self.cell = max(16, int(min(box.width / (self.columns + 0.4), box.height / (self.rows + 1.65))))
        self.margin = round(0.16 * self.cell)
        self.left = box.x + (box.width - self.columns * self.cell) // 2
        height = (self.rows + 1) * self.cell + 2 * self.margin + round(0.4 * self.cell)
        self.top = box.y + max(0, (box.height - height) // 2) + self.cell + self.margin
        self.hole = round(0.80 * self.cell)

    def action_at(self, place: tuple[int, int]) -> int | None:
        """The column under a pixel, the row above the plate included."""
        area = self.area
        area.y, area.height = area.y - self.cell, area.height + self.cell + 2 * self.margin
        return (place[0] - self.left) // self.cell if area.collidepoint(place) else None

    def cell_of(self, action: int, stones: tuple[int, ...]) -> int | None:
        """The lowest empty cell of the column."""
        column = range(action, len(stones), self.columns)
        return max((cell for cell in column if stones[cell] == EMPTY), default=None)

    def step(self, action: int | None, key: int) -> int | None:
        """One column to the left or the right."""
        move = {pygame.K_LEFT: -1, pygame.K_RIGHT: 1}.get(key)
        if move is None:
            return None
        return self.columns // 2 if action is None else min(max(action + move, 0), self.columns - 1)

    def seconds(self, cell: int) -> float:
        """Longer from higher up, as things fall."""
        return 0.16 + 0.13 * float(np.sqrt(cell // self.columns + 1))

    def draw(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        """Holes, stones, plate, and what is written on them."""
        size = (self.columns * self.cell + 2 * self.margin, self.rows * self.cell + 2 * self.margin)
        corner = (self.left - self.margin, self.top - self.margin)
        depth = self.look.px(18)
        target.blit(paint.shadow(size, round(0.32 * self.cell), depth), (corner[0] - depth, corner[1] - depth + depth // 3))
        paint.draw_panel(target, pygame.Rect(corner, size).inflate(-4, -4), round(0.32 * self.cell), palette.hole)
        self._stones(target, view, palette)
        plate = paint.holed_plate(self.columns, self.rows, self.cell, self.hole, self.margin, palette.board)
        target.blit(plate, corner)
        self._over(target, view, palette)
        if view.coordinates:
            self._column_names(target, view, self.top + self.rows * self.cell + self.margin + round(0.22 * self.cell))

    def _stones(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        size = round(0.86 * self.cell)
        for cell, side in enumerate(view.stones):
            if side != EMPTY and not (view.falling and view.falling.cell == cell):
                target.blit(self._stone(size, side, palette), _centred(self.box(cell), size))
        if view.falling is not None:
            box, start = self.box(view.falling.cell), self.top - self.cell - self.margin
            box.y = round(start + (box.y - start) * _fall(view.falling.done))
            target.blit(self._stone(size, view.falling.side, palette), _centred(box, size))
        if view.ghost is not None and (cell := self.cell_of(view.ghost, view.stones)) is not None:
            target.blit(self._stone(size, view.mover, palette, 110), _centred(self.box(cell), size))
            above = pygame.Rect(self.box(view.ghost).x, self.top - self.cell - self.margin, self.cell, self.cell)
            target.blit(self._stone(size, view.mover, palette), _centred(above, size))

    def _over(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        """What lies on the plate: warmth, labels, lines to come, the last stone, the winning ones."""
        if view.heat is not None:
            self._heat(target, view)
        for action, label in view.labels.items():
            if (cell := self.cell_of(action, view.stones)) is not None:
                self._label(target, self.box(cell), label)
        size = round(0.80 * self.cell)
        for cell, side, number in view.line:
            target.blit(self._stone(size, side, palette, 205), _centred(self.box(cell), size))
            colour = on_colour(palette.second if side else palette.first)
            paint.write(target, str(number), self.box(cell).center, round(0.32 * self.cell), colour, True, "center")
        for cell in view.winning:
            target.blit(paint.ring(self.hole + 4, max(3, self.cell // 14), TEXT), _centred(self.box(cell), self.hole + 4))
        if view.last is not None and not (view.falling and view.falling.cell == view.last):
            spot = max(6, round(0.16 * self.cell))
            target.blit(paint.dot(spot, TEXT, 235), _centred(self.box(view.last), spot))
            if view.mark is not None:
                self._mark(target, self.box(view.last), view.mark)

    def _heat(self, target: pygame.Surface, view: View) -> None:
        """A pillar of light over each column, as high as the move is likely."""
        top = self.top - self.margin
        for column, share in enumerate(view.heat or ()):
            height = round(share * 0.9 * self.cell)
            if share >= 0.005:
                box = pygame.Rect(0, 0, round(0.56 * self.cell), max(3, height))
                box.midbottom = (self.box(column).centerx, top - 3)
                paint.draw_panel(target, box, self.cell // 14, view.heat_colour, alpha=205)
                words = f"{100 * share:.0f}" if share >= 0.015 else ""
                size = max(10, round(0.19 * self.cell))
                inside = height > 1.4 * size
                place = (box.centerx, box.top + (2 if inside else -1))
                colour = INK if inside else TEXT
                paint.write(target, words, place, size, colour, True, "midtop" if inside else "midbottom")

    def _stone(self, size: int, side: int, palette: Palette, alpha: int = 255) -> pygame.Surface:
        return paint.stone(size, palette.second if side else palette.first, bool(side), alpha)

    def draw_policy(
        self, target: pygame.Surface, box: pygame.Rect, policy: tuple[float, ...], colour: Colour, best: int
    ) -> None:
        """A bar a column, the favourite's bright."""
        wide = box.width / self.columns
        pygame.draw.line(target, EDGE, (box.left, box.bottom), (box.right - 1, box.bottom))
        for column, share in enumerate(policy):
            bar = pygame.Rect(round(box.x + column * wide), 0, max(2, round(wide * 0.72)), 0)
            bar.height = max(2 if share > 0.004 else 0, round(share * box.height))
            bar.bottom = box.bottom
            shade = colour if column == best else mix(CARD, colour, 0.55)
            if bar.height:
                paint.draw_panel(target, bar, 2, shade)


class GridBoard(_Cells):
    """A lying board: marks are put on its cells. Crosses and noughts as they come, stones elsewhere."""

    def resize(self, box: pygame.Rect, look: Look) -> None:
        """The largest squares that fit."""
        self.look = look
        self.cell = max(16, int(min(box.width / (self.columns + 0.5), box.height / (self.rows + 0.5))))
        self.left = box.x + (box.width - self.columns * self.cell) // 2
        self.top = box.y + (box.height - self.rows * self.cell) // 2

    def action_at(self, place: tuple[int, int]) -> int | None:
        """The cell under a pixel."""
        found = self._under(place)
        return None if found is None else found[0] * self.columns + found[1]

    def cell_of(self, action: int, stones: tuple[int, ...]) -> int | None:
        """The cell of the action's own number, if it is empty."""
        return action if 0 <= action < len(stones) and stones[action] == EMPTY else None

    def step(self, action: int | None, key: int) -> int | None:
        """One cell in that direction."""
        moves = {pygame.K_LEFT: (0, -1), pygame.K_RIGHT: (0, 1), pygame.K_UP: (-1, 0), pygame.K_DOWN: (1, 0)}
        if key not in moves:
            return None
        if action is None:
            return self.rows // 2 * self.columns + self.columns // 2
        row, column = divmod(action, self.columns)
        row = min(max(row + moves[key][0], 0), self.rows - 1)
        return row * self.columns + min(max(column + moves[key][1], 0), self.columns - 1)

    def seconds(self, cell: int) -> float:
        """A mark is put down at once."""
        return 0.16

    def draw(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        """The cells, the marks, and what is written on them."""
        self._plate(target)
        for cell, side in enumerate(view.stones):
            if side != EMPTY:
                falling = view.falling is not None and view.falling.cell == cell
                grown = view.falling.done if view.falling is not None and falling else 1.0
                self._mark_of(target, self.box(cell), side, palette, 255, 0.6 + 0.4 * grown)
        if view.ghost is not None and self.cell_of(view.ghost, view.stones) is not None:
            self._mark_of(target, self.box(view.ghost), view.mover, palette, 90)
        self._over(target, view, palette)
        if view.coordinates:
            size = max(11, round(0.12 * self.cell))
            for cell, side in enumerate(view.stones):
                box = self.box(cell)
                name = view.names[cell] if len(view.names) == len(view.stones) else str(cell + 1)
                colour = FAINT if side == EMPTY else EDGE
                paint.write(target, name, (box.x + 0.1 * self.cell, box.y + 0.08 * self.cell), size, colour, align="topleft")

    def _plate(self, target: pygame.Surface) -> None:
        gap = max(3, round(0.03 * self.cell))
        frame = self.area.inflate(4 * gap, 4 * gap)
        depth = self.look.px(18)
        target.blit(paint.shadow(frame.size, round(0.14 * self.cell), depth), (frame.x - depth, frame.y - depth + depth // 3))
        paint.draw_panel(target, frame, round(0.14 * self.cell), (22, 30, 40))
        for cell in range(self.columns * self.rows):
            paint.draw_panel(target, self.box(cell).inflate(-gap, -gap), round(0.10 * self.cell), (41, 56, 74), EDGE)

    def _mark_of(
        self, target: pygame.Surface, box: pygame.Rect, side: int, palette: Palette, alpha: int, grown: float = 1.0
    ) -> None:
        size = round(0.9 * self.cell * grown)
        colour = palette.second if side else palette.first
        if self.columns <= 5:
            width = round(0.115 * self.cell)
            picture = paint.strokes(size, width, mix(colour, TEXT, 0.08), "nought" if side else "cross", alpha)
        else:
            picture = paint.stone(size, colour, bool(side), alpha)
        target.blit(picture, _centred(box, size))

    def _over(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        for cell, share in enumerate(view.heat or ()):
            if share >= 0.005 and view.stones[cell] == EMPTY:
                size = round((0.30 + 0.55 * float(np.sqrt(share))) * self.cell)
                target.blit(paint.dot(size, view.heat_colour, 60 + round(120 * share)), _centred(self.box(cell), size))
                if not view.labels:
                    words = f"{100 * share:.0f}"
                    paint.write(target, words, self.box(cell).center, round(0.18 * self.cell), TEXT, True, "center")
        for action, label in view.labels.items():
            if self.cell_of(action, view.stones) is not None:
                self._label(target, self.box(action), label)
        for cell, side, number in view.line:
            self._mark_of(target, self.box(cell), side, palette, 150, 0.85)
            paint.write(target, str(number), self.box(cell).center, round(0.24 * self.cell), TEXT, True, "center")
        for cell in view.winning:
            gap = max(3, round(0.03 * self.cell))
            box = self.box(cell).inflate(-gap, -gap)
            pygame.draw.rect(target, TEXT, box, max(2, self.cell // 40), border_radius=round(0.10 * self.cell))
        if view.last is not None and not view.winning:
            spot = max(6, round(0.07 * self.cell))
            box = self.box(view.last)
            target.blit(paint.dot(spot, DIM), (box.centerx - spot // 2, box.bottom - round(0.13 * self.cell)))
        if view.last is not None and view.mark is not None:
            self._mark(target, self.box(view.last), view.mark)

    def draw_policy(
        self, target: pygame.Surface, box: pygame.Rect, policy: tuple[float, ...], colour: Colour, best: int
    ) -> None:
        """The cells, the likelier the brighter."""
        side = max(4, min(box.width // self.columns, box.height // self.rows))
        left, top = box.centerx - side * self.columns // 2, box.bottom - side * self.rows
        for cell, share in enumerate(policy):
            row, column = divmod(cell, self.columns)
            square = pygame.Rect(left + column * side, top + row * side, side - 2, side - 2)
            shade = mix((30, 41, 54), colour, min(1.0, share * 1.15))
            paint.draw_panel(target, square, 3, shade, TEXT if cell == best else None)


def _centred(box: pygame.Rect, size: int) -> tuple[int, int]:
    return box.centerx - size // 2, box.centery - size // 2


def _fall(done: float) -> float:
    """How far a stone has fallen: faster and faster, then a small bounce."""
    if done >= 1.0:
        return 1.0
    landing = 0.78
    if done < landing:
        return (done / landing) ** 2
    after = (done - landing) / (1.0 - landing)
    return 1.0 - 0.045 * 4.0 * after * (1.0 - after)
