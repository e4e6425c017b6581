"""How often a reward and raters agree on pairs, whatever is compared: moves of a board, answers in text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Agreement:
    """How often rewards and raters agree on pairs held out, in expectation over the raters' noise.

    agreement; best: of anybody who knows the raters exactly; promised: how often the rewards themselves
    say that the raters will agree, equal to agreement where they are calibrated.
    """

    agreement: float
    best: float
    promised: float


def agreement_of(difference: NDArray[np.float64], chance: NDArray[np.float64]) -> Agreement:
    """The agreement of rewards with raters on N pairs.

    difference [N]: by how much the reward puts the first above the second, in nats; chance [N]: how often
    the raters prefer the first, exactly. A reward that says nothing (difference 0) is right half of the time.
    Raises ValueError for no pairs, and for arrays that differ in length.
    """
    if not len(difference) or difference.shape != chance.shape:
        told = f"{len(difference)} differences and {len(chance)} chances"
        raise ValueError(f"every pair has a difference and a chance, and there is one at least, not {told}")
    agrees = np.where(difference > 0, chance, np.where(difference < 0, 1.0 - chance, 0.5))
    promised = 1.0 / (1.0 + np.exp(-np.abs(difference)))
    return Agreement(
        float(agrees.mean()), float(np.maximum(chance, 1.0 - chance).mean()), float(promised.mean())
    )
