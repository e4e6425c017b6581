"""A standing board, as Connect Four's: stones fall into columns behind a plate with holes."""

from __future__ import annotations

import numpy as np
import pygame

from agents.play import paint
from agents.play.board import EMPTY, Cells, View, centred
from agents.play.theme import (
    CARD,
    EDGE,
    INK,
    TEXT,
    Colour,
    Look,
    Palette,
    mix,
    on_colour,
)


class DropBoard(Cells):
    """A standing board: stones are dropped into columns, behind a plate with holes."""

    place_name = "column"

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
        target.blit(
            paint.shadow(size, round(0.32 * self.cell), depth),
            (corner[0] - depth, corner[1] - depth + depth // 3),
        )
        paint.draw_panel(
            target, pygame.Rect(corner, size).inflate(-4, -4), round(0.32 * self.cell), palette.hole
        )
        self._stones(target, view, palette)
        plate = paint.holed_plate(self.columns, self.rows, self.cell, self.hole, self.margin, palette.board)
        target.blit(plate, corner)
        self._over(target, view, palette)
        if view.coordinates:
            self.draw_column_names(
                target, view, self.top + self.rows * self.cell + self.margin + round(0.22 * self.cell)
            )

    def _stones(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        size = round(0.86 * self.cell)
        for cell, side in enumerate(view.stones):
            if side != EMPTY and not (view.falling and view.falling.cell == cell):
                target.blit(self.piece(size, side, palette), centred(self.box(cell), size))
        if view.falling is not None:
            box, start = self.box(view.falling.cell), self.top - self.cell - self.margin
            box.y = round(start + (box.y - start) * _fall(view.falling.done))
            target.blit(self.piece(size, view.falling.side, palette), centred(box, size))
        if view.ghost is not None and (landing := self.cell_of(view.ghost, view.stones)) is not None:
            target.blit(self.piece(size, view.mover, palette, 110), centred(self.box(landing), size))
            above = pygame.Rect(
                self.box(view.ghost).x, self.top - self.cell - self.margin, self.cell, self.cell
            )
            target.blit(self.piece(size, view.mover, palette), centred(above, size))

    def _over(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        """What lies on the plate: warmth, labels, lines to come, the last stone, the winning ones."""
        if view.heat is not None:
            self._heat(target, view)
        for action, label in view.labels.items():
            if (cell := self.cell_of(action, view.stones)) is not None:
                self.draw_label(target, self.box(cell), label)
        size = round(0.80 * self.cell)
        for cell, side, number in view.line:
            target.blit(self.piece(size, side, palette, 205), centred(self.box(cell), size))
            colour = on_colour(palette.second if side else palette.first)
            paint.write(
                target, str(number), self.box(cell).center, round(0.32 * self.cell), colour, True, "center"
            )
        for cell in view.winning:
            target.blit(
                paint.ring(self.hole + 4, max(3, self.cell // 14), TEXT),
                centred(self.box(cell), self.hole + 4),
            )
        if view.last is not None and not (view.falling and view.falling.cell == view.last):
            spot = max(6, round(0.16 * self.cell))
            target.blit(paint.dot(spot, TEXT, 235), centred(self.box(view.last), spot))
            if view.mark is not None:
                self.draw_mark(target, self.box(view.last), view.mark)

    def _heat(self, target: pygame.Surface, view: View) -> None:
        """A pillar of light over each column, as high as the move is likely."""
        plate = self.top - self.margin
        for column, share in enumerate(view.heat or ()):
            height = round(share * 0.9 * self.cell)
            if share >= 0.005:
                box = pygame.Rect(0, 0, round(0.56 * self.cell), max(3, height))
                box.midbottom = (self.box(column).centerx, plate - 3)
                paint.draw_panel(target, box, self.cell // 14, view.heat_colour, alpha=205)
                words = f"{100 * share:.0f}" if share >= 0.015 else ""
                size = max(10, round(0.19 * self.cell))
                inside = height > 1.4 * size
                place = (box.centerx, box.top + (2 if inside else -1))
                colour = INK if inside else TEXT
                paint.write(target, words, place, size, colour, True, "midtop" if inside else "midbottom")

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


def _fall(done: float) -> float:
    """How far a stone has fallen: faster and faster, then a small bounce."""
    if done >= 1.0:
        return 1.0
    landing = 0.78
    if done < landing:
        return (done / landing) ** 2
    after = (done - landing) / (1.0 - landing)
    return 1.0 - 0.045 * 4.0 * after * (1.0 - after)
