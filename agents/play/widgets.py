"""Buttons, sliders, lists and switches: small, drawn by us, worked by mouse and keyboard alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pygame

from agents.play import paint
from agents.play.theme import ACCENT, CARD, DIM, EDGE, FAINT, INK, LIFTED, RAISED, TEXT, Colour, Look, mix

CLICK = (pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE)


class Widget:
    """A rectangle that can be pointed at and, where it can be worked, focused.

    tip: what the mouse is told; enabled: whether it can be worked now.
    """

    tip = ""

    def __init__(self, box: pygame.Rect, look: Look) -> None:
        self.box, self.look = box, look
        self.enabled = True

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """Draw it."""

    def press(self, place: tuple[int, int]) -> None:
        """The mouse has been pressed on it."""

    def drag(self, place: tuple[int, int]) -> None:
        """The mouse moves with the button held, having been pressed on it."""

    def scroll(self, steps: int) -> None:
        """The wheel was turned over it."""

    def key(self, key: int) -> bool:
        """A key while it has the focus; whether it was for this widget."""
        return False

    def _focus_ring(self, target: pygame.Surface, focused: bool, radius: int) -> None:
        if focused:
            pygame.draw.rect(target, ACCENT, self.box.inflate(4, 4), 2, border_radius=radius + 2)


class Button(Widget):
    """Something to press: a sign, words, or both; `on`: switched on, `primary`: the main thing."""

    def __init__(
        self,
        box: pygame.Rect,
        look: Look,
        words: str,
        action: Callable[[], None],
        glyph: str = "",
        tip: str = "",
        on: bool = False,
        primary: bool = False,
        enabled: bool = True,
    ) -> None:
        super().__init__(box, look)
        self.words, self.glyph, self.action, self.tip = words, glyph, action, tip
        self.on, self.primary, self.enabled = on, primary, enabled

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """A raised plate; the main one in the accent's colour."""
        radius = self.look.px(8)
        fill = LIFTED if hovered else RAISED
        if self.primary:
            fill = mix(ACCENT, TEXT, 0.15) if hovered else ACCENT
        elif self.on:
            fill = mix(RAISED, ACCENT, 0.45 if hovered else 0.35)
        colour: Colour = INK if self.primary else TEXT
        if not self.enabled:
            fill, colour = mix(CARD, RAISED, 0.35), mix(FAINT, CARD, 0.4)
        paint.draw_panel(target, self.box, radius, fill, None if self.primary else mix(fill, TEXT, 0.08))
        size, glyph_size = self.look.size(15), self.look.size(18)
        gap = self.look.px(7) if self.glyph and self.words else 0
        wide = paint.width_of(self.glyph, glyph_size) if self.glyph else 0
        total = wide + gap + (paint.width_of(self.words, size, self.primary) if self.words else 0)
        x = self.box.centerx - min(total, self.box.width - 8) / 2
        if self.glyph:
            paint.write(target, self.glyph, (x, self.box.centery), glyph_size, colour)
        if self.words:
            place = (x + wide + gap, self.box.centery)
            paint.write(
                target,
                self.words,
                place,
                size,
                colour,
                self.primary,
                width=int(self.box.right - 4 - place[0]),
            )
        self._focus_ring(target, focused, radius)

    def press(self, place: tuple[int, int]) -> None:
        """Do it."""
        if self.enabled:
            self.action()

    def key(self, key: int) -> bool:
        """Enter and space press it."""
        if key in CLICK and self.enabled:
            self.action()
            return True
        return False


