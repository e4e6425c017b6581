"""A hand on a real window: real clicks and keys by xdotool under Xvfb, or the same events posted under SDL's
dummy driver where there is no Xvfb."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pygame

KEYS = {  # SDL's number, what is typed, X's name
    "Return": (pygame.K_RETURN, "\r"),
    "BackSpace": (pygame.K_BACKSPACE, "\b"),
    "Escape": (pygame.K_ESCAPE, "\x1b"),
    "Tab": (pygame.K_TAB, "\t"),
    "Right": (pygame.K_RIGHT, ""),
    "Left": (pygame.K_LEFT, ""),
    "Home": (pygame.K_HOME, ""),
    "End": (pygame.K_END, ""),
    "Prior": (pygame.K_PAGEUP, ""),
    "F1": (pygame.K_F1, ""),
    "space": (pygame.K_SPACE, " "),
    "bracketright": (pygame.K_RIGHTBRACKET, "]"),
}
PATIENCE = 180.0  # seconds; a busy machine may compile kernels first
SIZE = (1280, 1024)


def has_x() -> bool:
    """Whether real events can be made here."""
    return bool(shutil.which("Xvfb") and shutil.which("xdotool"))


@contextmanager
def display() -> Iterator[bool]:
    """A display for pygame; whether it is a real one (X)."""
    kept = {name: os.environ.get(name) for name in ("DISPLAY", "SDL_VIDEODRIVER", "SDL_AUDIODRIVER")}
    os.environ["SDL_AUDIODRIVER"] = "dummy"
    server = None
    if has_x():
        server, number = _server()
        os.environ |= {"DISPLAY": f":{number}", "SDL_VIDEODRIVER": "x11"}
    else:
        os.environ["SDL_VIDEODRIVER"] = "dummy"
    try:
        yield server is not None
    finally:
        if server is not None:
            server.terminate()
            server.wait(10)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _server() -> tuple[subprocess.Popen[bytes], int]:
    """A virtual X server on a display that it chooses itself, ready to be used."""
    reading, writing = os.pipe()
    size = f"{SIZE[0]}x{SIZE[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        return server, int(told.readline())


class Hand:
    """Clicks and types in the window that is open."""

    def __init__(self, real: bool) -> None:
        self.real = real
        self.window = str(pygame.display.get_wm_info().get("window", 0))
        if real:
            self._do("windowfocus", "--sync", self.window)

    def click(self, place: tuple[int, int]) -> None:
        """The left button at a pixel of the window."""
        x, y = place
        if self.real:
            self._do("mousemove", "--window", self.window, str(x), str(y), "click", "1")
        else:
            self.move(place)
            for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
                pygame.event.post(pygame.event.Event(kind, pos=place, button=1))

    def move(self, place: tuple[int, int]) -> None:
        """The mouse to a pixel of the window."""
        if self.real:
            self._do("mousemove", "--window", self.window, str(place[0]), str(place[1]))
        else:
            event = pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=(0, 0, 0))
            pygame.event.post(event)

    def type(self, name: str, control: bool = False) -> None:
        """A key by X's name."""
        if self.real:
            self._do("key", f"ctrl+{name}" if control else name)
            return
        key, typed = KEYS.get(name) or (pygame.key.key_code(name), name)
        mod = pygame.KMOD_CTRL if control else 0
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=typed, mod=mod))

    def resize(self, size: tuple[int, int]) -> None:
        """Drag the window's corner, so to speak."""
        if self.real:
            self._do("windowsize", self.window, str(size[0]), str(size[1]))
        else:
            pygame.display.set_mode(size, pygame.RESIZABLE)
            pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, size=size, w=size[0], h=size[1]))

    def _do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], check=True, timeout=20, capture_output=True)


Step = Callable[[], bool] | float | None  # wait for it; so many seconds; go on at once


def play_script(window: Any, script: Iterator[Step]) -> None:
    """Run the window's own loop; after each of its turns the script goes on as soon as it may."""
    deadline = time.monotonic() + PATIENCE
    waiting: Step = None

    def after(_: Any) -> None:
        nonlocal waiting, deadline
        now = time.monotonic()
        if now > deadline:
            window.house.quitting = True
            raise AssertionError(f"waited {PATIENCE:.0f} s in vain")
        if (isinstance(waiting, float) and now < waiting) or (callable(waiting) and not waiting()):
            return
        try:
            step = next(script)
        except StopIteration:
            window.house.quitting = True
            return
        deadline = time.monotonic() + PATIENCE
        waiting = now + step if isinstance(step, float) else step

    pygame.time.set_timer(pygame.USEREVENT, 20)
    window.run(after)
