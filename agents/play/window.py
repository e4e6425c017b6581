"""The window itself: opened at once, one loop, 60 frames a second while something moves, else none."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from agents.play import paint
from agents.play.engine import Engine
from agents.play.film import load_films
from agents.play.game import GameScene
from agents.play.menu import MenuScene
from agents.play.own_rating import load_history
from agents.play.scene import House, Scene, draw_toast
from agents.play.seats import Seat
from agents.play.settings import SMALLEST, load_settings, save_settings
from agents.play.signals import closing_on_signals
from agents.play.sound import Sounds
from agents.play.theme import PALETTES
from agents.play.watch import WatchScene
from games.core import GAMES, is_own_file
from lab import doctor

FRAMES = 60  # a second, while something moves
NO_WINDOW = "no window can be opened here ({}); SDL_VIDEODRIVER=dummy plays without one"
WAKE = pygame.event.custom_type()  # the engine has an answer


@dataclass(frozen=True)
class Start:
    """What the window begins with: a game (seats given), a file, or the menu."""

    world: str | None = None
    seats: tuple[Seat, Seat] | None = None
    simulations: tuple[int | None, int | None] = (None, None)
    teaching: bool | None = None
    load: Path | None = None
    lesson: Path | None = None
    komi: float | None = None


class Window:
    """Opens, runs until it is closed, remembers."""

    def __init__(self, start: Start) -> None:
        self.settings, told = load_settings()
        self.history, told_too = load_history()
        self._take(start)
        pygame.display.init()
        pygame.font.init()
        pygame.display.set_caption("Move 37")
        pygame.display.set_icon(paint.stone(64, PALETTES["classic"].first, False))
        self.screen = self._open(tuple(self.settings.size))
        self.house = House(Engine(_wake), self.settings, Sounds(self.settings.sound), self.history)
        self.house.now = time.monotonic()
        self.scene: Scene = self._first(start)
        self.house.tell(told or told_too)
        self.full = False
        self.hurried = False
        self.frames = 0
        self.drawing = 0.0  # seconds spent on drawing, for who measures
        self.resize()

    def run(self, after: Callable[[Window], None] | None = None) -> None:
        """The loop; `after` is called after every turn of it, for tests."""
        clock = pygame.time.Clock()
        self._draw()
        if self.settings.sound:
            self.house.sounds.open()  # now, so that the first stone is not late
        with closing_on_signals(self._leave):
            try:
                while not self.house.quitting:
                    self.turn(clock)
                    if after is not None:
                        after(self)
            finally:
                self.close()

    def _leave(self) -> None:
        """Asked to close by a signal, from whichever thread."""
        self.house.quitting = self.hurried = True
        _wake()

    def turn(self, clock: pygame.time.Clock) -> None:
        """One turn: what happened, what follows, a frame if anything is to be seen."""
        top = self.scene
        if top.animating():
            clock.tick(FRAMES)
            events = pygame.event.get()
        else:
            events = self._wait(top)
        self.house.now = time.monotonic()
        for event in events:
            self._handle(event)
        self._change_scene()  # first: what the engine answers from now on is for the new scene
        self.scene.tick()
        if self.house.toast is not None and self.house.now >= self.house.toast[1]:
            self.house.toast, self.scene.dirty = None, True
        if self.scene.dirty:
            self._draw()
        elif self.scene.touched:
            self._draw(self.scene.touched[0].unionall(self.scene.touched[1:]))

    def resize(self) -> None:
        """The window's size is another one."""
        width, height = self.screen.get_size()
        if not self.full:
            self.settings.size = [max(width, SMALLEST[0]), max(height, SMALLEST[1])]
        self.scene.resize(width, height)

    def close(self) -> None:
        """Remember, stop the engine, close."""
        try:
            failures = [save_settings(self.settings), self.scene.keep()]
        finally:
            self.house.engine.close(0.5 if self.hurried else 2.0)
            paint.forget()
            pygame.quit()
        failed = "; ".join(words for words in failures if words)
        if failed:
            print(failed, file=sys.stderr)

    def _take(self, start: Start) -> None:
        """What the command line says is remembered, as if it had been chosen in the menu."""
        if start.world in GAMES:  # no file of one's own: it would be run at every start
            self.settings.world = str(start.world)
        if start.komi is not None and start.world is not None:
            self.settings.komi[start.world] = start.komi
        if start.teaching is not None:
            self.settings.teaching = start.teaching
        if start.seats is not None:
            for side, seat in enumerate(start.seats):
                if not is_own_file(seat.name):  # likewise
                    self.settings.sides[side] = seat.name
        for side, simulations in enumerate(start.simulations):
            if simulations is not None:
                self.settings.simulations[side] = simulations

    def _first(self, start: Start) -> Scene:
        if start.lesson is not None:
            return WatchScene(self.house, *load_films(start.lesson))
        if start.seats is None or start.world is None:
            return MenuScene(self.house)
        first, second = self.settings.simulations
        return GameScene(self.house, start.world, start.seats, (first, second), open_path=start.load)

    def _open(self, size: tuple[int, ...]) -> pygame.Surface:
        with contextlib.suppress(pygame.error):
            largest = pygame.display.get_desktop_sizes()[0]
            size = (min(size[0], largest[0]), min(size[1], largest[1]))
        return pygame.display.set_mode(size, pygame.RESIZABLE)

    def _wait(self, scene: Scene) -> list[pygame.event.Event]:
        """Sleep until something happens or is due."""
        due = [] if scene.due_in() is None else [scene.due_in()]
        if self.house.toast is not None:
            due.append(max(0.0, self.house.toast[1] - self.house.now))
        times = [one for one in due if one is not None]
        timeout = max(1, round(1000 * min(times))) if times else 30_000
        first = pygame.event.wait(timeout)
        return ([] if first.type == pygame.NOEVENT else [first]) + pygame.event.get()

    def _handle(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.house.quitting = True
        elif event.type == pygame.VIDEORESIZE:
            self._resized(event.size)
        elif event.type == pygame.KEYDOWN and event.key == pygame.K_F11:
            self.full = not self.full
            flags = pygame.FULLSCREEN if self.full else pygame.RESIZABLE
            size = (0, 0) if self.full else tuple(self.settings.size)
            self.screen = pygame.display.set_mode(size, flags)
            self.resize()
        elif event.type != WAKE:
            self.scene.handle(event)

    def _resized(self, size: tuple[int, int]) -> None:
        """Not smaller than can be used."""
        if not self.full and (size[0] < SMALLEST[0] or size[1] < SMALLEST[1]):
            wanted = (max(size[0], SMALLEST[0]), max(size[1], SMALLEST[1]))
            self.screen = pygame.display.set_mode(wanted, pygame.RESIZABLE)
        else:
            self.screen = pygame.display.get_surface()
        self.resize()

    def _change_scene(self) -> None:
        if self.house.next_scene is not None:
            self.house.tell(self.scene.keep())
            self.scene, self.house.next_scene = self.house.next_scene, None
            self.scene.resize(*self.screen.get_size())
            self.scene.tick()

    def _draw(self, part: pygame.Rect | None = None) -> None:
        """Draw everything, or what lies in a part of the window."""
        start = time.perf_counter()
        self.screen.set_clip(part)
        self.scene.draw(self.screen)
        if self.house.toast is not None:
            draw_toast(self.screen, self.scene.look, self.house.toast[0], self.scene.message_area())
        self.screen.set_clip(None)
        if part is None:
            pygame.display.flip()
        else:
            pygame.display.update(part.clip(self.screen.get_rect()))
        self.scene.dirty = False
        self.scene.touched.clear()
        self.frames += 1
        self.drawing += time.perf_counter() - start


def open_window(start: Start) -> None:
    """Open the window and run it until it is closed. Raises NoDisplay where there is none."""
    _check_display()
    sys.setswitchinterval(0.002)  # seconds: a frame does not wait long for the engine's thread
    try:
        window = Window(start)
    except pygame.error as error:
        raise NoDisplay(NO_WINDOW.format(error)) from None
    window.run()
    if window.hurried:  # all is saved; libraries take seconds to be taken down while a thread still thinks
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _check_display() -> None:
    """Raise NoDisplay where SDL would open a window that nobody sees."""
    if not os.environ.get("SDL_VIDEODRIVER") and doctor.display().level != "good":
        raise NoDisplay(NO_WINDOW.format("neither DISPLAY nor WAYLAND_DISPLAY is set"))


class NoDisplay(RuntimeError):  # noqa: N818
    """There is no display on which a window could be opened."""


def _wake() -> None:
    """Called from the engine's thread; SDL's queue takes events from any."""
    with contextlib.suppress(pygame.error):
        pygame.event.post(pygame.event.Event(WAKE))