class Switch(Widget):
    """Words and a switch."""

    def __init__(
        self,
        box: pygame.Rect,
        look: Look,
        words: str,
        on: bool,
        change: Callable[[bool], None],
        tip: str = "",
    ) -> None:
        super().__init__(box, look)
        self.words, self.on, self.change, self.tip = words, on, change, tip

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """The switch to the left, its words beside it."""
        height = min(self.look.px(20), self.box.height - 4)
        track = pygame.Rect(self.box.x, self.box.centery - height // 2, round(height * 1.8), height)
        paint.draw_panel(target, track, height // 2, ACCENT if self.on else mix(RAISED, TEXT, 0.05))
        knob = height - 4
        x = track.right - knob - 2 if self.on else track.x + 2
        target.blit(paint.dot(knob, TEXT), (x, track.y + 2))
        colour = TEXT if hovered or self.on else DIM
        place = (track.right + self.look.px(9), self.box.centery)
        paint.write(
            target, self.words, place, self.look.size(14), colour, width=int(self.box.right - place[0])
        )
        self._focus_ring(target, focused, self.look.px(6))

    def press(self, place: tuple[int, int]) -> None:
        """Switch."""
        self.on = not self.on
        self.change(self.on)

    def key(self, key: int) -> bool:
        """Enter and space switch."""
        if key in CLICK:
            self.press((0, 0))
        return key in CLICK


class Slider(Widget):
    """A choice among steps in a row, named by `names`."""

    def __init__(
        self,
        box: pygame.Rect,
        look: Look,
        names: Sequence[str],
        index: int,
        change: Callable[[int], None],
        tip: str = "",
    ) -> None:
        super().__init__(box, look)
        self.names, self.index, self.change, self.tip = names, index, change, tip

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """A line with a knob; the name of the step above it."""
        size = self.look.size(13)
        paint.write(
            target,
            self.names[self.index],
            (self.box.x, self.box.y),
            size,
            TEXT,
            align="topleft",
            width=self.box.width,
        )
        y, knob = self.box.bottom - self.look.px(9), self.look.px(16)
        left, right = self.box.x + knob // 2, self.box.right - knob // 2
        x = left + (right - left) * self.index / max(1, len(self.names) - 1)
        track = pygame.Rect(left, y - 2, right - left, 4)
        paint.draw_panel(target, track, 2, mix(RAISED, TEXT, 0.12))
        paint.draw_panel(target, pygame.Rect(left, y - 2, max(4, round(x - left)), 4), 2, ACCENT)
        target.blit(
            paint.dot(knob, TEXT if hovered or focused else (214, 224, 234)),
            (round(x - knob / 2), y - knob // 2),
        )
        self._focus_ring(target, focused, self.look.px(6))

    def press(self, place: tuple[int, int]) -> None:
        """Put the knob where the mouse is."""
        share = (place[0] - self.box.x) / max(1, self.box.width)
        self._set(round(share * (len(self.names) - 1)))

    def drag(self, place: tuple[int, int]) -> None:
        """The knob follows."""
        self.press(place)

    def scroll(self, steps: int) -> None:
        """A step each."""
        self._set(self.index + steps)

    def key(self, key: int) -> bool:
        """Left and right move the knob."""
        step = {pygame.K_LEFT: -1, pygame.K_RIGHT: 1, pygame.K_HOME: -99, pygame.K_END: 99}.get(key)
        if step is not None:
            self._set(self.index + step)
        return step is not None

    def _set(self, index: int) -> None:
        index = min(max(index, 0), len(self.names) - 1)
        if index != self.index:
            self.index = index
            self.change(index)


@dataclass(frozen=True)
class Row:
    """An entry of a list; a heading cannot be chosen."""

    words: str
    note: str = ""
    heading: bool = False


class Choices(Widget):
    """A list of which one entry is chosen; it scrolls where it is longer than its place."""

    def __init__(
        self,
        box: pygame.Rect,
        look: Look,
        rows: Sequence[Row],
        chosen: int,
        change: Callable[[int], None],
        start: int = 0,
    ) -> None:
        """`start`: the first visible row."""
        super().__init__(box, look)
        self.rows, self.chosen, self.change = rows, chosen, change
        self.height = max(look.px(27), 20)
        self.pointed: int | None = None
        self.start = min(max(start, 0), max(0, len(rows) - self.visible))

    @property
    def visible(self) -> int:
        """How many rows can be seen."""
        return max(1, self.box.height // self.height)

    def reveal(self) -> None:
        """Scroll to the chosen row."""
        low, high = self.chosen - self.visible + 1, self.chosen
        self.start = min(max(self.start, low), high)
        if self.start == self.chosen and self.chosen and self.rows[self.chosen - 1].heading:
            self.start -= 1
        self.start = min(max(self.start, 0), max(0, len(self.rows) - self.visible))

    def draw(self, target: pygame.Surface, hovered: bool, focused: bool) -> None:
        """The visible rows, and a thin bar where there are more."""
        paint.draw_panel(target, self.box, self.look.px(8), mix(CARD, (0, 0, 0), 0.18))
        mouse = pygame.mouse.get_pos() if hovered else (-1, -1)
        for place, index in enumerate(range(self.start, min(self.start + self.visible, len(self.rows)))):
            box = pygame.Rect(self.box.x, self.box.y + place * self.height, self.box.width, self.height)
            self._row(target, box, index, box.collidepoint(mouse))
        if len(self.rows) > self.visible:
            track = self.box.height - 8
            size = max(16, track * self.visible // len(self.rows))
            y = self.box.y + 4 + (track - size) * self.start // max(1, len(self.rows) - self.visible)
            paint.draw_panel(target, pygame.Rect(self.box.right - 7, y, 4, size), 2, LIFTED)
        self._focus_ring(target, focused, self.look.px(8))

    def _row(self, target: pygame.Surface, box: pygame.Rect, index: int, pointed: bool) -> None:
        row, pad = self.rows[index], self.look.px(10)
        if row.heading:
            place = (box.x + pad, box.bottom - self.height * 0.36)
            paint.write(target, row.words.upper(), place, self.look.size(11), FAINT, bold=True)
            return
        inner = box.inflate(-self.look.px(8), -2)
        if len(self.rows) > self.visible:  # beside the thin bar
            inner.width -= self.look.px(7)
        if index == self.chosen:
            paint.draw_panel(target, inner, self.look.px(6), mix(RAISED, ACCENT, 0.42))
        elif pointed:
            paint.draw_panel(target, inner, self.look.px(6), RAISED)
        size = self.look.size(14)
        words = paint.write(
            target,
            row.words,
            (inner.x + pad, box.centery),
            size,
            TEXT if index == self.chosen else (214, 224, 234),
            width=inner.width - 2 * pad,
        )
        room = inner.right - pad - words.right - pad
        if row.note and room > self.look.px(60):
            note = paint.fitted(row.note, self.look.size(12), room)
            paint.write(
                target,
                note,
                (inner.right - pad, box.centery),
                self.look.size(12),
                mix(TEXT, DIM, 0.4) if index == self.chosen else DIM,
                align="midright",
            )

    def press(self, place: tuple[int, int]) -> None:
        """Choose the row under the mouse."""
        index = self.start + (place[1] - self.box.y) // self.height
        if 0 <= index < len(self.rows) and not self.rows[index].heading:
            self._choose(index)

    def scroll(self, steps: int) -> None:
        """Three rows a step."""
        self.start = min(max(self.start - 3 * steps, 0), max(0, len(self.rows) - self.visible))

    def key(self, key: int) -> bool:
        """Up and down choose; page keys by pages."""
        step = {
            pygame.K_UP: -1,
            pygame.K_DOWN: 1,
            pygame.K_PAGEUP: -self.visible,
            pygame.K_PAGEDOWN: self.visible,
            pygame.K_HOME: -len(self.rows),
            pygame.K_END: len(self.rows),
        }.get(key)
        if step is None:
            return False
        open_rows = [n for n, row in enumerate(self.rows) if not row.heading]
        if open_rows:
            at = open_rows.index(self.chosen) if self.chosen in open_rows else 0
            self._choose(open_rows[min(max(at + step, 0), len(open_rows) - 1)])
            self.reveal()
        return True

    def _choose(self, index: int) -> None:
        changed, self.chosen = index != self.chosen, index
        if changed:
            self.change(index)


def draw_tip(
    target: pygame.Surface, look: Look, words: str, place: tuple[int, int], low: bool = False
) -> None:
    """Words beside the mouse, kept inside the window; of a button at its lower edge they lie below the
    button's own words, so that nothing is covered that one may want to read. `place`: where the mouse is,
    and the upper edge of what it points at."""
    if not words:
        return
    size, pad = look.size(13), look.px(8)
    lines = paint.wrapped(words, size, min(look.px(320), target.get_width() - 4 * pad))
    line = size + look.px(4)
    box = pygame.Rect(
        0, 0, max(paint.width_of(one, size) for one in lines) + 2 * pad, len(lines) * line + pad
    )
    box.midbottom = (place[0], place[1] - look.px(10))
    if low:
        box.topleft = (place[0] + look.px(14), target.get_height() - box.height - 2)
    box.clamp_ip(target.get_rect().inflate(-4, -4))
    paint.draw_panel(target, box, look.px(6), (16, 22, 30), EDGE)
    for number, one in enumerate(lines):
        paint.write(target, one, (box.x + pad, box.y + pad // 2 + line * (number + 0.5)), size)
