"""Episodes of a lesson shown again: as states, as pictures, as an animation that needs no player."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from games.core import States
from games.one_player import World

MILLISECONDS, LAST = 220, 1_800  # that a picture is shown, and the last one
COLOURS = 256


class Moment(NamedTuple):
    """Where an episode has come to: the action that led there (None: the beginning), the states [1], and what
    had been paid and earned by then."""

    action: int | None
    states: States
    paid: float
    earned: float


def replay(world: World, actions: Sequence[Any]) -> Iterator[Moment]:
    """The moments of an episode, the beginning first; it ends where the world does, or at its max_steps.

    Raises IllegalMove, and TypeError and ValueError for what is no number.
    """
    now = Moment(None, world.new(1), 0.0, 0.0)
    yield now
    for action in actions[: world.max_steps]:
        if world.is_terminal(now.states)[0]:
            return
        step = world.step(now.states, np.array([action]))
        paid, earned = now.paid + float(step.reward[0]), now.earned + float(step.true_reward[0])
        now = Moment(int(action), step.states, paid, earned)
        yield now


def frames(world: World, actions: Sequence[int]) -> list[NDArray[np.uint8]]:
    """The pictures of an episode, uint8 [H, W, 3] each, for a window or a film. Raises IllegalMove."""
    return [world.pixels(moment.states[0]) for moment in replay(world, actions)]


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
