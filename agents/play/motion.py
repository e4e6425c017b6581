"""A stone on its way: which, from when, how long."""

from __future__ import annotations

from dataclasses import dataclass

from agents.play.board import Falling


@dataclass(frozen=True)
class Motion:
    """A stone of a side that moves to a cell from `start` on for `seconds`."""

    cell: int
    side: int
    start: float
    seconds: float

    def done(self, now: float) -> float:
        """How far it is, from 0 to 1."""
        return min(1.0, max(0.0, (now - self.start) / self.seconds))

    def falling(self, now: float) -> Falling:
        """As the board draws it."""
        return Falling(self.cell, self.side, self.done(now))
