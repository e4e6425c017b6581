"""How gold follows the distance from the start: Gao et al.'s two formulae, and a plain quadratic beside them.

With d = sqrt(KL) they fit the gain in gold by d (a - b d) for best of n and by d (a - b log d) for
reinforcement ("Scaling laws for reward model overoptimization", 2022, equation 1); the second has an infinite
slope at 0 and must not be fitted near it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = Callable[[NDArray[np.float64]], list[NDArray[np.float64]]]
FORMULAE: dict[str, Columns] = {
    "d (a - b d)": lambda d: [d, -(d**2)],
    "d (a - b log d)": lambda d: [d, -d * np.log(d)],
    "c + a d - b d^2": lambda d: [d, -(d**2), np.ones_like(d)],
}
NEAREST = 0.3  # the distance below which nothing is fitted


def fits(distance: Sequence[float], gain: Sequence[float]) -> dict[str, dict[str, Any]]:
    """Least squares of each formula at distances of NEAREST and more: its coefficients (a, b, c), the root of
    the mean squared error, that left out one point at a time (None for too few points), and the points."""
    d, y = np.asarray(distance, np.float64), np.asarray(gain, np.float64)
    far = d >= NEAREST
    d, y = d[far], y[far]
    told: dict[str, dict[str, Any]] = {}
    for name, columns in FORMULAE.items():
        if len(d) < 5:
            told[name] = {"coefficients": None, "error": None, "left_out_error": None, "points": len(d)}
            continue
        design = np.stack(columns(d), axis=1)
        found = np.linalg.lstsq(design, y, rcond=None)[0]
        errors = y - design @ found
        leverage = np.einsum("ij,ij->i", design, np.linalg.pinv(design).T)
        left_out = errors / np.maximum(1.0 - leverage, 1e-6)
        told[name] = {
            "coefficients": found.tolist(),
            "error": float(np.sqrt((errors**2).mean())),
            "left_out_error": float(np.sqrt((left_out**2).mean())),
            "points": len(d),
        }
    return told
