"""What a Go board is made of: wood, lines, stones, star points. Nothing heavy is imported."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # [height, width, 3]
Array = NDArray[np.float64]

WOOD, LINE, INK, PAPER = (219, 179, 116), (92, 68, 38), (33, 36, 41), (246, 243, 235)
NAMES = (110, 84, 50)  # the coordinates
STONE = 0.47  # a stone's radius, in steps from line to line


@functools.cache
def star_points(size: int) -> tuple[int, ...]:
    """The dotted points of a board: its middle and, from 7x7 on, the corners' (from 13x13 the sides')."""
    if size < 5:
        return ()
    edge, middle = (2 if size < 13 else 3), size // 2
    lines = [] if size < 7 else [edge, size - 1 - edge]
    stars = {(row, column) for row in lines for column in lines}
    if size % 2:
        stars.add((middle, middle))
        sides = lines if size > 13 else []
        stars |= {pair for line in sides for pair in ((line, middle), (middle, line))}
    return tuple(sorted(row * size + column for row, column in stars))


@functools.lru_cache(maxsize=8)
def wood(width: int, height: int) -> Pixels:
    """A plate of light wood, its grain across: calm bands, bent a little."""
    x, y = np.arange(width)[None, :] / 640.0, np.arange(height)[:, None] / 640.0
    bend = 0.035 * np.sin(2.1 * x + 0.6) + 0.012 * np.sin(5.3 * x + 7.0 * y)
    rings = 0.55 * np.sin(58.0 * (y + bend)) + 0.30 * np.sin(131.0 * (y + 1.2 * bend) + 1.7)
    rings = rings + 0.22 * np.sin(307.0 * (y + 0.9 * bend) + 3.0 * np.sin(3.0 * x))
    shade = 1.0 + 0.016 * rings + 0.03 * (0.5 - y / max(1e-9, float(y.max())))
    warm = np.array([1.0, 1.0 - 0.004, 1.0 - 0.012]) ** rings[..., None]
    return np.clip(np.rint(np.array(WOOD) * shade[..., None] * warm), 0, 255).astype(np.uint8)


@functools.lru_cache(maxsize=64)
def stone_pixels(diameter: int, white: bool) -> tuple[Array, Array]:
    """A stone as colours [d, d, 3] (0 to 255) and how much of each pixel it covers [d, d].

    Lit from above left: slate with a soft shine, or shell with a shaded rim.
    """
    axis = (np.arange(diameter) + 0.5) / diameter * 2.0 - 1.0
    x, y = axis[None, :], axis[:, None]
    r = np.hypot(x, y)
    light = np.clip(-0.55 * x - 0.75 * y, -1, 1)
    shine = np.exp(-((x + 0.34) ** 2 + (y + 0.42) ** 2) / 0.16)
    if white:
        level = 240.0 + 10.0 * light - 34.0 * np.clip(r - 0.55, 0, 1) ** 2 * 4.0 + 8.0 * shine
        colours = level[..., None] * np.array([1.0, 0.992, 0.968])
    else:
        level = 38.0 + 12.0 * light + 58.0 * shine - 10.0 * np.clip(r - 0.8, 0, 1) * 5.0
        colours = level[..., None] * np.array([0.97, 1.0, 1.06])
    cover = np.clip((1.0 - r) * diameter / 2 + 0.5, 0.0, 1.0)
    return np.clip(colours, 0, 255), cover
