"""The words and the table of the algorithms' lesson."""

from __future__ import annotations

from typing import Any

from lab.lessons.estimate import Estimate, estimate
from lab.lessons.words import in_percent, short
from llm_bridge.preference.algorithms import ARMS
from llm_bridge.preference.curves import nats

Result = dict[str, Any]


def headline(result: Result) -> str:
    """How many algorithms are shown to serve the raters."""
    shown = _shown(result)
    if not shown:
        return "No algorithm is shown to serve the raters better than the imitator did"
    return (
        f"{len(shown)} of {len(ARMS)} ways to learn from comparisons serve the raters better than imitation"
    )


def _shown(result: Result) -> list[str]:
    """The arms whose raters' utility is shown to lie above the imitator's; these claims come first."""
    told = zip(ARMS, result["claims"], strict=False)
    return [arm for arm, claim in told if claim["verdict"] == "shown"]


def told(result: Result) -> dict[str, Any]:
    """Everything that preference_algorithms.html asks for beside the record."""
    settings = result["settings"]
    return {
        "title": headline(result),
        "deck": (
            f"The same imitator, and but for self-play, which compares its own answers with demonstrations, "
            f"the same {settings['rankings']:,} rankings of three answers, or the "
            f"{settings['comparisons']:,} pairs in them. {_better(result)}"
        ),
        "rows": [_row(result, arm) for arm in ARMS],
        "before": _row(result, "dpo", 0),
    }


def _better(result: Result) -> str:
    """Who is shown to serve the raters better than the imitator, in the order of the table."""
    shown = [f"{ARMS[arm]} ({nats(_end(result, arm, 'gold').mean)})" for arm in _shown(result)]
    before = f"the imitator's, {nats(_end(result, 'dpo', 'gold', 0).mean)} nats an answer"
    if not shown:
        return f"No interval of the raters' utility lies above {before}."
    return f"The raters' utility lies, by its interval, above {before}, with {', '.join(shown)}."


def table(result: Result) -> tuple[list[str], list[list[str]]]:
    """(columns, rows) for the terminal: means over seeds."""
    columns = ["algorithm", "raters", "model", "right", "greedy", "nats away", "sampled", "CPU s"]
    rows = []
    for name, arm, place in [("imitator", "dpo", 0), *((name, arm, -1) for arm, name in ARMS.items())]:
        keys = ("gold", "proxy", "right", "kl", "env_steps", "cpu_seconds")
        mean = {key: _end(result, arm, key, place).mean for key in keys}
        scores = [nats(mean["gold"]), nats(mean["proxy"]), in_percent(mean["right"])]
        greedy = in_percent(_end(result, arm, "greedy", place).mean) if _has_greedy(result, arm) else "–"
        costs = [f"{mean['kl']:.1f}", f"{mean['env_steps']:,.0f}", f"{mean['cpu_seconds']:.0f}"]
        rows.append([name, *scores, greedy, *costs])
    return columns, rows


def _has_greedy(result: Result, arm: str) -> bool:
    """Whether there are greedy answers: of the best of n samples there are none."""
    return "greedy" in result["curves"][arm][0][0]


def _end(result: Result, arm: str, name: str, place: int = -1) -> Estimate:
    return estimate([points[place][name] for points in result["curves"][arm]])


def _row(result: Result, arm: str, place: int = -1) -> dict[str, str]:
    words = {"gold": nats, "proxy": nats, "right": in_percent, "shouts": nats, "kl": nats}
    if _has_greedy(result, arm):
        words["greedy"] = in_percent
    cells = {name: short(_end(result, arm, name, place), how) for name, how in words.items()}
    costs = {
        "cpu": f"{_end(result, arm, 'cpu_seconds', place).mean:.0f} s",
        "sampled": f"{_end(result, arm, 'env_steps', place).mean:,.0f}",
        "updates": f"{_end(result, arm, 'update', place).mean:,.0f}" if "greedy" in words else "–",
    }
    return {"name": ARMS[arm] if place else "imitator", "greedy": "–", **costs, **cells}
