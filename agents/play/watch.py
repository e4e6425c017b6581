"""The scene in which a lesson is watched: its stages side by side to choose from, step by step."""

from __future__ import annotations

import numpy as np
import pygame

from agents.play import paint
from agents.play.film import Film, Frame
from agents.play.scene import House, Scene
from agents.play.settings import SPEEDS
from agents.play.theme import ACCENT, CARD, DIM, EDGE, NIGHT, TEXT
from agents.play.widgets import Button, Choices, Row

HEAD = 190  # the height of what is told above the stages
KEYS = "Space: pause, go on · ←/→: a step · ↑/↓: another stage · +/−: speed · Esc: the menu"


class WatchScene(Scene):
    """Films of a lesson; one is shown, and begins again after its end when asked to."""

    def __init__(self, house: House, title: str, films: list[Film]) -> None:
        super().__init__(house)
        self.title, self.films = title, films
        self.film, self.at = 0, 0
        self.playing, self.next_at = True, house.now + self._pause()

    # --- what is shown ---

    @property
    def frame(self) -> Frame:
        """The frame that is shown."""
        return self.films[self.film].frames[self.at]

    def choose(self, film: int) -> None:
        """Show another stage from its beginning."""
        self.film, self.at, self.playing = film % len(self.films), 0, True
        self._wait()

    def go(self, steps: int) -> None:
        """So many steps on or back; the film pauses."""
        self.playing = False
        self._show(self.at + steps)

    def go_on(self) -> None:
        """Pause, or go on: after the end from the beginning."""
        self.playing = not self.playing or self._is_over()
        if self.playing and self._is_over():
            self.at = 0
        self._wait()

    def _show(self, at: int) -> None:
        self.at = min(max(at, 0), len(self.films[self.film].frames) - 1)
        self.rebuild()

    def _is_over(self) -> bool:
        return self.at == len(self.films[self.film].frames) - 1

    def _pause(self) -> float:
        return 1.0 / max(self.house.settings.speed, 0.25) / 2.0

    def _wait(self) -> None:
        self.next_at = self.house.now + self._pause()
        self.rebuild()

    def _speed(self, step: int) -> None:
        at = SPEEDS.index(self.house.settings.speed) if self.house.settings.speed in SPEEDS else 2
        self.house.settings.speed = SPEEDS[min(max(at + step, 0), len(SPEEDS) - 1)]
        self.house.tell(f"{2 * self.house.settings.speed:g} steps a second")

    # --- as a scene ---

    def tick(self) -> None:
        """The next frame, when it is time."""
        if self.playing and self.house.now >= self.next_at:
            self.playing = not self._is_over()
            self._show(self.at + 1)
            self.next_at = self.house.now + self._pause()

    def due_in(self) -> float | None:
        """When the next frame is due."""
        return max(0.0, self.next_at - self.house.now) if self.playing else None

    def on_key(self, event: pygame.event.Event) -> bool:
        """Steps, stages, speed, the way back."""
        keys = {
            pygame.K_SPACE: self.go_on,
            pygame.K_LEFT: lambda: self.go(-1),
            pygame.K_RIGHT: lambda: self.go(1),
            pygame.K_UP: lambda: self.choose(self.film - 1),
            pygame.K_DOWN: lambda: self.choose(self.film + 1),
            pygame.K_ESCAPE: self._menu,
        }
        if event.unicode in ("+", "-"):
            self._speed(1 if event.unicode == "+" else -1)
        elif event.key in keys:
            keys[event.key]()
        else:
            return False
        return True

    def _menu(self) -> None:
        from agents.play.menu import MenuScene

        self.house.go(MenuScene(self.house))

    def build(self) -> None:
        """The stages to choose from, and the bar."""
        _, panel, bar = self._areas()
        rows = [
            Row(film.label.partition(":")[0].capitalize(), f"{len(film.frames) - 1} steps")
            for film in self.films
        ]
        below = panel.y + self.look.px(HEAD)
        box = pygame.Rect(panel.x, below, panel.width, panel.bottom - below)
        self.widgets.append(Choices(box, self.look, rows, self.film, self.choose))
        gap, wide = self.look.px(6), min(self.look.px(110), (bar.width - 5 * self.look.px(6)) // 6)
        buttons = (
            ("Menu", "☰", self._menu, True),
            ("", "‹", lambda: self.go(-1), self.at > 0),
            ("Pause" if self.playing else "Play", "❚❚" if self.playing else "▶", self.go_on, True),
            ("", "›", lambda: self.go(1), not self._is_over()),
            ("", "−", lambda: self._speed(-1), True),
            ("", "+", lambda: self._speed(1), True),
        )
        for number, (words, glyph, do, able) in enumerate(buttons):
            place = pygame.Rect(bar.x + number * (wide + gap), bar.y, wide, bar.height)
            shown = "" if self.look.narrow else words
            self.widgets.append(Button(place, self.look, shown, do, glyph, words, enabled=able))

    def _areas(self) -> tuple[pygame.Rect, pygame.Rect, pygame.Rect]:
        """Where the picture, the words and the buttons are."""
        look = self.look
        gap, bar = look.px(14), look.px(46)
        inner = pygame.Rect(gap, gap, look.width - 2 * gap, look.height - 3 * gap - bar)
        below = pygame.Rect(gap, look.height - gap - bar, look.width - 2 * gap, bar)
        if look.upright:
            side = min(inner.width, round(inner.height * 0.58))
            stage = pygame.Rect(inner.x, inner.y, inner.width, side)
            return (
                stage,
                pygame.Rect(inner.x, stage.bottom + gap, inner.width, inner.height - side - gap),
                below,
            )
        wide = round(inner.width * 0.62)
        panel = pygame.Rect(inner.x + wide + gap, inner.y, inner.width - wide - gap, inner.height)
        return pygame.Rect(inner.x, inner.y, wide, inner.height), panel, below

    def paint(self, target: pygame.Surface) -> None:
        """The picture as large as it can be, and beside it what has come of it so far."""
        target.fill(NIGHT)
        stage, panel, _ = self._areas()
        picture = self.frame.picture
        surface = pygame.surfarray.make_surface(np.ascontiguousarray(picture.swapaxes(0, 1)))
        scale = min(stage.width / picture.shape[1], stage.height / picture.shape[0])
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        shown = pygame.transform.smoothscale(surface, size)
        target.blit(shown, shown.get_rect(center=stage.center))
        card = pygame.Rect(panel.x, panel.y, panel.width, self.look.px(HEAD - 12))
        paint.draw_panel(target, card, self.look.px(9), CARD, EDGE)
        self._write(target, card)

    def _write(self, target: pygame.Surface, card: pygame.Rect) -> None:
        look, frame, film = self.look, self.frame, self.films[self.film]
        pad = look.px(14)
        room, x = card.width - 2 * pad, card.x + pad
        moved = f": {frame.action}" if frame.action else ""
        honest = all(one.paid == one.earned for one in film.frames)
        lines = (
            (self.title, 16, TEXT, False),
            (f"Step {self.at} of {len(film.frames) - 1}{moved}", 14, DIM, False),
            (f"{'Return' if honest else 'Paid'} so far {frame.paid:g}", 15, ACCENT, True),
            ("" if honest else f"Truly earned {frame.earned:g}", 15, TEXT, False),
            (KEYS, 12, DIM, False),
        )
        y = float(card.y + look.px(22))
        for words, size, colour, bold in lines:
            for line in paint.wrapped(words, look.size(size), room)[:2] if words else ():
                paint.write(target, line, (x, y), look.size(size), colour, bold, width=room)
                y += look.px(size + 8)
