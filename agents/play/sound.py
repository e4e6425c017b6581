"""Short, soft sounds, computed: a stone on wood, a hint of a bell. Without an audio device there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pygame
from numpy.typing import NDArray

RATE = 44_100
VOLUME = 0.35
Wave = NDArray[np.float64]  # [samples], in [-1, 1]


def knock(pitch: float = 210.0, seconds: float = 0.13) -> Wave:
    """A stone that comes to rest: a low tone that dies at once, with a click at its start."""
    t = _time(seconds)
    body = np.sin(2 * np.pi * pitch * t * (1.0 - 0.25 * t / seconds)) * np.exp(-t * 38.0)
    wood = 0.45 * np.sin(2 * np.pi * 2.7 * pitch * t) * np.exp(-t * 75.0)
    click = 0.25 * np.random.default_rng(37).standard_normal(len(t)) * np.exp(-t * 320.0)
    return _soft(body + wood + click)


def chime(notes: tuple[float, ...], gap: float = 0.09, seconds: float = 0.5) -> Wave:
    """Notes one after the other, each with its octave, dying slowly."""
    out = np.zeros(round(RATE * (gap * len(notes) + seconds)))
    for number, note in enumerate(notes):
        t = _time(seconds)
        tone = (np.sin(2 * np.pi * note * t) + 0.3 * np.sin(4 * np.pi * note * t)) * np.exp(-t * 8.0)
        start = round(RATE * gap * number)
        out[start : start + len(tone)] += tone
    return _soft(out)


def waves() -> dict[str, Wave]:
    """All there are, by name."""
    return {
        "stone": knock(),
        "won": chime((523.25, 659.25, 783.99)),
        "lost": chime((392.0, 311.13), seconds=0.4),
        "draw": chime((440.0, 440.0), seconds=0.3),
        "offer": chime((587.33,), seconds=0.35) * 0.7,
    }


class Sounds:
    """The sounds, as far as this machine can make any."""

    def __init__(self, on: bool) -> None:
        self.on = on
        self._sounds: dict[str, pygame.mixer.Sound] = {}
        self._tried = False

    def open(self) -> bool:
        """Open the audio device, once; whether there is one."""
        if not self._tried:
            self._tried = True
            try:
                with _quiet():
                    pygame.mixer.init(RATE, -16, 2, 512)
                self._sounds = {name: _sound(wave) for name, wave in waves().items()}
            except (pygame.error, NotImplementedError):
                self._sounds = {}
        return bool(self._sounds)

    def play(self, name: str) -> None:
        """Play a sound, unless muted or without a device."""
        if self.on and self.open():
            self._sounds[name].play()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the pages that ALSA's library writes to the terminal where there is no sound card."""
    try:
        kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # there is no terminal, nor anything in its place
        yield
        return
    try:
        sys.stderr.flush()
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


def _sound(wave: Wave) -> pygame.mixer.Sound:
    _, _, channels = pygame.mixer.get_init()
    samples = np.rint(wave * VOLUME * 32767).astype(np.int16)
    return pygame.sndarray.make_sound(np.ascontiguousarray(np.repeat(samples[:, None], channels, axis=1)))


def _time(seconds: float) -> Wave:
    return np.arange(round(RATE * seconds)) / RATE


def _soft(wave: Wave) -> Wave:
    """At most 1, with an end that does not click."""
    fade = np.minimum(1.0, np.arange(len(wave))[::-1] / (0.01 * RATE))
    return np.asarray(wave / np.abs(wave).max() * fade)
