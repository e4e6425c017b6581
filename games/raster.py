"""A picture in numpy: discs, lines and boxes with smooth edges, onto uint8 [H, W, 3]. No window, no library.

Every shape is its signed distance to each pixel's middle; an edge fades over one pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Point = tuple[float, float]  # x to the right, y down, in pixels


class Picture:
    """What is drawn on; `pixels()` hands it out."""

    def __init__(self, width: int, height: int, colour: Colour) -> None:
        self._image = np.full((height, width, 3), colour, np.float64)
        self._x, self._y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)

    def disc(self, centre: Point, radius: float, colour: Colour, opacity: float = 1.0) -> None:
        """A filled circle."""
        self._paint(np.hypot(self._x - centre[0], self._y - centre[1]) - radius, colour, opacity)

    def line(self, start: Point, end: Point, width: float, colour: Colour, opacity: float = 1.0) -> None:
        """A stroke with round ends."""
        along = np.array([end[0] - start[0], end[1] - start[1]])
        x, y = self._x - start[0], self._y - start[1]
        share = np.clip((x * along[0] + y * along[1]) / max(float(along @ along), 1e-9), 0.0, 1.0)
        self._paint(np.hypot(x - share * along[0], y - share * along[1]) - width / 2, colour, opacity)

    def box(
        self, corner: Point, size: Point, colour: Colour, radius: float = 0.0, opacity: float = 1.0
    ) -> None:
        """A rectangle, its corners round."""
        across, down = size[0] / 2, size[1] / 2
        x = np.abs(self._x - corner[0] - across) - across + radius
        y = np.abs(self._y - corner[1] - down) - down + radius
        outside = np.hypot(np.maximum(x, 0.0), np.maximum(y, 0.0))
        self._paint(outside + np.minimum(np.maximum(x, y), 0.0) - radius, colour, opacity)

    def pixels(self) -> NDArray[np.uint8]:
        """The picture, uint8 [H, W, 3]."""
        return np.clip(np.round(self._image), 0, 255).astype(np.uint8)

    def _paint(self, distance: NDArray[np.float64], colour: Colour, opacity: float) -> None:
        cover = (opacity * np.clip(0.5 - distance, 0.0, 1.0))[:, :, None]
        self._image += cover * (np.array(colour, np.float64) - self._image)
