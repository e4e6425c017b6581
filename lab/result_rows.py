"""What both halves put into a result (docs/result.md) alike: rows of the headline table and of the ladder,
costs, a curve's points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from lab.curve import CurveRow, curve_path, read_curve
from lab.experiment import Rung
from lab.measured import read_measured
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


def ladder_rows(
    folder: Path,
    rungs: Sequence[Rung],
    measure: str,
    simulations: int,
    totals: dict[str, float],
    games_of: Callable[[CurveRow], int | None] = lambda row: row.games,
    starts_of: Callable[[str], str] | None = None,
) -> list[dict[str, Any]]:
    """The `ladder` field of a world: its rungs, each with its scores of that `measure` ("hard", "all").

    simulations: of the search, or votes; totals: `total_costs`; starts_of: where another arm than the rung
    says may be what an arm begins with.
    """
    entries = []
    for rung in rungs:
        last = last_row(folder, rung.name)
        score = read_measured(folder, f"score-{rung.name}")
        entries.append(
            {
                "arm": rung.name,
                "title": rung.title,
                "ingredient": rung.ingredient,
                "note": rung.note or None,
                "starts": starts_of(rung.name) if starts_of else rung.starts,
                "control": rung.control,
                "raw": None if rung.searched_only else score["greedy"][measure],
                "sampled": None if rung.searched_only else score["sampled"][measure],
                "searched": score["searched"][measure],
                "simulations": simulations,
                "cpu_seconds": last.cpu_seconds,
                "total_cpu_seconds": totals[rung.name],
                "games": games_of(last),
            }
        )
    return entries


def total_costs(folder: Path, arms: Iterable[str], ancestors: Callable[[str], set[str]]) -> dict[str, float]:
    """What each of the arms cost in CPU seconds, with all of its `ancestors`, the arms that its learning
    stands on; a teacher's own learning is not the student's."""
    return {arm: sum(last_row(folder, one).cpu_seconds for one in {arm} | ancestors(arm)) for arm in arms}


def last_row(folder: Path, arm: str) -> CurveRow:
    """The last row of an arm's curve: what it came to, at what cost."""
    return read_curve(curve_path(folder, arm))[-1]


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
