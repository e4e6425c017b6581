"""What an arm's policy thought of the hard test positions at every point of its curve.

The checkpoint keeps the latest network alone; this keeps enough to draw the birth of a move. Natural
logarithms in half precision, which hold a chance of 1e-8 as exactly (to 1 %) as one of 1/2.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lab.durable import replace_file


@dataclass(frozen=True)
class PolicyHistory:
    """An arm's policy on N positions at T points of its curve.

    steps int64 [T]: steps of the curve, rising; log_policy float16 [T, N, A]: natural logarithms, -inf
    where a move is illegal.
    """

    steps: NDArray[np.int64]
    log_policy: NDArray[np.float16]

    def of(self, position: int, action: int) -> NDArray[np.float64]:
        """The probability of one move over training, [T]."""
        return np.exp(self.log_policy[:, position, action].astype(np.float64))

    def until(self, step: int) -> PolicyHistory:
        """The points up to that step."""
        kept = self.steps <= step
        return PolicyHistory(self.steps[kept], self.log_policy[kept])

    def and_then(self, step: int, policy: NDArray[Any]) -> PolicyHistory:
        """One point more; a point of the same or a later step gives way to it. policy [N, A]."""
        before = self.until(step - 1)
        with np.errstate(divide="ignore"):
            row = np.log(np.asarray(policy, np.float64)).astype(np.float16)[None]
        if not len(before.steps):
            return PolicyHistory(np.array([step], np.int64), row)
        return PolicyHistory(np.append(before.steps, step), np.concatenate([before.log_policy, row]))


def policies_path(folder: Path, arm: str) -> Path:
    """Where an arm's policies lie in a run folder."""
    return folder / "arms" / arm / "policies.npz"


def read_policies(path: Path) -> PolicyHistory:
    """The history of a file; an empty one where there is none (an arm learned elsewhere, say)."""
    if not path.exists():
        return PolicyHistory(np.zeros(0, np.int64), np.zeros((0, 0, 0), np.float16))
    with np.load(path) as arrays:
        return PolicyHistory(arrays["steps"], arrays["log_policy"])


def write_policies(path: Path, history: PolicyHistory) -> None:
    """Write the history, all of it or nothing; the same history gives the same bytes."""
    data = io.BytesIO()
    np.savez_compressed(data, steps=history.steps, log_policy=history.log_policy)
    replace_file(path, data.getvalue())
