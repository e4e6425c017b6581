"""What both halves put into a result (docs/result.md) alike: the headline table's rows, a curve's points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lab.curve import CurveRow
from lab.statistics import Score

SERIES = {"score/rate": "greedy", "score/sampled": "sampled", "score/searched": "searched"}


def headline_row(
    player: str,
    arm: str,
    raw: Any,
    searched: Any = None,
    simulations: int | None = None,
    cpu_seconds: float | None = None,
    games: int | None = None,
) -> dict[str, Any]:
    """A row of the headline table; `raw` and `searched` are Scores as JSON, or None."""
    return {
        "player": player,
        "arm": arm,
        "raw": raw,
        "searched": searched,
        "simulations": simulations,
        "cpu_seconds": cpu_seconds,
        "games": games,
    }


def curve_points(
    rows: list[CurveRow], tag: str, games_of: Callable[[CurveRow], int | None] = lambda row: row.games
) -> list[dict[str, Any]]:
    """The points of a curve at which the tag's Score was measured; `games_of`: None counts as 0."""
    return [
        {
            "step": row.step,
            "cpu_seconds": row.cpu_seconds,
            "games": games_of(row) or 0,
            "score": score.to_json(),
        }
        for row in rows
        if isinstance(score := row.tags.get(tag), Score)
    ]
