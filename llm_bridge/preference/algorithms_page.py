"""The words and the table of the algorithms' lesson."""

from __future__ import annotations

from typing import Any

from lab.lessons.estimate import Estimate, estimate
from llm_bridge.preference.algorithms import ARMS
from llm_bridge.preference.curves import nats, percent
from llm_bridge.preference.over_optimisation_tables import short

Result = dict[str, Any]


def headline(result: Result) -> str:
    """Which algorithms are shown to serve the raters."""
    shown = [
        ARMS[arm] for arm, claim in zip(ARMS, result["claims"], strict=False) if claim["verdict"] == "shown"
    ]
    if not shown:
        return "No algorithm is shown to serve the raters better than the imitator did"
    return f"{shown} of {len(ARMS)} ways to learn from comparisons serve the raters better than imitation"


def told(result: Result) -> dict[str, Any]:
    """Everything that preference_algorithms.html asks for beside the record."""
    best = max(ARMS, key=lambda arm: _end(result, arm, "gold").mean)
    before = _end(result, best, "gold", 0)
    return {
        "title": headline(result),
        "deck": (
            f"The same {result['settings']['comparisons']:,} comparisons, the same imitator. For the raters "
            f"the best is {ARMS[best]}: {nats(_end(result, best, 'gold').mean)} nats an answer, from "
            f"{nats(before.mean)}."
        ),
        "rows": [_row(result, arm) for arm in ARMS],
        "before": _row(result, "dpo", 0),
    }


def table(result: Result) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal: means over seeds."""
    columns = ["algorithm", "raters", "model", "right", "greedy", "nats away", "CPU s"]
    rows = []
    for name, arm, place in [("imitator", "dpo", 0), *((name, arm, -1) for arm, name in ARMS.items())]:
        mean = {
            key: _end(result, arm, key, place).mean
            for key in ("gold", "proxy", "right", "greedy", "kl", "cpu_seconds")
        }
        scores = [nats(mean["gold"]), nats(mean["proxy"]), percent(mean["right"]), percent(mean["greedy"])]
        rows.append([name, *scores, f"{mean['kl']:.1f}", f"{mean['cpu_seconds']:.0f}"])
    return columns, rows


def _end(result: Result, arm: str, name: str, place: int = -1) -> Estimate:
    return estimate([points[place][name] for points in result["curves"][arm]])


def _row(result: Result, arm: str, place: int = -1) -> dict[str, str]:
    words = {"gold": nats, "proxy": nats, "right": percent, "greedy": percent, "shouts": nats, "kl": nats}
    cells = {name: short(_end(result, arm, name, place), how) for name, how in words.items()}
    seconds = f"{_end(result, arm, 'cpu_seconds', place).mean:.0f} s"
    return {"name": ARMS[arm] if place else "imitator", "cpu": seconds, **cells}
