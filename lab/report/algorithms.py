"""Algorithms beside each other at what they cost: verifier calls and CPU time."""

from __future__ import annotations

from typing import Any

from lab.report.wording import thousands, with_interval
from lab.statistics import Score, above


def algorithms_words(rows: list[dict[str, Any]]) -> str:
    """The best greedy score, who is not told apart from it, and whether all had as many verifier calls."""
    best = max(rows, key=lambda row: float(row["greedy"]["rate"]))
    mine = Score.from_json(best["greedy"])
    others = [row for row in rows if row is not best]
    behind = [row["title"] for row in others if above(mine, Score.from_json(row["greedy"]))]
    near = [row["title"] for row in others if row["title"] not in behind]
    parts = [f"Greedy, {best['title']} is highest with {with_interval(best['greedy'])}"]
    parts += [f"not told apart from it: {', '.join(near)}"] if near else []
    parts += [f"behind: {', '.join(behind)}"] if behind else []
    return f"{'; '.join(parts)}. {_calls(rows)}"


def _calls(rows: list[dict[str, Any]]) -> str:
    calls = [row["verifier_calls"] for row in rows]
    low, high = min(calls), max(calls)
    if high <= 1.02 * low:
        about = "" if low == high else "about "
        return f"All had {about}{thousands(high)} verifier calls."
    return f"They had {thousands(low)} to {thousands(high)} verifier calls, so not all the same."
