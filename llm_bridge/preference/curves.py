"""What is read off the curves of policies: ends, peaks, values at a distance, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lab.lessons.estimate import Estimate, estimate

Points = list[dict[str, float]]


def ends(seeds: Sequence[Points], name: str, place: int = -1) -> Estimate:
    """The mean over seeds of what the last (or another) point of a curve says."""
    return estimate([points[place][name] for points in seeds])


def at_update(points: Points, update: float) -> dict[str, float]:
    """The last point that is not later."""
    return [point for point in points if point["update"] <= update][-1]


def peak_of(points: Points) -> dict[str, float]:
    """The point of the most gold, found by half of the answers; `gold_second` is measured by the others."""
    return max(points, key=lambda point: point["gold_first"])


def at_distance(points: Points, distance: float, name: str) -> float:
    """What a curve says where it first comes to a distance, between two points by proportion; where it never
    does, at its end."""
    for before, after in pairwise(points):
        if after["distance"] >= distance > before["distance"]:
            share = (distance - before["distance"]) / (after["distance"] - before["distance"])
            return before[name] + share * (after[name] - before[name])
    return points[-1][name]


def nats(value: float) -> str:
    """A score in words."""
    return f"{value:.2f}"


def signed(value: float) -> str:
    """A difference in words."""
    return f"{value:+.2f}".replace("-", "−")
