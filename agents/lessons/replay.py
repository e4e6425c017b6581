"""Episodes of a lesson shown again: as states, as pictures, as an animation that needs no player."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from games.core import States
from games.one_player import World

MILLISECONDS, LAST = 220, 1_800  # that a picture is shown, and the last one
COLOURS = 256


def replay(world: World, actions: Sequence[int]) -> Iterator[States]:
    """The states of an episode, [1] each, the beginning first; it ends where the world does.

    Raises IllegalMove.
    """
    states = world.new(1)
    yield states
    for action in actions:
        if world.is_terminal(states)[0]:
            return
        states = world.step(states, np.array([action])).states
        yield states


def frames(world: World, actions: Sequence[int]) -> list[NDArray[np.uint8]]:
    """The pictures of an episode, uint8 [H, W, 3] each, for a window or a film. Raises IllegalMove."""
    return [world.pixels(states[0]) for states in replay(world, actions)]


def gif(pictures: Sequence[NDArray[np.uint8]]) -> bytes:
    """The pictures as an animation that repeats; the same pictures give the same bytes."""
    from PIL import Image

    # one palette for all, so that nothing flickers; the octree keeps flat colours flat
    first = Image.fromarray(np.concatenate(pictures, axis=0)).quantize(
        COLOURS, method=Image.Quantize.FASTOCTREE
    )
    shown = [
        Image.fromarray(picture).quantize(palette=first, dither=Image.Dither.NONE) for picture in pictures
    ]
    times = [MILLISECONDS] * (len(shown) - 1) + [LAST]
    file = io.BytesIO()
    shown[0].save(file, "GIF", save_all=True, append_images=shown[1:], duration=times, loop=0, optimize=False)
    return file.getvalue()
