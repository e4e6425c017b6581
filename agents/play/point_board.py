"""A Go board: stones lie on the points where lines cross, on wood."""

from __future__ import annotations

import numpy as np
import pygame

from agents.play import paint
from agents.play.board import EMPTY, Label, View, centred
from agents.play.grid_board import GridBoard
from agents.play.theme import INK, TEXT, Look, Palette, on_colour
from games.go_looks import INK as SLATE
from games.go_looks import NAMES, PAPER

ROOM = 0.44  # the wood beyond the outer half cells, in cells
STONE = 0.94  # a stone's diameter
LEAST = 0.12  # of ownership that is shown


class PointBoard(GridBoard):
    """Stones on points; whose points they are, and what was thought of them, over it."""

    numbered = False
    place_name = "point"

    def resize(self, box: pygame.Rect, look: Look) -> None:
        """The widest distance from line to line that fits."""
        self.look = look
        wide, high = box.width / (self.columns + 2 * ROOM), box.height / (self.rows + 2 * ROOM)
        self.cell = max(12, int(min(wide, high)))
        self.left = box.x + (box.width - self.columns * self.cell) // 2
        self.top = box.y + (box.height - self.rows * self.cell) // 2

    def seconds(self, cell: int) -> float:
        """A stone is set down at once."""
        return 0.14

    def piece(self, size: int, side: int, palette: Palette, alpha: int = 255) -> pygame.Surface:
        """Slate and shell, whatever the palette: Black and White are what the sides are called."""
        return paint.pebble(size, bool(side), alpha)

    def draw(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        """Wood and lines, stones, and what is written on them."""
        pad = round(ROOM * self.cell)
        frame = self.area.inflate(2 * pad, 2 * pad)
        depth = self.look.px(18)
        target.blit(
            paint.shadow(frame.size, max(4, self.cell // 9), depth),
            (frame.x - depth, frame.y - depth + depth // 3),
        )
        target.blit(paint.lined_wood(self.columns, self.cell, pad), frame)
        if view.coordinates:
            self._names(target, view)
        self._stones(target, view)
        self._warmth(target, view)
        self._owners(target, view)
        self._over(target, view, palette)

    def _names(self, target: pygame.Surface, view: View) -> None:
        """Letters and numbers around, those of the ghost dark."""
        size = min(max(9, round(0.25 * self.cell)), self.look.size(19))
        away = round((0.66 if self.cell < 90 else 0.70) * self.cell)
        here = view.ghost is not None and view.ghost < self.columns * self.rows
        ghost = divmod(view.ghost or 0, self.columns) if here else None
        first, last = self.box(0).center, self.box(self.columns * self.rows - 1).center
        for column in range(self.columns):
            dark = ghost is not None and ghost[1] == column
            name = view.names[column][0] if view.names else "ABCDEFGHJKLMNOPQRST"[column]
            x = self.left + column * self.cell + self.cell // 2
            for y in (first[1] - away, last[1] + away):
                paint.write(target, name, (x, y), size, INK if dark else NAMES, dark, "center")
        for row in range(self.rows):
            dark = ghost is not None and ghost[0] == row
            y = self.top + row * self.cell + self.cell // 2
            for x in (first[0] - away, last[0] + away):
                colour = INK if dark else NAMES
                paint.write(target, str(self.rows - row), (x, y), size, colour, dark, "center")

    def _stones(self, target: pygame.Surface, view: View) -> None:
        for cell, side in enumerate(view.stones):
            if side != EMPTY:
                falling = view.falling if view.falling is not None and view.falling.cell == cell else None
                self._stone(target, cell, side, 1.0 if falling is None else 1.22 - 0.22 * falling.done)
        if view.ghost is not None and self.cell_of(view.ghost, view.stones) is not None:
            size = round(STONE * self.cell)
            target.blit(paint.pebble(size, bool(view.mover), 135), centred(self.box(view.ghost), size))

    def _stone(self, target: pygame.Surface, cell: int, side: int, grown: float) -> None:
        size, box = round(STONE * self.cell * round(grown, 2)), self.box(cell)
        shift = max(1, round(0.05 * self.cell * (1.0 + 6.0 * (grown - 1.0))))
        below = paint.dot(size, (0, 0, 0), 62)
        x, y = centred(box, size)
        target.blit(below, (x + shift, y + round(1.4 * shift)))
        target.blit(paint.pebble(size, bool(side)), (x, y))

    def _owners(self, target: pygame.Surface, view: View) -> None:
        """A square on every point that somebody has, the larger the surer; on own stones none."""
        for cell, share in enumerate(view.owner or ()):
            whose = 0 if share > 0 else 1
            if abs(share) < LEAST or view.stones[cell] == whose:
                continue
            side = max(3, round(0.36 * self.cell * float(np.sqrt(abs(share)))))
            square = pygame.Rect(0, 0, side, side)
            square.center = self.box(cell).center
            edge = (150, 140, 120) if whose else (20, 22, 26)
            paint.draw_panel(target, square, max(1, side // 7), PAPER if whose else SLATE, edge, alpha=235)

    def _warmth(self, target: pygame.Surface, view: View) -> None:
        """A disc of light on each point, the larger the likelier."""
        for cell, share in enumerate((view.heat or ())[: len(view.stones)]):
            if share < 0.005 or view.stones[cell] != EMPTY:
                continue
            size = round((0.30 + 0.64 * float(np.sqrt(share))) * self.cell)
            target.blit(
                paint.dot(size, view.heat_colour, 120 + round(110 * share)), centred(self.box(cell), size)
            )
            if not view.labels and share >= 0.015:
                type_size = max(9, round(0.24 * self.cell))
                colour = on_colour(view.heat_colour)
                paint.write(
                    target, f"{100 * share:.0f}", self.box(cell).center, type_size, colour, True, "center"
                )

    def _over(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        for action, label in view.labels.items():
            if self.cell_of(action, view.stones) is not None:
                self.draw_label(target, self.box(action), label)
        self._future(target, view)
        if view.last is not None and not view.line:
            box, side = self.box(view.last), view.stones[view.last]
            if side != EMPTY and view.mark is None:
                size = max(7, round(0.46 * self.cell))
                colour = SLATE if side else PAPER
                target.blit(paint.ring(size, max(1.5, 0.055 * self.cell), colour), centred(box, size))
            if view.mark is not None:
                self.draw_mark(target, box, view.mark)

    def _future(self, target: pygame.Surface, view: View) -> None:
        """The line that might follow, numbered; where two moves are made on one point, the first."""
        size, seen = round(STONE * self.cell), set()
        for cell, side, number in view.line:
            if cell in seen:
                continue
            seen.add(cell)
            target.blit(paint.pebble(size, bool(side), 225), centred(self.box(cell), size))
            colour = SLATE if side else PAPER
            type_size = max(10, round(0.38 * self.cell))
            paint.write(target, str(number), self.box(cell).center, type_size, colour, True, "center")

    def draw_label(self, target: pygame.Surface, box: pygame.Rect, label: Label) -> None:
        """A disc with a rate and, where there is room, a note below it."""
        size = round(0.90 * self.cell)
        target.blit(paint.dot(size, label.colour, 245 if label.strong else 205), centred(box, size))
        if label.strong:
            target.blit(paint.ring(size, max(2, size // 16), TEXT), centred(box, size))
        colour = on_colour(label.colour)
        two = bool(label.note) and self.cell >= 40
        type_size = max(9, round(self.cell * (0.29 if two else 0.34)))
        y = box.centery - (0.12 * self.cell if two else 0)
        paint.write(target, label.words, (box.centerx, y), type_size, colour, bold=True, align="center")
        if two:
            small = max(9, round(0.19 * self.cell))
            place = (box.centerx, box.centery + 0.20 * self.cell)
            paint.write(target, label.note, place, small, colour, align="center")
        if label.mark is not None:
            self.draw_mark(target, box, label.mark)
