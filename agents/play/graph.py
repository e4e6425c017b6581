"""The win-rate graph: the game at a glance, its mistakes, and whose win each position is by the truth."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from agents.play import paint
from agents.play.panels import draw_card
from agents.play.theme import ACCENT, CARD, FAINT, GOLD, GRADE_COLOURS, TEXT, Look, Palette, mix
from agents.play.verdicts import Verdict


class Graph:
    """The first side's win rate over the game, with the mistakes on it; a click says which position."""

    def __init__(self) -> None:
        self.area = pygame.Rect(0, 0, 1, 1)
        self.last = 1

    def draw(
        self,
        target: pygame.Surface,
        look: Look,
        box: pygame.Rect,
        rates: Sequence[float | None],
        outcomes: Sequence[int | None],
        verdicts: Sequence[Verdict | None],
        cursor: int,
        palette: Palette,
        first: str = "",
    ) -> None:
        """`rates` [T + 1]: the first side's win rate at each position, None where it is not known; `outcomes`
        [T + 1]: who wins there by the truth, drawn as a strip in that side's colour; `first`: what the first
        side is called."""
        here = rates[cursor] if cursor < len(rates) else None
        note = "" if here is None else f"{first or 'who began'}: {100 * here:.0f} %"
        self.area = draw_card(target, look, box, "Win rate", note)
        self.last = max(len(rates) - 1, 8)
        if any(outcome is not None for outcome in outcomes):
            self._strip(target, look, outcomes, palette)
        area = self.area
        paint.draw_panel(target, area, look.px(6), mix(CARD, (0, 0, 0), 0.22))
        middle = area.centery
        pygame.draw.line(target, mix(CARD, TEXT, 0.16), (area.x, middle), (area.right - 1, middle))
        known = [(self._x(ply), self._y(rate), ply) for ply, rate in enumerate(rates) if rate is not None]
        if len(known) > 1:
            outline = [(x, y) for x, y, _ in known]
            shade = pygame.Surface(area.size, pygame.SRCALPHA)
            points = [(x - area.x, y - area.y) for x, y in outline]
            points += [(points[-1][0], middle - area.y), (points[0][0], middle - area.y)]
            pygame.draw.polygon(shade, (*ACCENT, 46), points)
            target.blit(shade, area)
            paint.smooth_line(target, ACCENT, outline, max(2, look.px(2)))
        x = round(self._x(cursor))
        pygame.draw.line(target, mix(CARD, TEXT, 0.55), (x, area.y + 2), (x, area.bottom - 3))
        for x_, y_, ply in known:
            verdict = verdicts[ply - 1] if 0 < ply <= len(verdicts) else None
            self._spot(target, look, (x_, y_), verdict, ply == cursor)

    def ply_at(self, place: tuple[int, int]) -> int | None:
        """The position under a pixel."""
        if not self.area.inflate(8, 4).collidepoint(place):
            return None
        share = (place[0] - self.area.x - 6) / max(1, self.area.width - 12)
        return min(max(round(share * self.last), 0), self.last)

    def _strip(
        self, target: pygame.Surface, look: Look, outcomes: Sequence[int | None], palette: Palette
    ) -> None:
        """Who wins by the truth, position by position, below the graph."""
        high = max(5, look.px(6))
        self.area = pygame.Rect(self.area.x, self.area.y, self.area.width, self.area.height - high - 3)
        half = (self.area.width - 12) / self.last / 2
        for ply, outcome in enumerate(outcomes):
            if outcome is not None:
                left, right = round(max(self._x(ply) - half, self.area.x)), round(self._x(ply) + half)
                box = pygame.Rect(left, self.area.bottom + 3, min(right, self.area.right) - left - 1, high)
                colour = {1: palette.first, 0: FAINT, -1: palette.second}[outcome]
                paint.draw_panel(target, box, 2, colour)

    def _spot(
        self,
        target: pygame.Surface,
        look: Look,
        place: tuple[float, float],
        verdict: Verdict | None,
        here: bool,
    ) -> None:
        size, colour = (look.px(9), TEXT) if here else (0, TEXT)
        if verdict is not None and verdict.surprise:
            size, colour = look.px(13), GOLD
        elif verdict is not None and verdict.is_mistake:
            size, colour = look.px(11), GRADE_COLOURS[verdict.grade.name]
        if size:
            size = max(size, 8)
            target.blit(
                paint.dot(size + 4, CARD), (round(place[0] - size / 2 - 2), round(place[1] - size / 2 - 2))
            )
            target.blit(paint.dot(size, colour), (round(place[0] - size / 2), round(place[1] - size / 2)))

    def _x(self, ply: int) -> float:
        return self.area.x + 6 + (self.area.width - 12) * ply / self.last

    def _y(self, rate: float) -> float:
        return self.area.bottom - 6 - (self.area.height - 12) * rate
