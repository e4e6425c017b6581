"""Slips: what a scripted human does not see for one move, at a stated rate.

With k independent slips the distribution of a move is the mixture over their 2^k combinations.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MAX_SLIPS = 8


@dataclass(frozen=True)
class Slip:
    """A lapse of one move: with probability `rate`, `misses` (awareness bits) is not seen."""

    rate: float
    misses: int
    words: str

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise ValueError(f"slip {self.words!r}: a rate lies between 0 and 1, not {self.rate}")


def states_of_mind(knows: int, slips: tuple[Slip, ...]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Every awareness that slips can leave of `knows`, and its probability: float64 [M], int64 [M]."""
    chances: dict[int, float] = {}
    for slipped in itertools.product((False, True), repeat=len(slips)):
        awareness, chance = knows, 1.0
        for slip, happens in zip(slips, slipped, strict=True):
            awareness &= ~slip.misses if happens else -1
            chance *= slip.rate if happens else 1.0 - slip.rate
        chances[awareness] = chances.get(awareness, 0.0) + chance
    return np.array(list(chances.values())), np.array(list(chances), np.int64)


class AbsentMinded:
    """Who knows what it knows, and lets some of it slip at times: the minds that come of it."""

    knows: int
    slips: tuple[Slip, ...]

    @cached_property
    def states_of_mind(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Every awareness that slips can leave, and its probability: float64 [M], int64 [M]."""
        return states_of_mind(self.knows, self.slips)


def slip_arrays(slips: tuple[Slip, ...]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Rates and what they miss as kernels want them, [S] each."""
    rates = np.array([slip.rate for slip in slips], np.float64)
    return rates, np.array([slip.misses for slip in slips], np.int64)
