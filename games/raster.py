"""A picture in numpy: discs, lines and boxes with smooth edges, onto uint8 [H, W, 3]. No window, no library.

Every shape is its signed distance to each pixel's middle; an edge fades over one pixel. Only the pixels
around a shape are looked at.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Point = tuple[float, float]  # x to the right, y down, in pixels
Distances = NDArray[np.floating[Any]]


class Picture:
    """What is drawn on; `pixels()` hands it out."""

    def __init__(self, width: int, height: int, colour: Colour) -> None:
        self._image = np.full((height, width, 3), colour, np.float64)

    @classmethod
    def on(cls, pixels: NDArray[np.uint8]) -> Picture:
        """A picture that begins as another one, uint8 [H, W, 3]."""
        picture = cls(0, 0, (0, 0, 0))
        picture._image = pixels.astype(np.float64)
        return picture

    def disc(self, centre: Point, radius: float, colour: Colour, opacity: float = 1.0) -> None:
        """A filled circle."""
        part, x, y = self._around(centre, centre, radius)
        _paint(part, np.hypot(x - centre[0], y - centre[1]) - radius, colour, opacity)

    def ring(self, centre: Point, radius: float, width: float, colour: Colour, opacity: float = 1.0) -> None:
        """A circle's line."""
        part, x, y = self._around(centre, centre, radius + width / 2)
        distance = np.abs(np.hypot(x - centre[0], y - centre[1]) - radius) - width / 2
        _paint(part, distance, colour, opacity)

    def stamp(self, centre: Point, colours: NDArray[np.float64], cover: NDArray[np.float64]) -> None:
        """A small picture around a place, to the nearest pixel: its colours [h, w, 3], and how much of each
        pixel it covers [h, w], in [0, 1]."""
        high, wide = cover.shape
        x, y = round(centre[0] - wide / 2), round(centre[1] - high / 2)
        top, left = max(0, -y), max(0, -x)
        part = self._image[max(0, y) : y + high, max(0, x) : x + wide]
        inside = (slice(top, top + part.shape[0]), slice(left, left + part.shape[1]))
        part += cover[inside][:, :, None] * (colours[inside] - part)

    def line(self, start: Point, end: Point, width: float, colour: Colour, opacity: float = 1.0) -> None:
        """A stroke with round ends."""
        part, x, y = self._around(start, end, width / 2)
        across, down = end[0] - start[0], end[1] - start[1]
        x, y = x - start[0], y - start[1]
        share = np.clip((x * across + y * down) / max(across**2 + down**2, 1e-9), 0.0, 1.0)
        _paint(part, np.hypot(x - share * across, y - share * down) - width / 2, colour, opacity)

    def box(
        self, corner: Point, size: Point, colour: Colour, radius: float = 0.0, opacity: float = 1.0
    ) -> None:
        """A rectangle, its corners round."""
        part, x, y = self._around(corner, (corner[0] + size[0], corner[1] + size[1]), 0.0)
        across, down = size[0] / 2, size[1] / 2
        x = np.abs(x - corner[0] - across) - across + radius
        y = np.abs(y - corner[1] - down) - down + radius
        outside = np.hypot(np.maximum(x, 0.0), np.maximum(y, 0.0))
        _paint(part, outside + np.minimum(np.maximum(x, y), 0.0) - radius, colour, opacity)

    def pixels(self) -> NDArray[np.uint8]:
        """The picture, uint8 [H, W, 3]."""
        return np.clip(np.round(self._image), 0, 255).astype(np.uint8)

    def _around(self, one: Point, other: Point, margin: float) -> tuple[Distances, Distances, Distances]:
        """The pixels of a rectangle and a margin, [h, w, 3], with their middles' x [1, w] and y [h, 1]."""
        left, right = sorted((one[0], other[0]))
        top, bottom = sorted((one[1], other[1]))
        x0, y0 = (max(0, math.floor(low - margin - 1)) for low in (left, top))
        part = self._image[y0 : math.ceil(bottom + margin + 1), x0 : math.ceil(right + margin + 1)]
        return (
            part,
            x0 + 0.5 + np.arange(part.shape[1])[None, :],
            y0 + 0.5 + np.arange(part.shape[0])[:, None],
        )


def _paint(part: Distances, distance: Distances, colour: Colour, opacity: float) -> None:
    cover = (opacity * np.clip(0.5 - distance, 0.0, 1.0))[:, :, None]
    part += cover * (np.array(colour, np.float64) - part)
