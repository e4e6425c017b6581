"""A lying board, as tic-tac-toe's: marks or stones are put on its cells."""

from __future__ import annotations

import numpy as np
import pygame

from agents.play import paint
from agents.play.board import EMPTY, Cells, View, centred
from agents.play.theme import (
    DIM,
    EDGE,
    FAINT,
    TEXT,
    Look,
    Palette,
    on_dark,
)


class GridBoard(Cells):
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
                paint.write(
                    target,
                    name,
                    (box.x + 0.1 * self.cell, box.y + 0.08 * self.cell),
                    size,
                    colour,
                    align="topleft",
                )

    def _plate(self, target: pygame.Surface) -> None:
        gap = max(3, round(0.03 * self.cell))
        frame = self.area.inflate(4 * gap, 4 * gap)
        depth = self.look.px(18)
        target.blit(
            paint.shadow(frame.size, round(0.14 * self.cell), depth),
            (frame.x - depth, frame.y - depth + depth // 3),
        )
        paint.draw_panel(target, frame, round(0.14 * self.cell), (22, 30, 40))
        for cell in range(self.columns * self.rows):
            paint.draw_panel(
                target, self.box(cell).inflate(-gap, -gap), round(0.10 * self.cell), (41, 56, 74), EDGE
            )

    def piece(self, size: int, side: int, palette: Palette, alpha: int = 255) -> pygame.Surface:
        """A cross or a nought on small boards, else a stone."""
        if self.columns > 5:
            return super().piece(size, side, palette, alpha)
        colour = on_dark(palette.second if side else palette.first)
        return paint.strokes(size, max(3.0, 0.13 * size), colour, "nought" if side else "cross", alpha)

    def _mark_of(
        self,
        target: pygame.Surface,
        box: pygame.Rect,
        side: int,
        palette: Palette,
        alpha: int,
        grown: float = 1.0,
    ) -> None:
        size = round(0.9 * self.cell * grown)
        target.blit(self.piece(size, side, palette, alpha), centred(box, size))

    def _over(self, target: pygame.Surface, view: View, palette: Palette) -> None:
        for cell, share in enumerate((view.heat or ())[: len(view.stones)]):
            if share >= 0.005 and view.stones[cell] == EMPTY:
                size = round((0.30 + 0.55 * float(np.sqrt(share))) * self.cell)
                target.blit(
                    paint.dot(size, view.heat_colour, 60 + round(120 * share)), centred(self.box(cell), size)
                )
                if not view.labels:
                    words = f"{100 * share:.0f}"
                    paint.write(
                        target, words, self.box(cell).center, round(0.18 * self.cell), TEXT, True, "center"
                    )
        for action, label in view.labels.items():
            if self.cell_of(action, view.stones) is not None:
                self.draw_label(target, self.box(action), label)
        for cell, side, number in view.line:
            self._mark_of(target, self.box(cell), side, palette, 150, 0.85)
            paint.write(
                target, str(number), self.box(cell).center, round(0.24 * self.cell), TEXT, True, "center"
            )
        for cell in view.winning:
            gap = max(3, round(0.03 * self.cell))
            box = self.box(cell).inflate(-gap, -gap)
            pygame.draw.rect(
                target, TEXT, box, max(2, self.cell // 40), border_radius=round(0.10 * self.cell)
            )
        if view.last is not None and not view.winning:
            spot = max(6, round(0.07 * self.cell))
            box = self.box(view.last)
            target.blit(paint.dot(spot, DIM), (box.centerx - spot // 2, box.bottom - round(0.13 * self.cell)))
        if view.last is not None and view.mark is not None:
            self.draw_mark(target, self.box(view.last), view.mark)
