"""Whether one order follows another: Spearman's rank correlation, and how often chance does as well."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST = 8  # values, of which every order is tried: 40,320


def ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """1 for the least, equals sharing the mean of theirs, [N]."""
    given = np.asarray(values, np.float64)
    below = (given[:, None] > given[None, :]).sum(1)
    equal = (given[:, None] == given[None, :]).sum(1)
    shared: NDArray[np.float64] = below + (equal + 1) / 2.0
    return shared


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's rho (1904): the correlation of the ranks, in [-1, 1]; 0 where either has no order at all.
    Raises ValueError for lists of other lengths than each other's, and of fewer than two."""
    if len(one) != len(other) or len(one) < 2:
        raise ValueError(f"two orders of as many things, two or more, not {len(one)} and {len(other)}")
    first, second = (ranks(values) - (len(one) + 1) / 2 for values in (one, other))
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size else 0.0


def by_chance(one: Sequence[float], other: Sequence[float]) -> float:
    """The share of all orders of the second that follow the first as well or better, exactly: 1 / N! at the
    least. Raises ValueError for more than MOST values, and as rank_correlation does."""
    reached = rank_correlation(one, other)
    if len(one) > MOST:
        raise ValueError(f"the orders of {len(one)} values are too many to try; {MOST} at most")
    first, second = ranks(one), ranks(other)
    orders = second[np.array(list(itertools.permutations(range(len(other)))))]
    middle = (len(other) + 1) / 2
    sums = (orders - middle) @ (first - middle)
    size = float(np.sqrt(((first - middle) ** 2).sum() * ((second - middle) ** 2).sum()))
    return float((sums >= reached * size - 1e-9).mean())
